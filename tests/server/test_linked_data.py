"""Linked Data: IRIs looked up by programs and by browsers."""

import json
import re
from urllib.parse import quote

import pytest
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store, parse

from bench.client import Client
from graph.answering.format import GRAPH_FORMATS
from graph.wording.display_name import make_name
from ontology.namespace import BASE, ID
from ontology.terms import CPEC, RDF
from server.link import ITEMS_LENGTH, item_links

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
FORMATS = {
    "ttl": ("text/turtle", RdfFormat.TURTLE),
    "nt": ("application/n-triples", RdfFormat.N_TRIPLES),
    "jsonld": ("application/ld+json", RdfFormat.JSON_LD),
    "rdf": ("application/rdf+xml", RdfFormat.RDF_XML),
    "trig": ("application/trig", RdfFormat.TRIG),
    "nq": ("application/n-quads", RdfFormat.N_QUADS),
}


@pytest.mark.parametrize(
    ("accept", "path"),
    [
        (BROWSER, "/page/Pakistan"),
        ("text/html", "/page/Pakistan"),
        ("*/*", "/data/Pakistan.ttl"),
        ("text/turtle", "/data/Pakistan.ttl"),
        ("application/ld+json", "/data/Pakistan.jsonld"),
        ("application/n-triples, text/html;q=0.5", "/data/Pakistan.nt"),
        ("application/rdf+xml", "/data/Pakistan.rdf"),
        ("application/trig", "/data/Pakistan.trig"),
    ],
)
def test_an_entity_is_described_elsewhere_in_what_the_client_reads(
    client: Client, accept: str, path: str
) -> None:
    reply = client.get("/id/Pakistan", Accept=accept)
    assert reply.status == 303
    assert reply.headers["Location"] == client.address + path
    assert "Accept" in reply.headers["Vary"]
    assert client.get(path).status == 200


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("jsonld", "/data/Pakistan.jsonld"),
        ("turtle", "/data/Pakistan.ttl"),
        ("application/rdf%2Bxml", "/data/Pakistan.rdf"),
        ("html", "/page/Pakistan"),
    ],
)
def test_a_named_format_overrides_what_the_client_reads(
    client: Client, name: str, path: str
) -> None:
    reply = client.get(f"/id/Pakistan?format={name}", Accept="application/n-quads")
    assert (reply.status, reply.headers["Location"]) == (303, client.address + path)


@pytest.mark.parametrize(
    "path", ["/ontology?", "/graph/editorial?", "/.well-known/void?", "/store?default&"]
)
def test_a_document_comes_in_the_format_that_is_named(client: Client, path: str) -> None:
    for name in ("nt", "n-triples", "application/n-triples"):
        assert client.get(f"{path}format={name}").type == "application/n-triples"
    refused = client.get(f"{path}format=pdf")
    assert refused.status == 406
    assert refused.json["detail"].startswith("graphs are written in ttl (text/turtle), ")


@pytest.mark.parametrize("name", ["a?b", "a#b", "a%25b", "é漢", "a+b&c", "x/y"])
def test_any_sign_in_a_name_is_looked_up(writer: Client, name: str) -> None:
    update = f"INSERT DATA {{ GRAPH <x:g> {{ <{ID}{name}> rdfs:label 'L' }} }}"
    assert writer.update(update).status == 200
    for accept in ("text/turtle", "text/html"):
        sent = writer.get("/id/" + quote(name), Accept=accept)
        document = writer.get(sent.headers["Location"].removeprefix(writer.address))
        assert (sent.status, document.status) == (303, 200), sent.headers["Location"]
        addresses = re.findall(
            r"<([^>]+)>; *rel=.?alternate", ", ".join(document.headers.get_all("Link", []))
        )
        assert len(addresses) == 7
        for address in addresses:
            assert writer.get(address.removeprefix(writer.address)).status == 200, address


