"""Why a triple holds: the graphs that state it, and the inferences that lead from graphs to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from pyoxigraph import Triple

from graph.errors import NotInGraphError
from graph.reasoning.derivation import Derivation
from graph.reasoning.facts.fact import Fact
from graph.reasoning.provenance import Provenance
from graph.reasoning.rules.axiom import Rule
from graph.reasoning.sets.support import Graphs
from ontology.namespace import ONTOLOGY_GRAPH

MOST_PROOFS: Final = 4
"""Proofs that are shown of one triple or row; `more` says that there are others."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A triple that these graphs state."""

    triple: Triple
    graphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inference:
    """A triple that follows from others by an axiom of the ontology."""

    triple: Triple
    rule: Rule
    premises: tuple[Tree, ...]


Tree: TypeAlias = Statement | Inference


@dataclass(frozen=True, slots=True)
class Proof:
    """A smallest set of graphs that holds the triple by itself, and how it does."""

    graphs: tuple[str, ...]
    tree: Tree


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a triple holds: who states it, and its proofs, those of the fewest graphs first.

    A triple of the ontology has one proof, of no graph at all: the ontology is taken as given.
    """

    triple: Triple
    stated: tuple[str, ...]
    proofs: tuple[Proof, ...]
    more: bool


def explain(provenance: Provenance, triple: Triple) -> Explanation:
    """Return why a triple holds; raises NotInGraphError where it does not."""
    fact = known(provenance, triple)
    support = provenance.fuller_support(fact, MOST_PROOFS)
    shown = [
        Proof(provenance.graphs(one), found)
        for one in support.certain(MOST_PROOFS)
        if (found := tree(provenance, fact, one))
    ]
    stated = provenance.graphs(provenance.stating(fact))
    return Explanation(
        triple,
        (ONTOLOGY_GRAPH, *stated) if fact in provenance.given else stated,
        tuple(shown),
        more=support.count > len(shown) or not support.exact,
    )


def known(provenance: Provenance, triple: Triple) -> Fact:
    """Return the fact of a triple that holds; raises NotInGraphError with those that are near."""
    subject, predicate, value = triple.subject, triple.predicate, triple.object
    if not isinstance(subject, Triple) and not isinstance(value, Triple):
        fact = provenance.fact(subject, predicate, value)
        if fact is not None and fact in provenance.union:
            return fact
        raise NotInGraphError(triple, nearest(provenance, triple))
    raise NotInGraphError(triple, ())


def nearest(provenance: Provenance, triple: Triple) -> list[Triple]:
    """Return the triples that hold of the same subject and predicate, sorted."""
    numbers = provenance.lexicon.numbers
    subject = numbers.get(triple.subject)  # type: ignore[arg-type]
    predicate = numbers.get(triple.predicate)
    if subject is None or predicate is None:
        return []
    found = provenance.union.matches(subject, predicate, -1)
    return sorted(map(provenance.triple, found), key=str)


def tree(provenance: Provenance, goal: Fact, graphs: Graphs) -> Tree | None:
    """Return how a set of graphs holds a fact, in the fewest steps; None where none is found.

    Level by level from what is stated, so that no premise is its own conclusion.
    """
    cone = provenance.within(goal, graphs)
    trees: dict[Fact, Tree] = {}
    grown: dict[Fact, Tree] = {
        fact: stated for fact in cone if (stated := statement(provenance, fact, graphs))
    }
    while grown:
        trees |= grown
        if goal in trees:
            return trees[goal]
        grown = {
            fact: found
            for fact, ways in cone.items()
            if fact not in trees and (found := inference(provenance, fact, ways, trees))
        }
    return None


def statement(provenance: Provenance, fact: Fact, graphs: Graphs) -> Statement | None:
    """Return the statement of a fact by some of these graphs, or None."""
    if fact in provenance.given:
        return Statement(provenance.triple(fact), (ONTOLOGY_GRAPH,))
    stating = provenance.stating(fact) & graphs
    if not stating:
        return None
    return Statement(provenance.triple(fact), provenance.graphs(stating))


def inference(
    provenance: Provenance, fact: Fact, ways: list[Derivation], trees: dict[Fact, Tree]
) -> Inference | None:
    """Return an inference of a fact from what is proved already, or None."""
    for way in ways:
        if all(premise in trees for premise in way.premises):
            premises = tuple(trees[premise] for premise in way.premises)
            return Inference(provenance.triple(fact), way.rule.rule, premises)
    return None
