"""The tasks of pages: explanations, views, tables, reconciliation and the feed."""

from __future__ import annotations

from typing import Final

from pyoxigraph import NamedNode

from graph.answering.format import require_size
from graph.errors import NoKernelError, OverloadedError
from graph.excluding.exclusion import Exclusion
from graph.explaining.prov import write_turtle
from graph.explaining.why import explain_triple, explanation_json
from graph.presenting.view import write_view
from graph.publishing.change_log import ChangeLog
from graph.publishing.feed import atom_feed, first_page, graphs_page, write_page
from graph.publishing.statement_table import write_thing_table
from graph.wording.spelling import read_triple
from server.engine.framing import Header, compact_json
from server.tasks.worker_dataset import WorkerDataset

ASK_STATING_SOURCES: Final = (
    "Which sources state a triple can be asked all the same: "
    "SELECT ?source { GRAPH ?source { subject predicate object } }"
)
"""The advice to a client whose triple cannot be explained."""


def explain(dataset: WorkerDataset, header: Header, _body: bytes) -> tuple[Header, bytes]:
    """Return the explanation of a triple, as JSON or Turtle; raises NotInGraphError."""
    store, evidence = dataset.store, dataset.evidence
    if evidence.index is None:
        kind = OverloadedError if evidence.pending else NoKernelError
        raise kind(f"{evidence.reason}. {ASK_STATING_SOURCES}")
    index = evidence.index
    explanation = explain_triple(store, index, read_triple(index.kernel, *header["triple"]))
    if header["form"] == "ttl":
        return {}, write_turtle(explanation, index, store)
    return {}, compact_json(explanation_json(explanation, index))


def check(dataset: WorkerDataset, _header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return the check of a text, as JSON; raises LimitError and ParameterError."""
    return {}, require_size(compact_json(dataset.checker.check_as_json(body.decode())), dataset.cap)


def table(dataset: WorkerDataset, header: Header, _body: bytes) -> tuple[Header, bytes]:
    """Return the statements about a thing as CSV, with proofs if the dataset has an index."""
    evidence = dataset.evidence
    if evidence.index is None and evidence.pending:
        raise OverloadedError(evidence.reason)
    kernel = evidence.index.kernel if evidence.index else None
    body = write_thing_table(dataset.store, kernel, NamedNode(header["thing"]))
    return {}, require_size(body, dataset.cap)


def view_page(dataset: WorkerDataset, header: Header, _body: bytes) -> tuple[Header, bytes]:
    """Return the contents of a page; without an index, inferred statements have no proofs."""
    name, this, page = header["view"], header["this"], header["page"]
    exclusion = Exclusion.read(header["retraction"])
    body = write_view(dataset.store, dataset.evidence.index, name, this, page, exclusion)
    return {"provisional": dataset.evidence.pending}, require_size(body, dataset.cap)


def reconcile(dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return the answer to a part of the Reconciliation API as JSON."""
    record = dataset.reconciliation.ask(header["part"], body.decode())
    return {"provisional": dataset.provisional}, require_size(compact_json(record), dataset.cap)


def feed(dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return a page of the feed, or the feed as Atom; the body is the change log."""
    log, store, root = ChangeLog.decode(body), dataset.store, header["root"]
    if header["atom"]:
        page = atom_feed(store, log, root, header["contact"])
    elif header["write"]:
        page = write_page(store, log, root, header["write"])
    elif header["after"] is None:
        page = first_page(log, root)
    else:
        page = graphs_page(store, log, root, header["after"])
    return {}, require_size(page, dataset.cap)
