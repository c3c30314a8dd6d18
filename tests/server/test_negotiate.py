"""Content negotiation, by the rules of RFC 9110."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.answering.format import GRAPH_FORMATS, RESULT_FORMATS
from server.negotiate import Accept, best_format, choose_media_type, prefers_html


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("application/*", "json"),
        ("text/*", "csv"),
        ("text/csv", "csv"),
        ("TEXT/CSV", "csv"),
        ("text/csv;q=0.5,application/sparql-results+xml", "xml"),
        ("text/csv;q=0", None),
        ("text/csv;q=0,*/*", "json"),
        ("*/*;q=0.1,text/tab-separated-values", "tsv"),
        ("application/json", "json"),
        ("application/xml", "xml"),
        ("text/csv;charset=utf-8", "csv"),
        ("text/csv;q=high", None),
        ("image/png", None),
        ("image/png, nonsense", None),
        ("nonsense", "json"),
        ("*/csv", "json"),
        (" , text/csv ,, ", "csv"),
    ],
)
def test_the_format_that_is_wanted_most_is_chosen(header: str, name: str | None) -> None:
    form = best_format(Accept.parse(header), RESULT_FORMATS)
    assert (form.name if form else None) == name


def test_a_label_is_one_that_the_client_accepts() -> None:
    json = RESULT_FORMATS[0]
    assert choose_media_type(Accept.parse("application/json"), json) == "application/json"
    assert choose_media_type(Accept.parse("*/*"), json) == "application/sparql-results+json"
    assert choose_media_type(Accept.parse("image/png"), json) == "application/sparql-results+json"


def test_a_page_is_for_those_who_want_one_most() -> None:
    assert prefers_html(Accept.parse("text/html,*/*;q=0.8"), GRAPH_FORMATS)
    assert not prefers_html(Accept.parse("*/*"), GRAPH_FORMATS)
    assert not prefers_html(Accept.parse(""), GRAPH_FORMATS)
    assert not prefers_html(Accept.parse("text/html,text/turtle"), GRAPH_FORMATS)
    assert not prefers_html(Accept.parse("text/html;q=0.5,application/json"), GRAPH_FORMATS)


@given(st.text())
def test_no_header_is_too_strange(header: str) -> None:
    form = best_format(Accept.parse(header), GRAPH_FORMATS)
    assert form is None or form in GRAPH_FORMATS
