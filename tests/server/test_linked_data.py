"""Linked Data: IRIs looked up by programs and by browsers."""

from __future__ import annotations

import json
import re
import shutil
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store

from bench.client import Client
from bench.graph import quads, write_as_snapshot
from graph.answering.format import GRAPH_FORMATS
from graph.curating.master import Inputs
from graph.dataset import TYPE
from graph.explaining.term import term
from graph.snapshot import Snapshot, write_snapshot
from ontology.namespace import BASE, CPEC, ID, PREFIXES
from tests.server.conftest import serving
from tests.server.tags import Tags, scripts

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
FORMATS = {
    "ttl": ("text/turtle", RdfFormat.TURTLE),
    "nt": ("application/n-triples", RdfFormat.N_TRIPLES),
    "jsonld": ("application/ld+json", RdfFormat.JSON_LD),
    "rdf": ("application/rdf+xml", RdfFormat.RDF_XML),
    "trig": ("application/trig", RdfFormat.TRIG),
    "nq": ("application/n-quads", RdfFormat.N_QUADS),
}
VOID, DCAT = PREFIXES["void"], PREFIXES["dcat"]


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
    told = f"INSERT DATA {{ GRAPH <x:g> {{ <{ID}{name}> rdfs:label 'L' }} }}"
    assert writer.update(told).status == 200
    for accept in ("text/turtle", "text/html"):
        sent = writer.get("/id/" + quote(name), Accept=accept)
        found = writer.get(sent.headers["Location"].removeprefix(writer.address))
        assert (sent.status, found.status) == (303, 200), sent.headers["Location"]
        addresses = re.findall(
            r"<([^>]+)>; *rel=.?alternate", ", ".join(found.headers.get_all("Link", []))
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
    area = NamedNode(PREFIXES["cpec"] + "cooperatesIn")
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


def table(client: Client, name: str) -> pd.DataFrame:
    reply = client.get(f"/data/{name}.csv")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    return pd.read_csv(BytesIO(reply.body), dtype=str, keep_default_na=False)


@pytest.mark.parametrize("name", ["Pakistan", "JCC14_Minutes_Signing", "HEC"])
def test_the_table_of_a_thing_has_its_rows_of_the_whole(client: Client, name: str) -> None:
    body = client.get("/data/dumps/cpec-graph-statements.csv").body
    whole = pd.read_csv(BytesIO(body), dtype=str, keep_default_na=False)
    own = whole[(whole.subject == ID + name) | (whole.object == ID + name)]
    assert len(own) > 3
    assert {"stated", "inferred"} == set(own.stated)
    assert table(client, name).to_dict("records") == own.to_dict("records")


def test_the_table_of_a_thing_follows_a_write(writer: Client) -> None:
    told = f"INSERT DATA {{ GRAPH <x:g> {{ <{ID}W> cpec:advances id:CPEC ; rdfs:label '=W'@en }} }}"
    assert writer.update(told).status == 200
    rows = table(writer, "W")
    named = rows[rows.property == PREFIXES["cpec"] + "advances"]
    assert named[["subject_label", "sentence", "stated"]].to_numpy().tolist() == [
        ["'=W", "x:g", "stated"]
    ]


def test_the_table_of_what_is_not_known_is_not_found(client: Client) -> None:
    assert client.get("/data/Nobody.csv").status == 404


def test_a_page_links_to_the_table_of_its_thing(client: Client) -> None:
    tags = Tags(client.get("/page/Pakistan", Accept=BROWSER).text).found
    assert "/data/Pakistan.csv" in [attributes.get("href") for _, attributes in tags]


def test_trig_keeps_the_sentences_and_turtle_does_not(client: Client) -> None:
    store = Store()
    store.load(client.get("/data/Pakistan.trig").body, RdfFormat.TRIG)
    graphs = {str(graph) for graph in store.named_graphs()}
    assert any("inp-wealthpk-2026-04-29/s" in graph for graph in graphs)


def test_a_sentence_tells_what_it_states_and_its_quotes(client: Client) -> None:
    text = client.get("/data/inp-wealthpk-2026-04-29/s02.trig").text
    assert "oa:exact" in text
    assert "id:inp-wealthpk-2026-04-29\\/s02 {" in text or "/s02> {" in text


def records_of(client: Client, name: str) -> set[str]:
    """Return the local names of the records that a document describes."""
    store = Store()
    store.load(client.get(f"/data/{name}.nt").body, RdfFormat.N_TRIPLES)
    kind = NamedNode(PREFIXES["rdf"] + "Statement")
    found = store.quads_for_pattern(None, NamedNode(PREFIXES["rdf"] + "type"), kind, None)
    return {str(quad.subject).strip("<>").removeprefix(ID) for quad in found}


def test_the_address_of_a_record_leads_to_the_document_of_its_sentence(client: Client) -> None:
    sentence = "inp-wealthpk-2026-04-29/s11"
    assert f"{sentence}#1" in records_of(client, sentence)  # a client asks without what is after #
    assert records_of(client, f"{sentence}%231") == {f"{sentence}#1"}


def test_a_thing_is_not_told_by_the_records_that_mention_it(client: Client) -> None:
    for name in ("Pakistan", "MDU_2026_04", "inp-wealthpk-2026-04-29"):
        assert records_of(client, name) == set()


def test_a_triple_about_a_triple_is_told_in_the_formats_that_can_say_it(writer: Client) -> None:
    told = "INSERT DATA { GRAPH <x:g> { id:T rdfs:seeAlso <<( <x:s> <x:p> 1 )>> } }"
    assert writer.update(told).status == 200
    for suffix in ("ttl", "nt", "rdf", "trig", "nq"):
        assert writer.get(f"/data/T.{suffix}").status == 200, suffix
    refused = writer.get("/data/T.jsonld")
    assert refused.status == 406
    assert "no triple terms" in refused.json["detail"]
    assert writer.get("/page/T").status == 200


def test_the_vocabulary_and_the_graphs_are_documents(client: Client) -> None:
    assert b"cooperatesIn" in client.get("/ontology").body
    assert client.get("/ontology.nt").type == "application/n-triples"
    assert client.get("/graph/links/wikidata").status == 200
    assert client.get("/", Accept=BROWSER).type == "text/html"
    assert client.get("/").headers["Location"].endswith("/.well-known/void")
    assert client.get("/dataset").headers["Location"].endswith("/.well-known/void")


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (BROWSER, "text/html"),
        ("*/*", "text/turtle"),
        ("application/ld+json, text/html;q=0.9", "application/ld+json"),
    ],
)
def test_the_vocabulary_is_a_page_for_people(client: Client, accept: str, media_type: str) -> None:
    reply = client.get("/ontology", Accept=accept)
    assert (reply.status, reply.type) == (200, media_type)
    assert "Accept" in reply.headers["Vary"]
    assert client.get("/ontology?format=html").type == "text/html"
    tag = reply.headers["ETag"]
    assert client.get("/ontology", **{"Accept": accept, "If-None-Match": tag}).status == 304


