"""The evidence index of a dataset, prepared before workers are forked, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pyoxigraph import Store

from graph.citing.citation import EvidenceIndex
from graph.errors import EngineError

PROMPT: Final = 20_000
"""The quads up to which an index is built while everybody waits: some tenths of a second."""

OWN: Final = "the default graph is not the union of the named graphs, so it names no sources"
PENDING: Final = "the evidence is still being indexed; ask again in a while"
LOADING: Final = "the dataset is still being loaded; ask again in a while"


@dataclass(frozen=True, slots=True)
class Indexing:
    """An index, or the reason why there is none; `pending` where there will be one."""

    index: EvidenceIndex | None
    reason: str = ""
    pending: bool = False


UNREAD: Final = Indexing(None, "the dataset is read from disk, where its evidence is not indexed")
YET_UNREAD: Final = Indexing(None, LOADING, pending=True)


def index_of(store: Store, *, union: bool, most: int, prompt: bool) -> Indexing:
    """Return the index of a dataset of at most so many quads.

    Where it must be `prompt`, only a small dataset is indexed, and a larger one left pending.
    """
    size = len(store)
    if not union:
        return Indexing(None, OWN)
    if size > most:
        return Indexing(None, f"the dataset is beyond the limit of {most} quads for citing")
    if prompt and size > PROMPT:
        return Indexing(None, PENDING, pending=True)
    try:
        return Indexing(EvidenceIndex(store))
    except EngineError as error:
        return Indexing(None, str(error))