@pytest.mark.parametrize(
    "path",
    ["/id/Nobody", "/data/Nobody.ttl", "/page/Nobody", "/data/Pakistan.pdf", "/data/Pakistan",
     "/graph/nothing", "/ontology.pdf", "/questions/none", "/api/queries/none",
     "/data/dumps/none.ttl", "/data/dumps/..%2Fmanifest.json", "/id/%20", "/id/a%0Ab"],
)  # fmt: skip
def test_what_is_not_known_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status == 404


def test_nothing_acceptable_is_said_to_be_so(client: Client) -> None:
    for path in ("/id/Pakistan", "/ontology", "/.well-known/void", "/sparql"):
        assert client.get(path, Accept="image/png").status == 406


@pytest.mark.parametrize("suffix", FORMATS)
def test_data_are_what_their_suffix_says(client: Client, suffix: str) -> None:
    media_type, form = FORMATS[suffix]
    reply = client.get(f"/data/Pakistan.{suffix}", Accept="image/png")
    assert (reply.status, reply.type) == (200, media_type)
    store = Store()
    store.load(self_contained(client, reply.body) if suffix == "jsonld" else reply.body, form)
    area = NamedNode(CPEC + "cooperatesIn")
    assert list(store.quads_for_pattern(NamedNode(ID + "Pakistan"), area, None, None))
    links = reply.headers.get_all("Link", [])
    assert any('rel="alternate"; type="application/ld+json"' in link for link in links)
    assert any('rel="describedby"' in link for link in links)
    assert any('rel="license"' in link for link in links)


@pytest.mark.parametrize("suffix", ["trig", "nq"])
def test_a_document_has_its_triples_in_the_default_graph_too(client: Client, suffix: str) -> None:
    store = Store()
    store.load(client.get(f"/data/Pakistan.{suffix}").body, FORMATS[suffix][1])
    triples = {quad.triple for quad in store}
    unnamed = store.quads_for_pattern(None, None, None, DefaultGraph())
    assert {quad.triple for quad in unnamed} == triples
    assert len(list(store.named_graphs())) > 5


def test_one_link_alone_is_alternate_and_nothing_else(client: Client) -> None:
    for path in ("/data/Pakistan.ttl", "/data/Pakistan.jsonld", "/page/Pakistan"):
        links = client.get(path).headers.get_all("Link", [])
        (alone,) = [link for link in links if 'rel="alternate";' in link]
        assert alone.startswith(f"<{client.address}/data/Pakistan.jsonld>")
        kept = [link for link in links if "alternate http://purl.org/dc/terms/hasFormat" in link]
        assert len(kept) == len(GRAPH_FORMATS)


def follow(client: Client, path: str, relation: str) -> list[str]:
    """Return the addresses to which a head links by a relation (RFC 8288), in their order."""
    field = ", ".join(client.get(path, Accept=BROWSER).headers.get_all("Link", []))
    links = re.findall(r'<([^>]*)>; rel="([^"]*)"', field)
    return [address for address, relations in links if relation in relations.split()]


def test_a_page_links_to_its_parts_and_to_its_citation(client: Client) -> None:
    article = "inp-wealthpk-2026-04-29"
    (table,) = follow(client, "/page/Pakistan", "item")
    assert table == f"{client.address}/data/Pakistan.csv"
    table, *sentences = follow(client, f"/page/{article}", "item")
    assert table == f"{client.address}/data/{article}.csv"
    assert f"{client.address}/id/{article}/s08" in sentences
    for path in ("/page/Pakistan", f"/page/{article}", "/dataset"):
        (cited,) = follow(client, path, "cite-as")
        again = client.get(cited.removeprefix(client.address), Accept=BROWSER)
        assert again.headers["Receipt-Status"] == "same"
        parts = follow(client, path, "item")
        assert parts
        assert {client.get(part.removeprefix(client.address)).status for part in parts} <= {
            200,
            303,
        }


def test_the_parts_of_a_page_keep_its_exclusions(client: Client) -> None:
    article = "inp-wealthpk-2026-04-29"
    parts = follow(client, f"/page/{article}?without={article}/s08", "item")
    assert parts
    assert all(part.endswith(f"?without={quote(article + '/s08', safe='')}") for part in parts)
    assert not any(part.startswith(f"{client.address}/id/{article}/s08") for part in parts)


