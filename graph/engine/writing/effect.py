"""What operations do to a dataset: the quads and graphs that go, and those that come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final

from pyoxigraph import NamedNode, Quad, RdfFormat, serialize

from graph.engine.unnamed import named
from graph.engine.writing.delta import Delta
from graph.errors import LimitError

LONGEST: Final = 16 << 20
"""The bytes of a line of N-Quads, or of a term, up to which pyoxigraph reads it."""


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
        """Return it in the form that processes send each other; raises LimitError."""
        return Delta(
            lines_of(self.removed),
            lines_of(self.added),
            tuple(sorted(self.dropped)),
            tuple(sorted(self.created)),
        )


def lines_of(quads: Iterable[Quad]) -> bytes:
    """Return quads as N-Quads; raises LimitError where one is longer than pyoxigraph reads."""
    lines = serialize(quads, format=RdfFormat.N_QUADS) or b""
    if len(lines) > LONGEST and any(len(line) > LONGEST for line in BytesIO(lines)):
        raise LimitError("bytes in a statement", LONGEST)
    return lines


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
