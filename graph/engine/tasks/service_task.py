"""The tasks of SERVICE: the calls that a query needs, and the rows that they bring."""

from __future__ import annotations

from typing import cast

from pyoxigraph import QuerySolutions, Variable

from graph.answering.evaluation import query_store
from graph.engine.framing import Header
from graph.engine.tasks.query_reading import choose_store, read_bindings, read_dataset
from graph.engine.worker_dataset import WorkerDataset
from graph.service.planner import RowLimits, make_plan, require_query
from graph.service.values import read_values, write_bindings
from graph.sparql.syntax import Values


def plan(_dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return the calls of other endpoints that a query needs (graph/service), for the front."""
    text = body.decode()
    require_query(text, header["base"])
    limits = RowLimits(header["rows"], header["given"])
    bound = {Variable(name): value for name, value in read_bindings(header).items()}
    given = Values(tuple(bound), (tuple(bound.values()),)) if bound else None
    return {}, make_plan(text, header["base"], header["allowed"], limits, given).json()


def find_bindings(dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return the rows of a query that narrow a SERVICE as a VALUES block, and their number."""
    text, clause = body.decode(), read_dataset(header)
    store = choose_store(dataset, header, text)
    solutions = query_store(store, text, None, clause, header["base"])
    rows, block = write_bindings(cast("QuerySolutions", solutions), header["given"])
    return {"rows": rows}, block.encode()


def values(_dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return the answer of another endpoint as a VALUES block."""
    block = read_values(body, header["endpoint"], header["variables"], header["rows"])
    return {}, block.encode()
