"""A query that is read and printed keeps its meaning."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
)

from graph.answering.evaluation import run_select
from graph.errors import UnreadableQueryError
from graph.sparql.cursor import MAX_DEPTH
from graph.sparql.parser import parse_query
from graph.sparql.printer import print_query
from ontology.namespace import PREFIXES

DATA = """
@prefix id: <https://w3id.org/cpec-graph/id/> .
id:a id:p id:b ~ id:t {| id:q "x" |} , 2 ; id:q id:b ; id:r id:a .
id:b id:p id:c ; id:r id:a , "x"@en-GB ; id:s id:c .
id:g { id:a id:p id:b . id:b id:p 2 }
id:h { id:b id:p id:d }
"""

ACTIONS = """
PREFIX mf: <http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#>
PREFIX qt: <http://www.w3.org/2001/sw/DataAccess/tests/test-query#>
SELECT ?query (GROUP_CONCAT(DISTINCT STR(?file)) AS ?data)
    (GROUP_CONCAT(DISTINCT STR(?name)) AS ?named) {
  ?test a ?type ; mf:action ?action .
  FILTER(?type IN (mf:QueryEvaluationTest, mf:PositiveSyntaxTest, mf:PositiveSyntaxTest11))
  OPTIONAL {
    ?action qt:query ?inner
    OPTIONAL { ?action qt:data ?file } OPTIONAL { ?action qt:graphData ?name }
  }
  BIND(COALESCE(?inner, ?action) AS ?query) FILTER(STRENDS(STR(?query), ".rq"))
} GROUP BY ?query"""

QUERIES = Path(__file__).with_name("queries.rq").read_text("utf-8").split("\n\n")


@pytest.mark.parametrize("text", QUERIES)
def test_a_printed_query_reads_as_the_same_query(text: str) -> None:
    query = parse_query(text)
    assert parse_query(print_query(query)) == query


@pytest.mark.parametrize("text", QUERIES[:-1])
def test_a_printed_query_has_the_answer_of_the_written_one(text: str) -> None:
    store = Store()
    store.load(DATA, RdfFormat.TRIG)
    assert answer(store, print_query(parse_query(text))) == answer(store, text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { VALUES ?t { <<( id:a id:b id:c )>> } }",
        "SELECT * { <<?s?p?o>> ?q ?r }",
        "SELECT * { ?s id:p/id:q ?o ~ ?r }",
        "SELECT ?x { ?x none:p 1 }",
        "SELECT ?x { ?x <relative> 1 }",
        "SELECT ?x { ?x id:p '\\q' }",
        "SELECT ?x { ?x id:p '\\UFFFFFFFF' }",
        "SELECT ?x { ?x id:p '\\uD800' }",
        "SELECT ?x { ?x <http://a.example/\\uD800> 1 }",
        "SELECT ?x { ?x id:p ~ }",
        "SELECT ?x { LATERAL { } }",
        "SELECT ?x { ?x id:p 1 } LIMIT x",
        "SELECT ?x { FILTER(1 IN (2) * 3) }",
        "SELECT { }",
        "INSERT DATA { }",
        "SELECT * { } }",
        "",
        "PREFIX",
    ],
)
def test_a_text_beyond_the_parser_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableQueryError):
        parse_query(text)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("SELECT * { FILTER(", "1 "),
        ("ASK { FILTER(", "! "),
        ("ASK { ", "{ "),
        ("ASK { ", "OPTIONAL { "),
        ("ASK { ", "FILTER EXISTS { "),
        ("ASK { ", "{ SELECT * { "),
        ("ASK { ?s ?p ", "[ ?p "),
        ("ASK { ?s ?p ", "( "),
        ("ASK { ?s ", "(^"),
        ("ASK { FILTER(", "STR("),
        ("ASK { FILTER(", "("),
        ("ASK { FILTER(", "1 IN ("),
    ],
)
def test_brackets_without_end_are_unreadable_and_crash_nothing(start: str, end: str) -> None:
    with pytest.raises(UnreadableQueryError):
        parse_query(start + end * 5000)


def test_the_deepest_readable_query_can_be_printed() -> None:
    inside = "{ FILTER EXISTS " * (MAX_DEPTH - 1) + "{ }" + " }" * (MAX_DEPTH - 1)
    query = parse_query("ASK " + inside)
    assert print_query(query).count("EXISTS") == MAX_DEPTH - 1
    with pytest.raises(UnreadableQueryError, match="brackets"):
        parse_query("ASK { " + inside + " }")


@pytest.mark.long
def test_ten_thousand_operands_in_a_row_are_no_nesting() -> None:
    query = parse_query("SELECT * { FILTER(" + " || ".join(["?x = 1 + 2 - 3"] * 10_000) + ") }")
    assert parse_query(print_query(query)) == query


def test_every_positive_query_of_the_w3c_suites_reads_and_answers_the_same(
    conformance: Path,
) -> None:
    compared = 0
    for query, files, graphs in actions(conformance):
        text = path(query).read_text("utf-8")
        store = Store()
        for file in files:
            store.load(path=path(file), base_iri=file)
        for graph in graphs:
            store.load(path=path(graph), base_iri=graph, to_graph=NamedNode(graph))
        try:
            expected = answer(store, text, query)
        except (SyntaxError, RuntimeError, OSError):  # the engine refuses it, or it needs a network
            continue
        assert answer(store, print_query(parse_query(text, query))) == expected, query
        compared += 1
    assert compared >= 600


def actions(conformance: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield the queries of the SPARQL 1.0 and 1.1 suites with their data and their named graphs."""
    for suite in ("sparql10", "sparql11"):
        for manifest in sorted((conformance / suite).glob("*/manifest.ttl")):
            store = Store()
            store.load(path=manifest, base_iri=manifest.as_uri())
            for query, data, named in run_select(store, ACTIONS):
                yield query.value, split_words(data), split_words(named)


def split_words(joined: Literal | None) -> list[str]:
    """Return the words of a GROUP_CONCAT; the engine leaves it unbound where a file is missing."""
    return joined.value.split() if joined else []


def path(iri: str) -> Path:
    """Return the file that a file: IRI names."""
    return Path(unquote(urlsplit(iri).path))


def answer(store: Store, text: str, base: str | None = None) -> object:
    """Return an answer with its order and its blank nodes forgotten."""
    result = store.query(text, base_iri=base, prefixes=PREFIXES)
    if isinstance(result, QueryBoolean):
        return bool(result)
    if isinstance(result, QueryTriples):
        return Counter(tuple(map(mask_blank_nodes, triple)) for triple in result)
    assert isinstance(result, QuerySolutions)
    names = sorted(result.variables, key=str)
    return names, Counter(tuple(mask_blank_nodes(row[name]) for name in names) for row in result)


def mask_blank_nodes(term: object) -> str:
    """Return a term as text, every blank node alike."""
    return "_" if isinstance(term, BlankNode) else str(term)
