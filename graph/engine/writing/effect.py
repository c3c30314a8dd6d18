"""An effect: the exact change that operations make to a dataset, as sets of quads and graphs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final

from pyoxigraph import NamedNode, Quad, RdfFormat, serialize

from graph.engine.writing.delta import Delta
from graph.errors import LimitError

MAX_TERM_BYTES: Final = 16 << 20
"""The longest term, and the longest line of N-Quads, that pyoxigraph's parser reads."""


@dataclass(slots=True)
class Effect:
    """Quads removed, which the dataset had, and added, which it lacked; graphs dropped, created."""

    removed: set[Quad] = field(default_factory=set)
    added: set[Quad] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)
    created: set[str] = field(default_factory=set)

    def then(self, later: Effect) -> Effect:
        """Return the effect of this one followed by a later one."""
        return Effect(
            (self.removed - later.added) | (later.removed - self.added),
            (self.added - later.removed) | (later.added - self.removed),
            (self.dropped - later.created - graph_names(later.added)) | later.dropped,
            (self.created - later.dropped) | later.created,
        )

    def delta(self) -> Delta:
        """Return the delta of the effect; raises LimitError."""
        return Delta(
            serialize_quads(self.removed),
            serialize_quads(self.added),
            tuple(sorted(self.dropped)),
            tuple(sorted(self.created)),
        )


def serialize_quads(quads: Iterable[Quad]) -> bytes:
    """Return quads as N-Quads; raises LimitError if a line is longer than pyoxigraph reads."""
    lines = serialize(quads, format=RdfFormat.N_QUADS) or b""
    if len(lines) > MAX_TERM_BYTES and any(len(line) > MAX_TERM_BYTES for line in BytesIO(lines)):
        raise LimitError("bytes in a statement", MAX_TERM_BYTES)
    return lines


def graph_names(quads: Iterable[Quad]) -> set[str]:
    """Return the IRIs of the named graphs of quads."""
    graphs = {quad.graph_name for quad in quads}
    return {graph.value for graph in graphs if isinstance(graph, NamedNode)}
