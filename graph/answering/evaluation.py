"""One SPARQL query answered from a store: the text goes in, the finished bytes come out."""

from __future__ import annotations

import json
import re
import sys
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, Final, TypeAlias, cast
from typing import Literal as PythonLiteral

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    Variable,
    serialize,
)

from graph.answering.complaint import explain_query_error
from graph.answering.evaluator import name_columns, run_query
from graph.answering.fidelity import (
    check_graph_xml,
    check_results_xml,
    require_plain_rows,
    require_terms,
)
from graph.answering.format import (
    GRAPH_FORMATS,
    RESULT_FORMATS,
    GraphFormat,
    ResultFormat,
    Sink,
    list_formats,
    require_size,
)
from graph.answering.reifier import BESIDE_UNION, may_meet_triple_terms, sees_reifiers
from graph.dataset import WHOLE, graph_called, missing_graphs
from graph.errors import AnswerTooLargeError, QuerySyntaxError, UnwritableError
from graph.sparql.prologue import DatasetClause, read_dataset_clause
from ontology.namespace import PREFIXES, rebase
from ontology.terms import XSD

UNBOUNDED: Final = sys.maxsize
"""The cap of an answer without a client."""

SERVICE_REASON: Final = "what a SERVICE answers is not in this graph"
"""Why no row is cited if a query has a SERVICE."""

WhyEmpty: TypeAlias = PythonLiteral["", "look-up", "core"]
"""The search for the causes of an empty answer: none, by look-ups, or of a core."""

SET_FUNCTION: Final = re.compile(
    r"\b(COUNT|SUM|AVG|MIN|MAX|SAMPLE|GROUP_CONCAT)\s*\(", re.IGNORECASE
)
GROUP_BY: Final = re.compile(r"\bGROUP\s+BY\b", re.IGNORECASE)

LEAST_TRIPLE_BYTES: Final = 4
"""The minimum bytes of a triple: Turtle does not repeat subjects and predicates."""


@dataclass(frozen=True, slots=True)
class Query:
    """A SPARQL query, the terms bound to its parameters, and the formats to answer in.

    A format is None if the client accepts no answer of that kind.

    `default_graphs` and `named_graphs` are the dataset of the request (SPARQL 1.1 Protocol, section
    2.1.4): where either is given, they replace the dataset that the text describes.
    `base` is the address that relative IRIs in the text start from. A query with `cite` is answered
    with the citation of each row (graph/citing/citation.py): in the format of rows if there is one,
    else in the format of graphs.
    With `words` each source is also written in words, as a person cites it.
    `why_empty` asks for the causes of an empty answer: LOOK_UP for those that look-ups find, CORE
    for a core (graph/emptiness).
    `filled` is the text with the answers of other endpoints in place of each SERVICE
    (server/service): if there is one, the engine runs it. With `cite` each answer is marked.
    A query that `is_own` comes from the code of a page: memory answers it where a remote store does
    the others.
    """

    text: str
    result_format: ResultFormat | None = RESULT_FORMATS[0]
    graph_format: GraphFormat | None = GRAPH_FORMATS[0]
    bindings: Mapping[str, NamedNode | Literal] = field(default_factory=dict)
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    base: str | None = None
    cite: bool = False
    words: bool = False
    filled: str | None = None
    why_empty: WhyEmpty = ""
    is_own: bool = False


def read_query(module: str, name: str) -> str:
    """Return a query of our own: the file `queries/NAME.rq` beside a module.

    Read it when the module is imported: a worker can open no file.
    """
    return rebase((Path(module).parent / "queries" / f"{name}.rq").read_text("utf-8"))


def fill_values(text: str, name: str, terms: Iterable[object]) -> str:
    """Return a query whose empty `VALUES ?name { }` has terms, as SPARQL writes them."""
    return text.replace(
        f"VALUES ?{name} {{ }}", f"VALUES ?{name} {{ {' '.join(map(str, terms))} }}"
    )


def own_query(text: str, bindings: Mapping[str, NamedNode | Literal] | None = None) -> Query:
    """Return a query of the code's own, for rows as JSON."""
    return Query(text, graph_format=None, bindings=bindings or {}, is_own=True)


