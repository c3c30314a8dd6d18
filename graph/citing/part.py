"""Small stores of some graphs of a dataset and the ontology, closed, to verify proofs in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from pyoxigraph import DefaultGraph, Quad, Store

from graph.dataset import with_union
from graph.reasoning.closure import EMPTY, Graphs
from graph.reasoning.kernel import INFERRED, Kernel

MOST_PARTS: Final = 8
"""The parts that are at hand to be changed into others."""

NEAR: Final = 64
"""Triples that a part is changed by rather than a new one made, while there are few."""

MOST_CHANGES: Final = 20_000
"""Triples that a part has lost: the engine is slower to find those that came and went."""

MOST_KEPT: Final = 20_000
"""Triples of a part that is kept from one answer to the next."""


class DatasetPart:
    """A store of some graphs and what follows from them, that is changed into another.

    A graph that is empty is not there, as in a store into which none was written.
    """

    def __init__(self, whole: Kernel, base: Iterable[Quad]) -> None:
        self.whole = whole
        self.kernel = whole.closed(())
        self.graphs: Graphs = EMPTY
        self.store = Store()
        self.store.extend(base)
        self.changes = 0

    def change(self, graphs: Graphs) -> None:
        """Make this the part of other graphs."""
        additions = self.whole.stated_by(graphs - self.graphs)
        removals = self.whole.stated_by(self.graphs - graphs)
        inferred, lost = self.kernel.inferences(self.kernel.follow(additions, removals))
        added = [*map(self.whole.quad, additions), *inferred]
        removed = [*map(self.whole.quad, removals), *lost]
        self.write(added, removed)
        for graph in self.graphs - graphs:
            self.store.remove_graph(self.whole.lexicon.term(graph))  # type: ignore[arg-type]
        if not any(self.store.quads_for_pattern(None, None, None, INFERRED)):
            self.store.remove_graph(INFERRED)
        self.graphs = graphs
        self.changes += len(removed)

    def write(self, added: Sequence[Quad], removed: Sequence[Quad]) -> None:
        """Add and remove quads, each with its triple in the union."""
        for quad in removed:
            self.store.remove(quad)
        for quad in removed:
            if not self.holds(quad):
                self.store.remove(Quad(quad.subject, quad.predicate, quad.object))
        self.store.extend(with_union(added))

    def holds(self, quad: Quad) -> bool:
        """Whether a triple is in some graph of the store."""
        pattern = quad.subject, quad.predicate, quad.object
        quads = self.store.quads_for_pattern(*pattern, None)
        return any(not isinstance(quad.graph_name, DefaultGraph) for quad in quads)


class DatasetParts:
    """The parts of one dataset, each made when it is asked for: of the one that is most like it."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.parts: list[DatasetPart] = []
        self.base = tuple(with_union(kernel.closed(()).quads()))

    def store(self, graphs: Graphs) -> Store:
        """Return the dataset that a set of graphs makes with the ontology.

        It is good until another is asked for, which may be made of it.
        """
        size = self.kernel.size
        self.parts = [part for part in self.parts if part.changes < MOST_CHANGES]
        part = min(self.parts, key=lambda candidate: size(candidate.graphs ^ graphs), default=None)
        far = part is None or size(part.graphs ^ graphs) > NEAR
        if part is None or (far and len(self.parts) < MOST_PARTS):
            part = DatasetPart(self.kernel, self.base)
            self.parts.append(part)
        part.change(graphs)
        return part.store

    def trim(self) -> None:
        """Let go of parts that take much memory."""
        size = self.kernel.size
        self.parts = [part for part in self.parts if size(part.graphs) <= MOST_KEPT]
