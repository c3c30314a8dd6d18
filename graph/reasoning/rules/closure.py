"""The closure: what follows from the stated graphs under the ontology, by the rules of OWL 2 RL."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

import rdflib
from owlrl import OWLRL_Semantics
from pyoxigraph import NamedNode, Quad
from rdflib import OWL, URIRef

from graph.dataset import graph_of, taking_part
from graph.rdflib_bridge import from_rdflib, to_rdflib
from graph.reasoning.rules.relevance import is_worth_saying
from ontology.namespace import ID, INFERRED_GRAPH, ONTOLOGY_GRAPH, shorten

Triple: TypeAlias = tuple[rdflib.term.Node, rdflib.term.Node, rdflib.term.Node]

ADDRESS: Final = re.compile(r"https?://[^\s,()'\"]+")

ILL_TYPED: Final = re.compile(r"Lexical value of the literal '(.*)' does not match .*\((.*)\)")


@dataclass(frozen=True, slots=True)
class Closure:
    """What follows, as quads of `graph:inferred`, and what contradicts itself."""

    quads: tuple[Quad, ...]
    contradictions: tuple[Contradiction, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A contradiction in words, and the first entity or else the literal that it is about."""

    message: str
    subject: str | None = None
    literal: str | None = None


def close(stated: Iterable[Quad]) -> Closure:
    """Return what follows from the stated graphs that take part, and is worth saying.

    The rules are those of https://www.w3.org/TR/owl2-profiles/#OWL_2_RL. Left out are triples that
    are stated already, that hold of everything (reflexive, owl:Thing), that speak of the vocabulary
    itself, and that RDF cannot write (a literal as the subject).
    """
    quads = taking_part(stated)
    graph = to_rdflib(quads)
    before = set(graph)
    vocabulary = {
        quad.subject
        for quad in quads
        if graph_of(quad) == ONTOLOGY_GRAPH and isinstance(quad.subject, NamedNode)
    }
    reasoner = OWLRL_Semantics(graph, axioms=False, daxioms=False)
    reasoner.closure()
    named = (triple for triple in set(graph) - before if isinstance(triple[0], URIRef))
    inferred = [
        triple
        for triple in from_rdflib(named)
        if triple.subject not in vocabulary and is_worth_saying(triple)
    ]
    name = NamedNode(INFERRED_GRAPH)
    return Closure(
        tuple(Quad(one.subject, one.predicate, one.object, name) for one in inferred),
        tuple(sorted(contradictions(reasoner.error_messages, graph, before), key=str)),
    )


def contradictions(
    messages: Iterable[str],
    graph: rdflib.Graph,
    before: set[Triple],
) -> set[Contradiction]:
    """Return owlrl's complaints, and each pair of entities that would have to be one.

    The base says nothing with owl:sameAs inside the closure, so an inferred one means that a
    functional property has two values.
    """
    found = {contradiction(message) for message in messages}
    for subject, _, value in set(graph.triples((None, OWL.sameAs, None))) - before:
        if isinstance(subject, URIRef) and isinstance(value, URIRef) and subject < value:
            first, second = shorten(subject), shorten(value)
            message = f"{first} and {second} would be the same: a functional property has both"
            found.add(Contradiction(message, str(subject)))
    return found


def contradiction(message: str) -> Contradiction:
    """Return one complaint of owlrl with its IRIs shortened."""
    if literal := ILL_TYPED.match(message):
        datatype = shorten(literal[2])
        return Contradiction(f'"{literal[1]}" is not an {datatype}', literal=literal[1])
    entities = [iri for iri in ADDRESS.findall(message) if iri.startswith(ID)]
    readable = ADDRESS.sub(lambda match: shorten(match[0]), message)
    return Contradiction(readable, subject=min(entities, default=None))
