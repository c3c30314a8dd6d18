"""The shapes: SHACL over what is stated and what follows from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

import rdflib
from pyoxigraph import NamedNode, Quad
from pyshacl import validate
from rdflib import SH

from graph.curating.master import Master
from graph.dataset import TYPE, graph_of
from graph.errors import Finding
from graph.progress import bar
from graph.rdflib_bridge import to_rdflib
from ontology.namespace import ID, RDF_TYPE, shorten

TOGETHER: Final = 100
"""The articles that are validated at a time: rdflib holds no more of the graph."""

IRI: Final = re.compile(r"<([^>]*)>")
"""An IRI in a query of the shapes, which use no prefixes."""

SINGLE: Final = {
    SH.MaxCountConstraintComponent,
    SH.QualifiedMaxCountConstraintComponent,
    SH.SPARQLConstraintComponent,
}
"""The constraints that only let a property have one value, or values that agree."""


Parts: TypeAlias = list[list[Quad]]


def articles(quads: list[Quad]) -> Parts:
    """Return the quads of articles, so many articles at a time."""
    by_article: dict[str, list[Quad]] = {}
    known = {whole(quad) for quad in quads if is_part(quad)}
    for quad in quads:
        if whole(quad) in known:
            by_article.setdefault(whole(quad), []).append(quad)
    names = sorted(by_article)
    return [
        [quad for name in names[first : first + TOGETHER] for quad in by_article[name]]
        for first in range(0, len(names), TOGETHER)
    ]


def others(quads: list[Quad]) -> Parts:
    """Return the quads of which the subject is no article, nor a part of one."""
    known = {whole(quad) for quad in quads if is_part(quad)}
    return [[quad for quad in quads if whole(quad) not in known]]


def everything(quads: list[Quad]) -> Parts:
    """Return the quads of articles, and those of all else."""
    return [*articles(quads), *others(quads)]


def run_shapes(
    quads: Iterable[Quad], master: Master, divided: Callable[[list[Quad]], Parts] = everything
) -> list[Finding]:
    """Return the violations of the shapes by the union of the quads, at the lines they come from.

    https://www.w3.org/TR/shacl/#validation-report

    Articles are validated a few at a time, each with its sentences and selectors; all else is
    validated together. A shape sees the properties that the shapes name, and what the values are.

    Sources may contradict each other: two values of a property that has one are a defect where one
    article states both, not where each has its own source.
    """
    shapes = to_rdflib(master.shapes.quads)
    named = properties(shapes)
    seen = [quad for quad in quads if quad.predicate.value in named]
    types: dict[object, list[Quad]] = {}
    for quad in seen:
        if quad.predicate == TYPE:
            types.setdefault(quad.subject, []).append(quad)
    found: set[Finding] = set()
    for part in bar(divided(seen), "shapes"):
        values = {quad.object for quad in part} - {quad.subject for quad in part}
        beside = [quad for value in values for quad in types.get(value, ())]
        found.update(violations(part, beside, shapes, master))
    return sorted(found, key=lambda one: (one.path, one.line or 0, one.message))


def properties(shapes: rdflib.Graph) -> set[str]:
    """Return the properties that shapes can see: those that they, or their queries, name."""
    named = {str(node) for node in shapes.all_nodes() if isinstance(node, rdflib.URIRef)}
    queries = (str(query) for query in shapes.objects(predicate=SH.select))
    return named.union(*map(IRI.findall, queries), [RDF_TYPE])


def is_part(quad: Quad) -> bool:
    """Return whether the subject of a quad is a part of an article: a sentence, or of one."""
    return isinstance(quad.subject, NamedNode) and whole(quad) != quad.subject.value


def whole(quad: Quad) -> str:
    """Return the article that the subject of a quad is a part of, or else the subject."""
    name = quad.subject.value if isinstance(quad.subject, NamedNode) else ""
    return ID + name.removeprefix(ID).partition("/")[0] if name.startswith(ID) else name


def violations(
    part: list[Quad], beside: list[Quad], shapes: rdflib.Graph, master: Master
) -> Iterator[Finding]:
    """Yield the violations of the shapes by the subjects of a part; `beside` types its values."""
    subjects = {plain_subject(quad) for quad in part}
    _, report, _ = validate(to_rdflib([*part, *beside]), shacl_graph=shapes)
    assert isinstance(report, rdflib.Graph)  # noqa: S101 - pyshacl answers bytes only if asked to
    for result in report.subjects(SH.resultSeverity, SH.Violation):
        own = plain(report.value(result, SH.focusNode)) in subjects
        if own and not is_contested(report, result, part):
            yield violation(report, result, master)


def is_contested(report: rdflib.Graph, result: rdflib.term.Node, quads: list[Quad]) -> bool:
    """Return whether a result only says that sources differ: each of them gives one value."""
    if report.value(result, SH.sourceConstraintComponent) not in SINGLE:
        return False
    focus, path = (plain(report.value(result, name)) for name in (SH.focusNode, SH.resultPath))
    values: dict[str, set[str]] = {}
    for quad in quads:
        if plain_subject(quad) == focus and quad.predicate.value == path:
            values.setdefault(source_of(graph_of(quad)), set()).add(str(quad.object))
    return len(values) > 1 and all(len(own) == 1 for own in values.values())


def plain_subject(quad: Quad) -> str | None:
    """Return the subject of a quad in the words of `plain`."""
    return quad.subject.value if isinstance(quad.subject, NamedNode) else None


def source_of(graph: str) -> str:
    """Return what a graph has its word from: the article of a sentence, else the graph itself."""
    return graph.rpartition("/")[0] if graph.startswith(ID) else graph


def violation(report: rdflib.Graph, result: rdflib.term.Node, master: Master) -> Finding:
    """Return one result of a validation report as a finding."""
    focus, path, value = (
        report.value(result, name) for name in (SH.focusNode, SH.resultPath, SH.value)
    )
    said = sorted(str(message) for message in report.objects(result, SH.resultMessage))
    if isinstance(path, rdflib.BNode):  # of several steps, which the message tells
        path = None
    about = " ".join(spoken(node) for node in (focus, path, value) if node is not None)
    return master.finding(f"{about}: {'; '.join(said)}", "", *map(plain, (focus, path, value)))


def spoken(node: rdflib.term.Node) -> str:
    """Return a term for a person to read."""
    if isinstance(node, rdflib.BNode):
        return "[]"
    return shorten(node) if isinstance(node, rdflib.URIRef) else node.n3()


def plain(node: rdflib.term.Node | None) -> str | None:
    """Return a term in the words of `Position`; None for a blank node, which has no place."""
    return None if node is None or isinstance(node, rdflib.BNode) else str(node)
