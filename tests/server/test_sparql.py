"""The SPARQL endpoint over a real socket."""

from urllib.parse import urlencode

import pytest

from bench.client import QUERY, Client

AREAS = "SELECT ?area { id:Pakistan cpec:cooperatesIn ?area }"
GRAPH = "DESCRIBE id:HEC"


def test_a_query_by_get_is_answered_with_json(client: Client) -> None:
    reply = client.query(AREAS)
    assert (reply.status, reply.type) == (
        200,
        "application/sparql-results+json",
    )
    areas = {row["area"]["value"] for row in reply.json["results"]["bindings"]}
    assert "https://w3id.org/cpec-graph/id/Artificial_Intelligence" in areas
    assert reply.headers["Vary"] == "Accept"


def test_a_function_that_nobody_knows_leaves_its_variable_unbound_and_its_filter_false(
    client: Client,
) -> None:
    unbound = client.query("SELECT (<http://example.org/f>(1) AS ?x) {}", "text/csv")
    assert (unbound.status, unbound.body) == (200, b"x\r\n\r\n")
    filtered = client.query("ASK { FILTER(<http://example.org/f>(1)) }")
    assert filtered.json["boolean"] is False
    many = " ".join(f"(<http://example.org/f{n}>() AS ?x{n})" for n in range(17))
    refused = client.query(f"SELECT {many} {{}}")
    assert (refused.status, refused.json["limit"]) == (413, "unknown functions")


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("text/csv;q=0.1, application/sparql-results+xml;q=0.9", "application/sparql-results+xml"),
        ("text/*", "text/csv"),
        ("image/png, */*;q=0.1", "application/sparql-results+json"),
    ],
)
def test_rows_come_in_the_format_that_the_client_likes_best(
    client: Client, accept: str, media_type: str
) -> None:
    assert client.query(AREAS, accept).type == media_type


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "text/turtle"),
        ("application/n-triples", "application/n-triples"),
        ("application/ld+json", "application/ld+json"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/trig", "application/trig"),
        ("application/n-quads", "application/n-quads"),
    ],
)
@pytest.mark.parametrize("query", ["DESCRIBE id:HEC", "CONSTRUCT WHERE { id:HEC ?p ?o }"])
def test_graphs_come_in_the_format_that_the_client_likes_best(
    client: Client, query: str, accept: str, media_type: str
) -> None:
    reply = client.query(query, accept)
    assert (reply.status, reply.type) == (200, media_type)
    assert b"AI_Framework" in reply.body


def test_a_byte_order_mark_is_no_part_of_a_query(client: Client) -> None:
    reply = client.send("POST", "/sparql", b"\xef\xbb\xbfASK {}", Content_Type=QUERY)
    assert (reply.status, reply.json["boolean"]) == (200, True)


def test_a_second_slash_makes_no_other_address(writer: Client) -> None:
    assert writer.update("INSERT DATA { <x:s> <x:p> 1 }", "//update").json["added"] == 1
    asked = writer.get("//sparql?query=ASK%7B%3Fs%20%3Fp%201%7D")
    assert (asked.status, asked.json["boolean"]) == (200, True)
    assert writer.send("POST", "//sparql").status == 415


@pytest.mark.parametrize(
    ("text", "names", "kind"),
    [
        (AREAS, ["tsv", "text/tab-separated-values"], "text/tab-separated-values"),
        (AREAS, ["xml"], "application/sparql-results+xml"),
        (GRAPH, ["xml"], "application/rdf+xml"),
        (GRAPH, ["json"], "application/ld+json"),
        (GRAPH, ["turtle"], "text/turtle"),
        (GRAPH, ["n3", "text/turtle"], "text/turtle"),
        (GRAPH, ["json-ld", "application/ld+json,application/x-json+ld"], "application/ld+json"),
    ],
)
def test_formats_are_called_as_other_clients_call_them(
    client: Client, text: str, names: list[str], kind: str
) -> None:
    asked = [("query", text), *(("format", name) for name in names)]
    reply = client.get("/sparql?" + urlencode(asked), Accept="*/*")
    assert (reply.status, reply.type) == (200, kind)


def test_two_formats_are_not_one(client: Client) -> None:
    reply = client.get("/sparql?query=ASK%7B%7D&format=csv&format=tsv")
    assert (reply.status, reply.json["detail"]) == (
        400,
        "exactly one format can be given, not csv, tsv",
    )


@pytest.mark.parametrize(
    ("query", "accept", "parameters", "status", "detail"),
    [
        ("SELECT ?x {", "*/*", {}, 400, "line 1, column "),
        (AREAS, "image/png", {}, 406, "rows are written in"),
        (AREAS, "text/turtle", {}, 406, "the answer is rows"),
        ("DESCRIBE id:HEC", "text/csv", {}, 406, "the answer is a graph"),
        (AREAS, "*/*", {"format": "pdf"}, 400, "format=pdf is not one of"),
    ],
)
def test_what_cannot_be_answered_is_a_problem_that_says_why(
    client: Client, query: str, accept: str, parameters: dict[str, str], status: int, detail: str
) -> None:
    reply = client.query(query, accept, **parameters)
    problem = reply.json
    assert reply.type == "application/problem+json"
    assert reply.status == problem["status"] == status
    assert detail in problem["detail"]


def test_a_malformed_query_is_answered_with_its_line_and_column(client: Client) -> None:
    problem = client.query("SELECT * {\n ?s ?p").json
    assert (problem["line"], problem["column"]) == (2, 6)


@pytest.mark.parametrize(
    ("method", "path", "status"), [("TRACE", "/explain?without=", 405), ("GET", "/nowhere", 404)]
)
def test_a_request_that_is_none_is_refused(
    client: Client, method: str, path: str, status: int
) -> None:
    reply = client.send(method, path)
    assert reply.status == status
    assert reply.json["title"]
