"""Why a triple holds: the graphs that state it, and the inferences that lead from graphs to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from pyoxigraph import Triple

from graph.errors import NotInGraphError
from graph.reasoning.closure import NONE, Derivation, Graphs, place, premises
from graph.reasoning.kernel import Kernel
from graph.reasoning.rule import Rule
from graph.reasoning.rulebook import Fact
from graph.reasoning.search import Cone
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
    """A set of graphs that holds the triple by itself, and how; `minimal` if it needs them all."""

    graphs: tuple[str, ...]
    tree: Tree
    minimal: bool = True


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a triple holds: who states it, and its proofs, those of the fewest graphs first.

    A triple of the ontology has one proof, of no graph at all: the ontology is taken as given.
    """

    triple: Triple
    stated: tuple[str, ...]
    proofs: tuple[Proof, ...]
    more: bool


def explain(kernel: Kernel, triple: Triple, at_most: int = MOST_PROOFS) -> Explanation:
    """Return why a triple holds; raises NotInGraphError where it does not."""
    fact = known(kernel, triple)
    supports = kernel.supports(fact, at_most)
    proofs = tuple(
        Proof(kernel.names(graphs), tree(kernel, fact, graphs), graphs not in supports.sufficient)
        for graphs in supports.sets
    )
    stated = kernel.names(kernel.stating(fact))
    if fact in kernel.given.stated:
        stated = (ONTOLOGY_GRAPH, *stated)
    return Explanation(triple, stated, proofs, supports.more)


def known(kernel: Kernel, triple: Triple) -> Fact:
    """Return the fact of a triple that holds; raises NotInGraphError with those that are near."""
    fact = kernel.fact(triple.subject, triple.predicate, triple.object)  # type: ignore[arg-type]
    if fact is not None and (fact in kernel):
        return fact
    raise NotInGraphError(triple, nearest(kernel, triple))


def nearest(kernel: Kernel, triple: Triple) -> list[Triple]:
    """Return the triples that hold of the same subject and predicate, sorted."""
    subject = kernel.lexicon.numbers.get(triple.subject)  # type: ignore[arg-type]
    predicate = kernel.lexicon.numbers.get(triple.predicate)
    facts = (*kernel.given, *kernel.closure, *kernel.apart)
    found = {fact for fact in facts if fact[0] == subject and fact[1] == predicate}
    return sorted(map(kernel.triple, found), key=str)


def tree(kernel: Kernel, goal: Fact, graphs: Graphs) -> Tree:
    """Return how a support holds a fact, in the fewest steps that were found.

    The premises of each inference hold before it, so that none is its own conclusion.
    """
    if found := stating(kernel, goal, graphs):
        return Statement(kernel.triple(goal), found)
    order = Cone.of(kernel.closure, goal, kernel.bounds, within=graphs).order(graphs)
    if goal not in order:  # the search stopped at its bounds: the reasons first found do as well
        order = reasons(kernel, goal, graphs) or reasons(kernel.closed(graphs), goal, graphs)
    return grown(kernel, goal, graphs, order)


def reasons(kernel: Kernel, goal: Fact, graphs: Graphs) -> dict[Fact, Derivation | None]:
    """Return the reasons first found of a fact and its premises, if they end in some graphs."""
    order: dict[Fact, Derivation | None] = {}
    waiting = [goal]
    for fact in waiting:
        if fact in order:
            continue
        order[fact] = reason = None if stating(kernel, fact, graphs) else reason_of(kernel, fact)
        if reason is not None:
            waiting += premises(reason)
        elif not stating(kernel, fact, graphs):
            return {}
    return order


def reason_of(kernel: Kernel, fact: Fact) -> Derivation | None:
    """Return the derivation by which a fact was first found, None where it is not inferred."""
    return kernel.closure.why.get(fact) or kernel.given.why.get(fact)


def grown(kernel: Kernel, fact: Fact, graphs: Graphs, order: dict[Fact, Derivation | None]) -> Tree:
    """Return the tree of a fact by the derivations of those that hold."""
    derivation = order.get(fact)
    found = stating(kernel, fact, graphs)
    if found or derivation is None:
        return Statement(kernel.triple(fact), found)
    trees = tuple(grown(kernel, premise, graphs, order) for premise in premises(derivation))
    return Inference(kernel.triple(fact), kernel.rulebook.rules[place(derivation)].rule, trees)


def stating(kernel: Kernel, fact: Fact, graphs: Graphs) -> tuple[str, ...]:
    """Return the names of those of some graphs that state a fact, or else that of the ontology."""
    if fact in kernel.given.stated:
        return (ONTOLOGY_GRAPH,)
    stated = kernel.closure.stated.get(fact, NONE) | kernel.apart.get(fact, NONE)
    return kernel.names(stated & graphs)
