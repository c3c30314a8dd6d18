"""The reifications of RDF 1.2: for each statement a name, by which its quote can be told.

https://www.w3.org/TR/rdf12-concepts/#section-triple-terms
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from graph.curating.record import EXACT, OBJECT, PREDICATE, REIFIES, SELECTOR, SOURCE, SUBJECT
from graph.dataset import graph_of
from ontology.namespace import BACKGROUND, EVIDENCE_GRAPH, ID

Node: TypeAlias = NamedNode | BlankNode | Triple
Term: TypeAlias = NamedNode | BlankNode | Literal | Triple
Described: TypeAlias = dict[Node, dict[NamedNode, list[Term]]]
"""What is said of each subject: the values of its properties."""

FACT: Final = (SUBJECT, PREDICATE, OBJECT)
"""The properties that say which triple a record is about, in place of which it reifies this."""


def reifications(stated: Iterable[Quad], everything: Iterable[Quad]) -> Iterator[Quad]:
    """Yield for each statement of a sentence or background source the name that reifies its triple.

    That is its record in `graph:evidence`, with quote, modality and attribution; where it has none,
    as in a graph that was written over HTTP, the source itself.
    """
    evidence = described(quad for quad in everything if graph_of(quad) == EVIDENCE_GRAPH)
    recorded = dict(facts(evidence))
    for quad in stated:
        if graph_of(quad).startswith((ID, BACKGROUND)) and isinstance(quad.graph_name, NamedNode):
            record = recorded.get((quad.graph_name, *quad.triple))
            yield Quad(record or quad.graph_name, REIFIES, quad.triple)
            if record is not None:
                yield from beside(record, evidence)


def described(quads: Iterable[Quad]) -> Described:
    """Return what quads say, by subject and property."""
    found: Described = defaultdict(lambda: defaultdict(list))
    for quad in quads:
        found[quad.subject][quad.predicate].append(quad.object)
    return found


def facts(evidence: Described) -> Iterator[tuple[tuple[Term, ...], Node]]:
    """Yield the source and the triple of each record, and the record."""
    for record, values in evidence.items():
        if all(name in values for name in (SOURCE, *FACT)):
            yield (values[SOURCE][0], *(values[name][0] for name in FACT)), record


def beside(record: Node, evidence: Described) -> Iterator[Quad]:
    """Yield what is said of a record, its quotes beside it and not the triple part by part."""
    for name, values in evidence[record].items():
        if name not in FACT:
            yield from (Quad(record, name, value) for value in values)
    for selector in evidence[record][SELECTOR]:
        quotes = evidence[selector][EXACT] if isinstance(selector, NamedNode) else []
        yield from (Quad(record, EXACT, quote) for quote in quotes)
