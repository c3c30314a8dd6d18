"""A format refuses terms that it cannot express, and escapes text that its readers would change."""

from xml.etree import ElementTree as ET

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from graph.answering.evaluation import Query, evaluate
from graph.answering.format import GRAPHS, RESULTS, GraphFormat
from graph.errors import AnswerTooLargeError, UnwritableError
from graph.publishing.resource import write_resource

EVERYTHING = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
NODE = NamedNode("https://example.org/n")


def holding(term: Literal | Triple) -> Store:
    store = Store()
    store.add(Quad(NODE, NODE, term))
    return store


def results(text: str, cap: int = 1000) -> bytes:
    query = Query("SELECT ?o { ?s ?p ?o }", RESULTS["xml"])
    return evaluate(holding(Literal(text)), query, cap).body


@pytest.mark.parametrize(
    "text", ["a\rb", "\r\n", "\t\n x ", "<&>\"'", "\x7f\x85\u2028", "\ufeff\U0001f600"]
)
def test_a_reader_of_xml_reads_what_was_written(text: str) -> None:
    assert ET.fromstring(results(text)).findtext(".//{*}literal") == text  # noqa: S314
    graph = evaluate(holding(Literal(text)), Query(EVERYTHING, graph_format=GRAPHS["rdf"])).body
    assert ET.fromstring(graph)[0].findtext("{*}n") == text  # noqa: S314


@pytest.mark.parametrize("text", ["\x00", "\x01", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_results_that_would_not_be_xml_are_refused(text: str) -> None:
    with pytest.raises(UnwritableError, match="no place for a control character"):
        results(text)


def test_what_is_escaped_is_counted() -> None:
    with pytest.raises(AnswerTooLargeError):
        results("\r" * 800)


@pytest.mark.parametrize("form", GRAPHS.values())
def test_a_triple_term_is_written_or_refused(form: GraphFormat) -> None:
    store = holding(Triple(NODE, NODE, Literal("o")))
    if form.writer == RdfFormat.JSON_LD:
        with pytest.raises(UnwritableError, match="no triple terms"):
            evaluate(store, Query(EVERYTHING, graph_format=form))
        with pytest.raises(UnwritableError, match="no triple terms"):
            write_resource(store, form, NODE)
    else:
        assert set(parse(write_resource(store, form, NODE), form.reader)) == set(store)