@dataclass(frozen=True, slots=True)
class Answer:
    """The bytes of a complete answer, their format, and the version of the dataset, where known.

    `missing` are the graphs that the dataset of the query names and that do not exist. An answer
    `is_empty` if it has no row or counts none, is false, or is a graph without triples; then
    `empty` has the causes as JSON, if the query asks for them and they were found.
    """

    body: bytes
    format: ResultFormat | GraphFormat
    version: str = ""
    missing: tuple[str, ...] = ()
    is_empty: bool = False
    empty: Mapping[str, Any] = field(default_factory=dict, hash=False)


def evaluate(store: Store, query: Query, cap: int = UNBOUNDED) -> Answer:
    """Return the answer of the store to the query.

    Raises QuerySyntaxError where the text is not a query (SPARQL 1.1 Query, section 19),
    UnwritableError where the answer cannot be written in the format asked for,
    and AnswerTooLargeError where the answer is beyond the cap of bytes.
    """
    dataset = choose_dataset(query)
    answer = query_store(store, query.text, query.bindings, dataset, query.base)
    missing = missing_graphs(store, dataset)
    if isinstance(answer, QueryTriples):
        if query.graph_format is None:
            known = list_formats(GRAPH_FORMATS)
            raise UnwritableError(f"the answer is a graph; ask for one of {known}")
        triples = iter(answer)
        first = list(islice(triples, 1))
        body = write_graph(chain(first, triples), query.graph_format, cap)
        return Answer(body, query.graph_format, missing=missing, is_empty=not first)
    if query.result_format is None:
        known = list_formats(RESULT_FORMATS)
        raise UnwritableError(f"the answer is rows; ask for one of {known}")
    if not query.result_format.triple_terms and may_meet_triple_terms(store, query.text):
        answer = require_plain_rows(answer)
    body = write_results(answer, query.result_format, cap)
    if isinstance(answer, QueryBoolean):
        is_empty = not answer
    else:
        is_empty = is_empty_body(body, query.result_format, query.text)
    if missing and query.result_format.writer == QueryResultsFormat.JSON:
        body = insert_member(body, "graphsNotFound", missing)
    return Answer(body, query.result_format, missing=missing, is_empty=is_empty)


def choose_dataset(query: Query) -> DatasetClause:
    """Return the dataset of a query: from its request, else from its text."""
    if query.default_graphs or query.named_graphs:
        return DatasetClause(query.default_graphs, query.named_graphs)
    return read_dataset_clause(query.text, PREFIXES, query.base or "")


def insert_member(body: bytes, name: str, value: object) -> bytes:
    """Return results JSON with another member.

    It comes before the results: Oxigraph's reader accepts no member after them.
    """
    head = body.index(b"}") + 1
    return body[:head] + write_member(name, value) + body[head:]


