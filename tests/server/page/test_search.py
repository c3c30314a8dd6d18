"""The search over HTTP, and the first page that begins with it."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from bench.client import Client
from graph.snapshot import Snapshot
from ontology.namespace import ID
from tests.server.tags import Tags, scripts

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("اسلام آباد", "Islamabad"),
        ("中巴经济", "CPEC"),
        ("MoPD&SI", "MoPDSI"),
        ("Higher Educaton", "HEC"),
        ("سي بيك", "CPEC"),
    ],
)
def test_a_thing_is_found_by_any_of_its_names(client: Client, text: str, name: str) -> None:
    answer = client.get(f"/search?q={quote(text)}&format=json").json
    assert answer["query"] == text
    assert answer["matches"][0]["id"] == ID + name
    page = client.get(f"/search?q={quote(text)}", Accept=BROWSER).text
    assert f'href="/page/{name}"' in page


def test_a_match_has_each_of_its_names_once_in_its_own_language(client: Client) -> None:
    text = client.get("/search?q=space+technology&names=ur", Accept=BROWSER).text
    assert '<bdi lang="ur">خلائی ٹیکنالوجی</bdi>' in text
    assert text.lower().count(">space technology<") == 1
    missing = client.get("/page/Space_Tecnology?names=ur", Accept=BROWSER).text
    assert "Nothing is known of Space Tecnology" in missing
    assert '<bdi lang="ur">خلائی ٹیکنالوجی</bdi>' in missing


def test_a_search_for_nothing_like_it_finds_nothing(client: Client) -> None:
    assert client.get("/search?q=zzzzzz&format=json").json["matches"] == []
    assert "No things are called so" in client.get("/search?q=zzzzzz", Accept=BROWSER).text
    assert client.get("/search", Accept=BROWSER).status == 200


def test_a_search_that_is_too_long_is_refused_plainly(client: Client) -> None:
    refused = client.get(f"/search?q={'x' * 5000}")
    assert refused.status == 400
    assert "a search may have 200 characters" in refused.json["detail"]
    assert client.get(f"/search?q={'x' * (1 << 20)}").status in {413, 414, 431}


def test_what_is_looked_for_cannot_become_part_of_the_page(client: Client) -> None:
    page = client.get(f"/search?q={quote('<script>alert(1)</script>')}", Accept=BROWSER).text
    assert scripts(Tags(page).found) == ["/static/site.js"]


def test_a_new_name_is_found_after_a_write(writer: Client) -> None:
    update = "INSERT DATA { GRAPH <x:g> { id:Gwadar_Port rdfs:label 'Gwadar Port'@en } }"
    assert writer.update(update).status == 200
    (match,) = writer.get("/search?q=gwadar&format=json").json["matches"]
    assert (match["label"], match["page"]) == ("Gwadar Port", "/page/Gwadar_Port")


def test_the_first_page_says_what_this_is_and_leads_to_all_of_it(
    client: Client, snapshot: Snapshot
) -> None:
    page = client.get("/", Accept=BROWSER).text
    assert "What Pakistan and China do together, and who says so" in page
    for words in ("sentences", "statements"):
        assert f"<b>{snapshot.manifest[words]}</b>{words}" in page
    for path in ("/questions/cooperation-areas", "/page/Pakistan", "/things/", "/search"):
        assert f'"{path}"' in page
    assert page.count('<div class="answer">') == 3
    assert "cooperation in climate and environmental sectors</q>" in page
    assert "signed on March 31, 2026</q>" in page
    assert client.get("/things/", Accept=BROWSER).text.count("<li>") > 60
    assert "/page/inp-wealthpk-2026-04-29" in client.get("/articles/", Accept=BROWSER).text


def test_an_empty_graph_has_a_first_page_too(writer: Client) -> None:
    for path in ("/", "/things/", "/articles/"):
        assert writer.get(path, Accept=BROWSER).status == 200
