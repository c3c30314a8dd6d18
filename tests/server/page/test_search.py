"""The search over HTTP, and the first page that begins with it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from bench.client import Client
from graph.snapshot import Snapshot
from graph.wording.phrase import GROUPS
from ontology.namespace import ID
from server.page.overview import SEARCHES
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
    things = text.partition('<h2 id="statements">')[0]
    assert things.lower().count(">space technology<") == 1
    missing = client.get("/page/Space_Tecnology?names=ur", Accept=BROWSER).text
    assert "Nothing is known of Space Tecnology" in missing
    assert '<bdi lang="ur">خلائی ٹیکنالوجی</bdi>' in missing


def find_passages(client: Client, text: str, **parameters: str) -> list[dict[str, Any]]:
    address = urlencode({"q": text, "format": "json", **parameters})
    passages: list[dict[str, Any]] = client.get(f"/search?{address}").json["passages"]
    return passages


@pytest.mark.parametrize(
    "text", ["signed in Islamabad", "اسلام آباد", "伊斯兰堡", "the minutes sign"]
)
def test_a_statement_is_found_with_its_quote_and_the_page_of_its_sentence(
    client: Client, text: str
) -> None:
    signing = next(
        own for own in find_passages(client, text) if "in Islamabad" in str(own["quotes"])
    )
    assert (signing["kind"], signing["modality"]) == ("statement", "Reported")
    assert client.get(signing["page"], Accept=BROWSER).headers["Location"].endswith("#s02")
    page = client.get(f"/search?q={quote(text)}", Accept=BROWSER).text
    assert f'href="{signing["page"]}"' in page
    assert "signed … in Islamabad</q>" in page


def test_one_chinese_character_finds(client: Client) -> None:
    assert any(own["kind"] == "statement" for own in find_passages(client, "堡", names="zh"))


def test_sources_and_questions_are_found(client: Client) -> None:
    pages = {own["page"] for own in find_passages(client, "expand economic cooperation")}
    assert "/page/inp-wealthpk-2026-04-29" in pages
    assert "/questions/minutes-signed" in {
        own["page"] for own in find_passages(client, "when were the minutes signed")
    }
    for page in pages:
        assert client.get(page, Accept=BROWSER).status in {200, 302, 303}


def test_an_excluded_sentence_is_not_found(client: Client) -> None:
    sentence = f"{ID}inp-wealthpk-2026-04-29/s02"
    pages = {own["page"] for own in find_passages(client, "signed Islamabad", without=sentence)}
    assert not any(page.endswith("inp-wealthpk-2026-04-29/s02") for page in pages)
    page = client.get(f"/search?q=signed&without={sentence}", Accept=BROWSER).text
    assert f'name="without" value="{sentence}"' in page


def test_every_page_names_the_search_for_browsers(client: Client) -> None:
    assert 'rel="search" href="/opensearch.xml"' in client.get("/", Accept=BROWSER).text
    reply = client.get("/opensearch.xml")
    assert reply.type == "application/opensearchdescription+xml"
    html, json = (unescape(own) for own in re.findall('template="([^"]+)"', reply.text)[:2])
    for template, kind in ((html, "text/html"), (json, "application/json")):
        address = (
            "/"
            + template.replace("{searchTerms}", quote("中巴")).partition("//")[2].partition("/")[2]
        )
        found = client.get(address, Accept="*/*" if kind != "text/html" else BROWSER)
        assert (found.status, found.type) == (200, kind)


def test_the_guide_for_language_models_leads_to_answers(client: Client) -> None:
    reply = client.get("/llms.txt")
    assert (reply.status, reply.type) == (200, "text/markdown")
    assert reply.text.startswith("# cpec-graph\n\n> ")
    addresses = re.findall(r"\]\(https?://[^/]+(/[^)]*)\)", reply.text)
    assert len(addresses) > 40
    for address in addresses[:6] + addresses[-4:]:
        assert client.get(address).status == 200, address


def test_a_search_for_nothing_like_it_finds_nothing(client: Client) -> None:
    assert client.get("/search?q=zzzzzz&format=json").json["matches"] == []
    assert client.get("/search?q=zzzzzz&format=json").json["passages"] == []
    page = client.get("/search?q=zzzzzz", Accept=BROWSER).text
    assert "No things are called so" in page
    assert "Nothing is said so" in page
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
        assert f"<b>{snapshot.manifest[words]:,}</b>{words}" in page
    for path in ("/questions/cooperation-areas", "/page/China", "/things/", "/search"):
        assert f'"{path}"' in page
    assert page.count('<div class="answer">') == 3
    assert "Pakistan and China cooperate in " in page
    latest = page.partition('id="latest"')[2].partition("</section>")[0]
    assert latest.count('<li class="line">') == 6
    for words in ("have moved forward on", "29 April 2026", "8 September 2025", "aimed at"):
        assert words in latest
    assert page.count('<svg class="chart"') == len(GROUPS)
    assert client.get("/things/", Accept=BROWSER).text.count("<li>") > 60


def test_each_search_that_the_first_page_offers_finds_things(client: Client) -> None:
    for _, words in SEARCHES:
        assert client.get(f"/search?q={quote(words)}&format=json").json["matches"], words


def test_an_empty_graph_has_a_first_page_too(writer: Client) -> None:
    for path in ("/", "/things/", "/articles/"):
        assert writer.get(path, Accept=BROWSER).status == 200
