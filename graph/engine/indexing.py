"""The evidence index of a dataset, prepared before workers are forked, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pyoxigraph import Store

from graph.citing.index import EvidenceIndex
from graph.engine.writing.following import Following

OWN: Final = "the default graph is not the union of the named graphs, so it names no sources"
UNFOLLOWED: Final = "the ontology has an axiom that no rule follows"
LOADING: Final = "the dataset is still being loaded; ask again in a while"


@dataclass(frozen=True, slots=True)
class Indexing:
    """An index, or the reason why there is none; `pending` where there will be one."""

    index: EvidenceIndex | None
    reason: str = ""
    pending: bool = False


UNREAD: Final = Indexing(None, "the dataset is read from disk, where its evidence is not indexed")
YET_UNREAD: Final = Indexing(None, LOADING, pending=True)


def too_large(most: int) -> Indexing:
    """Return that there is no index of a dataset of more quads."""
    return Indexing(
        None, f"the dataset is beyond the limit of {most} quads for citing (--cite-most)"
    )


def index_of(store: Store, following: Following, *, union: bool, most: int) -> Indexing:
    """Return the index of a dataset of at most so many quads, over the kernel that follows it."""
    if not union:
        return Indexing(None, OWN)
    if len(store) > most:
        return too_large(most)
    if following.kernel is None:
        return Indexing(None, UNFOLLOWED)
    lacks = bool(following.drift.added or following.drift.removed)
    return Indexing(EvidenceIndex(store, following.kernel, lacks=lacks))