@pytest.mark.parametrize("path", ["/data/Pakistan.ttl", "/data/Pakistan.csv"])
def test_a_description_is_cited_by_the_name_of_its_thing(client: Client, path: str) -> None:
    assert follow(client, path, "cite-as") == [f"{ID}Pakistan"]


def test_the_parts_are_one_field_that_ends_with_a_whole_link() -> None:
    addresses = [f"http://localhost/id/ä{number}" for number in range(1000)]
    ((name, field),) = item_links(dict.fromkeys(addresses, "text/csv"))
    assert name == "Link"
    assert ITEMS_LENGTH * 0.9 < len(field) <= ITEMS_LENGTH
    parts = re.findall(r'<([^>]*)>; rel="item"; type="text/csv"(?:, |$)', field)
    assert parts == [address.replace("ä", "%C3%A4") for address in addresses[: len(parts)]]
    assert item_links({}) == item_links({"http://localhost/" + "x" * ITEMS_LENGTH: ""}) == []


def test_the_dataset_links_to_each_dump(client: Client) -> None:
    head = f"{client.address}/data/dumps/cpec-graph"
    parts = follow(client, "/dataset", "item")
    assert len(parts) == len(set(parts)) == 10
    assert all(part.startswith(head) for part in parts)


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("/data/Pakistan.ttl", "Pakistan.ttl"),
        ("/data/inp-wealthpk-2026-04-29/s02.nq", "inp-wealthpk-2026-04-29-s02.nq"),
        ("/ontology", "ontology.ttl"),
        ("/graph/editorial?format=nt", "editorial.nt"),
        ("/data/dumps/cpec-graph.trig", "cpec-graph.trig"),
        ("/sparql?query=ASK%7B%7D&format=csv", "answer.csv"),
        ("/api/queries/tasks?format=tsv", "tasks.tsv"),
    ],
)
def test_a_download_has_a_name_with_a_suffix(client: Client, path: str, file: str) -> None:
    assert client.get(path).headers["Content-Disposition"] == f'inline; filename="{file}"'


@pytest.mark.parametrize(
    "path",
    [
        "/id/Pakistan", "/page/Pakistan", "/ontology", "/graph/editorial", "/.well-known/void",
        "/sparql", "/api/queries/",
        "/explain?s=HEC&p=taskedInArea&o=Artificial_Intelligence",
        "/sparql?query=CONSTRUCT%7B%3Fs%20a%20%3Fo%7DWHERE%7B%3Fs%20a%20%3Fo%7D",
    ],
)  # fmt: skip
def test_whoever_takes_json_gets_json(client: Client, path: str) -> None:
    reply = client.get(path, Accept="application/json")
    while reply.status == 303:
        reply = client.get(
            reply.headers["Location"].removeprefix(client.address), Accept="application/json"
        )
    assert reply.status == 200
    assert reply.type in {"application/json", "application/ld+json"}
    assert reply.json


def test_a_page_is_for_people_and_a_program_is_sent_on(client: Client) -> None:
    for accept in ("text/html", "*/*", "text/html, text/turtle;q=0.9", "image/png"):
        assert client.get("/page/Pakistan", Accept=accept).type == "text/html"
    sent = client.get("/page/Pakistan", Accept="application/n-quads, text/html;q=0.2")
    assert sent.status == 303
    assert sent.headers["Location"] == f"{client.address}/data/Pakistan.nq"


def self_contained(client: Client, body: bytes) -> bytes:
    """A document with the context in the place of its address, which is at the host asked."""
    document = json.loads(body)
    assert document["@context"] == f"{client.address}/context.jsonld"
    document |= client.get("/context.jsonld").json
    return json.dumps(document).encode()


def test_json_ld_of_a_thing_reads_as_if_written_by_hand(client: Client) -> None:
    document = client.get("/data/Islamabad.jsonld").json
    assert document["id"] == ID + "Islamabad"
    assert "City" in document["type"]
    assert document["label"]["zh"] == "伊斯兰堡"
    assert document["inCountry"][0]["label"]["en"] == "Pakistan"
    assert document["reverse"]["place"][0]["id"].startswith(ID)


