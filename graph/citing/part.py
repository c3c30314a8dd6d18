"""Small stores of some graphs of a dataset and the ontology, closed, to verify proofs in."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import chain
from typing import Final

from pyoxigraph import Quad, Store

from graph.answering.reifier import UNREIFIED, Reification
from graph.dataset import memory_store, with_union
from graph.reasoning.closure import EMPTY, Graphs
from graph.reasoning.kernel import INFERRED, Kernel, Statement
from graph.reasoning.rulebook import Fact

MOST_PARTS: Final = 8
"""The number of parts that are kept: the most recently used."""

SMALL_GRAPH: Final = 512
"""The size up to which a graph may change in a part, so that large graphs are closed rarely.

Sentences with their records are below it, evidence and editorial are above: nine questions are
cited in 2.6 s in place of 12 s with 64, above which most sentences began parts.
"""

MOST_CHANGES: Final = 20_000
"""Triples that a part may lose: the engine is slower to find triples that came and went."""


class DatasetPart:
    """A closed store of some graphs and their records, updated in place to other graphs.

    It has no empty graph, like a store into which nobody wrote the graph. It has the `reifiers` of
    its records that a `reification` asks for.
    """

    def __init__(
        self, dataset: Kernel, base: Iterable[Quad], reification: Reification = UNREIFIED
    ) -> None:
        self.dataset = dataset
        self.kernel = dataset.restrict_to_graphs(())
        self.graphs: Graphs = EMPTY
        self.store = memory_store(base)
        self.reification = reification
        self.reifiers: list[Quad] = []
        self.changes = 0

    def change(self, graphs: Graphs) -> None:
        """Turn this part into the part of other graphs.

        It is closed anew unless it keeps twice as many statements as it loses, since retracting
        takes longer.
        """
        dataset = self.dataset
        for quad in self.reifiers:
            self.store.remove(quad)
        additions = dataset.list_statements(graphs - self.graphs)
        removals = dataset.list_statements(self.graphs - graphs)
        if dataset.size(self.graphs & graphs) < 2 * len(removals):
            former, self.kernel = (
                {*self.kernel.inferred_facts()},
                dataset.restrict_to_graphs(graphs),
            )
            current = {*self.kernel.inferred_facts()}
            coming, going = current - former, former - current
        else:
            coming, going = self.kernel.list_changes(self.kernel.update(additions, removals))
        self.remove(removals, going)
        stated = (dataset.quad(fact, graph) for fact, _, graph in additions)
        added = chain(stated, map(dataset.inference, coming))
        self.store.extend(with_union(added))
        self.reifiers = self.reification.list_quads(self.store)
        self.store.extend(self.reifiers)
        self.graphs = graphs
        self.changes += len(removals) + len(self.reifiers)

    def remove(self, statements: Collection[Statement], inferences: Iterable[Fact]) -> None:
        """Remove statements and inferences that the kernel of this part no longer holds."""
        dataset, kernel = self.dataset, self.kernel
        gone = [*inferences]
        for quad in map(dataset.inference, gone):
            self.store.remove(quad)
        for fact, _, graph in statements:
            if not kernel.has_quad(fact, graph):  # a record may belong to another source too
                self.store.remove(dataset.quad(fact, graph))
                gone.append(fact)
        for fact in gone:
            if not kernel.shows(fact):
                self.store.remove(Quad(*dataset.triple(fact)))
        graphs = {graph for _, _, graph in statements}
        for name in (INFERRED, *map(dataset.lexicon.term, graphs)):
            if not any(self.store.quads_for_pattern(None, None, None, name)):  # type: ignore[arg-type]
                self.store.remove_graph(name)  # type: ignore[arg-type]


class DatasetParts:
    """The parts of one dataset: one for the same large graphs, in which small graphs change."""

    def __init__(self, kernel: Kernel, reification: Reification = UNREIFIED) -> None:
        self.kernel = kernel
        self.reification = reification
        self.parts: dict[Graphs, DatasetPart] = {}
        self.base = tuple(kernel.restrict_to_graphs(()).quads())

    def store(self, graphs: Graphs) -> Store:
        """Return the dataset that a set of graphs makes with the ontology.

        It is valid until the next call, which may turn it into another part.
        """
        large = frozenset(graph for graph in graphs if self.kernel.size((graph,)) > SMALL_GRAPH)
        part = self.parts.pop(large, None)
        if part is None or part.changes > MOST_CHANGES:
            part = DatasetPart(self.kernel, self.base, self.reification)
        self.parts[large] = part
        if len(self.parts) > MOST_PARTS:
            del self.parts[next(iter(self.parts))]
        part.change(graphs)
        return part.store
