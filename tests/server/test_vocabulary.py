"""The vocabulary, as a document for programs and as a page for people."""

import json
import re

import pytest
from pyoxigraph import RdfFormat, parse

from bench.client import Client
from ontology.release import current_version, find_version, list_releases, read_release
from tests.server.tags import Tags, scripts

BROWSER = "text/html,*/*;q=0.8"


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


def test_a_version_of_the_vocabulary_has_an_address(client: Client) -> None:
    now = client.get(f"/ontology/{current_version()}")
    assert (now.status, now.headers["Location"]) == (302, client.address + "/ontology")
    for version in list_releases():
        reply = client.get(f"/ontology/{version}")
        assert (reply.status, reply.type) == (200, "text/turtle")
        stated = set(parse(reply.body, RdfFormat.TURTLE))
        assert find_version(stated) == version
        assert len(stated) == len(set(read_release(version) or ()))
        tag = reply.headers["ETag"]
        assert client.get(f"/ontology/{version}", **{"If-None-Match": tag}).status == 304
        assert client.get(f"/ontology/{version}?format=nt").type == "application/n-triples"
    unknown = client.get("/ontology/9.9.9")
    assert unknown.status == 404
    versions = f"0.1.0, 0.2.0, 0.3.0, {current_version()}"
    assert f"there is no version 9.9.9 of the vocabulary, but {versions}" in unknown.text


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
    assert all(address.startswith(("/", client.address)) for address in addresses)


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
