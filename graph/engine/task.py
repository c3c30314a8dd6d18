"""The tasks of a worker: a function for each kind of request, from a header and body to an answer.

A task returns the header and body of its answer, or raises an error of graph/errors.py. A new kind
of request is a new function, with a name in TASKS.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Final, cast

from pyoxigraph import (
    DefaultGraph,
    Literal,
    NamedNode,
    QuerySolutions,
    RdfFormat,
    Store,
    Variable,
    parse,
)

from graph.answering.evaluation import (
    Query,
    choose_dataset,
    evaluate,
    query_store,
    write_graph,
    write_member,
)
from graph.answering.fingerprint import Fingerprint, fingerprint
from graph.answering.format import GRAPHS, RESULTS
from graph.answering.reifier import list_reifiers
from graph.answering.sink import require_size
from graph.citing.answer import CitedAnswer
from graph.citing.citation import cite
from graph.citing.form import answer_uncited
from graph.citing.proof_fingerprint import fingerprint_proofs
from graph.dataset import graph_of, missing_graphs
from graph.emptiness.cause import Emptiness
from graph.emptiness.explanation import ExcludedSources, explain_emptiness
from graph.engine.answer_change import compare_answers
from graph.engine.framing import Body, Header, body_size
from graph.engine.guard import Limits, check_query
from graph.engine.worker_dataset import WorkerDataset, digest_triples, sort_triples
from graph.engine.writing.delta import Effect
from graph.engine.writing.materialisation import CLOSING, changes_axioms, with_editorial_quads
from graph.engine.writing.modality_check import require_modalities
from graph.engine.writing.rdf_document import RdfDocument, evaluate_change
from graph.engine.writing.update_evaluation import evaluate_update
from graph.engine.writing.update_text import require_syntax
from graph.errors import (
    AnswerTooLargeError,
    ForbiddenError,
    NoKernelError,
    OverloadedError,
    UnknownNameError,
)
from graph.excluding.exclusion import Exclusion
from graph.explaining.answer_graph import write_rdf
from graph.explaining.prov import write_turtle
from graph.explaining.spreadsheet import write_spreadsheet
from graph.explaining.why import explain_triple, explanation_json
from graph.presenting.view import write_view
from graph.publishing.atom_feed import atom_feed
from graph.publishing.change_log import ChangeLog
from graph.publishing.feed import first_page, graphs_page, write_page
from graph.publishing.thing_table import write_thing_table
from graph.remote.asked import AskedStore
from graph.service.planner import RowLimits, make_plan, require_query
from graph.service.values import read_values, write_bindings
from graph.sparql.prologue import DatasetClause
from graph.sparql.syntax import Values
from graph.wording.spelling import read_triple
from ontology.namespace import REIFIERS

Task = Callable[[WorkerDataset, Header, bytes], tuple[Header, Body]]


ASK_STATING_SOURCES: Final = (
    "Which sources state a triple can be asked all the same: "
    "SELECT ?source { GRAPH ?source { subject predicate object } }"
)
"""The advice to a client whose triple cannot be explained."""


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
    exclusion = Exclusion(*map(tuple, header["retraction"]))
    body = write_view(dataset.store, dataset.evidence.index, name, this, page, exclusion)
    return {"provisional": dataset.evidence.pending}, require_size(body, dataset.cap)


def reconcile(dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return the answer to a part of the Reconciliation API as JSON."""
    record = dataset.reconciliation.ask(header["part"], body.decode())
    return {"provisional": dataset.provisional}, require_size(compact_json(record), dataset.cap)


def compact_json(value: object) -> bytes:
    """Return a value as JSON without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def read_bindings(header: Header) -> dict[str, NamedNode | Literal]:
    """Return the terms bound to the parameters of a query."""
    return {name: parse_term(value) for name, value in header["bindings"].items()}


def read_dataset(header: Header) -> DatasetClause | None:
    """Return the dataset of a request, or None if it leaves that to the query."""
    default, named = tuple(header["default_graphs"]), tuple(header["named_graphs"])
    return DatasetClause(default, named) if default or named else None


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


def feed(dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return a page of the feed, or the feed as Atom; the body is the change log."""
    log, store, root = ChangeLog.decode(body), dataset.store, header["root"]
    if header["atom"]:
        page = atom_feed(store, log, root)
    elif header["write"]:
        page = write_page(store, log, root, header["write"])
    elif header["after"] is None:
        page = first_page(log, root)
    else:
        page = graphs_page(store, log, root, header["after"])
    return {}, require_size(page, dataset.cap)


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


def parse_document(_dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return a client's RDF document as N-Quads."""
    store = Store()
    read_document(header, body).read_into(store)
    return {}, store.dump(format=RdfFormat.N_QUADS) or b""


def update(dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return the delta of an update and its inferences.

    The dataset of this worker is changed, so it exits after the answer.
    """
    effect = evaluate_update(
        dataset.store, body.decode(), union=dataset.union, base=header.get("base")
    )
    answer, lines = complete_write(dataset, effect)
    return {**answer, "existed": True}, lines


def complete_write(dataset: WorkerDataset, effect: Effect) -> tuple[Header, bytes]:
    """Return the delta of a write with its editorial and inferred quads, and the report of it.

    The report counts the client's quads, without those added here.
    """
    request = effect
    require_stated(effect)
    require_modalities(dataset.store, effect, union=dataset.union)
    if dataset.materialisation.kernel is not None:
        effect = with_editorial_quads(dataset.store, effect, union=dataset.union)
    if changes_axioms(effect):
        sys.stderr.write(CLOSING + "\n")  # the parent reads it if the deadline passes
    effect, report = dataset.materialisation.extend(effect)
    kept = report.get("kept", 0)
    report |= {"added": len(request.added), "removed": len(request.removed) - kept}
    answer, lines = effect.delta().encode()
    return {**answer, "report": report}, lines


def require_stated(effect: Effect) -> None:
    """Raise ForbiddenError if an effect writes into `graph:reifiers`."""
    written = {graph_of(quad) for quad in effect.added} | effect.created
    if REIFIERS.value in written:
        raise ForbiddenError(
            "graph:reifiers holds what is computed from the records of graph:evidence: write these"
        )


def syntax(_dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Raise QuerySyntaxError unless the text is an update; it is not executed."""
    require_syntax(body.decode(), header.get("base"))
    return {}, b""


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


def read_document(header: Header, body: bytes) -> RdfDocument:
    """Return the document of a request, in one of INPUT_FORMATS."""
    reader = GRAPHS[header["format"]].reader
    assert reader is not None  # noqa: S101 - of INPUT_FORMATS
    return RdfDocument(body, reader, header["base"])


def graph_name(name: str | None) -> NamedNode | DefaultGraph:
    """Return the graph of an IRI, or the default graph."""
    return DefaultGraph() if name is None else NamedNode(name)


def parse_term(text: str) -> NamedNode | Literal:
    """Return the term of its N-Triples."""
    (triple,) = parse(f"<x:> <x:> {text} .", RdfFormat.N_TRIPLES)
    return cast("NamedNode | Literal", triple.object)


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
