"""rdflib: its stores as a Graph and as a Dataset, and things that it looks up."""

from __future__ import annotations

import pytest
from rdflib import Dataset, Graph, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore

PAKISTAN = URIRef("https://w3id.org/cpec-graph/id/Pakistan")
COOPERATES = URIRef("https://w3id.org/cpec-graph/ontology#cooperatesIn")


def rows(graph: Graph, query: str) -> set[str]:
    """Return the first column of an answer."""
    return {str(row[0]) for row in graph.query(query) if isinstance(row, tuple)}


@pytest.mark.parametrize("kind", [Graph, Dataset])
@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_a_store_is_asked(
    address: str, query: str, areas: set[str], kind: type[Graph], form: str
) -> None:
    graph = kind(store=SPARQLStore(f"{address}/sparql", returnFormat=form))
    assert rows(graph, query) == areas


@pytest.mark.parametrize("kind", [Graph, Dataset])
def test_a_store_is_asked_for_triples(address: str, areas: set[str], kind: type[Graph]) -> None:
    graph = kind(store=SPARQLStore(f"{address}/sparql"))
    assert set(map(str, graph.objects(PAKISTAN, COOPERATES))) == areas


@pytest.mark.parametrize("kind", [Graph, Dataset])
def test_a_store_is_asked_by_post(
    address: str, query: str, areas: set[str], kind: type[Graph]
) -> None:
    store = SPARQLUpdateStore(f"{address}/query", f"{address}/update", method="POST")
    assert rows(kind(store=store), query) == areas


def test_a_dataset_finds_the_sentences(address: str) -> None:
    dataset = Dataset(store=SPARQLStore(f"{address}/sparql"))
    text = f"SELECT ?sentence {{ GRAPH ?sentence {{ {PAKISTAN.n3()} ?p ?o }} }}"
    sentences = rows(dataset, text)
    assert any("inp-wealthpk-2026-04-29/s" in sentence for sentence in sentences)


def test_a_graph_with_a_name_is_one_sentence(address: str) -> None:
    sentence = URIRef("https://w3id.org/cpec-graph/id/inp-wealthpk-2026-04-29/s08")
    named = Graph(store=SPARQLStore(f"{address}/sparql"), identifier=sentence)
    everything = Graph(store=SPARQLStore(f"{address}/sparql"))
    text = "SELECT * { ?s ?p ?o }"
    assert 0 < len(list(named.query(text))) < len(list(everything.query(text))) / 10


def test_a_thing_is_looked_up(address: str, areas: set[str]) -> None:
    graph = Graph().parse(f"{address}/id/Pakistan")
    assert set(map(str, graph.objects(PAKISTAN, COOPERATES))) == areas


@pytest.mark.parametrize("suffix", ["ttl", "nt", "jsonld", "rdf", "trig", "nq"])
def test_a_document_of_a_thing_has_its_triples(address: str, areas: set[str], suffix: str) -> None:
    form = {"rdf": "xml", "jsonld": "json-ld", "nq": "nquads"}.get(suffix, suffix)
    dataset = Dataset().parse(f"{address}/data/Pakistan.{suffix}", format=form)
    assert set(map(str, dataset.objects(PAKISTAN, COOPERATES))) == areas
