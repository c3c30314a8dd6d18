"""The shapes: SHACL validation of the stated and inferred triples."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

import rdflib
from pyoxigraph import NamedNode, Quad
from pyshacl import validate
from rdflib import RDF, RDFS, SH

from graph.curating.master import Master
from graph.errors import Finding
from graph.rdflib_bridge import parse_n_triples, to_rdflib, write_n_triples
from ontology.namespace import ID, shorten

TARGETS: Final = {SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf}
PLAIN: Final = {RDF.type, SH.property, SH["or"], SH.sparql, SH.message, *TARGETS}
"""The properties of a node shape that allow its property shapes to take over its targets."""

IRI: Final = re.compile(r"<([^>]*)>")
"""An IRI in a query of the shapes, which use no prefixes."""

Term: TypeAlias = rdflib.term.Node | None


@dataclass(frozen=True, slots=True)
class Result:
    """A result of a validation: https://www.w3.org/TR/shacl/#results-validation-result."""

    focus: Term
    path: Term
    value: Term
    component: Term
    messages: list[str]


def select_articles(quads: list[Quad]) -> list[Quad]:
    """Return the quads about articles and their parts."""
    articles = {article_of(quad) for quad in quads if is_part(quad)}
    return [quad for quad in quads if article_of(quad) in articles]


def find_violations(
    quads: Iterable[Quad], master: Master, select: Callable[[list[Quad]], list[Quad]] = list
) -> list[Finding]:
    """Return the results of a validation of the quads, at the lines that they come from.

    https://www.w3.org/TR/shacl/#validation-report

    Validated are the properties that the shapes name, of the subjects that are selected, with the
    types of the values, and with what names the subjects: an office needs a holder.
    """
    shapes = parse_shapes(write_n_triples(master.shapes.quads))
    named = find_properties(shapes)
    visible = [quad for quad in quads if quad.predicate.value in named]
    selected = select(visible)
    subjects = {plain_subject(quad) for quad in selected}
    nodes = {quad.subject for quad in selected}
    naming = (quad for quad in visible if quad.object in nodes and quad.subject not in nodes)
    values = {quad.object for quad in selected} - {quad.subject for quad in selected}
    types = (q for q in visible if q.predicate.value == str(RDF.type) and q.subject in values)
    data = to_rdflib([*selected, *types, *naming])
    narrow_targets(shapes, data, {own for own in data.subjects() if position_term(own) in subjects})
    return [
        report_violation(result, master)
        for result in validate_graph(data, shapes)
        if position_term(result.focus) in subjects
    ]


def narrow_targets(shapes: rdflib.Graph, data: rdflib.Graph, nodes: set[rdflib.term.Node]) -> None:
    """Let shapes target of classes and of subjects only some: others are there as their values.

    pyshacl takes a tenth of a second for a hundred others. Its own option `focus_nodes` is no help:
    it lets a value pass that is none of them.
    """
    for kind in (SH.targetClass, SH.targetSubjectsOf):
        for shape, of in list(shapes.subject_objects(kind)):
            shapes.remove((shape, kind, of))
            targets = {*data.subjects(of)}
            if kind == SH.targetClass:
                classes = data.transitive_subjects(RDFS.subClassOf, of)
                targets = {node for own in classes for node in data.subjects(RDF.type, own)}
            for node in targets & nodes:
                shapes.add((shape, SH.targetNode, node))


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


def parse_shapes(document: bytes) -> rdflib.Graph:
    """Parse shapes in N-Triples.

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


def plain_subject(quad: Quad) -> str | None:
    """Return the IRI of the subject of a quad, or None for a blank node."""
    return quad.subject.value if isinstance(quad.subject, NamedNode) else None


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
