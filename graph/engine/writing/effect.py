"""What operations do to a dataset: the quads and graphs that go, and those that come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pyoxigraph import NamedNode, Quad, RdfFormat, serialize

from graph.engine.unnamed import named
from graph.engine.writing.delta import Delta


@dataclass(slots=True)
class Effect:
    """Quads removed, which were there, and added, which were not; graphs dropped and created."""

    removed: set[Quad] = field(default_factory=set)
    added: set[Quad] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)
    created: set[str] = field(default_factory=set)

    def then(self, later: Effect) -> Effect:
        """Return the effect of this and of a later one on what it leaves."""
        return Effect(
            (self.removed - later.added) | (later.removed - self.added),
            (self.added - later.removed) | (later.added - self.removed),
            (self.dropped - later.created - graphs_of(later.added)) | later.dropped,
            (self.created - later.dropped) | later.created,
        )

    def delta(self) -> Delta:
        """Return it in the form that processes send each other."""
        return Delta(
            serialize(self.removed, format=RdfFormat.N_QUADS) or b"",
            serialize(self.added, format=RdfFormat.N_QUADS) or b"",
            tuple(sorted(self.dropped)),
            tuple(sorted(self.created)),
        )


def graphs_of(quads: Iterable[Quad]) -> set[str]:
    """Return the IRIs of the graphs that quads stand in."""
    graphs = {quad.graph_name for quad in quads}
    return {graph.value for graph in graphs if isinstance(graph, NamedNode)}


def stored(quad: Quad, *, union: bool) -> Quad:
    """Return the quad that is written for one of an operation.

    Where the default graph is the union it is a view: what is added to it is added to the graph of
    the unnamed, and what is removed from it is removed from that graph only.
    """
    return named(quad) if union else quad
