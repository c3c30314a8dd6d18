"""Parts of a dataset: some of its graphs and the ontology, with what follows from them."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from itertools import chain
from typing import Final

from pyoxigraph import NamedNode, Quad, Store

from graph.dataset import with_union
from graph.reasoning.fact import Fact
from graph.reasoning.provenance import Provenance
from graph.reasoning.support import Graphs, Support
from ontology.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH

MOST_TRIPLES: Final = 20_000
"""The size up to which parts are built: a part of a tenth of it takes some milliseconds."""

MOST_KEPT: Final = 256
"""The parts that are kept for the next time."""


class Subsets:
    """The parts of one dataset, each built when it is first asked for."""

    def __init__(self, provenance: Provenance) -> None:
        self.provenance = provenance
        self.stores: dict[Graphs, Store] = {}

    @cached_property
    def possible(self) -> bool:
        """Whether the dataset is small enough, and its provenance known to the last set."""
        if len(self.provenance.union) > MOST_TRIPLES:
            return False
        return all(support.exact for _, support, _ in self.conclusions)

    @cached_property
    def written(self) -> dict[str, list[Quad]]:
        """The quads of each graph that is stated, and their union."""
        provenance = self.provenance
        found: dict[str, list[Quad]] = defaultdict(list)
        for fact in provenance.union:
            names = provenance.graphs(provenance.stating(fact))
            for name in (*names, ONTOLOGY_GRAPH) if fact in provenance.given else names:
                found[name].extend(with_union([self.quad(fact, name)]))
        return found

    @cached_property
    def conclusions(self) -> list[tuple[Graphs, Support, list[Quad]]]:
        """What may be inferred: the graphs that state it, its support, and its quads."""
        provenance = self.provenance
        return [
            (
                provenance.stating(fact) - provenance.apart,
                provenance.premise(fact),
                list(with_union([self.quad(fact, INFERRED_GRAPH)])),
            )
            for fact in provenance.closed
            if fact not in provenance.given and provenance.is_said(fact)
        ]

    def quad(self, fact: Fact, graph: str) -> Quad:
        """Return a fact as a triple of a graph."""
        triple = self.provenance.triple(fact)
        return Quad(triple.subject, triple.predicate, triple.object, NamedNode(graph))

    def store(self, graphs: Graphs) -> Store:
        """Return the dataset that a set of graphs makes with the ontology."""
        if graphs not in self.stores:
            while len(self.stores) >= MOST_KEPT:
                del self.stores[next(iter(self.stores))]
            store = Store()
            for name in (ONTOLOGY_GRAPH, *self.provenance.graphs(graphs)):
                store.extend(self.written.get(name, ()))
            inferred = (
                quads
                for stating, support, quads in self.conclusions
                if not stating & graphs and support.holds_in(graphs)
            )
            store.extend(chain.from_iterable(inferred))
            self.stores[graphs] = store
        return self.stores[graphs]
