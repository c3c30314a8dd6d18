"""Small stores of some graphs of a dataset and the ontology, closed, to verify proofs in."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import chain
from typing import Final

from pyoxigraph import Quad, Store

from graph.dataset import memory_store, with_union
from graph.reasoning.closure import EMPTY, Graphs
from graph.reasoning.kernel import INFERRED, Kernel, Statement
from graph.reasoning.rulebook import Fact

MOST_PARTS: Final = 8
"""The parts that are kept, those that were asked last."""

SMALL: Final = 64
"""Triples up to which a graph comes and goes in a part, so that a large one is not closed often."""

MOST_CHANGES: Final = 20_000
"""Triples that a part has lost: the engine is slower to find those that came and went."""


class DatasetPart:
    """A store of some graphs, their records and what follows, that is changed into another.

    A graph that is empty is not there, as in a store into which none was written.
    """

    def __init__(self, whole: Kernel, base: Iterable[Quad]) -> None:
        self.whole = whole
        self.kernel = whole.restrict_to_graphs(())
        self.graphs: Graphs = EMPTY
        self.store = memory_store(base)
        self.changes = 0

    def change(self, graphs: Graphs) -> None:
        """Make this the part of other graphs.

        It is closed anew unless twice as much stays as goes, since to retract takes longer.
        """
        whole = self.whole
        additions = whole.list_statements(graphs - self.graphs)
        removals = whole.list_statements(self.graphs - graphs)
        if whole.size(self.graphs & graphs) < 2 * len(removals):
            former, self.kernel = {*self.kernel.inferred_facts()}, whole.restrict_to_graphs(graphs)
            current = {*self.kernel.inferred_facts()}
            coming, going = current - former, former - current
        else:
            coming, going = self.kernel.list_changes(self.kernel.update(additions, removals))
        self.remove(removals, going)
        added = chain(map(whole.quad, additions), map(whole.inference, coming))
        self.store.extend(with_union(added))
        self.graphs = graphs
        self.changes += len(removals)

    def remove(self, statements: Collection[Statement], inferences: Iterable[Fact]) -> None:
        """Remove from the store what the kernel of this part does not hold any more."""
        whole, kernel = self.whole, self.kernel
        gone = [*inferences]
        for quad in map(whole.inference, gone):
            self.store.remove(quad)
        for statement in statements:
            fact, _, graph = statement
            if not kernel.has_quad(fact, graph):  # a record may belong to another source too
                self.store.remove(whole.quad(statement))
                gone.append(fact)
        for fact in gone:
            if not kernel.shows(fact):
                self.store.remove(Quad(*whole.triple(fact)))
        graphs = {graph for _, _, graph in statements}
        for name in (INFERRED, *map(whole.lexicon.term, graphs)):
            if not any(self.store.quads_for_pattern(None, None, None, name)):  # type: ignore[arg-type]
                self.store.remove_graph(name)  # type: ignore[arg-type]


class DatasetParts:
    """The parts of one dataset: of the same large graphs one, of which the small ones change."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.parts: dict[Graphs, DatasetPart] = {}
        self.base = tuple(kernel.restrict_to_graphs(()).quads())

    def store(self, graphs: Graphs) -> Store:
        """Return the dataset that a set of graphs makes with the ontology.

        It is good until another is asked for, which may be made of it.
        """
        large = frozenset(graph for graph in graphs if self.kernel.size((graph,)) > SMALL)
        part = self.parts.pop(large, None)
        if part is None or part.changes > MOST_CHANGES:
            part = DatasetPart(self.kernel, self.base)
        self.parts[large] = part
        if len(self.parts) > MOST_PARTS:
            del self.parts[next(iter(self.parts))]
        part.change(graphs)
        return part.store
