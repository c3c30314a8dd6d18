"""`SELECT *` has its columns in the order in which the query names them."""

from pathlib import Path

import pytest
from pyoxigraph import QuerySolutions, Store

from graph.answering.evaluation import Query, evaluate, run_select
from graph.answering.evaluator import name_columns
from graph.answering.format import RESULT_FORMATS
from graph.sparql.token import scan_tokens


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("SELECT * { ?s ?p ?o }", "s p o"),
        ("select distinct*{ ?z ?b ?a optional { ?a ?c ?z } }", "z b a c"),
        ("# SELECT *\nSELECT * { { SELECT * { ?b ?p ?a } } GRAPH ?g { ?a ?q 1 } }", "b p a g q"),
        (
            "SELECT * { ?z ?y [] MINUS { ?m ?y 1 } FILTER EXISTS { ?n ?y 1 } } VALUES ?v { 1 }",
            "z y v",
        ),
        ("SELECT * { BIND (1 AS ?z) BIND (2 AS ?a) }", "z a"),
        ("SELECT (COUNT(*) AS ?n) ?p { ?s ?p ?o } GROUP BY ?p", "n p"),
        ("SELECT * { << ?s ?p ?o >> ?q ?z }", "s p o q z"),
        ("SELECT * { ?s ?p ?o ~ ?r {| ?q ?z |} }", "s p o r q z"),
        ("SELECT * { }", ""),
    ],
)
def test_columns_stand_in_the_order_of_appearance(text: str, columns: str) -> None:
    assert [variable.value for variable in run_select(Store(), text).variables] == columns.split()


def test_a_table_begins_with_what_the_query_names_first() -> None:
    csv = next(form for form in RESULT_FORMATS if form.name == "csv")
    assert evaluate(Store(), Query("SELECT * { ?s ?p ?o }", csv)).body == b"s,p,o\r\n"


def test_a_query_that_is_not_read_is_asked_as_it_is() -> None:
    text = "SELECT * { ?s ?p ?o LATERAL { ?s ?q ?z } }"
    assert name_columns(text) == text
    assert {variable.value for variable in run_select(Store(), text).variables} == {*"spoqz"}


def test_no_column_of_the_w3c_queries_is_lost(conformance: Path) -> None:
    named = 0
    for path in sorted(conformance.rglob("*.rq")):
        text = path.read_text("utf-8")
        if "*" not in {token.text for token in scan_tokens(text)}:
            continue
        try:
            plain = Store().query(text, base_iri="http://example.org/")
        except (SyntaxError, ValueError, RuntimeError):
            continue
        if isinstance(plain, QuerySolutions):
            ours = Store().query(
                name_columns(text, "http://example.org/"), base_iri="http://example.org/"
            )
            assert isinstance(ours, QuerySolutions)
            assert {*ours.variables} == {*plain.variables}, path
            named += 1
    assert named > 100
