"""A strike in a worker: its dataset is changed to what it would be without some sources."""

from __future__ import annotations

from typing import Final

from graph.citing.index import EvidenceIndex
from graph.engine.indexing import IndexState
from graph.engine.union import follow
from graph.engine.worker_dataset import Dataset
from graph.engine.writing.delta import apply
from graph.engine.writing.effect import Effect
from graph.errors import NoKernelError, OverloadedError
from graph.striking.strike import Strike

ALONE: Final = (
    "What a source itself states can be asked for by its named graph: "
    "SELECT * { GRAPH <IRI> { ?s ?p ?o } }"
)
"""What is advised where nothing can be struck."""


def strike_out(dataset: Dataset, strike: Strike) -> None:
    """Take sources out of the dataset of this worker, which answers without them from now on.

    What was inferred from them alone goes too. Raises ParameterError for what is no source, and
    NoKernelError where the dataset has no kernel.
    """
    following, indexing = dataset.following, dataset.indexing
    if following.kernel is None:
        kind = OverloadedError if indexing.pending else NoKernelError
        raise kind(f"a source cannot be struck: {indexing.reason}. {ALONE}")
    dataset.asked = None  # what is left is in memory alone
    removed, dropped = strike.removal(dataset.store, following.kernel)
    whole, _ = following.follow(Effect(removed=removed, dropped=dropped))
    following.drift = Effect()
    delta = whole.delta()
    apply(delta, dataset.store, union=dataset.union)
    if dataset.alone is not None:
        follow(dataset.alone, dataset.store, delta)
    if indexing.index is not None:
        dataset.indexing = IndexState(EvidenceIndex(dataset.store, following.kernel))
    dataset.struck = strike
