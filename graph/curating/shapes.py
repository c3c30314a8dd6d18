"""The shapes: SHACL validation of the stated and inferred triples."""

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

ARTICLES_PER_PART: Final = 100
"""The articles that are validated at a time: rdflib holds no more of the graph."""

TARGETS: Final = {SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf}
PLAIN: Final = {RDF.type, SH.property, SH["or"], SH.sparql, SH.message, *TARGETS}
"""The properties of a node shape that allow its property shapes to take over its targets."""

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


def divide_articles(quads: list[Quad]) -> Parts:
    """Return the quads about articles, `ARTICLES_PER_PART` articles a part."""
    by_article: dict[str, list[Quad]] = {}
    articles = {article_of(quad) for quad in quads if is_part(quad)}
    for quad in quads:
        if (article := article_of(quad)) in articles:
            by_article.setdefault(article, []).append(quad)
    names = sorted(by_article)
    return [
        [quad for name in names[first : first + ARTICLES_PER_PART] for quad in by_article[name]]
        for first in range(0, len(names), ARTICLES_PER_PART)
    ]


def divide_rest(quads: list[Quad]) -> Parts:
    """Return the quads whose subject is no article and no part of an article."""
    articles = {article_of(quad) for quad in quads if is_part(quad)}
    return [[quad for quad in quads if article_of(quad) not in articles]]


def divide_all(quads: list[Quad]) -> Parts:
    """Return the quads about articles, and the rest."""
    return [*divide_articles(quads), *divide_rest(quads)]


def shape_tasks(
    quads: Iterable[Quad], master: Master, divide: Callable[[list[Quad]], Parts] = divide_all
) -> list[Task]:
    """Return tasks that validate the union of the quads, one for each part.

    https://www.w3.org/TR/shacl/#validation-report

    A part has some articles with their sentences and selectors, or everything else. It has the
    properties that the shapes name, and the types of the values.

    Sources may contradict each other: two values of a single-valued property are a defect if one
    article states both, but not if each has its own source.
    """
    shapes = write_n_triples(master.shapes.quads)
    named = find_properties(parse_n_triples(shapes))
    visible = [quad for quad in quads if quad.predicate.value in named]
    types: dict[object, list[Quad]] = {}
    for quad in visible:
        if quad.predicate.value == str(RDF.type):
            types.setdefault(quad.subject, []).append(quad)
    return [partial(find_violations, part, types, shapes, master) for part in divide(visible)]


def find_value_types(part: list[Quad], types: Mapping[object, list[Quad]]) -> Iterator[Quad]:
    """Yield the types of the values in a part that are not its subjects."""
    for value in {quad.object for quad in part} - {quad.subject for quad in part}:
        yield from types.get(value, ())


def find_properties(shapes: rdflib.Graph) -> set[str]:
    """Return the properties that the shapes or their queries name."""
    names = {str(node) for node in shapes.all_nodes() if isinstance(node, rdflib.URIRef)}
    queries = (str(query) for query in shapes.objects(predicate=SH.select))
    return names.union(*map(IRI.findall, queries), [str(RDF.type)])


def is_part(quad: Quad) -> bool:
    """Return whether the subject of a quad is a part of an article, such as a sentence."""
    return isinstance(quad.subject, NamedNode) and article_of(quad) != quad.subject.value


def article_of(quad: Quad) -> str:
    """Return the article that the subject of a quad is a part of, or else the subject."""
    name = quad.subject.value if isinstance(quad.subject, NamedNode) else ""
    return ID + name.removeprefix(ID).partition("/")[0] if name.startswith(ID) else name


def validate_graph(data: rdflib.Graph, shapes: rdflib.Graph) -> list[Result]:
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
def parse_shapes(document: bytes) -> rdflib.Graph:
    """Parse shapes in N-Triples, once in each process.

    A property shape takes over the targets of its node shape. The results are the same, but pyshacl
    prepares the property shape once, instead of once for each focus node.
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


def find_violations(
    part: list[Quad], types: Mapping[object, list[Quad]], shapes: bytes, master: Master
) -> list[Finding]:
    """Return the results that are of the subjects of a part, at the lines that they come from."""
    subjects = {plain_subject(quad) for quad in part}
    return [
        report_violation(result, master)
        for result in validate_graph(
            to_rdflib([*part, *find_value_types(part, types)]), parse_shapes(shapes)
        )
        if position_term(result.focus) in subjects and not is_contested(result, part)
    ]


def is_contested(result: Result, quads: list[Quad]) -> bool:
    """Return whether a result only shows that sources differ: each source gives one value."""
    if result.component not in SINGLE:
        return False
    focus, path = position_term(result.focus), position_term(result.path)
    values: dict[str, set[str]] = {}
    for quad in quads:
        if plain_subject(quad) == focus and quad.predicate.value == path:
            values.setdefault(source_of(graph_of(quad)), set()).add(str(quad.object))
    return len(values) > 1 and all(len(own) == 1 for own in values.values())


def plain_subject(quad: Quad) -> str | None:
    """Return the IRI of the subject of a quad, or None for a blank node."""
    return quad.subject.value if isinstance(quad.subject, NamedNode) else None


def source_of(graph: str) -> str:
    """Return the source of a graph: the article of a sentence, or else the graph itself."""
    return graph.rpartition("/")[0] if graph.startswith(ID) else graph


def report_violation(result: Result, master: Master) -> Finding:
    """Return one result of a validation report as a finding."""
    path = None if isinstance(result.path, rdflib.BNode) else result.path
    # a path of several steps has no term: its message describes it
    terms = (result.focus, path, result.value)
    about = " ".join(write_node(node) for node in terms if node is not None)
    return master.finding(f"{about}: {'; '.join(result.messages)}", "", *map(position_term, terms))


def write_node(node: rdflib.term.Node) -> str:
    """Return a term as a person reads it."""
    if isinstance(node, rdflib.BNode):
        return "[]"
    return shorten(node) if isinstance(node, rdflib.URIRef) else node.n3()


def position_term(node: Term) -> str | None:
    """Return a term as the string of a `Position`; None for a blank node, which has no line."""
    return None if node is None or isinstance(node, rdflib.BNode) else str(node)
