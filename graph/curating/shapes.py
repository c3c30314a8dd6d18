"""The shapes: SHACL over what is stated and what follows from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Final, TypeAlias

import rdflib
from pyoxigraph import NamedNode, Quad
from pyshacl import validate
from rdflib import RDF, SH

from graph.curating.master import Master
from graph.dataset import graph_of
from graph.errors import Finding
from graph.rdflib_bridge import parse_n_triples, to_rdflib, write_n_triples
from ontology.namespace import ID, shorten

TOGETHER: Final = 100
"""The articles that are validated at a time: rdflib holds no more of the graph."""

TARGETS: Final = {SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf}
PLAIN: Final = {RDF.type, SH.property, SH["or"], SH.sparql, SH.message, *TARGETS}
"""What may be said of a node shape whose property shapes can have its targets themselves."""

IRI: Final = re.compile(r"<([^>]*)>")
"""An IRI in a query of the shapes, which use no prefixes."""

SINGLE: Final = {
    SH.MaxCountConstraintComponent,
    SH.QualifiedMaxCountConstraintComponent,
    SH.SPARQLConstraintComponent,
}
"""The constraints that only let a property have one value, or values that agree."""


Parts: TypeAlias = list[list[Quad]]
Task: TypeAlias = Callable[[], list[Finding]]
Term: TypeAlias = rdflib.term.Node | None


@dataclass(frozen=True, slots=True)
class Result:
    """A result of a validation: https://www.w3.org/TR/shacl/#results-validation-result."""

    focus: Term
    path: Term
    value: Term
    component: Term
    messages: list[str]


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


def shape_tasks(
    quads: Iterable[Quad], master: Master, divided: Callable[[list[Quad]], Parts] = everything
) -> list[Task]:
    """Return the tasks that find the violations of the shapes by the union of the quads.

    https://www.w3.org/TR/shacl/#validation-report

    Articles are validated a few at a time, each with its sentences and selectors; all else is
    validated together. A shape sees the properties that the shapes name, and what the values are.

    Sources may contradict each other: two values of a property that has one are a defect where one
    article states both, not where each has its own source.
    """
    shapes = write_n_triples(master.shapes.quads)
    named = properties(parse_n_triples(shapes))
    seen = [quad for quad in quads if quad.predicate.value in named]
    types: dict[object, list[Quad]] = {}
    for quad in seen:
        if quad.predicate.value == str(RDF.type):
            types.setdefault(quad.subject, []).append(quad)
    return [partial(violations, part, types, shapes, master) for part in divided(seen)]


def types_beside(part: list[Quad], types: Mapping[object, list[Quad]]) -> Iterator[Quad]:
    """Yield the types of what a part has as values, and says nothing else of."""
    for value in {quad.object for quad in part} - {quad.subject for quad in part}:
        yield from types.get(value, ())


def properties(shapes: rdflib.Graph) -> set[str]:
    """Return the properties that shapes can see: those that they, or their queries, name."""
    named = {str(node) for node in shapes.all_nodes() if isinstance(node, rdflib.URIRef)}
    queries = (str(query) for query in shapes.objects(predicate=SH.select))
    return named.union(*map(IRI.findall, queries), [str(RDF.type)])


def is_part(quad: Quad) -> bool:
    """Return whether the subject of a quad is a part of an article: a sentence, or of one."""
    return isinstance(quad.subject, NamedNode) and whole(quad) != quad.subject.value


def whole(quad: Quad) -> str:
    """Return the article that the subject of a quad is a part of, or else the subject."""
    name = quad.subject.value if isinstance(quad.subject, NamedNode) else ""
    return ID + name.removeprefix(ID).partition("/")[0] if name.startswith(ID) else name


def validated(data: rdflib.Graph, shapes: rdflib.Graph) -> list[Result]:
    """Return the violations of shapes by data."""
    _, report, _ = validate(data, shacl_graph=shapes)
    assert isinstance(report, rdflib.Graph)  # noqa: S101 - pyshacl answers bytes only if asked to
    return [
        Result(
            report.value(node, SH.focusNode),
            report.value(node, SH.resultPath),
            report.value(node, SH.value),
            report.value(node, SH.sourceConstraintComponent),
            sorted(str(message) for message in report.objects(node, SH.resultMessage)),
        )
        for node in report.subjects(SH.resultSeverity, SH.Violation)
    ]


@cache
def shapes_of(document: bytes) -> rdflib.Graph:
    """Return the graph of shapes in N-Triples, which a process reads once.

    A property shape gets the targets of the node shape that has it. The results are the same, and
    pyshacl prepares the property shape once, not once for each focus node.
    """
    shapes = parse_n_triples(document)
    for node in {node for target in TARGETS for node in shapes.subjects(target)}:
        if is_plain(node, shapes):
            targets = [(kind, of) for kind, of in shapes.predicate_objects(node) if kind in TARGETS]
            for shape in list(shapes.objects(node, SH.property)):
                shapes.remove((node, SH.property, shape))
                for kind, of in targets:
                    shapes.add((shape, kind, of))
    return shapes


def is_plain(node: rdflib.term.Node, shapes: rdflib.Graph) -> bool:
    """Return whether the property shapes of a node shape depend on its targets alone."""
    return (
        {*shapes.predicates(node)} <= PLAIN
        and {*shapes.objects(node, RDF.type)} == {SH.NodeShape}
        and (None, None, node) not in shapes
    )


def violations(
    part: list[Quad], types: Mapping[object, list[Quad]], shapes: bytes, master: Master
) -> list[Finding]:
    """Return the results that are of the subjects of a part, at the lines that they come from."""
    subjects = {plain_subject(quad) for quad in part}
    return [
        violation(result, master)
        for result in validated(to_rdflib([*part, *types_beside(part, types)]), shapes_of(shapes))
        if plain(result.focus) in subjects and not is_contested(result, part)
    ]


def is_contested(result: Result, quads: list[Quad]) -> bool:
    """Return whether a result only says that sources differ: each of them gives one value."""
    if result.component not in SINGLE:
        return False
    focus, path = plain(result.focus), plain(result.path)
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


def violation(result: Result, master: Master) -> Finding:
    """Return one result of a validation report as a finding."""
    path = None if isinstance(result.path, rdflib.BNode) else result.path
    # A path of several steps is told by the message.
    terms = (result.focus, path, result.value)
    about = " ".join(spoken(node) for node in terms if node is not None)
    return master.finding(f"{about}: {'; '.join(result.messages)}", "", *map(plain, terms))


def spoken(node: rdflib.term.Node) -> str:
    """Return a term for a person to read."""
    if isinstance(node, rdflib.BNode):
        return "[]"
    return shorten(node) if isinstance(node, rdflib.URIRef) else node.n3()


def plain(node: Term) -> str | None:
    """Return a term in the words of `Position`; None for a blank node, which has no place."""
    return None if node is None or isinstance(node, rdflib.BNode) else str(node)
