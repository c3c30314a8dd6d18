"""What a worker can be asked: each kind of request takes a store, a header and a body.

A task returns the header and the body of its answer, or raises an error of graph/errors.py.
To teach the workers something new, write a function and give it a name in TASKS.
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
    dataset_of,
    evaluate,
    missing_json,
    results,
    write_graph,
)
from graph.answering.fingerprint import fingerprint
from graph.answering.format import GRAPHS, RESULTS
from graph.answering.sink import bounded
from graph.citing.answer import CitedAnswer
from graph.citing.citation import cite
from graph.citing.unread import uncited
from graph.dataset import missing_graphs
from graph.engine.framing import Body, Header, size_of
from graph.engine.guard import Limits, check_query
from graph.engine.worker_dataset import Dataset, state_of, triples_of
from graph.engine.writing.editorial import with_reckoned
from graph.engine.writing.effect import Effect
from graph.engine.writing.graph_change import effect_of_change
from graph.engine.writing.materialisation import CLOSING, changes_axioms
from graph.engine.writing.rdf_document import Document
from graph.engine.writing.update_evaluation import evaluate_update
from graph.engine.writing.update_text import require_syntax
from graph.errors import (
    AnswerTooLargeError,
    NoKernelError,
    OverloadedError,
    UnknownNameError,
)
from graph.explaining.answer_graph import as_rdf
from graph.explaining.prov import as_turtle
from graph.explaining.spelling import read_triple
from graph.explaining.spreadsheet import as_spreadsheet
from graph.explaining.why import as_json, why
from graph.explaining.wording import Wording
from graph.presenting.view import view
from graph.publishing.thing_table import write_thing_table
from graph.service.narrowing import as_narrowing
from graph.service.planner import RowLimits, planned
from graph.service.solutions import as_values
from graph.service.syntax import require_query
from graph.sparql.prologue import DatasetClause
from graph.sparql.syntax import Values
from graph.striking.strike import Strike

Task = Callable[[Dataset, Header, bytes], tuple[Header, Body]]


STATING: Final = (
    "Which sources state a triple can be asked all the same: "
    "SELECT ?source { GRAPH ?source { subject predicate object } }"
)
"""What is advised where nothing can be explained."""


def query(dataset: Dataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Answer a SPARQL query."""
    header = guarded(header, body)
    answer = evaluate(store_for(dataset, header), asked_of(header, body), dataset.cap)
    return {"format": answer.format.name, "missing": answer.missing}, answer.body


