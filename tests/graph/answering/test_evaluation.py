"""A query answered from a store, and the message for a text that is not a query."""

from collections.abc import Iterable, Sequence
from typing import IO

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from graph.answering.evaluation import Query, evaluate
from graph.answering.format import (
    GRAPH_FORMATS,
    HEADING,
    RESULT_FORMATS,
    GraphFormat,
    ResultFormat,
    Row,
)
from graph.errors import AnswerTooLargeError, QuerySyntaxError, UnwritableError
from graph.publishing.rdf_export import export_rdf
from graph.publishing.resource import write_resource

JSON_LD, RDF_XML = GRAPH_FORMATS[2:4]
JSON, XML, CSV, TSV = RESULT_FORMATS[:4]


def write_lines(columns: Sequence[str], rows: Iterable[Row], stream: IO[bytes]) -> None:
    for row in (columns, *rows):
        stream.write(("|".join(map(str, row)) + "\n").encode())


def write_subjects(triples: Iterable[Triple], stream: IO[bytes]) -> None:
    for triple in triples:
        stream.write(f"{triple.subject}\n".encode())


LINES = ResultFormat(
    name="lines", media_type="text/x-lines", iri="x:lines", writer=write_lines, empty=HEADING
)
SUBJECTS = GraphFormat(
    name="subjects", media_type="text/x-subjects", iri="x:subjects", writer=write_subjects
)
EVERYTHING = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


def small(predicate: str = "https://example.org/p") -> Store:
    store = Store()
    store.add(Quad(NamedNode("https://example.org/s"), NamedNode(predicate), Literal("o")))
    return store


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("SELEC", 1, 1, "SELECT, CONSTRUCT, DESCRIBE or ASK expected, not SELEC"),
        ("SELECT * {\n ?s ?p ?o", 2, 9, "} expected after [?]o"),
        ("SELECT * {\n ?s ?p ?o\n ?o ?p ?s }", 2, 9, '"." or ";" expected after [?]o'),
        ("SELECT * { ?s a ?o FILTER (?s > 3 }", 1, 35, "[)] expected, not }"),
        ("SELECT * { ?s ?p ?o FLTER (?s) }", 1, 21, "has no graph pattern FLTER"),
        ('SELECT * { ?s ?p "o }', 1, 18, 'a string is not closed: "o }'),
        ("SELECT * {} LIMIT many", 1, 19, "a whole number expected, not many"),
        ("SELECT * {} LIMIT " + "1" * 4301, 1, 19, r"a whole number below 2\^64 expected, not 111"),
        ("SELECT * {} OFFSET 18446744073709551616", 1, 20, r"a whole number below 2\^64 expected"),
        ("SELECT * { ?s nowhere:p ?o }", 1, 15, "the prefix nowhere: is not declared$"),
        ("SELECT * { ?s geo:lat ?o }", 1, 15, "declare it: PREFIX geo: <http://www.w3.org/2003"),
        ("SELECT * { ?s cpce:date ?o }", 1, 15, "did you mean cpec:[?]"),
        ("DESCRIBE <relative>", 1, 20, "is relative, and there is no BASE"),
        ("SELECT (COUNT(*) AS ?n) ?s { ?s ?p ?o }", 1, 40, "a variable that is unbound"),
        ("DROP ALL", 1, 1, "this is an update, not a query"),
        ("PREFIX a: <b:c>\n insert data {}", 2, 2, "this is an update, not a query"),
        ("", 1, 1, "expected, not the end"),
    ],
)
def test_a_malformed_query_is_named_with_its_place(
    text: str, line: int, column: int, message: str
) -> None:
    with pytest.raises(QuerySyntaxError, match=message) as caught:
        evaluate(Store(), Query(text))
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize("form", RESULT_FORMATS)
def test_a_yes_or_no_is_written_in_every_format_of_results(form: ResultFormat) -> None:
    answer = evaluate(Store(), Query("ASK { FILTER (1 = 1) }", result_format=form))
    assert b"true" in answer.body


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("SELECT ?s ?o { ?s ?p ?o }", b's|o\n<https://example.org/s>|"o"\n'),
        ("SELECT ?s ?o { ?s <x:none> ?o }", b"s|o\n"),
        ("SELECT ?s ?x { ?s ?p ?o }", b"s|x\n<https://example.org/s>|None\n"),
        ("ASK { ?s ?p ?o }", b'boolean\n"true"^^<http://www.w3.org/2001/XMLSchema#boolean>\n'),
    ],
)
def test_a_writer_of_ours_gets_columns_and_rows(text: str, body: bytes) -> None:
    assert evaluate(small(), Query(text, result_format=LINES)).body == body
    with pytest.raises(AnswerTooLargeError):
        evaluate(small(), Query(text, result_format=LINES), len(body) - 1)


def test_a_writer_of_ours_gets_triples() -> None:
    answer = evaluate(small(), Query(EVERYTHING, graph_format=SUBJECTS))
    assert answer.body == b"<https://example.org/s>\n"
    assert write_resource(small(), SUBJECTS, NamedNode("x:s")) == answer.body
    assert export_rdf(small(), SUBJECTS) == answer.body
    assert SUBJECTS.reader is None


@pytest.mark.parametrize("form", [*RESULT_FORMATS, LINES], ids=lambda form: form.name)
def test_every_format_of_results_tells_an_answer_without_rows(form: ResultFormat) -> None:
    for text, is_empty in [("SELECT * { ?s ?p 1 }", True), ("SELECT * { ?s ?p ?o }", False)]:
        assert form.is_empty(evaluate(small(), Query(text, form)).body) == is_empty


def test_a_constructed_graph_is_a_set() -> None:
    store = small()
    store.add(
        Quad(NamedNode("https://example.org/t"), NamedNode("https://example.org/p"), Literal("o"))
    )
    query = "CONSTRUCT { <x:s> <x:p> ?o } WHERE { ?s ?p ?o }"
    assert evaluate(store, Query(query, graph_format=GRAPH_FORMATS[1])).body.count(b"\n") == 1


def test_a_graph_is_written_with_the_prefixes_that_it_uses_and_no_others() -> None:
    store = small("https://w3id.org/cpec-graph/ontology#aimsAt")
    body = evaluate(store, Query(EVERYTHING)).body.decode()
    assert "@prefix cpec:" in body
    assert body.count("@prefix") == 1


def test_rdf_xml_that_would_not_be_xml_is_refused() -> None:
    with pytest.raises(UnwritableError, match="RDF/XML cannot say this graph"):
        evaluate(small("https://example.org/p/"), Query(EVERYTHING, graph_format=RDF_XML))


@pytest.mark.parametrize("predicate", ["https://example.org/p", "https://example.org/1a"])
def test_rdf_xml_of_an_ordinary_graph_is_written(predicate: str) -> None:
    body = evaluate(small(predicate), Query(EVERYTHING, graph_format=RDF_XML)).body
    assert body.startswith(b"<?xml")
