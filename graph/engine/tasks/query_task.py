"""The tasks of queries: answers, citations, fingerprints, and why an answer is empty."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from graph.answering.evaluation import choose_dataset, evaluate, query_store, write_member
from graph.answering.fingerprint import Fingerprint, fingerprint
from graph.answering.format import GRAPHS, RESULTS
from graph.answering.sink import require_size
from graph.citing.answer import CitedAnswer
from graph.citing.citation import cite
from graph.citing.form import answer_uncited
from graph.citing.proof_fingerprint import fingerprint_proofs
from graph.dataset import missing_graphs
from graph.emptiness.cause import Emptiness
from graph.emptiness.explanation import ExcludedSources, explain_emptiness
from graph.engine.answer_change import compare_answers
from graph.engine.framing import Body, Header, body_size, compact_json
from graph.engine.tasks.query_reading import (
    choose_store,
    guard,
    read_bindings,
    read_dataset,
    read_query,
)
from graph.engine.worker_dataset import WorkerDataset
from graph.errors import AnswerTooLargeError
from graph.explaining.answer_graph import write_rdf
from graph.explaining.spreadsheet import write_spreadsheet
from graph.publishing.change_log import ChangeLog
from graph.remote.asked import AskedStore

NESTED: Final = "the query is nested too deep to be cited"


def query(dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Answer a SPARQL query."""
    header = guard(header, body)
    answer = evaluate(
        choose_store(dataset, header, body.decode()), read_query(header, body), dataset.cap
    )
    header = {"format": answer.format.name, "missing": answer.missing, "is_empty": answer.is_empty}
    return header, answer.body


def fingerprint_answer(dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return the fingerprint of the answer to a SPARQL query, as JSON."""
    header = guard(header, body)
    query, store = read_query(header, body), choose_store(dataset, header, body.decode())
    return {}, compact_json(asdict(fingerprint(store, query, dataset.cap)))


def fingerprint_cited(dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return the fingerprint of the answer to a SPARQL query with all proofs of its rows."""
    header, text, evidence = guard(header, body), body.decode(), dataset.evidence
    store, index = choose_store(dataset, header, text), evidence.index
    query = read_bindings(header), read_dataset(header), header.get("base")
    if index is None:
        hashed = Fingerprint(reason=evidence.reason)
    else:
        try:
            hashed = fingerprint_proofs(index, lambda deeper: cite(store, deeper, text, *query))
        except RecursionError:
            hashed = Fingerprint(reason=NESTED)
    return {"provisional": evidence.pending}, compact_json(asdict(hashed))


def cite_answer(dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, Body]:
    """Answer a SPARQL query with a citation of each row, `uncited` if there is a reason."""
    header = guard(header, body)
    reason = header.get("uncited", dataset.evidence.reason)
    answer = evaluate_cited(dataset, header, body.decode(), reason)
    missing = missing_graphs(dataset.store, choose_dataset(read_query(header, body)))
    form = header["result_format"] or header["graph_format"]
    answer_header: Header = {
        "provisional": dataset.evidence.pending,
        "missing": missing,
        "format": form,
        "is_empty": answer.is_empty,
    }
    if form in GRAPHS:
        return answer_header, write_rdf(answer, dataset.store, GRAPHS[form], dataset.cap)
    if form != "json":
        return answer_header, write_spreadsheet(answer, RESULTS[form], dataset.cap)
    index = dataset.evidence.index
    words = index.evidence.write_source if index is not None and header.get("words") else None
    pieces = answer.pieces(words, write_member("graphsNotFound", missing) if missing else b"")
    if body_size(pieces) > dataset.cap:
        raise AnswerTooLargeError(dataset.cap)
    return answer_header, pieces


def evaluate_cited(dataset: WorkerDataset, header: Header, text: str, reason: str) -> CitedAnswer:
    """Return the answer to a query, cited unless there is a reason against it."""
    store, index = choose_store(dataset, header, text), dataset.evidence.index
    query = text, read_bindings(header), read_dataset(header), header.get("base")
    try:
        if index is not None and not reason:
            return cite(store, index, *query)
    except RecursionError:
        reason = NESTED
    return answer_uncited(query_store(store, *query), reason)


def explain_empty_answer(
    dataset: WorkerDataset, header: Header, body: bytes
) -> tuple[Header, bytes]:
    """Return the causes of the empty answer to a query as JSON, {} without a cause."""
    if isinstance(dataset.store, AskedStore):
        return {}, compact_json(Emptiness(undetermined=dataset.evidence.reason).to_json())
    query = body.decode(), read_bindings(header), read_dataset(header), header.get("base")
    emptiness = explain_emptiness(
        dataset.store,
        query,
        dataset.evidence.index,
        core=header["why_empty"] == "core",
        seconds=header["seconds"],
        excluded=ExcludedSources(dataset.exclusion, dataset.open_whole)
        if dataset.exclusion
        else None,
    )
    return {}, compact_json(emptiness.to_json())


def compare_with_earlier(
    dataset: WorkerDataset, header: Header, body: bytes
) -> tuple[Header, bytes]:
    """Return the rows of a query that came and went, as JSON, and the hash of the earlier rows.

    The body is the text of the query, then the log of the writes since. The dataset of this worker
    is changed, so it exits after the answer.
    """
    text, log = body[: header["cut"]], ChangeLog.decode(body[header["cut"] :])
    header = guard(header, text)
    change = compare_answers(
        dataset,
        read_query(header, text),
        log.writes,
        lambda: choose_store(dataset, header, text.decode()),
    )
    return {"hash": change.hash}, require_size(compact_json(change.to_json()), dataset.cap)
