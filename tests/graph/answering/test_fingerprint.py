"""The fingerprint of an answer: the same in any order, and none where the order decides."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Variable

from graph.answering.evaluation import UNBOUNDED, Query, evaluate
from graph.answering.fingerprint import UNORDERED, UNREAD, fingerprint, hash_lines, reorder_columns
from graph.answering.format import GRAPHS, RESULTS
from graph.errors import AnswerTooLargeError, QuerySyntaxError


@pytest.fixture(scope="module")
def numbers() -> Store:
    """Three things with a number each."""
    store = Store()
    text = "".join(f'<x:{n}> <x:p> {n}, "{n}\\t\\n"@en .\n' for n in range(3))
    store.load(text.encode(), RdfFormat.TURTLE)
    return store


def hash_of(store: Store, text: str) -> str:
    return fingerprint(store, Query(text), UNBOUNDED).hash


@pytest.mark.parametrize(
    ("text", "lines", "rows"),
    [
        ("SELECT ?s { ?s <x:p> 1 }", b"<x:1>\n", 1),
        ("SELECT ?s ?o { ?s <x:p> ?o FILTER ISNUMERIC(?o) }", b"<x:0>\t0\n<x:1>\t1\n<x:2>\t2\n", 3),
        ("SELECT ?o { <x:1> <x:p> ?o }", b'"1\\t\\n"@en\n1\n', 2),
        ("SELECT ?s { ?s <x:q> ?o }", b"", 0),
        ("SELECT ?a { } ", b"\n", 1),
        ("ASK { ?s <x:p> 1 }", b"true\n", 1),
        ("CONSTRUCT { ?s a <x:c> } { ?s <x:p> 1 }", None, 1),
        ("CONSTRUCT { ?s a <x:c> } { ?s <x:q> 1 }", b"", 0),
    ],
)
def test_it_is_the_hash_of_the_sorted_lines(
    numbers: Store, text: str, lines: bytes | None, rows: int
) -> None:
    digest = fingerprint(numbers, Query(text), UNBOUNDED)
    if lines is None:
        lines = b"<x:1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <x:c> .\n"
    assert (digest.hash, digest.rows, digest.reason) == (sha256(lines).hexdigest(), rows, "")


@given(st.lists(st.binary().filter(lambda line: b"\n" not in line)), st.randoms())
def test_the_order_of_the_lines_makes_no_difference_and_their_number_does(
    lines: list[bytes], random: object
) -> None:
    shuffled = list(lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert hash_lines(shuffled) == hash_lines(lines)
    assert hash_lines([*lines, b"x"]) != hash_lines(lines)


@given(st.lists(st.text(st.characters(codec="utf-8")), min_size=1, max_size=5, unique=True))
def test_whatever_a_literal_holds_a_row_is_a_line(texts: list[str]) -> None:
    store = Store()
    store.extend([Quad(NamedNode("x:s"), NamedNode("x:p"), Literal(text)) for text in texts])
    for text in ("SELECT ?o { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"):
        digest = fingerprint(store, Query(text), UNBOUNDED)
        assert (digest.rows, digest.reason) == (len(texts), "")


def test_rows_that_come_in_another_order_have_the_same(numbers: Store) -> None:
    up, down = (hash_of(numbers, f"SELECT * {{ ?s ?p ?o }} ORDER BY {d}(?s)") for d in ("", "DESC"))
    assert up == down != ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("SELECT ?s { ?s <x:p> ?o } LIMIT 2", UNORDERED),
        ("SELECT ?s { ?s <x:p> ?o } OFFSET 1", UNORDERED),
        ("SELECT ?s ?o { ?s <x:p> ?o } ORDER BY ?s LIMIT 2", UNORDERED),
        ("SELECT ?s { { SELECT ?s { ?s <x:p> ?o } LIMIT 9 } }", UNORDERED),
        ("SELECT ?s { ?s ?p ?o FILTER EXISTS { SELECT ?s { ?s ?p ?o } LIMIT 1 } }", UNORDERED),
        ("ASK { { SELECT ?s { ?s ?p ?o } LIMIT 1 } ?s <x:p> 1 }", UNORDERED),
        ("CONSTRUCT WHERE { ?s <x:p> ?o } LIMIT 1", UNORDERED),
        ("DESCRIBE ?s { ?s <x:p> ?o } LIMIT 1", UNORDERED),
        ("SELECT REDUCED ?s { ?s <x:p> ?o }", "REDUCED"),
        ("SELECT (SAMPLE(?o) AS ?x) { ?s <x:p> ?o }", "SAMPLE"),
        ("SELECT (GROUP_CONCAT(?o) AS ?x) { ?s <x:p> ?o }", "GROUP_CONCAT"),
        ("SELECT (STRUUID() AS ?x) {}", "STRUUID"),
        ("SELECT ?s { ?s <x:p> ?o FILTER (NOW() > ?o) }", "NOW"),
        ("SELECT ?s { SERVICE <http://example.org/> { ?s ?p ?o } }", "SERVICE"),
        ("SELECT (BNODE() AS ?x) {}", "BNODE"),
        ("CONSTRUCT { [] <x:q> ?s } { ?s <x:p> 1 }", "blank node"),
        ("CONSTRUCT { ?s <x:q> [] } { ?s <x:p> 1 }", "blank node"),
        ("SELECT ?s { LATERAL { ?s <x:p> 1 } }", UNREAD),
    ],
)
def test_there_is_none_where_the_rows_may_be_others(numbers: Store, text: str, reason: str) -> None:
    digest = fingerprint(numbers, Query(text), UNBOUNDED)
    assert digest.hash == ""
    assert reason in digest.reason


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?s ?o { ?s <x:p> ?o } ORDER BY ?o DESC(?s) LIMIT 2",
        "SELECT ?s { ?s <x:p> ?o } LIMIT 7",
        "SELECT ?s { { SELECT ?s { ?s <x:p> ?o } ORDER BY ?s LIMIT 2 } }",
        "ASK { ?s <x:p> ?o } LIMIT 1",
        "SELECT ?now { ?now <x:p> 1 }",
        "SELECT ?s { ?s <x:p> 1 FILTER (STR(?s) != ' _:b ') }",
    ],
)
def test_a_limit_that_cuts_nothing_open_is_no_reason(numbers: Store, text: str) -> None:
    assert hash_of(numbers, text)


def test_a_blank_node_is_no_text_that_looks_like_one() -> None:
    store = Store()
    store.load(b'<x:s> <x:p> "_:b", " _:b", "\\t_:b" .', RdfFormat.TURTLE)
    assert hash_of(store, "SELECT ?o { ?s ?p ?o }")
    assert hash_of(store, "CONSTRUCT WHERE { ?s ?p ?o }")
    store.load(b"<x:s> <x:p> _:b .", RdfFormat.TURTLE)
    assert not hash_of(store, "SELECT ?o { ?s ?p ?o }")
    assert not hash_of(store, "CONSTRUCT WHERE { ?s ?p ?o }")


def test_columns_come_in_the_order_of_the_query() -> None:
    table = [b"?b\t?c\t?a", b"1\t2\t3", b"\t\t"]
    assert reorder_columns(table, [*map(Variable, "abc")]) == [b"3\t1\t2", b"\t\t"]
    assert reorder_columns(table, [*map(Variable, "bca")]) == table[1:]


def test_the_wrong_and_the_large_are_refused_as_they_are_elsewhere(numbers: Store) -> None:
    with pytest.raises(QuerySyntaxError):
        fingerprint(numbers, Query("SELECT ?s { ?s <x:p> ?o } GROUP BY ?o"), UNBOUNDED)
    with pytest.raises(AnswerTooLargeError):
        fingerprint(numbers, Query("SELECT ?s { ?s ?p ?o }"), 10)


def test_anybody_can_find_it_with_the_answer_in_hand(numbers: Store) -> None:
    query = Query("SELECT ?s ?o { ?s <x:p> ?o }", RESULTS["tsv"], GRAPHS["nt"])
    head, *lines = evaluate(numbers, query).body.splitlines(keepends=True)
    assert head == b"?s\t?o\n"
    assert sha256(b"".join(sorted(lines))).hexdigest() == hash_of(numbers, query.text)
