"""The evidence index of a dataset, prepared before workers are forked, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pyoxigraph import Store

from graph.citing.index import EvidenceIndex
from graph.engine.writing.materialisation import Materialisation

OWN: Final = "the default graph is not the union of the named graphs, so it names no sources"
LOADING: Final = "the dataset is still being loaded; ask again in a while"


@dataclass(frozen=True, slots=True)
class IndexState:
    """An index, or the reason why there is none; `pending` where there will be one."""

    index: EvidenceIndex | None
    reason: str = ""
    pending: bool = False


UNREAD: Final = IndexState(None, "the dataset is read from disk, where its evidence is not indexed")
YET_UNREAD: Final = IndexState(None, LOADING, pending=True)


def index_of(store: Store, following: Materialisation, *, union: bool) -> IndexState:
    """Return the index of a dataset, over the kernel that follows it."""
    if not union:
        return IndexState(None, OWN)
    if following.kernel is None:
        return IndexState(None, following.reason)
    lacks = bool(following.drift.added or following.drift.removed)
    return IndexState(EvidenceIndex(store, following.kernel, lacks=lacks))
