"""Why a triple holds: the graphs that state it, and the inferences that lead from graphs to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from pyoxigraph import Triple

from graph.errors import NotInGraphError
from graph.reasoning.closure import Derivation, Graphs, premises
from graph.reasoning.kernel import Kernel
from graph.reasoning.rule import Rule
from graph.reasoning.rulebook import Fact
from graph.reasoning.search import Cone
from ontology.namespace import ONTOLOGY_GRAPH


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


def explain(kernel: Kernel, triple: Triple) -> Explanation:
    """Return why a triple holds; raises NotInGraphError where it does not."""
    fact = known(kernel, triple)
    supports = kernel.supports(fact, kernel.thresholds.proofs)
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
    if fact is not None and fact in kernel:
        return fact
    raise NotInGraphError(triple, nearest(kernel, triple))


def nearest(kernel: Kernel, triple: Triple) -> list[Triple]:
    """Return the triples that hold of the same subject and predicate, sorted."""
    subject = kernel.lexicon.numbers.get(triple.subject)  # type: ignore[arg-type]
    predicate = kernel.lexicon.numbers.get(triple.predicate)
    facts = (*kernel.given, *kernel.closure, *kernel.apart)
    near = {fact for fact in facts if fact[0] == subject and fact[1] == predicate}
    return sorted(map(kernel.triple, near), key=str)


def tree(kernel: Kernel, goal: Fact, graphs: Graphs) -> Tree:
    """Return how a support holds a fact, in the fewest steps that were found.

    The premises of each inference hold before it, so that none is its own conclusion.
    """
    reasons: Mapping[Fact, Derivation | None] = {}
    if not stating(kernel, goal, graphs):
        reasons = Cone.of(kernel.closure, goal, kernel.thresholds, within=graphs).order(graphs)
        if goal not in reasons:  # the search was cut: the reasons first found do as well
            reasons = kernel.closed(graphs).closure.why
    return grown(kernel, goal, graphs, reasons)


def grown(
    kernel: Kernel, fact: Fact, graphs: Graphs, reasons: Mapping[Fact, Derivation | None]
) -> Tree:
    """Return the tree of a fact by the derivations of those that hold."""
    names, derivation = stating(kernel, fact, graphs), reasons.get(fact)
    if names or derivation is None:
        return Statement(kernel.triple(fact), names)
    trees = tuple(grown(kernel, premise, graphs, reasons) for premise in premises(derivation))
    rule = kernel.tbox.rulebook.rules[derivation[0]].rule  # type: ignore[index]
    return Inference(kernel.triple(fact), rule, trees)


def stating(kernel: Kernel, fact: Fact, graphs: Graphs) -> tuple[str, ...]:
    """Return the names of those of some graphs that state a fact, or else that of the ontology."""
    if fact in kernel.given.stated:
        return (ONTOLOGY_GRAPH,)
    return kernel.names(kernel.stating(fact) & graphs)


def statements(tree: Tree) -> Iterator[Statement]:
    """Yield the statements that a proof ends in."""
    if isinstance(tree, Statement):
        yield tree
    else:
        for premise in tree.premises:
            yield from statements(premise)
