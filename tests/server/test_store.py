"""The SPARQL 1.1 Graph Store Protocol."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from pyoxigraph import RdfFormat, parse

from bench.client import Client

TURTLE = "text/turtle"
ONE = "<x:s> <x:p> 1 ."
TWO = "<x:s> <x:p> 2 ."
MULTIPART = (
    "--b\r\n"
    'Content-Disposition: form-data; name="a"; filename="a.ttl"\r\n'
    "Content-Type: text/turtle\r\n\r\n"
    "<x:s> <x:p> 3 .\r\n"
    "--b\r\n"
    'Content-Disposition: form-data; name="b"; filename="b.nt"\r\n'
    "Content-Type: application/n-triples\r\n\r\n"
    "<x:s> <x:p> <x:o> .\r\n"
    "--b--\r\n"
)

ADDRESSES = ["/store?graph=http%3A%2F%2Fx%2Fg", "/store/person/1.ttl", "/store?default"]


def triples(client: Client, path: str) -> int:
    reply = client.get(path, Accept="application/n-triples")
    assert reply.status == 200, reply.text
    return len(list(parse(reply.body, RdfFormat.N_TRIPLES)))


@pytest.mark.parametrize("path", ADDRESSES)
def test_a_graph_is_put_added_to_replaced_and_dropped(writer: Client, path: str) -> None:
    default = path == "/store?default"
    made = writer.send("PUT", path, ONE, Content_Type=TURTLE)
    assert made.status == (200 if default else 201)
    assert writer.send("POST", path, TWO, Content_Type=TURTLE).status == 200
    assert triples(writer, path) == 2
    assert writer.send("PUT", path, ONE, Content_Type=TURTLE).status == 200
    assert triples(writer, path) == 1
    assert writer.send("DELETE", path).status == 200
    assert writer.get(path).status == (200 if default else 404)
    assert writer.send("DELETE", path).status == (200 if default else 404)


def test_a_graph_below_the_store_is_named_by_its_own_address(writer: Client) -> None:
    writer.send("PUT", "/store/person/1.ttl", ONE, Content_Type=TURTLE)
    address = f"{writer.address}/store/person/1.ttl"
    assert triples(writer, f"/store?graph={quote(address, safe='')}") == 1


def test_posting_to_the_store_itself_makes_a_graph_and_says_where(writer: Client) -> None:
    reply = writer.send("POST", "/store", ONE, Content_Type=TURTLE)
    assert reply.status == 201
    assert triples(writer, reply.headers["Location"].removeprefix(writer.address)) == 1


def test_the_parts_of_a_form_are_documents_of_their_own(writer: Client) -> None:
    kind = "multipart/form-data; boundary=b"
    assert writer.send("POST", "/store/m", MULTIPART, Content_Type=kind).status == 201
    assert triples(writer, "/store/m") == 2


def test_a_body_of_no_stated_type_is_rdf_xml(writer: Client) -> None:
    xml = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="http://x/">'
        '<rdf:Description rdf:about="http://x/s"><x:p>v</x:p></rdf:Description></rdf:RDF>'
    )
    assert writer.send("PUT", "/store/x", xml).status == 201
    assert triples(writer, "/store/x") == 1


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/turtle; charset=utf-8", ONE),
        ("application/n-triples", ONE.replace("1", '"1"')),
        ("application/ld+json", '{"@id": "x:s", "x:p": 1}'),
        ("application/trig", ONE),
        ("application/n-quads", ONE.replace("1", '"1"')),
    ],
)
def test_every_format_of_graphs_is_read(writer: Client, kind: str, body: str) -> None:
    assert writer.send("PUT", "/store/f", body, Content_Type=kind).status == 201
    assert triples(writer, "/store/f") == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "kind", "status"),
    [
        ("GET", "/store", None, None, 400),
        ("GET", "/store?default&graph=http://x/g", None, None, 400),
        ("GET", "/store?graph=http://x/g&graph=http://x/h", None, None, 400),
        ("GET", "/store?graph=relative", None, None, 400),
        ("GET", "/store/g?graph=http://x/g", None, None, 400),
        ("PUT", "/store/g?graph=http://x/g", ONE, TURTLE, 400),
        ("PUT", "/store/g?default", ONE, TURTLE, 400),
        ("GET", "/store?graph=http://x/none", None, None, 404),
        ("GET", "/store/none", None, None, 404),
        ("HEAD", "/store/none", None, None, 404),
        ("PUT", "/store", ONE, TURTLE, 400),
        ("DELETE", "/store", None, None, 400),
        ("PUT", "/store/g", "<x:s> <x:p>", TURTLE, 400),
        ("PUT", "/store/g", ONE, "text/plain", 415),
        ("PUT", "/store/g", ONE, "application/sparql-update", 415),
        ("PUT", "/store/g", ONE, "text/turtle; charset=latin-1", 415),
        ("POST", "/store/g", "--b--", "multipart/form-data; boundary=b", 400),
        ("POST", "/store/g", ONE, "multipart/form-data", 400),
        ("POST", "/store/g", MULTIPART, "multipart/form-data; boundary=c", 400),
        ("PATCH", "/store/g", ONE, TURTLE, 405),
    ],
)
def test_what_cannot_be_done_to_a_graph_is_refused(
    writer: Client, method: str, path: str, body: str | None, kind: str | None, status: int
) -> None:
    headers = {"Content_Type": kind} if kind else {}
    reply = writer.send(method, path, body, **headers)
    assert reply.status == status, reply.text
    assert writer.query("ASK { GRAPH ?g { ?s ?p ?o } }").json["boolean"] is False


def test_a_graph_that_another_has_written_since_is_left_alone(writer: Client) -> None:
    def put(text: str, **condition: str) -> int:
        return writer.send("PUT", "/store/g", text, Content_Type=TURTLE, **condition).status

    assert put(ONE, If_Match="*") == 412
    assert put(ONE, If_None_Match="*") == 201
    tags = [
        writer.get("/store/g", Accept=kind).headers["ETag"]
        for kind in (TURTLE, "application/n-triples")
    ]
    assert put(TWO, If_None_Match="*") == 412
    assert put(TWO, If_None_Match=tags[0]) == 412
    assert put(TWO, If_Match='"other"') == 412
    assert put(TWO, If_Match=f"W/{tags[0]}") == 412
    assert writer.get("/store/g", If_None_Match=tags[0]).status == 304
    assert put(ONE + TWO, If_Match=f'"other", {tags[1]}') == 200
    assert put(TWO, If_Match=tags[0]) == 412
    assert writer.send("DELETE", "/store/g", If_Match=tags[0]).status == 412
    assert triples(writer, "/store/g") == 2
    assert writer.send("DELETE", "/store/g", If_Match="*").status == 200


def test_a_write_to_another_graph_leaves_the_tag_of_this_one(writer: Client) -> None:
    for name in "gh":
        writer.send("PUT", f"/store/{name}", ONE, Content_Type=TURTLE)
    tag = writer.get("/store/g").headers["ETag"]
    assert writer.send("PUT", "/store/h", TWO, Content_Type=TURTLE).status == 200
    assert writer.update("INSERT DATA { GRAPH <x:i> { <x:s> <x:p> 7 } }").status == 200
    assert writer.get("/store/g").headers["ETag"] == tag
    assert writer.send("POST", "/store/g", TWO, Content_Type=TURTLE, If_Match=tag).status == 200
    assert writer.get("/store/g").headers["ETag"] != tag
    assert writer.send("POST", "/store/g", TWO, Content_Type=TURTLE, If_Match=tag).status == 412


def test_of_many_who_make_a_graph_one_does(writer: Client) -> None:
    def put(number: int) -> int:
        fields = {"Content_Type": TURTLE, "If_None_Match": "*"}
        return writer.send("PUT", "/store/g", f"<x:s> <x:p> {number} .", **fields).status

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(put, range(8))) == [201] + [412] * 7
    assert triples(writer, "/store/g") == 1


def test_a_fault_in_a_document_is_told_with_its_line(writer: Client) -> None:
    reply = writer.send("PUT", "/store/g", "<x:s> <x:p> 1 .\n<x:s> nothing", Content_Type=TURTLE)
    assert (reply.status, reply.json["line"]) == (400, 2)


def test_a_fault_in_a_document_names_the_format_that_it_was_read_in(writer: Client) -> None:
    for headers, kind in ({}, "application/rdf+xml"), ({"Content_Type": TURTLE}, TURTLE):
        reply = writer.send("PUT", "/store/g", "<x:s> x:p 1 .", **headers)
        assert reply.status == 400
        assert reply.json["detail"].startswith(f"not {kind}: ")


def test_a_remote_context_is_not_fetched(writer: Client) -> None:
    body = f'{{"@context": "{writer.address}/context.jsonld", "@id": "x:s", "label": "x"}}'
    reply = writer.send("PUT", "/store/j", body, Content_Type="application/ld+json")
    assert reply.status == 400
    assert reply.json["detail"].endswith("is not fetched: put it into the document")


def test_a_graph_is_read_in_the_format_that_is_asked_for(client: Client) -> None:
    path = "/store?graph=https://w3id.org/cpec-graph/graph/links/wikidata"
    for accept, media_type in (
        ("application/trig", "application/trig"),
        ("text/turtle; charset=utf-8", "text/turtle"),
        ("application/rdf+xml;q=0.5, application/n-triples", "application/n-triples"),
    ):
        assert client.get(path, Accept=accept).type == media_type
    assert client.get(path + "&format=nt").type == "application/n-triples"
    assert client.get(path + "&format=turtle").type == "text/turtle"
    assert client.get(path + "&format=csv").status == 406
    assert client.get(path, Accept="image/png").status == 406


def test_head_says_how_a_graph_would_be_answered(client: Client) -> None:
    path = "/store?graph=https://w3id.org/cpec-graph/graph/links/wikidata"
    got, head = client.get(path), client.send("HEAD", path)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == got.headers["Content-Length"]
    again = client.get(path, If_None_Match=got.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
