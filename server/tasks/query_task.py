"""The tasks of queries: answers, citations, fingerprints, and why an answer is empty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Final, cast

from pyoxigraph import Literal, NamedNode, QuerySolutions, RdfFormat, Store, Variable, parse

from graph.answering.evaluation import Query, choose_dataset, evaluate, query_store, write_member
from graph.answering.evaluator import order_totally
from graph.answering.fingerprint import Fingerprint, fingerprint
from graph.answering.format import GRAPHS, RESULTS, require_size
from graph.citing.answer import CitedAnswer
from graph.citing.citation import cite
from graph.citing.form import answer_uncited
from graph.citing.proof_fingerprint import fingerprint_proofs
from graph.dataset import missing_graphs
from graph.emptiness.cause import Emptiness
from graph.emptiness.explanation import ExcludedSources, explain_emptiness
from graph.errors import AnswerTooLargeError
from graph.explaining.spreadsheet import write_spreadsheet
from graph.publishing.change_log import ChangeLog, LoggedWrite
from graph.sparql.guard import Limits, check_query
from graph.sparql.prologue import DatasetClause
from graph.sparql.syntax import Values
from server.engine.framing import Body, Header, body_size, compact_json
from server.remote.asked import AskedStore
from server.service.planner import RowLimits, make_plan, require_query
from server.service.values import read_values, write_bindings
from server.tasks.answer_change import compare_answers, compare_words, list_changes
from server.tasks.worker_dataset import WorkerDataset


def guard(header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return the header and the text of a query that the guard has passed.

    The front has guarded a short text; a long one, with `limits` in its header, is guarded here.
    The text gets a total order if the engine could not order the solutions of an earlier attempt.
    Raises LimitError and ForbiddenError.
    """
    if header.get("limits") is not None:
        names_a_graph = check_query(body.decode(), Limits(**header["limits"]))
        union_only = header["union_only"] and not names_a_graph
        header = {**header, "limits": None, "union_only": union_only}
    if header.get("total_order"):
        body = order_totally(body.decode(), header.get("base")).encode()
    return header, body


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


NESTED: Final = "the query is nested too deep to be cited"


def query(dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Answer a SPARQL query."""
    header, body = guard(header, body)
    answer = evaluate(
        choose_store(dataset, header, body.decode()), read_query(header, body), dataset.cap
    )
    header = {"format": answer.format.name, "missing": answer.missing, "is_empty": answer.is_empty}
    return header, answer.body


def fingerprint_answer(dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return the fingerprint of the answer to a SPARQL query, as JSON."""
    header, body = guard(header, body)
    query, store = read_query(header, body), choose_store(dataset, header, body.decode())
    return {}, compact_json(asdict(fingerprint(store, query, dataset.cap)))


def fingerprint_cited(dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return the fingerprint of the answer to a SPARQL query with all proofs of its rows."""
    header, body = guard(header, body)
    text, evidence = body.decode(), dataset.evidence
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
    header, body = guard(header, body)
    reason = header.get("uncited", dataset.evidence.reason)
    answer = evaluate_cited(dataset, header, body.decode(), reason)
    missing = missing_graphs(dataset.store, choose_dataset(read_query(header, body)))
    form = header["result_format"]
    answer_header: Header = {
        "provisional": dataset.evidence.pending,
        "missing": missing,
        "format": form,
        "is_empty": answer.is_empty,
    }
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
    text, base = body.decode(), header.get("base")
    dataset.reify(dataset.store, text, base, (*header["default_graphs"], *header["named_graphs"]))
    emptiness = explain_emptiness(
        dataset.store,
        (text, read_bindings(header), read_dataset(header), base),
        dataset.evidence.index,
        core=header["why_empty"] == "core",
        seconds=header["seconds"],
        excluded=ExcludedSources(dataset.exclusion, dataset.open_whole)
        if dataset.exclusion and not dataset.exclusion.as_of  # what is later is not told
        else None,
    )
    return {}, compact_json(emptiness.to_json())


def compare_with_earlier(
    dataset: WorkerDataset, header: Header, body: bytes
) -> tuple[Header, bytes]:
    """Return the rows of a query that came and went, as JSON, and the hash of the earlier rows.

    If the header asks for `words`, the rows that are reworded too. The body is the text of the
    query, then the log of the writes since. The dataset of this worker is changed, so it exits
    after the answer.
    """
    compared = read_comparison(dataset, header, body)
    reworded = {"reworded": compare_words(*compared)} if header["words"] else {}
    change = compare_answers(*compared)
    lines = compact_json(change.to_json() | reworded)
    return {"hash": change.hash}, require_size(lines, dataset.cap)


def compare_words_with_earlier(
    dataset: WorkerDataset, header: Header, body: bytes
) -> tuple[Header, bytes]:
    """Return the rows of a query, of any form, that are reworded, as JSON."""
    reworded = compare_words(*read_comparison(dataset, header, body))
    return {}, require_size(compact_json({"reworded": reworded}), dataset.cap)


def follow_answer(dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return the rows of a query that each write brought and took, as JSON."""
    changes = list_changes(*read_comparison(dataset, header, body))
    return {}, require_size(compact_json({"changes": changes}), dataset.cap)


def read_comparison(
    dataset: WorkerDataset, header: Header, body: bytes
) -> tuple[WorkerDataset, Query, tuple[LoggedWrite, ...], Callable[[], Store]]:
    """Return what is compared: the dataset, the query, the writes, and the choice of a store."""
    text, log = body[: header["cut"]], ChangeLog.decode(body[header["cut"] :])
    header, text = guard(header, text)
    query = read_query(header, text)
    return dataset, query, log.writes, lambda: choose_store(dataset, header, text.decode())


def plan(_dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return the calls of other endpoints that a query needs (server/service), for the front."""
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
