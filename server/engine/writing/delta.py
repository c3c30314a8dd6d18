"""The change of a write: an effect as sets of quads, and a delta as processes send it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse, serialize

from graph.errors import LimitError
from server.engine.framing import Header


@dataclass(frozen=True, slots=True)
class Delta:
    """Quads removed and added, as N-Quads; named graphs dropped and created, as IRIs.

    Where it `retires` something, nothing is kept of what was before. Its blank nodes have the
    labels of the store, so every process makes the same change of it.
    """

    removed: bytes = b""
    added: bytes = b""
    dropped: tuple[str, ...] = ()
    created: tuple[str, ...] = ()
    retires: bool = False

    def __bool__(self) -> bool:
        """Return whether anything changes."""
        return bool(self.removed or self.added or self.dropped or self.created)

    def __len__(self) -> int:
        """Return its size in bytes."""
        return len(self.removed) + len(self.added)

    def encode(self) -> tuple[Header, bytes]:
        """Return the delta as the header and body of a frame."""
        header = {"cut": len(self.removed), "dropped": self.dropped, "created": self.created}
        return {**header, "retires": self.retires}, self.removed + self.added

    @classmethod
    def decode(cls, header: Header, body: bytes) -> Delta:
        """Return the delta of a frame."""
        cut = int(header["cut"])
        return cls(
            body[:cut],
            body[cut:],
            tuple(map(str, header["dropped"])),
            tuple(map(str, header["created"])),
            retires=bool(header["retires"]),
        )

    def apply(self, store: Store, *, union: bool) -> None:
        """Change a store; with `union`, its default graph stays the union of its named graphs.

        The union is stored, since pyoxigraph's own is a bag: a triple in three graphs counts three
        times (https://github.com/oxigraph/oxigraph/issues/1919).
        """
        removed = parse_quads(self.removed)
        for quad in removed:
            store.remove(quad)
        added = parse_quads(self.added)
        if union:
            added = [copy for quad in added for copy in (quad, Quad(*quad.triple))]
        store.extend(added)
        if union:
            for quad in removed:
                subject, predicate, term, _ = quad
                if all(
                    isinstance(copy.graph_name, DefaultGraph)
                    for copy in store.quads_for_pattern(subject, predicate, term)
                ):
                    store.remove(Quad(subject, predicate, term))
        for name in self.dropped:
            store.remove_graph(NamedNode(name))
        for name in self.created:
            store.add_graph(NamedNode(name))


def parse_quads(lines: bytes) -> list[Quad]:
    """Return the quads of N-Quads; blank nodes keep their labels."""
    return list(parse(lines, RdfFormat.N_QUADS))


MAX_TERM_BYTES: Final = 16 << 20
"""The longest term, and the longest line of N-Quads, that pyoxigraph's parser reads."""


@dataclass(slots=True)
class Effect:
    """Quads removed, which the dataset had, and added, which it lacked; graphs dropped, created."""

    removed: set[Quad] = field(default_factory=set)
    added: set[Quad] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)
    created: set[str] = field(default_factory=set)

    def invert(self) -> Effect:
        """Return the effect on the quads that takes this one back."""
        return Effect(self.added, self.removed)

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
