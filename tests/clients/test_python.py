"""Clients in Python: SPARQLWrapper, pandas, pyoxigraph's SERVICE and pyld."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pandas as pd
import pytest
from pyld import jsonld
from pyoxigraph import QuerySolutions, Store
from SPARQLWrapper import CSV, JSON, RDFXML, TURTLE, XML, SPARQLWrapper

ID = "https://w3id.org/cpec-graph/id/"
COOPERATES = "https://w3id.org/cpec-graph/ontology#cooperatesIn"


def test_sparqlwrapper_asks_in_json(address: str, query: str, areas: set[str]) -> None:
    sparql = SPARQLWrapper(f"{address}/sparql")
    sparql.setQuery(query)
    sparql.setReturnFormat(JSON)
    rows = sparql.queryAndConvert()["results"]["bindings"]
    assert {row["area"]["value"] for row in rows} == areas


def test_sparqlwrapper_asks_in_xml_and_csv(address: str, query: str, areas: set[str]) -> None:
    sparql = SPARQLWrapper(f"{address}/sparql")
    sparql.setQuery(query)
    sparql.setReturnFormat(XML)
    cells = sparql.queryAndConvert().getElementsByTagName("uri")
    assert {cell.firstChild.data for cell in cells} == areas
    sparql.setReturnFormat(CSV)
    assert set(sparql.queryAndConvert().decode().split()[1:]) == areas


@pytest.mark.parametrize("form", [RDFXML, TURTLE])
def test_sparqlwrapper_reads_a_graph(address: str, form: str) -> None:
    sparql = SPARQLWrapper(f"{address}/sparql")
    sparql.setQuery(f"DESCRIBE <{ID}Pakistan>")
    sparql.setReturnFormat(form)
    graph = sparql.queryAndConvert()
    text = graph.decode() if isinstance(graph, bytes) else graph.serialize(format="nt")
    assert "Artificial_Intelligence" in text


def test_pandas_reads_an_address(address: str, query: str, areas: set[str]) -> None:
    frame = pd.read_csv(f"{address}/sparql?" + urlencode({"query": query, "format": "csv"}))
    assert set(frame["area"]) == areas


def test_pandas_reads_a_question_with_its_sources(address: str) -> None:
    frame = pd.read_csv(f"{address}/api/queries/cooperation-areas?format=csv&cite=true")
    assert list(frame.columns[-4:]) == ["sources", "quotes", "anchors", "modalities"]
    assert frame["sources"].str.contains(ID).all()
    assert (frame["quotes"].fillna("") + frame["anchors"].fillna("")).str.len().gt(0).all()


def test_pyoxigraph_asks_by_service(address: str, areas: set[str]) -> None:
    solutions = Store().query(
        f"SELECT ?area {{ SERVICE <{address}/sparql> {{ <{ID}Pakistan> <{COOPERATES}> ?area }} }}"
    )
    assert isinstance(solutions, QuerySolutions)
    assert {row["area"].value for row in solutions} == areas


@pytest.mark.parametrize("path", ["id/Pakistan", "data/Pakistan.jsonld", "page/Pakistan"])
def test_pyld_expands_a_thing(address: str, areas: set[str], path: str) -> None:
    assert cooperates(jsonld.expand(f"{address}/{path}")) >= areas


def test_pyld_loads_a_thing(address: str) -> None:
    loaded = jsonld.get_document_loader()(f"{address}/id/Pakistan", {})
    assert loaded["contentType"] == "application/ld+json"
    assert cooperates(jsonld.expand(loaded["document"], {"base": loaded["documentUrl"]}))


def cooperates(node: Any) -> set[str]:
    """Return the areas that an expanded document names, at any depth."""
    if isinstance(node, list):
        return set().union(*map(cooperates, node))
    if not isinstance(node, dict):
        return set()
    own = {value["@id"] for value in node.get(COOPERATES, ())}
    return own.union(*map(cooperates, node.values()))
