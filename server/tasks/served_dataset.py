"""The graph's dataset as the engine serves it: tasks run on it, and writes change it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from pyoxigraph import Store

from graph.errors import OverloadedError
from graph.excluding.exclusion import NO_EXCLUSION, Exclusion
from server.engine.framing import Body, Header
from server.engine.relay_client import RelayClient
from server.engine.writing.delta import Delta
from server.tasks import graph_task, page_task, query_task
from server.tasks.worker_dataset import WorkerDataset

Task = Callable[[WorkerDataset, Header, bytes], tuple[Header, Body]]

TASKS: Final[Mapping[str, Task]] = {
    "query": query_task.query,
    "fingerprint": query_task.fingerprint_answer,
    "proofs": query_task.fingerprint_cited,
    "cite": query_task.cite_answer,
    "empty": query_task.explain_empty_answer,
    "explain": page_task.explain,
    "check": page_task.check,
    "table": page_task.table,
    "view": page_task.view_page,
    "reconcile": page_task.reconcile,
    "plan": query_task.plan,
    "bindings": query_task.find_bindings,
    "values": query_task.values,
    "graph": graph_task.graph,
    "feed": page_task.feed,
    "since": query_task.compare_with_earlier,
    "reworded": query_task.compare_words_with_earlier,
    "changes": query_task.follow_answer,
    "rdf": graph_task.parse_document,
    "syntax": graph_task.syntax,
    "update": graph_task.update,
    "change": graph_task.change,
}
"""The task of each kind of request."""

CHANGING: Final = frozenset({"update", "change", "since", "reworded", "changes"})
"""The kinds of requests that change the dataset of their worker, which exits after the answer."""


@dataclass(frozen=True, slots=True)
class ServedDataset:
    """The dataset of a zygote, and of each of its workers (server/engine/handed.py)."""

    dataset: WorkerDataset

    def apply(self, delta: Delta) -> None:
        """Apply a delta to the dataset, its kernel and its index."""
        self.dataset.follow(delta)

    def read_from(self, store: str) -> None:
        """Open the store on disk from which a worker reads."""
        self.dataset.store = Store.read_only(store)

    def connect(self, relay: RelayClient) -> None:
        """Have a remote store asked over the worker's line."""
        if self.dataset.remote is not None:
            self.dataset.remote.ask = relay.ask

    def run(self, header: Header, body: bytes) -> tuple[Header, Body]:
        """Return the answer of a request's task; raises the errors of the task.

        If the remote store changed its version during the task, memory answers in its place.
        """
        dataset = self.dataset
        if dataset.exclusion != (exclusion := read_exclusion(header)):
            dataset.exclude_sources(exclusion)
        if dataset.remote is not None:
            dataset.remote.was_used = False  # the task before may have failed in a question
        task = TASKS[header["kind"]]
        answer, result = task(dataset, header, body)
        remote = dataset.remote
        if remote is not None and remote.was_used and not remote.is_current():
            answer, result = task(in_memory(dataset), header, body)
        return ({**answer, "provisional": True} if dataset.provisional else answer), result

    def is_spent(self, header: Header) -> bool:
        """Return whether a write, a failed exclusion or reifiers have changed the dataset."""
        return (
            header["kind"] in CHANGING
            or self.dataset.exclusion != read_exclusion(header)
            or self.dataset.is_reified
        )


def read_exclusion(header: Header) -> Exclusion:
    """Return the exclusion of a request; all requests to a worker have the same."""
    return Exclusion.read(header["variant"]) if "variant" in header else NO_EXCLUSION


def in_memory(dataset: WorkerDataset) -> WorkerDataset:
    """Return a dataset without its remote store, which has another version by now.

    Raises OverloadedError if it has no copy in memory.
    """
    if dataset.remote is not None and not dataset.remote.is_held:
        name = dataset.remote.remote.name
        raise OverloadedError(f"{name} is being changed; ask again in a while")
    return replace(dataset, remote=None)
