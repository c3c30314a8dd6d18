"""The shapes: SHACL over what is stated and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import rdflib
from pyoxigraph import NamedNode, Quad
from pyshacl import validate
from rdflib import SH

from graph.curating.master import Master
from graph.dataset import graph_of
from graph.errors import Finding
from graph.rdflib_bridge import to_rdflib
from ontology.namespace import ID, shorten

SINGLE: Final = {
    SH.MaxCountConstraintComponent,
    SH.QualifiedMaxCountConstraintComponent,
    SH.SPARQLConstraintComponent,
}
"""The constraints that only let a property have one value, or values that agree."""


def run_shapes(quads: Iterable[Quad], master: Master) -> list[Finding]:
    """Return the violations of the shapes by the union of the quads, at the lines they come from.

    https://www.w3.org/TR/shacl/#validation-report

    Sources may contradict each other: two values of a property that has one are a defect where one
    article states both, not where each has its own source.
    """
    quads = list(quads)
    _, report, _ = validate(to_rdflib(quads), shacl_graph=to_rdflib(master.shapes.quads))
    assert isinstance(report, rdflib.Graph)  # noqa: S101 - pyshacl answers bytes only if asked to
    found = {
        violation(report, result, master)
        for result in report.subjects(SH.resultSeverity, SH.Violation)
        if not is_contested(report, result, quads)
    }
    return sorted(found, key=lambda one: (one.path, one.line or 0, one.message))


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