def fingerprinted(dataset: Dataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return the fingerprint of the answer to a SPARQL query, as JSON."""
    header = guarded(header, body)
    found = fingerprint(store_for(dataset, header), asked_of(header, body), dataset.cap)
    return {}, compact(asdict(found))


def guarded(header: Header, body: bytes) -> Header:
    """Return the header of a query, its text read by the guard if it is long.

    Raises LimitError and ForbiddenError.
    """
    if header.get("limits") is None:
        return header
    names_a_graph = check_query(body.decode(), Limits(**header["limits"]))
    return {**header, "limits": None, "alone": header["alone"] and not names_a_graph}


def asked_of(header: Header, body: bytes) -> Query:
    """Return the query that a request brings."""
    return Query(
        body.decode(),
        RESULTS.get(header["result_format"]),
        GRAPHS.get(header["graph_format"]),
        bindings(header),
        tuple(header["default_graphs"]),
        tuple(header["named_graphs"]),
        header.get("base"),
    )


def store_for(dataset: Dataset, header: Header) -> Store:
    """Return the store that answers a query: the union alone, if that is all it looks into.

    A remote store answers for itself.
    """
    if dataset.asked is not None:
        return cast("Store", dataset.asked)
    store = dataset.alone if header.get("alone") else None
    return dataset.store if store is None else store


def cited(dataset: Dataset, header: Header, body: bytes) -> tuple[Header, Body]:
    """Answer a SPARQL query with the citation of each row, `uncited` where a reason is given."""
    header = guarded(header, body)
    reason = header.get("uncited", dataset.indexing.reason)
    answer = cited_answer(dataset, header, body.decode(), reason)
    missing = missing_graphs(dataset.store, dataset_of(asked_of(header, body)))
    form = header["result_format"] or header["graph_format"]
    told: Header = {"passing": dataset.indexing.pending, "missing": missing, "format": form}
    if form in GRAPHS:
        return told, as_rdf(answer, dataset.store, GRAPHS[form], dataset.cap)
    if form != "json":
        return told, as_spreadsheet(answer, RESULTS[form], dataset.cap)
    index = dataset.indexing.index
    words = Wording(index).quoted if index is not None and header.get("words") else None
    written = answer.pieces(words, missing_json(missing) if missing else b"")
    if size_of(written) > dataset.cap:
        raise AnswerTooLargeError(dataset.cap)
    return told, written


def cited_answer(dataset: Dataset, header: Header, text: str, reason: str) -> CitedAnswer:
    """Return the answer to a query, cited unless there is a reason against it."""
    store, index = store_for(dataset, header), dataset.indexing.index
    asked = text, bindings(header), dataset_given(header), header.get("base")
    try:
        if index is not None and not reason:
            return cite(store, index, *asked)
    except RecursionError:
        reason = "the query is nested too deep to be followed"
    return uncited(results(store, *asked), reason)


def explained(dataset: Dataset, header: Header, _body: bytes) -> tuple[Header, bytes]:
    """Return why a triple holds, as JSON or Turtle; raises NotInGraphError where it does not."""
    store, indexing = dataset.store, dataset.indexing
    if indexing.index is None:
        kind = OverloadedError if indexing.pending else NoKernelError
        raise kind(f"{indexing.reason}. {STATING}")
    index = indexing.index
    found = why(store, index, read_triple(index.kernel, *header["triple"]))
    if header["form"] == "ttl":
        return {}, as_turtle(found, index, store)
    return {}, compact(as_json(found, index))


def table(dataset: Dataset, header: Header, _body: bytes) -> tuple[Header, bytes]:
    """Return the statements with a thing as CSV, with proofs where the dataset has an index."""
    indexing = dataset.indexing
    if indexing.index is None and indexing.pending:
        raise OverloadedError(indexing.reason)
    kernel = indexing.index.kernel if indexing.index else None
    body = write_thing_table(dataset.store, kernel, NamedNode(header["thing"]))
    return {}, bounded(body, dataset.cap)


def shown(dataset: Dataset, header: Header, _body: bytes) -> tuple[Header, bytes]:
    """Return what a page shows; without an index what is inferred has no proofs beside it."""
    name, this, page = header["view"], header["this"], header["page"]
    strike = Strike(*map(tuple, header["fallen"]))
    body = view(dataset.store, dataset.indexing.index, name, this, page, strike)
    return {"passing": dataset.indexing.pending}, bounded(body, dataset.cap)


def compact(value: object) -> bytes:
    """Return a value as JSON without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def bindings(header: Header) -> dict[str, NamedNode | Literal]:
    """Return the terms bound to the parameters of a query."""
    return {name: term(value) for name, value in header["bindings"].items()}


def dataset_given(header: Header) -> DatasetClause | None:
    """Return the dataset that a request names, or None where it leaves that to the query."""
    default, named = tuple(header["default_graphs"]), tuple(header["named_graphs"])
    return DatasetClause(default, named) if default or named else None


def plan(_dataset: Dataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return what a query asks of other endpoints (graph/service); they are not asked here."""
    text = body.decode()
    require_query(text, header["base"])
    limits = RowLimits(header["rows"], header["given"])
    bound = {Variable(name): value for name, value in bindings(header).items()}
    given = Values(tuple(bound), (tuple(bound.values()),)) if bound else None
    return {}, planned(text, header["base"], header["allowed"], limits, given).json()


def narrow(dataset: Dataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return the rows of a query that narrow a SERVICE as VALUES, and how many they are."""
    store, clause = store_for(dataset, header), dataset_given(header)
    found = results(store, body.decode(), None, clause, header["base"])
    rows, written = as_narrowing(cast("QuerySolutions", found), header["given"])
    return {"rows": rows}, written.encode()


def values(_dataset: Dataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return what another endpoint answered as VALUES."""
    found = as_values(body, header["endpoint"], header["variables"], header["rows"])
    return {}, found.encode()


def graph(dataset: Dataset, header: Header, _body: bytes) -> tuple[Header, bytes]:
    """Return one graph whole, and its state."""
    name = graph_name(header["graph"])
    if isinstance(name, NamedNode) and not dataset.store.contains_named_graph(name):
        raise UnknownNameError(f"no graph {name.value}")
    triples = triples_of(dataset.store, name)
    body = write_graph(triples, GRAPHS[header["graph_format"]], dataset.cap)
    return {"state": state_of(triples)}, body


def rdf(_dataset: Dataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return a stranger's document as N-Quads."""
    store = Store()
    document_of(header, body).read_into(store)
    return {}, store.dump(format=RdfFormat.N_QUADS) or b""


def update(dataset: Dataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return the delta that an update makes, with what follows from it.

    The dataset of this worker is changed: it ends after.
    """
    effect = evaluate_update(
        dataset.store, body.decode(), union=dataset.union, base=header.get("base")
    )
    answer, lines = followed(dataset, effect)
    return {**answer, "existed": True}, lines


def followed(dataset: Dataset, effect: Effect) -> tuple[Header, bytes]:
    """Return the delta of a write and of what follows from it, and what its answer tells."""
    written = effect
    if dataset.following.kernel is not None:
        effect = with_reckoned(dataset.store, effect, union=dataset.union)
    if changes_axioms(effect):
        sys.stderr.write(CLOSING + "\n")  # who ends this worker then knows why it was late
    whole, told = dataset.following.follow(effect)
    told |= {"added": len(written.added), "removed": len(written.removed) - told.get("kept", 0)}
    answer, lines = whole.delta().message()
    return {**answer, "told": told}, lines


def syntax(_dataset: Dataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Raise QuerySyntaxError unless the text is an update, whatever it would do."""
    require_syntax(body.decode(), header.get("base"))
    return {}, b""


def change(dataset: Dataset, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return the delta that a change of one graph makes, and the state that the graph had.

    The delta has what follows from it. The state is found where the header is `conditional`: the
    change depends on it.
    """
    verb, name = header["verb"], graph_name(header["graph"])
    document = None if verb == "drop" else document_of(header, body)
    effect, existed = effect_of_change(dataset.store, verb, name, document, union=dataset.union)
    dataset.following.require_written(name)
    answer, lines = followed(dataset, effect)
    state = state_of(triples_of(dataset.store, name)) if header.get("conditional") else ""
    return {**answer, "existed": existed, "state": state}, lines


def document_of(header: Header, body: bytes) -> Document:
    """Return the document that a request brings, in one of INPUT_FORMATS."""
    reader = GRAPHS[header["format"]].reader
    assert reader is not None  # noqa: S101 - of INPUT_FORMATS
    return Document(body, reader, header["base"])


def graph_name(name: str | None) -> NamedNode | DefaultGraph:
    """Return the graph of that IRI, or the default one."""
    return DefaultGraph() if name is None else NamedNode(name)


def term(text: str) -> NamedNode | Literal:
    """Return the term that is written so in N-Triples."""
    (triple,) = parse(f"<x:> <x:> {text} .", RdfFormat.N_TRIPLES)
    return cast("NamedNode | Literal", triple.object)


TASKS: Final[Mapping[str, Task]] = {
    "query": query,
    "fingerprint": fingerprinted,
    "cite": cited,
    "explain": explained,
    "table": table,
    "view": shown,
    "plan": plan,
    "narrow": narrow,
    "values": values,
    "graph": graph,
    "rdf": rdf,
    "syntax": syntax,
    "update": update,
    "change": change,
}
"""The kinds of requests."""
