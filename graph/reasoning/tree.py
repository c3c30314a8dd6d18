"""Why a triple holds: the graphs that state it, and the inferences that lead from graphs to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from pyoxigraph import Triple

from graph.errors import NotInGraphError
from graph.reasoning.closure import Graphs, premises
from graph.reasoning.kernel import Kernel
from graph.reasoning.rule import Rule
from graph.reasoning.rulebook import Derivation, Fact
from graph.reasoning.search import Cone
from graph.reasoning.support import reason_leaves
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

SEVERAL_STEPS: Final = Rule("several-steps", (), (), None)
"""What stands for the lower levels of a deep proof: its premises are the statements they end in."""


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
        Proof(kernel.names(graphs), shown, graphs not in supports.sufficient)
        for graphs in supports.sets
        if (shown := tree(kernel, fact, graphs))
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


def tree(kernel: Kernel, goal: Fact, graphs: Graphs) -> Tree | None:
    """Return how some graphs hold a fact, in the fewest steps that were found, or None.

    The premises of each inference hold before it, so that none is its own conclusion.
    """
    if names := stating(kernel, goal, graphs):
        return Statement(kernel.triple(goal), names)
    cone = Cone.of(kernel.closure, goal, kernel.thresholds, within=graphs)
    reasons: Mapping[Fact, Derivation | None] = cone.order(graphs)
    if goal not in reasons and cone.cut:  # the reasons first found do as well
        within = not any(map(graphs.isdisjoint, reason_leaves(kernel.closure, goal)))
        reasons = (kernel if within else kernel.closed(graphs)).closure.why
    return Growing(kernel, graphs, reasons).tree(goal) if goal in reasons else None


@dataclass(frozen=True, slots=True)
class Growing:
    """A tree that grows from the reasons of facts that some graphs hold."""

    kernel: Kernel
    graphs: Graphs
    reasons: Mapping[Fact, Derivation | None]

    def tree(self, fact: Fact, depth: int = 0) -> Tree:
        """Return the tree of a fact; past so many levels one step stands for all that follow."""
        names, derivation = stating(self.kernel, fact, self.graphs), self.reasons.get(fact)
        if names or derivation is None:
            return Statement(self.kernel.triple(fact), names)
        if depth == self.kernel.thresholds.levels:
            return Inference(self.kernel.triple(fact), SEVERAL_STEPS, self.leaves(fact))
        trees = tuple(self.tree(premise, depth + 1) for premise in premises(derivation))
        rule = self.kernel.tbox.rulebook.rules[derivation[0]].rule  # type: ignore[index]
        return Inference(self.kernel.triple(fact), rule, trees)

    def leaves(self, goal: Fact) -> tuple[Statement, ...]:
        """Return the statements that a fact rests on."""
        leaves: list[Statement] = []
        seen, waiting = {goal}, [goal]
        for fact in waiting:
            names, derivation = stating(self.kernel, fact, self.graphs), self.reasons.get(fact)
            if names or derivation is None:
                leaves.append(Statement(self.kernel.triple(fact), names))
            else:
                unseen = [premise for premise in premises(derivation) if premise not in seen]
                seen.update(unseen)
                waiting += unseen
        return tuple(leaves)


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