def test_every_link_to_a_term_leads_to_its_words(client: Client) -> None:
    tags = Tags(client.get("/ontology", Accept=BROWSER).text).found
    anchors = [str(attributes["id"]) for _, attributes in tags if attributes.get("id")]
    assert len(anchors) == len(set(anchors))
    assert {"cooperatesIn", "Country", "Aim", "DraftUrduLabel"} <= set(anchors)
    linked = set(
        re.findall(r'href="(?:/ontology)?#([^"]+)"', client.get("/ontology", Accept=BROWSER).text)
    )
    assert "cooperatesIn" in linked
    assert linked <= set(anchors)
    assert scripts(tags) == ["/static/site.js"]
    languages = {attributes.get("lang") for tag, attributes in tags if tag == "span"}
    assert {"en", "ur", "zh"} <= languages
    addresses = [str(of.get("href") or of.get("src") or "/") for tag, of in tags if tag != "a"]
    assert all(address.startswith("/") for address in addresses)


def test_a_vocabulary_that_a_writer_wrote_is_only_words(writer: Client) -> None:
    assert writer.get("/ontology", Accept=BROWSER).status == 404
    writer.update(
        "INSERT DATA { GRAPH graph:ontology { cpec:Evil a owl:Class ;"
        " rdfs:subClassOf <javascript:alert(1)> ; rdfs:label '<script>x</script>' } }"
    )
    reply = writer.get("/ontology", Accept=BROWSER)
    assert reply.status == 200
    assert "&lt;script&gt;" in reply.text
    assert scripts(Tags(reply.text).found) == ["/static/site.js"]
    assert 'href="javascript:' not in reply.text


def test_void_describes_the_dataset_and_its_parts(client: Client) -> None:
    reply = client.get("/.well-known/void")
    assert (reply.status, reply.type) == (200, "text/turtle")
    store = Store()
    store.load(reply.body, RdfFormat.TURTLE)
    dataset = NamedNode(BASE + "dataset")

    def objects(name: str) -> list[object]:
        return [quad.object for quad in store.quads_for_pattern(dataset, NamedNode(name), None)]

    assert len(objects(VOID + "classPartition")) > 30
    assert len(objects(VOID + "propertyPartition")) > 60
    assert len(objects(VOID + "subset")) == 7
    assert (len(objects(DCAT + "distribution")), len(objects(VOID + "dataDump"))) == (10, 6)
    assert not re.search(rb"_:|\[\s", reply.body)


def test_every_dump_is_what_its_description_says(client: Client) -> None:
    rows = client.query(
        "SELECT ?url ?size ?type ?sum { ?dump a dcat:Distribution ; dcat:downloadURL ?url ;"
        " dcat:byteSize ?size ; dcat:mediaType ?type ; spdx:checksum/spdx:checksumValue ?sum }",
        "text/csv",
    ).text.splitlines()[1:]
    assert len(rows) == 10
    for row in rows:
        url, size, media_type, checksum = row.split(",")
        reply = client.get("/" + url.removeprefix(BASE))
        assert (len(reply.body), sha256(reply.body)) == (int(size), checksum)
        assert media_type.endswith(reply.type)
        assert reply.headers["Content-Type"].count("charset") <= 1


