"""A dataset as a worker holds it."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import Store

from graph.engine.indexing import UNREAD, Indexing


@dataclass(slots=True)
class Dataset:
    """What a worker works on: its store, how the default graph is made, the cap of an answer.

    `alone` is the union in a store of its own, where there is one.
    """

    store: Store
    union: bool
    cap: int
    alone: Store | None = None
    indexing: Indexing = UNREAD
