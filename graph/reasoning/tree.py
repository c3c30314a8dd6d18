"""Proof trees: the graphs that state a triple, and the inferences that derive it from graphs."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from pyoxigraph import Triple

from graph.errors import NotInGraphError
from graph.reasoning.closure import Graphs, premises
from graph.reasoning.kernel import Kernel
from graph.reasoning.rule import Rule
from graph.reasoning.rulebook import Derivation, Fact
from graph.reasoning.search import Cone
from graph.reasoning.support import Supports, reason_leaves
from ontology.namespace import ONTOLOGY_GRAPH, shorten_triple


@dataclass(frozen=True, slots=True)
class Statement:
    """A stated triple: a leaf of a proof tree, with the graphs that state it."""

    triple: Triple
    graphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inference:
    """An inferred triple: its rule, and the proof trees of its premises."""

    triple: Triple
    rule: Rule
    premises: tuple[Tree, ...]


Tree: TypeAlias = Statement | Inference

SEVERAL_STEPS: Final = Rule("several-steps", (), (), None)
"""The step that replaces the lower levels of a deep proof: its premises are their leaves."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A set of graphs that entails a triple, with a proof tree; `minimal` if all are needed."""

    graphs: tuple[str, ...]
    tree: Tree
    minimal: bool = True


@dataclass(frozen=True, slots=True)
class Explanation:
    """The graphs that state a triple, and its proofs, the fewest graphs first.

    A triple of the ontology has one proof, which needs no graph: the ontology is given.
    """

    triple: Triple
    stated: tuple[str, ...]
    proofs: tuple[Proof, ...]
    more: bool


def explain(
    kernel: Kernel,
    triple: Triple,
    supports: Supports | None = None,
    find_tree: Callable[[Graphs], Tree | None] | None = None,
) -> Explanation:
    """Return the explanation of a triple; raises NotInGraphError if it does not hold.

    Its proofs are those of the `supports`, else of those with the fewest graphs.
    """
    fact = find_fact(kernel, triple)
    supports = supports or kernel.supports(fact, kernel.thresholds.proofs)
    find_tree = find_tree or partial(tree, kernel, fact)
    proofs = tuple(
        Proof(kernel.names(graphs), proof, graphs not in supports.sufficient)
        for graphs in supports.sets
        if (proof := find_tree(graphs))
    )
    stated = kernel.names(kernel.sources_stating(fact))
    if fact in kernel.tbox.closure.stated:
        stated = (ONTOLOGY_GRAPH, *stated)
    return Explanation(triple, stated, proofs, supports.more)


def find_fact(kernel: Kernel, triple: Triple) -> Fact:
    """Return the fact of a triple that holds; raises NotInGraphError with the nearest triples."""
    fact = kernel.fact(triple.subject, triple.predicate, triple.object)  # type: ignore[arg-type]
    if fact is not None and fact in kernel:
        return fact
    raise explain_absence(kernel, triple)


def explain_absence(
    kernel: Kernel, triple: Triple, unasserted: Sequence[str] = ()
) -> NotInGraphError:
    """Return the error of a triple that does not hold, with those who say it without asserting."""
    near = [shorten_triple(other) for other in nearest(kernel, triple)]
    return NotInGraphError(triple, shorten_triple(triple), near, unasserted)


def nearest(kernel: Kernel, triple: Triple) -> list[Triple]:
    """Return the triples that hold with the same subject and predicate, sorted."""
    subject = kernel.lexicon.numbers.get(triple.subject)  # type: ignore[arg-type]
    predicate = kernel.lexicon.numbers.get(triple.predicate)
    facts = (*kernel.tbox.closure, *kernel.closure, *kernel.apart)
    near = {fact for fact in facts if fact[0] == subject and fact[1] == predicate}
    return sorted(map(kernel.triple, near), key=str)


def tree(kernel: Kernel, goal: Fact, graphs: Graphs) -> Tree | None:
    """Return the proof tree of a fact from some graphs, or None if they do not entail it.

    The premises of each inference are derived before it, so that no proof is circular.
    """
    if names := name_graphs(kernel, goal, graphs):
        return Statement(kernel.triple(goal), names)
    cone = Cone.search(kernel.closure, goal, kernel.thresholds, within=graphs)
    reasons: Mapping[Fact, Derivation | None] = cone.order(
        graphs, lambda derivation: " ".join(str(kernel.triple(p)) for p in premises(derivation))
    )
    if (
        goal not in reasons and cone.cut
    ):  # a search without a cut may be too large: the justifications do
        within = not any(map(graphs.isdisjoint, reason_leaves(kernel.closure, goal)))
        reasons = (kernel if within else kernel.restrict_to_graphs(graphs)).closure.why
    return TreeBuilder(kernel, graphs, reasons).tree(goal) if goal in reasons else None


@dataclass(frozen=True, slots=True)
class TreeBuilder:
    """The proof trees of the facts that some graphs entail, from a derivation of each."""

    kernel: Kernel
    graphs: Graphs
    reasons: Mapping[Fact, Derivation | None]
    inferred: Container[Fact] = ()
    """The facts whose derivation is taken, though a graph states them."""

    def tree(self, fact: Fact, depth: int = 0) -> Tree:
        """Return the proof tree of a fact; one step replaces its deepest levels."""
        names, derivation = self.name_graphs(fact), self.reasons.get(fact)
        if names or derivation is None:
            return Statement(self.kernel.triple(fact), names)
        if depth == self.kernel.thresholds.tree_levels:
            return Inference(self.kernel.triple(fact), SEVERAL_STEPS, self.leaves(fact))
        trees = tuple(self.tree(premise, depth + 1) for premise in premises(derivation))
        rule = self.kernel.tbox.rulebook.rules[derivation[0]].rule  # type: ignore[index]
        return Inference(self.kernel.triple(fact), rule, trees)

    def leaves(self, goal: Fact) -> tuple[Statement, ...]:
        """Return the leaves of the proof of a fact."""
        leaves: list[Statement] = []
        seen, queue = {goal}, [goal]
        for fact in queue:
            names, derivation = self.name_graphs(fact), self.reasons.get(fact)
            if names or derivation is None:
                leaves.append(Statement(self.kernel.triple(fact), names))
            else:
                unseen = [premise for premise in premises(derivation) if premise not in seen]
                seen.update(unseen)
                queue += unseen
        return tuple(leaves)

    def name_graphs(self, fact: Fact) -> tuple[str, ...]:
        """Return the names of the graphs that state a fact, if it is a leaf."""
        return () if fact in self.inferred else name_graphs(self.kernel, fact, self.graphs)


def name_graphs(kernel: Kernel, fact: Fact, graphs: Graphs) -> tuple[str, ...]:
    """Return the names of the graphs among some that state a fact, or the ontology's name."""
    if fact in kernel.tbox.closure.stated:
        return (ONTOLOGY_GRAPH,)
    return kernel.names(kernel.sources_stating(fact) & graphs)


def statements(tree: Tree) -> Iterator[Statement]:
    """Yield the statements at the leaves of a proof tree."""
    if isinstance(tree, Statement):
        yield tree
    else:
        for premise in tree.premises:
            yield from statements(premise)
