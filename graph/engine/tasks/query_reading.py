"""The query of a request: guarded, with its bindings and dataset, and the store for it."""

from __future__ import annotations

from typing import cast

from pyoxigraph import Literal, NamedNode, RdfFormat, Store, parse

from graph.answering.evaluation import Query
from graph.answering.format import GRAPHS, RESULTS
from graph.engine.framing import Header
from graph.engine.guard import Limits, check_query
from graph.engine.worker_dataset import WorkerDataset
from graph.sparql.prologue import DatasetClause


def guard(header: Header, body: bytes) -> Header:
    """Return the header of a query whose text the guard has passed.

    The front has guarded a short text; a long one, with `limits` in its header, is guarded here.
    Raises LimitError and ForbiddenError.
    """
    if header.get("limits") is None:
        return header
    names_a_graph = check_query(body.decode(), Limits(**header["limits"]))
    return {**header, "limits": None, "union_only": header["union_only"] and not names_a_graph}


def read_query(header: Header, body: bytes) -> Query:
    """Return the query of a request."""
    return Query(
        body.decode(),
        RESULTS.get(header["result_format"]),
        GRAPHS.get(header["graph_format"]),
        read_bindings(header),
        tuple(header["default_graphs"]),
        tuple(header["named_graphs"]),
        header.get("base"),
    )


def choose_store(dataset: WorkerDataset, header: Header, text: str) -> Store:
    """Return the store for a query: the remote, the union alone (no graph is named), or all.

    A query of the code's own is put to the remote only where memory has no copy. The store has the
    reifiers that the query asks for.
    """
    store, remote = dataset.store, dataset.remote
    if remote is not None and not (remote.is_held and header.get("is_own")):
        store = cast("Store", remote)
    elif header.get("union_only") and dataset.union_store is not None:
        store = dataset.union_store
    graphs = (*header["default_graphs"], *header["named_graphs"])
    dataset.reify(store, text, header.get("base"), graphs)
    return store


def read_bindings(header: Header) -> dict[str, NamedNode | Literal]:
    """Return the terms bound to the parameters of a query."""
    return {name: parse_term(value) for name, value in header["bindings"].items()}


def read_dataset(header: Header) -> DatasetClause | None:
    """Return the dataset of a request, or None if it leaves that to the query."""
    default, named = tuple(header["default_graphs"]), tuple(header["named_graphs"])
    return DatasetClause(default, named) if default or named else None


def parse_term(text: str) -> NamedNode | Literal:
    """Return the term of its N-Triples."""
    (triple,) = parse(f"<x:> <x:> {text} .", RdfFormat.N_TRIPLES)
    return cast("NamedNode | Literal", triple.object)
