"""The record of a statement: its quote, how it is meant and who says it, as plain triples.

In the master copy each fact has them beside it, as an annotation of RDF 1.2
(https://www.w3.org/TR/rdf12-turtle/#reifying-triples)::

    id:Pakistan cpec:advances id:CPEC ~ <s01#1> {| oa:exact "moved forward on CPEC" |} .

In the graph the record is an `rdf:Statement` of `graph:evidence`, which SPARQL 1.1 can ask and
every format can write (docs/decisions/0012-a-statement-has-a-record.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from graph.dataset import graph_of
from ontology.namespace import EVIDENCE_GRAPH, ONTOLOGY_GRAPH
from ontology.terms import CPEC, OA, RDF

EVIDENCE: Final = NamedNode(EVIDENCE_GRAPH)

Node: TypeAlias = NamedNode | BlankNode
Term: TypeAlias = NamedNode | BlankNode | Literal | Triple


@dataclass(frozen=True, slots=True)
class Annotation:
    """An annotation of the master copy: the name of the record, its fact, and the values beside."""

    name: Node
    graph: NamedNode
    fact: Triple
    values: dict[NamedNode, list[Term]] = field(default_factory=dict)


def with_records(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Yield the quads of a master copy, each annotation as a record."""
    quads = list(quads)
    found = beside_facts(quads)
    names = {one.name for one in found}
    yield from (quad for quad in quads if quad.subject not in names)
    yield from dict.fromkeys(records(found, Defaults.of(quads)))


def beside_facts(quads: Iterable[Quad]) -> list[Annotation]:
    """Return the annotations, in the order of their facts."""
    quads = list(quads)
    found = [
        Annotation(quad.subject, quad.graph_name, quad.object)
        for quad in quads
        if quad.predicate == RDF.REIFIES
        and isinstance(quad.object, Triple)
        and isinstance(quad.subject, Node)
        and isinstance(quad.graph_name, NamedNode)
    ]
    named = {(one.name, one.graph): one for one in reversed(found)}
    for quad in quads:
        beside = named.get((quad.subject, quad.graph_name))  # type: ignore[arg-type]
        if beside is not None and quad.predicate != RDF.REIFIES:
            beside.values.setdefault(quad.predicate, []).append(quad.object)
    return found


@dataclass(frozen=True, slots=True)
class Defaults:
    """The modality of each property, and the attribution of each sentence: what a record inherits.

    A fact that says nothing of its own is meant as its property is, and said by whom its sentence
    is attributed to.
    """

    modality: dict[Node, Term]
    attributed: dict[Node, Term]

    @classmethod
    def of(cls, quads: Iterable[Quad]) -> Defaults:
        """Return the defaults that the quads of a master copy state."""
        wanted = {(CPEC.MODALITY, ONTOLOGY_GRAPH): 0, (CPEC.ATTRIBUTED_TO, EVIDENCE_GRAPH): 1}
        found: tuple[dict[Node, Term], dict[Node, Term]] = ({}, {})
        for quad in quads:
            place = wanted.get((quad.predicate, graph_of(quad)))
            if place is not None and isinstance(quad.subject, Node):
                found[place][quad.subject] = quad.object
        return cls(*found)

    def values(self, annotation: Annotation) -> dict[NamedNode, list[Term]]:
        """Return the values of an annotation, those that it inherits included."""
        fact, graph = annotation.fact, annotation.graph
        inherited = {
            CPEC.MODALITY: self.modality.get(fact.predicate),
            CPEC.ATTRIBUTED_TO: self.attributed.get(graph),
        }
        known = {name: [value] for name, value in inherited.items() if value is not None}
        return known | annotation.values


def records(found: Iterable[Annotation], defaults: Defaults) -> Iterator[Quad]:
    """Yield the records of annotations; equal quotes of a source share one selector."""
    selectors: dict[NamedNode, dict[Term, NamedNode]] = {}
    for one in found:
        values = defaults.values(one)
        of_source = selectors.setdefault(one.graph, {})
        for name, value in (
            (RDF.TYPE, RDF.STATEMENT),
            (RDF.SUBJECT, one.fact.subject),
            (RDF.PREDICATE, one.fact.predicate),
            (RDF.OBJECT, one.fact.object),
            (OA.HAS_SOURCE, one.graph),
        ):
            yield Quad(one.name, name, value, EVIDENCE)
        for quote in values.pop(OA.EXACT, ()):
            number = len(of_source) + 1
            selector = of_source.setdefault(quote, NamedNode(f"{one.graph.value}#quote-{number}"))
            yield Quad(one.name, OA.HAS_SELECTOR, selector, EVIDENCE)
            yield Quad(one.graph, OA.HAS_SELECTOR, selector, EVIDENCE)
            yield Quad(selector, RDF.TYPE, OA.TEXT_QUOTE_SELECTOR, EVIDENCE)
            yield Quad(selector, OA.EXACT, quote, EVIDENCE)
        for name, several in values.items():
            yield from (Quad(one.name, name, value, EVIDENCE) for value in several)