def sha256(body: bytes) -> str:
    import hashlib

    return hashlib.sha256(body).hexdigest()


def test_a_dump_can_be_fetched_in_parts(client: Client) -> None:
    whole = client.get("/data/dumps/cpec-graph.nq").body
    part = client.get("/data/dumps/cpec-graph.nq", Range="bytes=100-199")
    assert (part.status, part.body) == (206, whole[100:200])
    assert client.get("/data/dumps/cpec-graph.nq", Range=f"bytes={len(whole)}-").status == 416
    for passed_over in ("bytes=0-1,3-4", "lines=1-2", "nonsense", ""):
        reply = client.get("/data/dumps/cpec-graph.nq", Range=passed_over)
        assert (reply.status, reply.body) == (200, whole), passed_over
    assert client.send("HEAD", "/data/dumps/cpec-graph.nq", Range="bytes=1-2").status == 200


def test_query_editors_find_the_examples_and_their_prefixes(client: Client) -> None:
    rows = client.query(
        "SELECT ?query { ?example a sh:SPARQLExecutable ; rdfs:comment ?comment ;"
        " sh:prefixes/sh:declare ?declaration ; sh:select ?query ."
        " ?declaration sh:prefix 'cpec' ; sh:namespace ?namespace }"
    ).json["results"]["bindings"]
    assert len(rows) > 20
    for row in rows:
        assert client.query(row["query"]["value"]).status == 200


def test_the_json_ld_context_says_what_the_words_stand_for(client: Client) -> None:
    reply = client.get("/context.jsonld")
    assert reply.type == "application/ld+json"
    assert json.loads(reply.body)["@context"]["cooperatesIn"]["@type"] == "@id"


def test_crawlers_are_told_where_to_go(client: Client) -> None:
    robots = client.get("/robots.txt").text
    assert f"Sitemap: {client.address}/sitemap.xml" in robots
    assert "\nDisallow: /explain\n" in robots
    sitemap = client.get("/sitemap.xml")
    paths = re.findall(rf"<loc>{re.escape(client.address)}(/[^<]+)</loc>", sitemap.text)
    assert "/page/Pakistan" in paths
    for path in paths[:: max(1, len(paths) // 10)]:
        assert client.get(path, Accept=BROWSER).status == 200


def test_the_packaged_list_of_retired_names_can_be_read() -> None:
    from graph.curating.retired import Retired
    from ontology.namespace import CPEC

    assert Retired.read(Inputs().data).gone == {CPEC + "coversPeriod"}


def test_a_server_keeps_its_dumps_while_others_build(snapshot: Snapshot, tmp_path: Path) -> None:
    builds = tmp_path / "build"
    shutil.copytree(snapshot.path.parent, builds, symlinks=True)
    with serving(tmp_path, "--out", str(builds)) as client:
        for number in range(3):
            write_snapshot(builds, quads(100 + number))
        assert client.get("/data/dumps/cpec-graph.nq").status == 200


def test_a_graph_of_many_names_is_mapped_in_parts_and_asked_for_one_name(tmp_path: Path) -> None:
    kind, graph = NamedNode(f"{CPEC}Area"), NamedNode(f"{BASE}graph/editorial")
    names = [NamedNode(f"{ID}Area_{n:05}") for n in range(10_001)]
    areas = [Quad(name, TYPE, kind, graph) for name in names]
    for country in ("Pakistan", "China"):
        together = NamedNode(ID + country), NamedNode(f"{CPEC}cooperatesIn")
        areas += [Quad(*together, name, graph) for name in names[:1200]]
    write_as_snapshot(tmp_path / "build", areas)
    options = ("--out", str(tmp_path / "build"), "--max-answer", str(1 << 20))
    with serving(tmp_path, *options) as client:
        index = client.get("/sitemap.xml").text
        assert re.findall(r"<sitemap><loc>[^<]*/(sitemap-\d.xml)</loc>", index) == [
            "sitemap-1.xml",
            "sitemap-2.xml",
        ]
        assert client.get("/sitemap-2.xml").text.count("/page/Area_10000") == 1
        assert client.get("/sitemap-3.xml").status == client.get("/sitemap-0.xml").status == 404
        assert client.get("/api/queries/names?thing=Area_00007&language=en").status == 200
        assert client.get("/api/queries/names?thing=Nowhere&language=en").status == 404
        found: list[str] = []
        for part, size in ((1, 500), (2, 500), (3, 200)):
            text = client.get(f"/questions/cooperation-areas?part={part}", Accept=BROWSER).text
            told = list(dict.fromkeys(re.findall(r"/page/(Area_\d+)", text)))
            assert (len(told), 'rel="next"' in text) == (size, part < 3)
            found += told
        assert found == [f"Area_{n:05}" for n in range(1200)]


def test_an_iri_below_the_base_is_no_link_to_another_host() -> None:
    assert term(NamedNode(f"{BASE}/evil.example/"), {}).path == ""
    assert term(NamedNode(f"{BASE}/evil.example/"), {}).address == f"{BASE}/evil.example/"
    assert term(NamedNode(f"{BASE}graph/editorial"), {}).path == "graph/editorial"
