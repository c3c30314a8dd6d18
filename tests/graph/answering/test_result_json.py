"""TermNumbers are written in cited answers as the engine writes them in any other."""

import json
from io import BytesIO

import pytest
from pyoxigraph import (
    BaseDirection,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    Store,
    Triple,
    Variable,
)

from graph.answering.result_json import write_bindings
from graph.citing.solution import SolutionSequence, TermNumbers, parse_cell
from ontology.terms import XSD, RdfTerm

IRI = NamedNode("http://example.org/é%20")


@pytest.mark.parametrize(
    "term",
    [
        IRI,
        Literal(""),
        Literal('a\t"b"\n\\\u0001\u007f\u2028'),
        Literal("\\U \ufffe \U0001fffe \U0001f600"),
        Literal("x", language="en-gb"),
        Literal("x", language="ar", direction=BaseDirection.RTL),
        Literal("1", datatype=XSD.INTEGER),
        Literal("x", datatype=IRI),
        Triple(IRI, IRI, Literal("x", language="en", direction=BaseDirection.LTR)),
    ],
    ids=str,
)
def test_a_term_is_written_as_the_engine_writes_it(term: RdfTerm) -> None:
    store, sink = Store(), BytesIO()
    store.add(Quad(IRI, IRI, term, DefaultGraph()))
    solutions = store.query("SELECT ?o { ?s ?p ?o }")
    assert isinstance(solutions, QuerySolutions)
    solutions.serialize(sink, QueryResultsFormat.JSON)
    (binding,) = json.loads(sink.getvalue())["results"]["bindings"]
    assert json.loads(write_bindings(["o"], [(term,)])) == binding


def test_a_cell_of_the_engine_is_read_as_the_term_that_it_writes() -> None:
    terms = TermNumbers()
    store = Store()
    values: list[NamedNode | Literal] = [
        Literal('a\t"b"\n\\'),
        Literal(1),
        Literal("x", language="ur"),
        IRI,
    ]
    store.extend([Quad(IRI, IRI, value, DefaultGraph()) for value in values])
    solutions = store.query("SELECT ?o ?u { ?s ?p ?o }")
    assert isinstance(solutions, QuerySolutions)
    table = SolutionSequence.read(solutions, terms)
    assert {terms[number] for number in table.column(Variable("o"))} == set(values)
    assert {terms[number] for number in table.column(Variable("u"))} == {None}
    assert parse_cell(b"1.5") == Literal("1.5", datatype=XSD.DECIMAL)