def write_member(name: str, value: object) -> bytes:
    """Return a member of a JSON object after a comma."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f',"{name}":{text}'.encode()


def is_empty_body(body: bytes, form: ResultFormat, text: str) -> bool:
    """Return whether the answer to a SELECT has no row, or one row that may count no solution."""
    may_count = SET_FUNCTION.search(text) is not None and GROUP_BY.search(text) is None
    return form.is_empty(body) or (may_count and form.counts_nothing(body))


def query_store(
    store: Store,
    text: str,
    bindings: Mapping[str, NamedNode | Literal] | None = None,
    dataset: DatasetClause | None = None,
    base: str | None = None,
) -> QuerySolutions | QueryBoolean | QueryTriples:
    """Return the answer to a query of any form as terms; raises QuerySyntaxError.

    A dataset replaces the dataset clause of the text. Where several graphs make its default graph
    that is their set union (SPARQL 1.1 Query, section 13.2): the engine's own union is a bag, in
    which a triple of two graphs counts twice (https://github.com/oxigraph/oxigraph/issues/1919).
    """
    terms: dict[Variable, NamedNode | BlankNode | Literal | Triple] = {
        Variable(name): term for name, term in (bindings or {}).items()
    }
    dataset = dataset or read_dataset_clause(text, PREFIXES, base or "")
    named_text = name_columns(text, base)
    try:
        if not (dataset.default or dataset.named):
            options = {"default_graph": BESIDE_UNION} if sees_reifiers(store, text) else {}
            return run_query(store, named_text, base, substitutions=terms, **options)
        named: list[NamedNode | BlankNode] = [NamedNode(name) for name in dataset.named]
        if dataset == WHOLE:
            named = [*store.named_graphs()]
        store = store if len(dataset.default) <= 1 else merge_graphs(store, dataset)
        default: list[NamedNode | BlankNode | DefaultGraph] = [
            graph_called(name) for name in dataset.default
        ]
        return run_query(
            store,
            named_text,
            base,
            substitutions=terms,
            default_graph=default if len(default) <= 1 else DefaultGraph(),
            named_graphs=named,
        )
    except SyntaxError as error:
        raise explain_query_error(str(error), text) from None
    except ValueError as error:
        raise QuerySyntaxError(str(error)) from None


def run_select(
    store: Store, text: str, bindings: Mapping[str, NamedNode | Literal] | None = None
) -> QuerySolutions:
    """Return the solutions of a query of our own, which is a SELECT."""
    answer = query_store(store, text, bindings)
    assert isinstance(answer, QuerySolutions)  # noqa: S101 - a SELECT has no other answer
    return answer


def merge_graphs(store: Store, dataset: DatasetClause) -> Store:
    """Return a store whose default graph is the union of graphs, beside the named graphs."""
    part = Store()
    for name in dataset.named:
        part.extend(store.quads_for_pattern(None, None, None, NamedNode(name)))
    for name in dataset.default:
        quads = store.quads_for_pattern(None, None, None, graph_called(name))
        part.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    return part


def write_results(solutions: QuerySolutions | QueryBoolean, form: ResultFormat, cap: int) -> bytes:
    """Return the results in a format; raises UnwritableError and AnswerTooLargeError."""
    sink = Sink(cap)
    stream = cast("IO[bytes]", sink)
    if isinstance(form.writer, QueryResultsFormat):
        solutions.serialize(stream, form.writer)
    elif isinstance(solutions, QueryBoolean):
        form.writer(("boolean",), [[Literal(bool(solutions))]], stream)
    else:
        form.writer(
            [variable.value for variable in solutions.variables], map(tuple, solutions), stream
        )
    body = sink.value()
    return (
        require_size(check_results_xml(body), cap)
        if form.writer == QueryResultsFormat.XML
        else body
    )


def write_graph(triples: Iterable[Triple], form: GraphFormat, cap: int) -> bytes:
    """Return the set of triples in a format; raises UnwritableError and AnswerTooLargeError."""
    distinct, sink = deduplicate(triples, cap), Sink(cap)
    stream = cast("IO[bytes]", sink)
    if isinstance(form.writer, RdfFormat):
        require_terms(distinct, form.writer)
        serialize(distinct, stream, form.writer, prefixes=find_prefixes(distinct))
    else:
        form.writer(distinct, stream)
    body = sink.value()
    return require_size(check_graph_xml(body), cap) if form.writer == RdfFormat.RDF_XML else body


def deduplicate(triples: Iterable[Triple], cap: int) -> dict[Triple, None]:
    """Return each triple once: a graph is a set, the engine's answer a bag.

    Raises AnswerTooLargeError where so many of them cannot be written in `cap` bytes.
    """
    distinct: dict[Triple, None] = {}
    for triple in triples:
        distinct[triple] = None
        if len(distinct) * LEAST_TRIPLE_BYTES > cap:
            raise AnswerTooLargeError(cap)
    return distinct


def find_prefixes(statements: Iterable[Triple | Quad]) -> dict[str, str]:
    """Return the prefixes of the project that the statements have a use for."""
    terms = {term for statement in statements for term in statement}
    iris = {term.value for term in terms if isinstance(term, NamedNode)}
    iris |= {term.datatype.value for term in terms if isinstance(term, Literal)} - {
        XSD.STRING.value
    }
    ordered = sorted(iris)
    return {
        prefix: namespace
        for prefix, namespace in PREFIXES.items()
        # in code-point order, the names of a namespace follow where it would stand itself
        if "".join(ordered[(at := bisect_left(ordered, namespace)) : at + 1]).startswith(namespace)
    }
