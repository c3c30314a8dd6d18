"""The prefixes and options that the evaluator gets beside the text of a query."""

import random

import pytest
from pyoxigraph import QueryBoolean, QuerySolutions, Store

from graph.answering.evaluator import (
    MAX_SCANNED_CHARACTERS,
    MOST_UNKNOWN,
    order_totally,
    run_query,
    select_prefixes,
)
from graph.errors import LimitError
from ontology.namespace import PREFIXES


@pytest.mark.parametrize("name", PREFIXES)
def test_a_text_is_read_with_the_prefixes_that_it_writes(name: str) -> None:
    assert name in select_prefixes(f"ASK {{ ?s {name}:x ?o }}")
    assert name not in select_prefixes("ASK { ?s ?p ?o }")


def test_a_long_text_is_read_with_all_prefixes() -> None:
    answer = run_query(Store(), "ASK { ?s cpec:x ?o }" + "#" * MAX_SCANNED_CHARACTERS, None)
    assert isinstance(answer, QueryBoolean)
    assert not answer


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("SELECT (<x:f>(1) AS ?x) {}", [""]),
        ("SELECT ?x { BIND(<x:f>(<x:g>()) AS ?x) }", [""]),
        ("SELECT ?x { VALUES ?x { 1 2 } FILTER(<x:f>(?x)) }", []),
        ("SELECT ?x { VALUES ?x { 1 2 } FILTER(!<x:f>(?x)) }", []),
        ("SELECT ?x { VALUES ?x { 1 2 } FILTER(<x:f>(?x) || ?x = 2) }", ["2"]),
        ("SELECT ?x { BIND(COALESCE(<x:f>(1), 2) AS ?x) }", ["2"]),
        ("SELECT (SUM(<x:f>(?y)) AS ?x) { VALUES ?y { 1 2 } }", [""]),
        ("SELECT ?x { VALUES ?x { 1 2 } } ORDER BY <x:f>(?x) DESC(?x)", ["2", "1"]),
        ("SELECT ?x { VALUES ?x { 1 } FILTER NOT EXISTS { FILTER(<x:f>(?x)) } }", ["1"]),
        (
            "SELECT (<http://www.w3.org/2001/XMLSchema#integer>('1') AS ?x) (<x:f>() AS ?y) {}",
            ["1"],
        ),
    ],
)
def test_a_call_of_an_unknown_function_is_an_error_in_its_expression(
    text: str, rows: list[str]
) -> None:
    answer = run_query(Store(), text, None)
    assert isinstance(answer, QuerySolutions)
    assert [row["x"].value if row["x"] else "" for row in answer] == rows


def calls(number: int) -> str:
    return "SELECT *\n{ " + " ".join(f"BIND(<x:f{n}>() AS ?x{n})" for n in range(number)) + " }"


def test_many_unknown_functions_are_taken_and_too_many_refused() -> None:
    assert isinstance(run_query(Store(), calls(MOST_UNKNOWN), None), QuerySolutions)
    with pytest.raises(LimitError, match=r"line 2, column .* limit of 16 unknown functions"):
        run_query(Store(), calls(MOST_UNKNOWN + 1), None)


def test_a_cast_of_no_term_or_of_two_is_the_clients_fault() -> None:
    for arguments in ("", "1, 2"):
        with pytest.raises(ValueError, match="requires between 1 and 1 arguments"):
            run_query(Store(), f"SELECT (xsd:integer({arguments}) AS ?x) {{}}", None)


ORDERED = """UNDEF <x:a> <x:b> "-1e0"^^xsd:double 2 2.5 3e0 3 10 "NaN"^^xsd:double "10"@en "9"@en
  "P1Y"^^xsd:duration "P9D"^^xsd:duration "10" "9" "02:00:00+03:00"^^xsd:time "01:00:00"^^xsd:time
  "01:00:00Z"^^xsd:time "02:00:00"^^xsd:time "02:00:00-01:00"^^xsd:time "00x"^^xsd:time"""
"""Terms in the total order; a time without a zone is as in UTC."""


@pytest.mark.parametrize("direction", ["", "DESC"])
def test_a_total_order_is_the_same_from_any_start(direction: str) -> None:
    terms = ORDERED.split()
    dice = random.Random(1)  # noqa: S311
    for _ in range(20):
        drawn = dice.sample(terms, len(terms)) * 3
        text = f"SELECT ?x {{ VALUES ?x {{ {' '.join(drawn)} }} }} ORDER BY {direction}(?x)"
        rows = run_query(Store(), order_totally(text, None), None)
        assert isinstance(rows, QuerySolutions)
        found = [str(row[0]) for row in rows][:: -3 if direction else 3]
        plain = run_query(Store(), f"SELECT ?x {{ VALUES ?x {{ {ORDERED} }} }}", None)
        assert isinstance(plain, QuerySolutions)
        assert found == [str(row[0]) for row in plain]


def test_keys_of_an_inner_order_and_of_groups_are_total() -> None:
    text = """SELECT ?x (COUNT(*) AS ?n) { { SELECT ?x { VALUES ?x { 3 1 2 3 } }
      ORDER BY DESC(?x) LIMIT 3 } } GROUP BY ?x ORDER BY COUNT(*) ?x"""
    rows = run_query(Store(), order_totally(text, None), None)
    assert isinstance(rows, QuerySolutions)
    assert [(row[0].value, row[1].value) for row in rows] == [("2", "1"), ("3", "2")]
    assert order_totally("not a query", None) == "not a query"
