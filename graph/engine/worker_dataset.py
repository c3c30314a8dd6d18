"""A dataset as a worker holds it, and the state of one graph of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store, Triple, serialize

from graph.engine.indexing import UNREAD, IndexState
from graph.engine.writing.materialisation import Materialisation
from graph.remote.asked import AskedStore
from graph.striking.strike import WHOLE, Strike


@dataclass(slots=True)
class Dataset:
    """What a worker works on: its store, how the default graph is made, the cap of an answer.

    `alone` is the union in a store of its own, where there is one; both lack what is `struck`.
    Answers are `passing` while it is read from disk and soon in memory, where the same rows may
    come in another order. Queries are `asked` of a remote store where there is one; the store holds
    the same, or is that.
    """

    store: Store
    union: bool
    cap: int
    alone: Store | None = None
    indexing: IndexState = UNREAD
    following: Materialisation = field(default_factory=Materialisation)
    passing: bool = False
    asked: AskedStore | None = None
    struck: Strike = WHOLE


def triples_of(store: Store, name: NamedNode | DefaultGraph) -> list[Triple]:
    """Return the triples of one graph, in the same order whatever store has them."""
    quads = store.quads_for_pattern(None, None, None, name)
    return sorted((quad.triple for quad in quads), key=str)


def state_of(triples: Iterable[Triple]) -> str:
    """Return the state of a graph: a digest of its triples, in their order."""
    lines = serialize(triples, format=RdfFormat.N_TRIPLES) or b""
    return sha256(lines).hexdigest()[:32]
