"""The SPARQL 1.1 Protocol: the ways to send a query or an update, and invalid requests."""

from urllib.parse import quote, urlencode

import pytest

from bench.client import FORM, QUERY, UPDATE, Client

ASK = "ASK { id:Pakistan a ?class }"
JSON = "application/sparql-results+json"
S01 = "https://w3id.org/cpec-graph/id/inp-wealthpk-2026-04-29/s01"
S02 = "https://w3id.org/cpec-graph/id/inp-wealthpk-2026-04-29/s02"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


def number(client: Client, text: str, **parameters: str) -> int:
    return int(client.query(text, **parameters).json["results"]["bindings"][0]["n"]["value"])


@pytest.mark.parametrize("path", ["/sparql", "/sparql/", "/query"])
@pytest.mark.parametrize(
    ("method", "body", "kind", "in_address"),
    [
        ("GET", None, None, True),
        ("POST", urlencode({"query": ASK}), FORM, False),
        ("POST", ASK, QUERY, False),
        ("POST", ASK, f"{QUERY}; charset=utf-8", False),
        ("QUERY", ASK, QUERY, False),
        ("QUERY", urlencode({"query": ASK}), FORM, False),
    ],
)
def test_a_query_is_answered_however_it_is_sent(
    client: Client, path: str, method: str, body: str | None, kind: str | None, *, in_address: bool
) -> None:
    headers = {"Content_Type": kind} if kind else {}
    address = f"{path}?query={quote(ASK)}" if in_address else path
    reply = client.send(method, address, body, **headers)
    assert (reply.status, reply.type, reply.json["boolean"]) == (200, JSON, True)


def test_head_has_the_headers_of_get_and_no_body(client: Client) -> None:
    path = f"/sparql?query={quote(ASK)}"
    got, head = client.get(path), client.send("HEAD", path)
    assert head.body == b""
    for name in ("Content-Type", "Content-Length", "ETag", "Vary"):
        assert head.headers[name] == got.headers[name]


def test_the_query_method_is_offered_with_what_it_takes(client: Client) -> None:
    reply = client.send("QUERY", "/sparql", ASK, Content_Type=QUERY)
    assert QUERY in reply.headers["Accept-Query"]
    assert "QUERY" in client.send("OPTIONS", "/sparql").headers["Allow"]


@pytest.mark.parametrize(
    ("method", "path", "body", "kind", "status"),
    [
        ("GET", "/sparql?query=ASK{}&query=ASK{}", None, None, 400),
        ("GET", "/sparql?update=CLEAR+ALL", None, None, 400),
        ("GET", "/query?update=CLEAR+ALL", None, None, 400),
        ("GET", "/sparql?query=ASK%20%7B", None, None, 400),
        ("GET", "/sparql?query=", None, None, 400),
        ("GET", "/sparql?query=ASK{}&default-graph-uri=data1", None, None, 400),
        ("GET", "/sparql?query=ASK{}&named-graph-uri=//x", None, None, 400),
        ("GET", "/sparql?query=ASK{}&default-graph-uri=http://a%20b", None, None, 400),
        ("GET", "/sparql?query=ASK{}&using-graph-uri=http://x/", None, None, 400),
        ("GET", "/sparql?query=%FF", None, None, 400),
        ("GET", "/sparql?query=ASK{}&format=pdf", None, None, 400),
        ("GET", "/sparql?query=ASK{}&format=csv&format=json", None, None, 400),
        ("GET", "/sparql?query=ASK{}" + "&x=" * 1001, None, None, 400),
        ("GET", "/update?update=CLEAR+ALL", None, None, 405),
        ("POST", "/sparql", "query=ASK%7B%7D&query=ASK%7B%7D", FORM, 400),
        ("POST", "/sparql", "query=ASK%7B%7D&update=CLEAR+ALL", FORM, 400),
        ("POST", "/sparql?query=ASK{}", "ASK {}", QUERY, 400),
        ("POST", "/sparql?query=ASK{}", "query=ASK%7B%7D", FORM, 400),
        ("POST", "/sparql", "", FORM, 400),
        ("POST", "/sparql", "x=1", FORM, 400),
        ("POST", "/sparql", "ASK {}", "text/plain", 415),
        ("POST", "/sparql", "ASK {}", None, 415),
        ("POST", "/sparql", "ASK {}", f"{QUERY}; charset=utf-16", 415),
        ("POST", "/sparql", "ASK {}".encode("utf-16"), QUERY, 400),
        ("POST", "/sparql", b"query=%FF", FORM, 400),
        ("POST", "/sparql", b"query=\xff", FORM, 400),
        ("POST", "/sparql", "--b\r\n", "multipart/form-data; boundary=b", 415),
        ("POST", "/sparql", "{}", "application/json", 415),
        ("POST", "/query", "update=CLEAR+ALL", FORM, 400),
        ("QUERY", "/sparql", "CLEAR ALL", UPDATE, 415),
        ("QUERY", "/sparql", "update=CLEAR+ALL", FORM, 400),
        ("PUT", "/sparql?query=ASK{}", None, FORM, 405),
        ("DELETE", "/sparql", None, None, 405),
        ("PATCH", "/query", None, None, 405),
    ],
)
def test_what_is_no_operation_is_refused_and_told_why(
    client: Client, method: str, path: str, body: bytes | str | None, kind: str | None, status: int
) -> None:
    reply = client.send(method, path, body, **({"Content_Type": kind} if kind else {}))
    assert reply.status == status, reply.text
    assert reply.type == "application/problem+json"
    assert reply.json["status"] == status
    assert reply.json["detail"]


def test_a_compressed_body_is_not_taken(client: Client) -> None:
    reply = client.send("POST", "/sparql", b"x", Content_Type=QUERY, Content_Encoding="gzip")
    assert reply.status == 415
    assert "gzip" in reply.json["detail"]


def test_the_dataset_of_the_request_is_what_the_query_sees(client: Client) -> None:
    alone = number(client, COUNT, **{"default-graph-uri": S01})
    from_clause = number(client, COUNT.replace("{", f"FROM <{S01}> {{"))
    assert 0 < alone == from_clause < number(client, COUNT)
    graphs = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert number(client, graphs, **{"named-graph-uri": S01}) == 1
    assert number(client, COUNT, **{"named-graph-uri": S01}) == 0


def test_the_dataset_of_the_request_wins_over_that_of_the_query(client: Client) -> None:
    text = COUNT.replace("{", f"FROM <{S02}> {{")
    alone = number(client, COUNT, **{"default-graph-uri": S01})
    assert number(client, text, **{"default-graph-uri": S01}) == alone


def test_a_form_may_have_its_dataset_in_the_address(client: Client) -> None:
    path = f"/sparql?default-graph-uri={quote(S01, safe='')}"
    reply = client.send("POST", path, urlencode({"query": COUNT}), Content_Type=FORM)
    expected = number(client, COUNT, **{"default-graph-uri": S01})
    assert int(reply.json["results"]["bindings"][0]["n"]["value"]) == expected


def test_a_relative_iri_starts_from_the_address_of_the_endpoint(client: Client) -> None:
    reply = client.query("CONSTRUCT { <s> <p> 1 } {}", "application/n-triples")
    assert reply.text.startswith(f"<{client.address}/s> <{client.address}/p> ")


def test_a_triple_of_two_sentences_counts_once_in_the_default_graph(client: Client) -> None:
    twice = "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } }"
    assert number(client, COUNT) == number(client, twice)
    graphs = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert number(client, graphs) > number(client, COUNT)
