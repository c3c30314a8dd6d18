"""Proves rows: turns what they depend on into minimal proofs, or says why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain

from graph.citing.index import EvidenceIndex
from graph.citing.lineage import Lineage, smallest
from graph.citing.relation import MOST_WAYS, Relation
from graph.citing.solution import Key
from graph.citing.trace import Needs
from graph.citing.verify import Proofs, Verifier
from graph.reasoning.closure import Graphs
from graph.reasoning.tree import Tree


@dataclass(frozen=True, slots=True)
class Prover:
    """Proves the rows of one relation; each row gets `most` proofs."""

    relation: Relation
    index: EvidenceIndex
    verifier: Verifier
    doubts: tuple[str, ...]
    most: int
    known: dict[Needs, Proofs] = field(default_factory=dict)

    def proofs(self, key: Key) -> Proofs:
        """Return the proofs of a row."""
        solutions = self.relation.solutions.get(key, ())
        if self.doubts or not solutions or len(solutions) > MOST_WAYS:
            return self.verified(key, self.relation.lineage(key, self.most))
        if len(solutions) > 1 or any(map(self.is_open, solutions[0])):
            return self.proved(key, solutions)
        (needs,) = solutions
        if needs not in self.known:
            self.known[needs] = self.proved(key, solutions)
        return self.known[needs]

    def proved(self, key: Key, solutions: list[Needs]) -> Proofs:
        """Return the proofs of a row that is monotone: more graphs never take it away."""
        wider = self.most if self.most == 1 else 2 * self.most
        lineage = self.relation.lineage(key, wider)
        if lineage.complete and not lineage.doubtful:
            return Proofs(lineage.sets)
        if not lineage.sets or any(map(self.is_open, chain.from_iterable(solutions))):
            return self.verified(key, self.relation.lineage(key, self.most))
        if len(solutions) == 1 and sum(map(bool, solutions[0])) == 1:
            return Proofs(lineage.sets, more=True)  # supports of one triple
        shrunk = [self.shrunk(graphs, solutions) for graphs in lineage.sets]
        return Proofs(tuple(smallest(shrunk)), more=True)

    def is_open(self, number: int) -> bool:
        """Whether only asking tells if some graphs give what a solution needs."""
        lineage = self.relation.tracer.lineages[number]
        return lineage.doubtful or not (lineage.complete or len(lineage.triples) == 1)

    def shrunk(self, graphs: Graphs, solutions: list[Needs]) -> Graphs:
        """Return a set from which every graph is taken without which a solution still holds."""
        for graph in sorted(graphs):
            rest = graphs - {graph}
            if any(self.hold(needs, rest) for needs in solutions):
                graphs = rest
        return graphs

    def hold(self, needs: Iterable[int], graphs: Graphs) -> bool:
        """Whether some graphs give all that a solution needs."""
        lineages = self.relation.tracer.lineages
        return all(self.holds(lineages[number], graphs) for number in needs)

    def holds(self, lineage: Lineage, graphs: Graphs) -> bool:
        """Whether some graphs give a triple."""
        sets = lineage.sets
        if sets[0] <= graphs if len(sets) == 1 else any(support <= graphs for support in sets):
            return True
        if lineage.complete:
            return False
        return all(self.index.follows(triple, graphs) for triple in lineage.triples)

    def trees(self, key: Key, graphs: Graphs) -> list[Tree]:
        """Return how a proof gives the triples of a solution of the row, of the fewest it needs."""
        lineages = self.relation.tracer.lineages
        for needs in self.relation.solutions.get(key, ())[:MOST_WAYS]:
            triples = [triple for number in needs for triple in lineages[number].triples]
            trees = [self.index.trees[triple, graphs] for triple in triples]
            if all(trees):
                return [tree for tree in trees if tree]
        return []

    def verified(self, key: Key, lineage: Lineage) -> Proofs:
        """Return the proofs of a row by asking."""
        terms = self.relation.tracer.terms.row(key)
        anchors = self.index.numbers(terms[column] for column in self.relation.anchored)
        solutions = self.relation.solutions.get(key, [()])
        needs = [n for n in solutions[0][: self.relation.required] if not self.is_open(n)]

        return self.verifier.proofs(
            key,
            lineage.sets,
            self.doubts,
            self.most,
            lambda g: self.index.kernel.mention(anchors, g) and self.hold(needs, g),
            holding=not (self.doubts or lineage.doubtful),
        )
