"""Clients in JavaScript: jsonld.js, Comunica, ldes-client, run by the Node of package.json."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from tests.clients.conftest import TOKEN

HERE = Path(__file__).parent
NODE = HERE / "node_modules" / ".bin" / "node"
ID = "https://w3id.org/cpec-graph/id/"
ONTOLOGY = "https://w3id.org/cpec-graph/ontology#"
ARTICLE = "inp-wealthpk-2026-04-29"


def run(script: str, *arguments: str) -> list[Any]:
    """Return the list that a script prints as JSON."""
    done = subprocess.run(
        [NODE, HERE / script, *arguments], capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


@pytest.mark.parametrize("path", ["sparql", "id/Pakistan", "page/Pakistan", "data/Pakistan.nq"])
def test_comunica_asks_a_source(address: str, query: str, areas: set[str], path: str) -> None:
    rows = run("comunica.mjs", f"{address}/{path}", query)
    assert len(rows) == len(areas)
    assert set(rows) == areas


def test_comunica_follows_the_links_of_an_article_to_its_sentences(address: str) -> None:
    concerned = f"?undertaking <{ONTOLOGY}concernsArea> ?area"
    found = run("follow.mjs", f"{address}/page/{ARTICLE}", f"SELECT ?area {{ {concerned} }}")
    within = f'FILTER STRSTARTS(STR(?g), "{ID}{ARTICLE}/")'
    stated = f"SELECT DISTINCT ?area {{ GRAPH ?g {{ {concerned} }} {within} }}"
    rows = run("comunica.mjs", f"{address}/sparql", stated)
    assert rows
    assert set(found) == set(rows)


@pytest.mark.parametrize("path", ["id/Pakistan", "data/Pakistan.jsonld", "page/Pakistan"])
def test_jsonld_js_expands_a_thing(address: str, areas: set[str], path: str) -> None:
    assert set(run("jsonld.mjs", f"{address}/{path}")) >= areas


SIZES = "SELECT ?graph (COUNT(*) AS ?triples) { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph"


def test_ldes_client_reads_the_feed_of_a_snapshot_to_the_end(address: str) -> None:
    accept = {"Accept": "application/sparql-results+json"}
    with urlopen(
        Request(f"{address}/sparql?{urlencode({'query': SIZES})}", headers=accept)
    ) as reply:
        rows = json.load(reply)["results"]["bindings"]
    members = run("ldes.mjs", f"{address}/feed")
    assert {member["graph"]: member["triples"] for member in members if member["triples"]} == {
        row["graph"]["value"]: int(row["triples"]["value"]) for row in rows
    }


def test_ldes_client_reads_each_write_and_the_tombstone(writable: str) -> None:
    texts = [f"INSERT DATA {{ GRAPH <x:g> {{ <x:s> <x:p> {number} }} }}" for number in range(3)]
    for text in (*texts, "DROP GRAPH <x:g>"):
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/sparql-update"}
        urlopen(Request(f"{writable}/update", text.encode(), headers)).close()
    members = run("ldes.mjs", f"{writable}/feed")
    members.sort(key=lambda member: str(member["time"]))
    assert [(member["graph"], member["triples"]) for member in members] == [
        ("x:g", 1),
        ("x:g", 2),
        ("x:g", 3),
        ("x:g", 0),
    ]
