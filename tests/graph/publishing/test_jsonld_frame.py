"""JSON-LD of a thing: it reads as if written by hand, and expands to the triples of the graph."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from pyld import jsonld
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    parse,
)

from graph.answering.evaluation import evaluate, run_select
from graph.dataset import graph_of
from graph.publishing.jsonld import frame_thing, write_context
from graph.publishing.resource import query_labels, query_statements, read_quads
from ontology.namespace import ID
from ontology.terms import CPEC, RDF, RDFS, SCHEMA, SKOS
from tests.graph.publishing.test_rdf_export import ODD, literal

CONTEXT = "http://localhost:8000/context.jsonld"
ARTICLE = ID + "inp-wealthpk-2026-04-29"
THIS = NamedNode(ID + "China")


def read_statements(store: Store, name: str) -> tuple[list[Quad], list[Quad]]:
    statements = read_quads(evaluate(store, query_statements(NamedNode(ID + name))))
    return statements, read_quads(evaluate(store, query_labels(statements)))


def frame_document(store: Store, name: str) -> dict[str, Any]:
    statements, words = read_statements(store, name)
    document: dict[str, Any] = json.loads(
        frame_thing(NamedNode(ID + name), statements, words, CONTEXT)
    )
    return document


def load(address: str, _options: object) -> dict[str, object]:
    assert address == CONTEXT
    return {
        "contextUrl": None,
        "documentUrl": address,
        "document": json.loads(write_context()),
        "contentType": "application/ld+json",
    }


def triples(quads: Iterable[Quad]) -> set[str]:
    dataset = Dataset(Quad(*quad.triple) for quad in quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return set(map(str, dataset))


def read(body: bytes) -> set[str]:
    """Return the triples that pyld reads; it fetches nothing but the context."""
    options = {"format": "application/n-quads", "documentLoader": load}
    return triples(parse(jsonld.to_rdf(json.loads(body), options), format=RdfFormat.N_QUADS))


def test_a_thing_is_written_as_by_hand(store: Store) -> None:
    document = frame_document(store, "Islamabad")
    assert list(document)[:4] == ["@context", "id", "type", "label"]
    assert document["@context"] == CONTEXT
    assert document["id"] == ID + "Islamabad"
    assert document["type"][0] == "City"
    assert document["label"] == {"en": "Islamabad", "ur": "اسلام آباد", "zh": "伊斯兰堡"}
    assert document["inCountry"] == [
        {
            "id": ID + "Pakistan",
            "label": {"en": "Pakistan", "ur": "پاکستان", "zh": "巴基斯坦"},
        }
    ]
    assert "http://www.wikidata.org/entity/Q1362" in [node["id"] for node in document["sameAs"]]
    name = ID + "JCC14_Minutes_Signing"
    (signing,) = (event for event in document["reverse"]["place"] if event["id"] == name)
    assert signing["label"]["en"]


@pytest.mark.parametrize(
    "name", ["Pakistan", "Islamabad", "JCC14_Minutes_Signing", "JCC_Meeting_14", "MDU_2026_04"]
)
def test_a_thing_says_the_same_as_in_the_other_formats(store: Store, name: str) -> None:
    statements, words = read_statements(store, name)
    assert len(statements) > 5
    assert read(frame_thing(NamedNode(ID + name), statements, words, CONTEXT)) == triples(
        [*statements, *words]
    )


def test_a_sentence_says_what_it_is_and_not_what_its_graph_states(store: Store) -> None:
    name = "inp-wealthpk-2026-04-29/s02"
    statements, words = read_statements(store, name)
    about = [quad for quad in statements if graph_of(quad) != ID + name]
    assert len(about) < len(statements)
    body = frame_thing(NamedNode(ID + name), statements, words, CONTEXT)
    assert triples(about) <= read(body) <= triples([*about, *words])
    document = json.loads(body)
    assert document["position"] == 2
    (position,) = [selector for selector in document["hasSelector"] if "start" in selector]
    assert isinstance(position["start"], int)
    record = document["reverse"]["hasSource"][0]
    assert record["id"] == f"{ID}{name}#1"
    assert record["rdf:subject"][0]["label"]["en"]
    assert isinstance(record["hasSelector"][0]["exact"], str)


def test_a_property_has_one_shape_everywhere(store: Store) -> None:
    shapes: dict[str, set[type]] = {}
    query = (
        "SELECT DISTINCT ?thing { GRAPH graph:editorial { ?thing a ?class } "
        f"FILTER STRSTARTS(STR(?thing), '{ID}') }}"
    )
    for row in run_select(store, query):
        document = frame_document(store, getattr(row["thing"], "value", "").removeprefix(ID))
        assert all(isinstance(value, list) for value in document.pop("reverse", {}).values())
        for name, value in document.items():
            shapes.setdefault(name, set()).add(type(value))
            if isinstance(value, list) and name != "type":
                shapes.setdefault(f"{name}[]", set()).update(map(type, value))
    assert len(shapes) > 60
    assert {name: kinds for name, kinds in shapes.items() if len(kinds) > 1} == {}
    assert shapes["date"] == shapes["advances"] == {list}
    assert shapes["advances[]"] == {dict}
    assert shapes["ordinal"] == {int}
    assert shapes["altLabel"] == {dict}


def test_a_name_of_two_languages_and_none_is_one_map() -> None:
    name = NamedNode(SKOS + "altLabel")
    values = (
        Literal("PRC", language="en"),
        Literal("Cathay", language="en"),
        Literal("CN"),
    )
    body = frame_thing(THIS, [Quad(THIS, name, value) for value in values], [], CONTEXT)
    assert json.loads(body)["altLabel"] == {"@none": ["CN"], "en": ["Cathay", "PRC"]}
    assert len(read(body)) == 3


def test_what_points_to_itself_and_to_a_node_without_a_name_is_written() -> None:
    advances, node = NamedNode(CPEC + "advances"), BlankNode("n")
    quads = [
        Quad(THIS, advances, THIS),
        Quad(THIS, advances, node),
        Quad(node, advances, THIS),
    ]
    body = frame_thing(THIS, quads, [], CONTEXT)
    assert read(body) == triples(quads)


VALUES: tuple[Literal | NamedNode, ...] = (
    *ODD,
    *(literal(text, "integer") for text in ("7", "007", "-0", "-5", "12345678901234567890")),
    *(literal(text, "boolean") for text in ("true", "1")),
    literal("1.0E2", "double"),
    literal("2026-03", "gYearMonth"),
    literal("2026-03-01", "date"),
    Literal("plain"),
    Literal("زبان", language="ur"),
    NamedNode(ID + "Pakistan"),
)


@pytest.mark.parametrize(
    "predicate",
    [CPEC + name for name in ("advances", "earliest", "ordinal", "date", "unheardOf")]
    + [RDFS + "label", RDF + "type", "urn:x", ID + "odd", SCHEMA + "//x"],
)
def test_every_kind_of_value_is_read_again(predicate: str) -> None:
    name = NamedNode(predicate)
    for value in VALUES:
        quads = [Quad(THIS, name, value), Quad(THIS, name, THIS)]
        body = frame_thing(THIS, quads, [], CONTEXT)
        if "@context" in json.loads(body):
            assert read(body) == triples(quads), value
        else:  # a value that the context would change is written in full, and pyld may change it
            assert triples(parse(body, format=RdfFormat.JSON_LD)) == triples(quads), value
