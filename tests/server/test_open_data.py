"""SERVICE to a live endpoint of others: `oxigraph serve` with the UN's goals and GDP by country."""

import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store

from bench.client import Client
from bench.peer import serve_peer
from bench.wire import Reply
from graph.snapshot import Snapshot
from ontology.namespace import PREFIXES
from tests.conftest import ROOT, SHARED
from tests.server.conftest import serving
from tests.server.service.elsewhere import Elsewhere

pytestmark = pytest.mark.long

OPEN_DATA = SHARED / "open-data"
OXIGRAPH = Path(sys.executable).with_name("oxigraph")
PUBLIC = "https://sdg.example/sparql"
NESTED = "https://nested.example/sparql"
QUERIES = dict(
    re.findall(
        r"```sparql\n# (\w+)\n(.*?)```",
        (ROOT / "docs" / "federation.md").read_text("utf-8"),
        re.DOTALL,
    )
)


def write_gdp(country: str) -> Iterator[Quad]:
    """Yield the observations of a country's GDP since 2020, in the terms of schema.org."""
    schema, xsd = PREFIXES["schema"], PREFIXES["xsd"]
    with (OPEN_DATA / "gdp.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["Country Code"] == country and int(row["Year"]) >= 2020:
                name = NamedNode(f"http://gdp.example/{country}-{row['Year']}")
                year = Literal(row["Year"], datatype=NamedNode(xsd + "gYear"))
                yield Quad(name, NamedNode(schema + "identifier"), Literal(country))
                yield Quad(name, NamedNode(schema + "observationDate"), year)
                yield Quad(name, NamedNode(schema + "value"), Literal(float(row["Value"])))


@pytest.fixture(scope="module")
def near(
    snapshot: Snapshot, other: Elsewhere, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Client]:
    """A server of the shipped graph, which a live endpoint of others answers under its IRI."""
    if not OPEN_DATA.is_dir():
        pytest.skip(f"no {OPEN_DATA}: set CPEC_SHARED to a folder that has open-data/")
    folder = tmp_path_factory.mktemp("open-data")
    theirs = Store(str(folder / "theirs"))
    theirs.load(path=OPEN_DATA / "sdg-kos-goals-targets-indicators.ttl", format=RdfFormat.TURTLE)
    theirs.extend(quad for country in ("CHN", "PAK", "IND") for quad in write_gdp(country))
    theirs.flush()
    del theirs
    with serve_peer(
        [str(OXIGRAPH), "serve", "--location", str(folder / "theirs")], "--bind", "/query"
    ) as peer:
        mapped = [PUBLIC, "http://{}:{}/query".format(*peer.address)]
        options = ["--out", str(snapshot.path.parent), "--service-map", *mapped]
        options += ["--service-map", NESTED, f"{other.address}/nested"]
        with serving(tmp_path_factory.mktemp("near"), *options) as client:
            yield client


def rows(reply: Reply) -> list[dict[str, str]]:
    """Return the rows of an answer, their terms as text."""
    assert reply.status == 200, reply.text
    bindings = reply.json["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in bindings]


def test_targets_of_technology_areas_have_the_titles_of_the_un(near: Client) -> None:
    titles = rows(near.query(QUERIES["titles"]))
    robotics = [row for row in titles if row["area"].endswith("/Robotics")]
    assert [row["target"] for row in robotics] == ["http://metadata.un.org/sdg/9.b"]
    extract = f"SELECT ?title {{ <{robotics[0]['target']}> skos:prefLabel ?title }}"
    assert robotics[0]["title"] in [row["title"] for row in rows(near.query(extract))]


def test_the_gdp_of_the_cooperating_countries_is_found_by_their_code(near: Client) -> None:
    answer = rows(near.query(QUERIES["gdp"]))
    assert {row["iso3"] for row in answer} == {"CHN", "PAK"}
    with (OPEN_DATA / "gdp.csv").open(encoding="utf-8", newline="") as file:
        expected = {
            (row["Country Code"], row["Year"], float(row["Value"]))
            for row in csv.DictReader(file)
            if row["Country Code"] in {"CHN", "PAK"} and int(row["Year"]) >= 2020
        }
    assert {(row["iso3"], row["year"], float(row["value"])) for row in answer} == expected


@pytest.mark.parametrize("name", QUERIES)
def test_a_row_of_others_is_never_cited_as_ours(name: str, near: Client) -> None:
    reply = near.query(QUERIES[name], cite="true")
    citations = reply.json["citations"]
    assert len(citations) == len(rows(reply)) > 0
    assert {citation["status"] for citation in citations} <= {"partly", "uncited"}
    assert all("answers" in citation["reason"] for citation in citations)
    ours = {graph for citation in citations for graph in citation["graphs"]}
    assert ours == {*reply.json["sources"]}
    assert "ETag" not in reply.headers


def test_an_answer_of_a_million_brackets_is_refused_and_no_worker_is_lost(near: Client) -> None:
    text = f"SELECT * {{ SERVICE <{NESTED}> {{ ?s ?p ?o }} }}"
    for _ in range(3):
        reply = near.query(text)
        assert (reply.status, reply.json["endpoint"]) == (502, NESTED)
    metrics = near.get("/metrics").text
    assert "\ncpec_engine_deaths_total 0\n" in metrics
    assert rows(near.query("SELECT * { VALUES ?one { 1 } }")) == [{"one": "1"}]
