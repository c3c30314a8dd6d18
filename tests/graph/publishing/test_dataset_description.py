"""The description of the dataset: its figures are counted, not claimed."""

from pathlib import Path

import pyshacl
import pytest
import rdflib
from pyoxigraph import NamedNode, RdfFormat, Store, serialize

from graph.answering.evaluation import run_select
from graph.build import Summary
from graph.publishing.dataset_description import complete_description
from graph.publishing.dump import describe_distributions
from ontology.namespace import BASE
from ontology.namespace import DATASET_GRAPH as GRAPH

DATASET_GRAPH = NamedNode(GRAPH)


@pytest.fixture(scope="module")
def store(small: Summary) -> Store:
    return small.snapshot.load()


def rows(store: Store, query: str) -> list[list[str]]:
    return [[getattr(cell, "value", "") for cell in row] for row in run_select(store, query)]


def test_a_linkset_says_how_many_links_there_are_with_what_and_where_to(store: Store) -> None:
    query = """SELECT ?links ?with ?to {
      GRAPH graph:dataset { ?set a void:Linkset ; void:triples ?links ; void:linkPredicate ?with }
      ?set void:target ?to FILTER STRSTARTS(STR(?to), "http:")
    }"""
    same_as = "http://www.w3.org/2002/07/owl#sameAs"
    assert rows(store, query) == [["2", same_as, "http://www.wikidata.org/"]]


def test_the_size_is_that_of_the_union_that_it_describes(store: Store) -> None:
    query = "SELECT ?size { GRAPH graph:dataset { ?it a dcat:Dataset ; void:triples ?size } }"
    outside = """SELECT (COUNT(*) AS ?n) {
      { SELECT DISTINCT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } FILTER (?g != graph:dataset) } }
    }"""
    assert rows(store, query) == rows(store, outside)


def test_the_dataset_has_its_title_licence_and_endpoint(store: Store) -> None:
    query = """SELECT ?licence ?endpoint {
      ?it a dcat:Dataset ; dcterms:title ?title ; dcterms:license ?licence ;
        void:sparqlEndpoint ?endpoint ; void:subset graph:links/wikidata .
    }""".replace("graph:links/wikidata", "<https://w3id.org/cpec-graph/graph/links/wikidata>")
    assert rows(store, query) == [
        ["https://creativecommons.org/licenses/by/4.0/", "https://w3id.org/cpec-graph/sparql"]
    ]


def test_the_dataset_has_its_publisher_keywords_and_languages(store: Store) -> None:
    query = """SELECT ?name ?language {
      ?it a dcat:Dataset ; dcterms:publisher ?who ; dcterms:language ?language .
      ?it dcat:keyword "CPEC"@en .
      ?who a foaf:Agent ; foaf:name ?name .
    } ORDER BY ?language"""
    languages = "http://id.loc.gov/vocabulary/iso639-1/"
    assert rows(store, query) == [
        ["the cpec-graph project", languages + code] for code in ("en", "ur", "zh")
    ]


@pytest.mark.parametrize("shapes", ["shapes.ttl", "range.ttl"])
def test_the_description_is_valid_by_the_shapes_of_dcat_ap_3(store: Store, shapes: str) -> None:
    described, rules = rdflib.Graph(), rdflib.Graph()
    triples = (quad.triple for quad in store.quads_for_pattern(None, None, None, DATASET_GRAPH))
    served = complete_description(triples, "2026-11-30")
    described.parse(data=serialize(served, format=RdfFormat.N_TRIPLES), format="nt")
    rules.parse(Path(__file__).parent / "dcat-ap" / shapes)
    conforms, _, report = pyshacl.validate(described, shacl_graph=rules)
    assert conforms, report
    catalogues = list(described.subjects(rdflib.RDF.type, rdflib.DCAT.Catalog))
    assert len(catalogues) == 1
    (dataset,) = described.objects(catalogues[0], rdflib.DCAT.dataset)
    described.remove((dataset, rdflib.DCTERMS.title, None))
    described.remove((None, rdflib.RDF.type, rdflib.FOAF.Document))
    assert not pyshacl.validate(described, shacl_graph=rules)[0]


def test_no_date_is_made_up(store: Store) -> None:
    query = "SELECT ?date { GRAPH graph:dataset { ?it dcterms:issued|dcterms:modified ?date } }"
    assert rows(store, query) == []


def test_every_distribution_has_its_licence(store: Store) -> None:
    query = """SELECT DISTINCT ?licence {
      GRAPH graph:dataset { ?it a dcat:Distribution OPTIONAL { ?it dcterms:license ?licence } }
    }"""
    assert rows(store, query) == [["https://creativecommons.org/licenses/by/4.0/"]]


def test_the_endpoint_and_the_feed_are_services_of_the_dataset() -> None:
    described = {
        (str(quad.subject).strip("<>").removeprefix(BASE), str(quad.object).strip("<>"))
        for quad in describe_distributions([])
        if quad.predicate.value.endswith(("servesDataset", "conformsTo"))
    }
    assert described == {
        ("sparql", BASE + "dataset"),
        ("sparql", "https://www.w3.org/TR/sparql11-protocol/"),
        ("feed", BASE + "dataset"),
        ("feed", "https://w3id.org/ldes/specification"),
    }


def test_the_partitions_count_what_they_are_of(store: Store) -> None:
    classes = """SELECT ?class ?n (COUNT(DISTINCT ?entity) AS ?m) {
      GRAPH graph:dataset { ?part void:class ?class ; void:entities ?n }
      GRAPH ?g { ?entity a ?class } FILTER (?g != graph:dataset)
    } GROUP BY ?class ?n"""
    properties = """SELECT ?property ?n (COUNT(*) AS ?m) {
      GRAPH graph:dataset { ?part void:property ?property ; void:triples ?n }
      { SELECT DISTINCT ?s ?property ?o {
        GRAPH ?g { ?s ?property ?o } FILTER (?g != graph:dataset) } }
    } GROUP BY ?property ?n"""
    for query in (classes, properties):
        counts = rows(store, query)
        assert len(counts) > 5
        assert [row for row in counts if row[1] != row[2]] == []
