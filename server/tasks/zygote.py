"""The zygote of the graph: the opening of its dataset, in memory or on disk."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from pyoxigraph import Store

from graph.wording.phrase import read_phrases
from server.engine import zygote
from server.engine.framing import Header
from server.engine.location import Location
from server.graph_settings import GraphSettings
from server.remote.asked import AskedStore
from server.remote.fetcher import Filling
from server.tasks.served_dataset import ServedDataset
from server.tasks.worker_dataset import (
    BEING_LOADED,
    ON_DISK,
    EvidenceState,
    WorkerDataset,
    copy_union,
)
from server.writing.materialisation import Materialisation, explain_size_limit
from server.writing.store import load


def main(descriptor: int) -> None:
    """Run a zygote at one end of a socket pair."""
    read_phrases()  # cached, since a worker cannot open the file of the vocabulary
    zygote.run(descriptor, open_dataset)


def open_dataset(order: Header) -> ServedDataset:
    """Return the dataset of a zygote's first order; raises OSError, ValueError and SyntaxError."""
    settings = GraphSettings.from_json(order["settings"])
    if order["store"] is None:
        return ServedDataset(load_dataset(order, settings))
    interim = bool(order["interim"])
    stored = WorkerDataset(  # without its store on disk, which each worker opens
        Store(),
        union=settings.union,
        cap=settings.max_answer,
        evidence=BEING_LOADED if interim else ON_DISK,
        materialisation=Materialisation(loading=interim),
        provisional=interim,
    )
    return ServedDataset(stored)


def load_dataset(order: Header, settings: GraphSettings) -> WorkerDataset:
    """Return the dataset in memory."""
    path, union, max_quads = order["source"], settings.union, settings.cite_most
    source = None if path is None else Location(Path(path), bool(order["complete"]))
    store = load(source, union=union)
    dataset = WorkerDataset(store, union, settings.max_answer, copy_union(store) if union else None)
    dataset.remote = open_remote(order, settings)
    if dataset.remote is not None and not dataset.remote.is_held:
        dataset.store, dataset.union_store = cast("Store", dataset.remote), None
        dataset.evidence = EvidenceState(None, explain_size_limit(max_quads))
        return dataset
    if len(store) <= max_quads:
        dataset.materialisation = Materialisation.build(store)
    else:
        dataset.materialisation = Materialisation(reason=explain_size_limit(max_quads))
    dataset.index_evidence()
    return dataset


def open_remote(order: Header, settings: GraphSettings) -> AskedStore | None:
    """Return the remote store that answers the queries, if there is one.

    The fetcher has written the description of its publication beside the fetched quads.
    """
    if settings.remote is None:
        return None
    publication = Filling(Path(order["source"]).parent).publication
    in_memory = publication.quads <= settings.cite_most
    return AskedStore(settings.remote, publication, is_held=in_memory)
