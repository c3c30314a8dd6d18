"""Texts with SERVICE that are queries, and texts that are not; nobody is called."""

import socket

import pytest
from pyoxigraph import Store

from graph.errors import QuerySyntaxError
from server.service.planner import replace_services, require_query


@pytest.mark.parametrize(
    "form", ["SELECT *", "ASK", "ask", "CONSTRUCT { ?s ?p ?o }", "DESCRIBE ?s"]
)
def test_a_query_is_taken_and_its_endpoint_is_not_called(form: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0.05)
        address = f"http://127.0.0.1:{trap.getsockname()[1]}/"
        require_query(
            f"PREFIX ASK: <x:> {form} WHERE {{ SERVICE <{address}> {{ ?s ?p ?o }} }}", None
        )
        with pytest.raises(TimeoutError):
            trap.accept()


def test_places_stay_and_what_only_looks_like_a_service_does() -> None:
    text = "# SERVICE\nASK{service silent<x:>{?SERVICE ?SILENT 'SERVICE'}SERVICE:a SERVICE:b 1}"
    expected = "# SERVICE\nASK{GRAPH         <x:>{?SERVICE ?SILENT 'SERVICE'}SERVICE:a SERVICE:b 1}"
    assert replace_services(text) == expected


@pytest.mark.parametrize("form", ["SELECT *", "ASK"])
def test_what_is_no_query_is_refused_at_the_token_at_fault(form: str) -> None:
    text = f"{form} {{ ?a ?b 1 .\n SERVICE SILENT <http://e/> {{ ?s ?p }} }}"
    with pytest.raises(QuerySyntaxError) as caught:
        require_query(text, None)
    assert (caught.value.line, caught.value.column) == (2, 37)
    assert "an IRI expected, not }" in str(caught.value)
    with pytest.raises(SyntaxError, match="error at 2:39:"):  # the engine's place, past the token
        Store().query(text)
