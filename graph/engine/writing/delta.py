"""What a write changes: the quads and graphs that go, and those that come."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from graph.dataset import with_union
from graph.engine.framing import Header
from graph.engine.unnamed import named


@dataclass(frozen=True, slots=True)
class Delta:
    """Quads removed and added, as N-Quads; named graphs dropped and created, as IRIs.

    Blank nodes have the labels of the store, so a delta says the same in each process.
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

    def message(self) -> tuple[Header, bytes]:
        """Return the delta as the header and body of a frame."""
        header = {"cut": len(self.removed), "dropped": self.dropped, "created": self.created}
        return header, self.removed + self.added

    @classmethod
    def of(cls, header: Header, body: bytes) -> Delta:
        """Return the delta that a frame holds."""
        cut = int(header["cut"])
        return cls(
            body[:cut],
            body[cut:],
            tuple(map(str, header["dropped"])),
            tuple(map(str, header["created"])),
        )


def apply(delta: Delta, store: Store, *, union: bool) -> None:
    """Change a store by a delta, and keep its default graph the union where it is one."""
    removed = quads(delta.removed)
    for quad in removed:
        store.remove(quad)
    added = quads(delta.added)
    store.extend(with_union(map(named, added)) if union else added)
    if union:
        for quad in removed:
            subject, predicate, term, _ = quad
            if all(
                isinstance(other.graph_name, DefaultGraph)
                for other in store.quads_for_pattern(subject, predicate, term)
            ):
                store.remove(Quad(subject, predicate, term))
    for name in delta.dropped:
        store.remove_graph(NamedNode(name))
    for name in delta.created:
        store.add_graph(NamedNode(name))


def quads(lines: bytes) -> list[Quad]:
    """Return the quads of N-Quads, the labels of their blank nodes kept."""
    return list(parse(lines, RdfFormat.N_QUADS))
