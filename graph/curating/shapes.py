"""The shapes: SHACL over what is stated and what follows from it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
from typing import Final, TypeAlias

import rdflib
from pyoxigraph import NamedNode, Quad
from pyshacl import validate
from rdflib import SH

from graph.curating.master import Master
from graph.dataset import TYPE, graph_of
from graph.errors import BuildError, Finding
from graph.progress import bar
from graph.rdflib_bridge import n_triples, parsed
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
    shapes = n_triples(master.shapes.quads)
    named = properties(parsed(shapes))
    seen = [quad for quad in quads if quad.predicate.value in named]
    types: dict[object, list[Quad]] = {}
    for quad in seen:
        if quad.predicate == TYPE:
            types.setdefault(quad.subject, []).append(quad)
    parts = divided(seen)
    documents = (n_triples([*part, *types_beside(part, types)]) for part in parts)
    found: set[Finding] = set()
    with processes(len(parts)) as pool:
        for part, results in zip(
            bar(parts, "shapes"), pool.map(partial(validated, shapes), documents), strict=True
        ):
            found.update(violations(part, results, master))
    return sorted(found, key=lambda one: (one.path, one.line or 0, one.message))


@contextmanager
def processes(most: int) -> Iterator[ProcessPoolExecutor]:
    """Run the block with a pool of as many processes as there are processors, but `most`."""
    workers = max(1, min(most, len(os.sched_getaffinity(0))))
    try:
        with ProcessPoolExecutor(workers, get_context("fork")) as pool:
            yield pool
    except BrokenProcessPool:
        raise BuildError("a process that held articles to the shapes was killed") from None


def types_beside(part: list[Quad], types: Mapping[object, list[Quad]]) -> Iterator[Quad]:
    """Yield the types of what a part has as values, and says nothing else of."""
    for value in {quad.object for quad in part} - {quad.subject for quad in part}:
        yield from types.get(value, ())


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


def validated(shapes: bytes, document: bytes) -> list[Result]:
    """Return the violations of shapes by a document, both in N-Triples."""
    _, report, _ = validate(parsed(document), shacl_graph=shapes_of(shapes))
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
    """Return the graph of shapes in N-Triples, which a process reads once."""
    return parsed(document)


def violations(part: list[Quad], results: Iterable[Result], master: Master) -> Iterator[Finding]:
    """Yield the results that are of the subjects of a part, and are a defect of it."""
    subjects = {plain_subject(quad) for quad in part}
    for result in results:
        if plain(result.focus) in subjects and not is_contested(result, part):
            yield violation(result, master)


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
