"""The answers of other endpoints, read as VALUES."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Store

from graph.answering.evaluation import run_select
from graph.errors import EndpointError, EndpointLimitError
from server.service.values import read_values

E = "http://e/sparql"
IRI = {"type": "uri", "value": "http://x/a"}


def body(*rows: dict[str, object], names: tuple[str, ...] = ("x", "y")) -> bytes:
    return json.dumps({"head": {"vars": names}, "results": {"bindings": rows}}).encode()


def test_columns_are_found_by_name_and_what_is_unbound_is_undef() -> None:
    given = body({"y": IRI}, {"x": {"type": "literal", "value": "1", "xml:lang": "en"}})
    values = read_values(given, E, ["z", "y", "x"], 2)
    assert values == 'VALUES (?z ?y ?x) { (UNDEF <http://x/a> UNDEF) (UNDEF UNDEF "1"@en) }'


def test_solutions_without_a_wanted_variable_are_counted() -> None:
    assert read_values(body({"x": IRI}, {}), E, [], 2) == "VALUES () { () () }"


@given(st.text(), st.sampled_from(["", "en-GB", "http://d/t"]))
def test_every_literal_comes_through_as_it_is(text: str, kind: str) -> None:
    literal = {"type": "literal", "value": text}
    term = Literal(text)
    if kind.startswith("http"):
        literal["datatype"] = kind
        term = Literal(text, datatype=NamedNode(kind))
    elif kind:
        literal["xml:lang"] = kind
        term = Literal(text, language=kind)
    values = read_values(body({"x": literal}), E, ["x"], 1)
    solutions = run_select(Store(), f"SELECT ?x {{ {values} }}")
    assert [solution["x"] for solution in solutions] == [term]


def test_a_row_past_the_limit_is_refused_with_its_name() -> None:
    read_values(body(*[{}] * 3), E, ["x"], 3)
    with pytest.raises(EndpointLimitError, match="limit of 2 rows of a SERVICE") as caught:
        read_values(body(*[{}] * 3), E, ["x"], 2)
    assert (caught.value.limit, caught.value.value) == ("rows of a SERVICE", 2)


def test_a_blank_node_is_refused_where_it_is_wanted_and_only_there() -> None:
    blank = body({"x": {"type": "bnode", "value": "b"}, "y": IRI})
    assert read_values(blank, E, ["y"], 1) == "VALUES (?y) { (<http://x/a>) }"
    with pytest.raises(EndpointError, match=r"blank node for \?x.*isBlank"):
        read_values(blank, E, ["x"], 1)


def test_a_triple_is_refused() -> None:
    triple = {"type": "triple", "value": {"subject": IRI, "predicate": IRI, "object": IRI}}
    with pytest.raises(EndpointError, match=r"a triple for \?x"):
        read_values(body({"x": triple}), E, ["x"], 1)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>",
        b"{}",
        b"[]",
        b"\xff\xfe{",
        b'{"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "uri"',
        body({"z": IRI}),
        body({"x": {"type": "uri", "value": "relative"}}),
        body({"x": {"type": "uri", "value": "http://x/> } DROP ALL #"}}),
        body({"x": {"type": "literal", "value": "a", "xml:lang": 'e" } #'}}),
        body({"x": {"type": "literal", "value": "a", "datatype": "http://x/> #"}}),
        body(names=("x } #",)),
        b'{"head": {}, "boolean": true}',
    ],
)
def test_what_is_no_table_of_solutions_is_the_fault_of_the_endpoint(answer: bytes) -> None:
    with pytest.raises(EndpointError, match="SERVICE <http://e/sparql> answered"):
        read_values(answer, E, ["x"], 10)
