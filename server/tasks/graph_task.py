"""The tasks of graphs: one graph read, and the deltas of updates and of changed graphs."""

from __future__ import annotations

import sys
from dataclasses import replace

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store

from graph.answering.evaluation import write_graph
from graph.answering.format import GRAPHS
from graph.answering.reifier import list_reifiers
from graph.dataset import graph_of
from graph.errors import ForbiddenError, UnknownNameError
from ontology.namespace import REIFIERS
from server.engine.framing import Header
from server.engine.handed import LATE
from server.engine.writing.delta import Effect
from server.tasks.worker_dataset import WorkerDataset, digest_triples, sort_triples
from server.writing.annotated import with_records
from server.writing.materialisation import CLOSING_IS_LONG, changes_axioms, with_editorial_quads
from server.writing.modality_check import require_modalities
from server.writing.rdf_document import RdfDocument, evaluate_change
from server.writing.retirement import is_retiring, read_retired, with_retirements
from server.writing.update_evaluation import evaluate_update
from server.writing.update_text import require_syntax


def graph(dataset: WorkerDataset, header: Header, _body: bytes) -> tuple[Header, bytes]:
    """Return all triples of one graph, and its state."""
    name = graph_name(header["graph"])
    if name == REIFIERS and dataset.union and isinstance(dataset.store, Store):
        triples = sorted(set(list_reifiers(dataset.store)), key=str)
    elif isinstance(name, NamedNode) and not dataset.store.contains_named_graph(name):
        raise UnknownNameError(f"no graph {name.value}")
    else:
        triples = sort_triples(dataset.store, name)
    body = write_graph(triples, GRAPHS[header["graph_format"]], dataset.cap)
    return {"state": digest_triples(triples)}, body


def parse_document(_dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return a client's RDF document as N-Quads."""
    store = Store()
    read_document(header, body).read_into(store)
    return {}, store.dump(format=RdfFormat.N_QUADS) or b""


def syntax(_dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Raise QuerySyntaxError unless the text is an update; it is not executed."""
    require_syntax(body.decode(), header.get("base"))
    return {}, b""


def update(dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return the delta of an update and its inferences.

    The dataset of this worker is changed, so it exits after the answer.
    """
    effect = evaluate_update(
        dataset.store, body.decode(), union=dataset.union, base=header.get("base")
    )
    answer, lines = complete_write(dataset, effect)
    return {**answer, "existed": True}, lines


def change(dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return the delta of a change of one graph and its inferences, and the graph's earlier state.

    The state is computed only for a `conditional` change, which depends on it.
    """
    verb, name = header["verb"], graph_name(header["graph"])
    document = None if verb == "drop" else read_document(header, body)
    effect, existed = evaluate_change(dataset.store, verb, name, document, union=dataset.union)
    dataset.materialisation.require_writable(name)
    answer, lines = complete_write(dataset, effect)
    state = digest_triples(sort_triples(dataset.store, name)) if header.get("conditional") else ""
    return {**answer, "existed": existed, "state": state}, lines


def complete_write(dataset: WorkerDataset, effect: Effect) -> tuple[Header, bytes]:
    """Return the delta of a write with its editorial and inferred quads, and the report of it.

    The report counts the client's quads and what they retire, without those added here.
    """
    require_stated(effect)
    effect = request = with_retirements(dataset.store, effect, union=dataset.union)
    effect = with_records(dataset.store, effect, union=dataset.union)
    require_modalities(dataset.store, effect, union=dataset.union)
    if dataset.materialisation.kernel is not None:
        effect = with_editorial_quads(dataset.store, effect, union=dataset.union)
    if changes_axioms(effect):
        sys.stderr.write(f"{LATE}{CLOSING_IS_LONG}\n")
    effect, report = dataset.materialisation.extend(effect)
    kept = report.get("kept", 0)
    report |= {"added": len(request.added), "removed": len(request.removed) - kept}
    delta = effect.delta()
    retired = sorted(read_retired(effect.added)) if is_retiring(delta) else None
    answer, lines = replace(delta, retires=retired is not None).encode()
    return {**answer, "report": report, "retired": retired}, lines


def require_stated(effect: Effect) -> None:
    """Raise ForbiddenError if an effect writes into `graph:reifiers`."""
    written = {graph_of(quad) for quad in effect.added} | effect.created
    if REIFIERS.value in written:
        raise ForbiddenError(
            "graph:reifiers holds what is computed from the records of graph:evidence: write these"
        )


def read_document(header: Header, body: bytes) -> RdfDocument:
    """Return the document of a request, in one of INPUT_FORMATS."""
    reader = GRAPHS[header["format"]].reader
    assert reader is not None  # noqa: S101 - of INPUT_FORMATS
    return RdfDocument(body, reader, header["base"])


def graph_name(name: str | None) -> NamedNode | DefaultGraph:
    """Return the graph of an IRI, or the default graph."""
    return DefaultGraph() if name is None else NamedNode(name)
