"""A delta: the change of a write in the form in which processes send it to each other."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from graph.dataset import move_to_named, with_union
from graph.engine.framing import Header


@dataclass(frozen=True, slots=True)
class Delta:
    """Quads removed and added, as N-Quads; named graphs dropped and created, as IRIs.

    Its blank nodes have the labels of the store, so every process makes the same change of it.
    """

    removed: bytes = b""
    added: bytes = b""
    dropped: tuple[str, ...] = ()
    created: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Return whether anything changes."""
        return bool(self.removed or self.added or self.dropped or self.created)

    def __len__(self) -> int:
        """Return its size in bytes."""
        return len(self.removed) + len(self.added)

    def encode(self) -> tuple[Header, bytes]:
        """Return the delta as the header and body of a frame."""
        header = {"cut": len(self.removed), "dropped": self.dropped, "created": self.created}
        return header, self.removed + self.added

    @classmethod
    def decode(cls, header: Header, body: bytes) -> Delta:
        """Return the delta of a frame."""
        cut = int(header["cut"])
        return cls(
            body[:cut],
            body[cut:],
            tuple(map(str, header["dropped"])),
            tuple(map(str, header["created"])),
        )

    def apply(self, store: Store, *, union: bool) -> None:
        """Change a store; with `union`, its default graph stays the union of its named graphs."""
        removed = parse_quads(self.removed)
        for quad in removed:
            store.remove(quad)
        added = parse_quads(self.added)
        store.extend(with_union(map(move_to_named, added)) if union else added)
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
