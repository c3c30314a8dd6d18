"""The evidence index of a dataset, prepared before workers are forked, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pyoxigraph import Store

from graph.citing.index import EvidenceIndex
from graph.engine.writing.following import Following

OWN: Final = "the default graph is not the union of the named graphs, so it names no sources"
LOADING: Final = "the dataset is still being loaded; ask again in a while"


@dataclass(frozen=True, slots=True)
class Indexing:
    """An index, or the reason why there is none; `pending` where there will be one."""

    index: EvidenceIndex | None
    reason: str = ""
    pending: bool = False


UNREAD: Final = Indexing(None, "the dataset is read from disk, where its evidence is not indexed")
YET_UNREAD: Final = Indexing(None, LOADING, pending=True)


def index_of(store: Store, following: Following, *, union: bool) -> Indexing:
    """Return the index of a dataset, over the kernel that follows it."""
    if not union:
        return Indexing(None, OWN)
    if following.kernel is None:
        return Indexing(None, following.reason)
    lacks = bool(following.drift.added or following.drift.removed)
    return Indexing(EvidenceIndex(store, following.kernel, lacks=lacks))