def test_json_ld_names_the_context_at_the_host_that_was_asked(client: Client) -> None:
    own = client.get("/data/Islamabad.jsonld")
    other = client.get("/data/Islamabad.jsonld", Host="example.org")
    assert other.json["@context"] == "http://example.org/context.jsonld"
    assert {**other.json, "@context": own.json["@context"]} == own.json
    assert other.headers["ETag"] != own.headers["ETag"]
    tag = own.headers["ETag"]
    assert client.get("/data/Islamabad.jsonld", If_None_Match=tag).status == 304


def test_turtle_of_a_thing_begins_with_it(client: Client) -> None:
    lines = client.get("/data/Pakistan.ttl").text.splitlines()
    assert lines[0].startswith(f"# What cpec-graph says of <{ID}Pakistan>: ")
    first = next(line for line in lines if line.startswith("id:"))
    assert first.startswith("id:Pakistan a cpec:Country")


def test_a_sentence_tells_what_it_states_and_its_quotes(client: Client) -> None:
    text = client.get("/data/inp-wealthpk-2026-04-29/s02.trig").text
    assert "oa:exact" in text
    assert "id:inp-wealthpk-2026-04-29\\/s02 {" in text or "/s02> {" in text


def records_of(client: Client, name: str) -> set[str]:
    """Return the local names of the records that a document describes."""
    store = Store()
    store.load(client.get(f"/data/{name}.nt").body, RdfFormat.N_TRIPLES)
    kind = RDF.STATEMENT
    quads = store.quads_for_pattern(None, RDF.TYPE, kind, None)
    return {str(quad.subject).strip("<>").removeprefix(ID) for quad in quads}


def test_the_address_of_a_record_leads_to_the_document_of_its_sentence(client: Client) -> None:
    sentence = "inp-wealthpk-2026-04-29/s11"
    assert f"{sentence}#1" in records_of(client, sentence)  # a client sends no fragment
    assert records_of(client, f"{sentence}%231") == {f"{sentence}#1"}


def test_a_thing_is_not_told_by_the_records_that_mention_it(client: Client) -> None:
    for name in ("Pakistan", "MDU_2026_04", "inp-wealthpk-2026-04-29"):
        assert records_of(client, name) == set()


def test_a_triple_about_a_triple_is_told_in_the_formats_that_can_say_it(writer: Client) -> None:
    update = "INSERT DATA { GRAPH <x:g> { id:T rdfs:seeAlso <<( <x:s> <x:p> 1 )>> } }"
    assert writer.update(update).status == 200
    for suffix in ("ttl", "nt", "rdf", "trig", "nq"):
        assert writer.get(f"/data/T.{suffix}").status == 200, suffix
    refused = writer.get("/data/T.jsonld")
    assert refused.status == 406
    assert "no triple terms" in refused.json["detail"]
    assert writer.get("/page/T").status == 200


def test_an_iri_below_the_base_is_no_link_to_another_host() -> None:
    assert make_name(NamedNode(f"{BASE}/evil.example/"), {}).path == ""
    assert make_name(NamedNode(f"{BASE}/evil.example/"), {}).address == f"{BASE}/evil.example/"
    assert make_name(NamedNode(f"{BASE}graph/editorial"), {}).path == "graph/editorial"


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [("application/xml", "rdf"), ("text/xml", "rdf"), ("text/n3", "ttl"), ("text/rdf+n3", "ttl")],
)
def test_a_wider_media_type_gets_the_format_that_it_means(
    client: Client, accept: str, suffix: str
) -> None:
    place = client.get("/id/HEC", Accept=accept)
    assert (place.status, place.headers["Location"].endswith(f"/data/HEC.{suffix}")) == (303, True)
    graph = client.get("/graph/inferred", Accept=accept)
    assert (graph.status, graph.type) == (200, accept)
    assert len(list(parse(graph.body, FORMATS[suffix][1]))) > 100
