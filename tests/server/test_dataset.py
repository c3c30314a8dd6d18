"""The dataset of a query: the default graph by rdflib's name, and graphs that do not exist."""

import json
from urllib.parse import quote, urlencode

import pytest
from pyoxigraph import QueryResultsFormat, parse_query_results

from bench.client import Client
from bench.wire import Reply
from graph.dataset import MAX_GRAPH_NAME_CHARACTERS, MAX_MISSING_GRAPHS, RDFLIB_DEFAULT
from ontology.namespace import ID

SENTENCE = ID + "inp-wealthpk-2026-04-29/s08"
TEXT = "SELECT ?s ?p ?o { ?s ?p ?o }"
SELECT = "SELECT ?area"
FROM_DEFAULT = f"FROM <{RDFLIB_DEFAULT}>"
AREAS = "{ id:Pakistan cpec:cooperatesIn ?area }"


@pytest.mark.parametrize(
    "text", ["SELECT ?p ?o { id:HEC ?p ?o }", "SELECT * { GRAPH ?g { id:HEC a ?o } }", "ASK {}"]
)
@pytest.mark.parametrize("cite", ["true", "false"])
def test_rdflibs_name_of_the_default_graph_is_as_no_name(
    client: Client, text: str, cite: str
) -> None:
    plain = client.query(text, cite=cite)
    named = client.query(text, cite=cite, **{"default-graph-uri": RDFLIB_DEFAULT})
    assert named.body == plain.body
    assert named.headers["ETag"] == plain.headers["ETag"]
    assert named.headers["Graph-Not-Found"] is None


@pytest.mark.parametrize("cite", ["true", "false"])
@pytest.mark.parametrize("pattern", [AREAS, "{ GRAPH ?g { id:HEC cpec:taskedInArea ?area } }"])
def test_it_is_so_in_the_text_too(client: Client, cite: str, pattern: str) -> None:
    plain = client.query(f"{SELECT} {pattern} ORDER BY ?area", cite=cite)
    named = client.query(f"{SELECT} {FROM_DEFAULT} {pattern} ORDER BY ?area", cite=cite)
    assert named.json == plain.json
    assert plain.json["results"]["bindings"]


def test_beside_other_graphs_it_is_one_more(client: Client) -> None:
    every = len(client.query(f"SELECT ?area {AREAS}").json["results"]["bindings"])
    text = f"{SELECT} ?in {FROM_DEFAULT} FROM NAMED <{SENTENCE}>"
    pattern = "{ id:Pakistan cpec:cooperatesIn ?area OPTIONAL { GRAPH ?in { ?s ?p ?area } } }"
    rows = client.query(f"{text} {pattern}").json["results"]["bindings"]
    assert len({row["area"]["value"] for row in rows}) == every
    assert {row["in"]["value"] for row in rows if "in" in row} == {SENTENCE}
    cited = client.query(f"{text} {pattern}", cite="true").json
    assert cited["results"]["bindings"]
    assert {citation["reason"] for citation in cited["citations"]} == {
        "its dataset has the default graph beside others"
    }


def test_an_update_reads_the_default_graph_by_that_name(writer: Client) -> None:
    assert writer.update("INSERT DATA { <x:s> <x:p> 1 }").status == 200
    text = "INSERT { <x:s> <x:q> ?o } WHERE { <x:s> <x:p> ?o }"
    address = "/update?" + urlencode({"using-graph-uri": RDFLIB_DEFAULT})
    assert writer.update(text, address).json["added"] == 1


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        (TEXT, {"default-graph-uri": "urn:no"}),
        (TEXT, {"named-graph-uri": "urn:no"}),
        ("SELECT * FROM <urn:no> { ?s ?p ?o }", {}),
        ("ASK FROM NAMED <urn:no> { ?s ?p ?o }", {}),
        ("PREFIX x: <urn:> SELECT * FROM x:no { ?s ?p ?o }", {}),
    ],
)
@pytest.mark.parametrize("cite", ["true", "false"])
def test_a_graph_that_does_not_exist_is_told(
    client: Client, text: str, parameters: dict[str, str], cite: str
) -> None:
    for _ in ("from the engine", "from the cache"):
        reply = client.query(text, cite=cite, **parameters)
        assert reply.status == 200
        assert reply.headers["Graph-Not-Found"] == "<urn:no>"
        assert reply.json["graphsNotFound"] == ["urn:no"]
        parse_query_results(reply.body, QueryResultsFormat.JSON)
    assert "Graph-Not-Found" in reply.headers["Access-Control-Expose-Headers"]
    assert client.query(text, "text/csv", cite=cite, **parameters).headers["Graph-Not-Found"]


def test_a_graph_that_exists_is_not_told(client: Client) -> None:
    reply = client.query(TEXT, **{"default-graph-uri": SENTENCE})
    assert reply.headers["Graph-Not-Found"] is None
    assert "graphsNotFound" not in reply.json


def test_the_default_graph_is_no_named_graph(client: Client) -> None:
    reply = client.query(TEXT, **{"named-graph-uri": RDFLIB_DEFAULT})
    assert reply.headers["Graph-Not-Found"] == f"<{RDFLIB_DEFAULT}>"


def test_a_constructed_graph_tells_it_too(client: Client) -> None:
    reply = client.query("CONSTRUCT FROM <urn:نہیں> WHERE { ?s ?p ?o }", "text/turtle")
    assert reply.headers["Graph-Not-Found"] == f"<urn:{quote('نہیں')}>"


def post_query(client: Client, clauses: str) -> Reply:
    text = f"{SELECT} {clauses} {{ ?s ?p ?area }}"
    return client.send("POST", "/sparql", text, Content_Type="application/sparql-query")


def test_many_graphs_that_do_not_exist_are_told_in_part(client: Client) -> None:
    clauses = " ".join(f"FROM <urn:{number}:{'漢' * 500}>" for number in range(200))
    reply = post_query(client, clauses)
    assert reply.status == 200
    assert len(reply.headers["Graph-Not-Found"]) < 10_000
    assert reply.headers["Graph-Not-Found"].endswith("...")
    assert len(reply.json["graphsNotFound"]) == MAX_MISSING_GRAPHS


def test_the_name_of_one_may_be_as_long_as_a_query(client: Client) -> None:
    reply = post_query(client, f"FROM <urn:{'漢' * 200_000}>")
    assert reply.status == 200
    assert len(reply.headers["Graph-Not-Found"]) < 10_000
    assert [len(name) for name in json.loads(reply.body)["graphsNotFound"]] == [
        MAX_GRAPH_NAME_CHARACTERS
    ]
