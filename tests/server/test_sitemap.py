"""The sitemap, and a graph of more names than one of its parts takes."""

import re
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

from bench.client import Client
from bench.endpoint import tune
from bench.graph import write_as_snapshot
from ontology.namespace import BASE, ID
from ontology.terms import CPEC, RDF
from server.page.cited_answer import ROWS
from tests.server.conftest import serving

BROWSER = "text/html,*/*;q=0.8"


def test_crawlers_are_told_where_to_go(client: Client) -> None:
    robots = client.get("/robots.txt").text
    assert f"Sitemap: {client.address}/sitemap.xml" in robots
    assert "\nDisallow: /explain\n" in robots
    sitemap = client.get("/sitemap.xml")
    paths = re.findall(rf"<loc>{re.escape(client.address)}(/[^<]+)</loc>", sitemap.text)
    assert "/page/Pakistan" in paths
    for path in paths[:: max(1, len(paths) // 10)]:
        assert client.get(path, Accept=BROWSER).status == 200


@pytest.mark.long
def test_a_graph_of_many_names_is_mapped_in_parts_and_asked_for_one_name(tmp_path: Path) -> None:
    kind, graph = NamedNode(f"{CPEC}Area"), NamedNode(f"{BASE}graph/editorial")
    names = [NamedNode(f"{ID}Area_{n:05}") for n in range(10_001)]
    areas = [Quad(name, RDF.TYPE, kind, graph) for name in names]
    for country in ("Pakistan", "China"):
        together = NamedNode(ID + country), NamedNode(f"{CPEC}cooperatesIn")
        areas += [Quad(*together, name, graph) for name in names[:1200]]
    write_as_snapshot(tmp_path / "build", areas)
    options = ("--out", str(tmp_path / "build"))
    with serving(tmp_path, *options, command=tune(max_answer=1 << 20)) as client:
        index = client.get("/sitemap.xml").text
        assert re.findall(r"<sitemap><loc>[^<]*/(sitemap-\d.xml)</loc>", index) == [
            "sitemap-1.xml",
            "sitemap-2.xml",
        ]
        assert client.get("/sitemap-2.xml").text.count("/page/Area_10000") == 1
        assert client.get("/sitemap-3.xml").status == client.get("/sitemap-0.xml").status == 404
        assert client.get("/", Accept=BROWSER).status == 200
        assert client.get("/api/queries/names?thing=Area_00007&language=en").status == 200
        assert client.get("/api/queries/names?thing=Nowhere&language=en").status == 404
        listed: list[str] = []
        parts = 1200 // ROWS
        for part in range(1, parts + 1):
            text = client.get(f"/questions/cooperation-areas?part={part}", Accept=BROWSER).text
            linked = list(dict.fromkeys(re.findall(r"/page/(Area_\d+)", text)))
            assert (len(linked), 'rel="next"' in text) == (ROWS, part < parts)
            listed += linked
        assert listed == [f"Area_{n:05}" for n in range(1200)]
