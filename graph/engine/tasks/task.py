"""The tasks of a worker by their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from graph.engine.framing import Body, Header
from graph.engine.tasks.graph_task import change, graph, parse_document, syntax, update
from graph.engine.tasks.page_task import explain, feed, reconcile, table, view_page
from graph.engine.tasks.query_task import (
    cite_answer,
    compare_with_earlier,
    explain_empty_answer,
    fingerprint_answer,
    fingerprint_cited,
    query,
)
from graph.engine.tasks.service_task import find_bindings, plan, values
from graph.engine.worker_dataset import WorkerDataset

Task = Callable[[WorkerDataset, Header, bytes], tuple[Header, Body]]

TASKS: Final[Mapping[str, Task]] = {
    "query": query,
    "fingerprint": fingerprint_answer,
    "proofs": fingerprint_cited,
    "cite": cite_answer,
    "empty": explain_empty_answer,
    "explain": explain,
    "table": table,
    "view": view_page,
    "reconcile": reconcile,
    "plan": plan,
    "bindings": find_bindings,
    "values": values,
    "graph": graph,
    "feed": feed,
    "since": compare_with_earlier,
    "rdf": parse_document,
    "syntax": syntax,
    "update": update,
    "change": change,
}
"""The task of each kind of request."""
