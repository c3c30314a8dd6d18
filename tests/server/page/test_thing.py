"""The page of a thing over HTTP: sentences with their quotes, and proofs in their place."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from bench.client import Client
from ontology.namespace import BASE, ID
from tests.server.tags import Tags, scripts

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def page(client: Client, path: str) -> str:
    reply = client.get(path, Accept=BROWSER)
    assert (reply.status, reply.type) == (200, "text/html")
    assert "default-src 'self'" in reply.headers["Content-Security-Policy"]
    return reply.text


def plain(text: str) -> str:
    """Return the words of a page, without its marks and chips."""
    without = re.sub(r'<(?:a|span) class="(?:chip|mark|hidden)[^>]*>.*?</(?:a|span)>', "", text)
    return " ".join(unescape(re.sub(r"<[^>]+>", "", without)).split())


def test_relations_are_sentences_grouped_by_how_sure_they_are(client: Client) -> None:
    text = page(client, "/page/Pakistan?only=inp-wealthpk-2026-04-29")
    groups = re.findall(r'<h2 id="g-(\w+)"', text)
    assert groups == ["Reported", "Ongoing", "Aim"]
    words = plain(text)
    assert "Pakistan cooperates with China" in words
    assert (
        "It is a joint party to the Pakistan-China artificial intelligence (AI) framework" in words
    )
    assert "Gwadar, Islamabad and Quetta are in Pakistan." in words
    assert "It is a party to" not in words  # a joint party is one
    assert "is in it" not in words  # a country lies in itself, which tells nobody anything


@pytest.mark.parametrize(
    ("language", "direction", "words"),
    [
        ("ur", "rtl", "پاکستان نے پاک چین دو طرفہ اقتصادی تعاون کو مضبوط کیا ہے۔"),
        ("zh", "ltr", "巴基斯坦在气候与环境领域、新兴领域、人力资本开发和技术方面合作。"),
    ],
)
def test_relations_are_sentences_of_the_language_of_names(
    client: Client, language: str, direction: str, words: str
) -> None:
    text = page(client, f"/page/Pakistan?names={language}")
    assert words in plain(text)
    assert f'<span lang="{language}" dir="{direction}">' in text


def test_a_chip_opens_the_words_of_the_statement_itself(client: Client) -> None:
    text = page(client, "/page/CPEC_Phase_II")
    for anchor in re.findall(r'class="chip" href="#(q[^"]+)"', text):
        assert f'id="{anchor}"' in text
    assert "both have moved forward on it, so both take part in it." in text
    assert "according to the Monthly Development Update (April 2026)" in plain(text)


def test_what_only_follows_stands_apart_with_its_proof(client: Client) -> None:
    text = page(client, "/page/HEC")
    (box,) = re.findall(r'<div class="inferred">(.*?)</details>', text, re.DOTALL)
    words = plain(box)
    assert "It is tasked in artificial intelligence." in words
    assert "intelligence (AI) framework concerns artificial intelligence" in words
    assert "It is a body of Pakistan" not in words
    assert '<a href="/explain?' in box


def test_the_things_around_a_thing_are_listed_by_modality(client: Client) -> None:
    text = page(client, "/page/HEC?only=inp-wealthpk-2026-04-29")
    around = re.findall(r'<dl class="around">(.*?)</dl>', text, re.DOTALL)[0]
    assert [plain(heading) for heading in re.findall(r"<dt.*?</dt>", around)] == ["tasked"]
    assert [plain(name) for name in re.findall(r"<dd>.*?</dd>", around)] == [
        "HEC mandate under the AI framework",
        "cooperation under the Pakistan-China artificial intelligence (AI) framework ∴ it follows",
        "artificial intelligence ∴ it follows",
    ]
    assert around.count('class="line m-Tasked"') == 3


def test_an_inverse_of_what_a_source_states_is_stated(client: Client) -> None:
    text = page(client, "/page/HEC")
    stated, _, _ = text.partition('<div class="inferred">')
    assert "was given the HEC mandate" in plain(stated)


def test_a_page_loads_nothing_from_elsewhere_and_has_one_script(client: Client) -> None:
    tags = Tags(page(client, "/page/Pakistan")).found
    assert scripts(tags) == ["/static/site.js"]
    assert ("html", {"lang": "en"}) in tags
    loaded = [
        of.get("src") or of.get("href") or "/"
        for tag, of in tags
        if tag in {"link", "img"} and not (of.get("rel") or "").startswith("schema.")  # a namespace
    ]
    origin = client.address
    assert all(link.startswith(("/", origin)) for link in loaded)
    assert not any(of.get("style") for _, of in tags)
    hrefs = [of.get("href") or "" for tag, of in tags if tag == "a"]
    assert not any(BASE in href for href in hrefs)


class UnfoldedTags(Tags):
    """The elements of a page, of what is folded the outermost summary alone."""

    depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.depth == (tag == "summary"):
            super().handle_starttag(tag, attrs)
        self.depth += tag == "details"

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "details"


@pytest.mark.parametrize("name", ["Pakistan", "China", "CPEC", "HEC"])
def test_a_page_has_sixty_tab_stops_at_most_and_is_small(client: Client, name: str) -> None:
    text = page(client, f"/page/{name}")
    assert len(text.encode()) < 200_000
    stops = [
        of
        for tag, of in UnfoldedTags(text).found
        if (tag == "a" and "href" in of) or tag in {"summary", "button", "input", "select"}
    ]
    assert len([of for of in stops if of.get("tabindex") != "-1"]) <= 60


def test_of_an_author_and_of_a_publisher_the_articles_are_told(client: Client) -> None:
    article = '<a href="/page/inp-wealthpk-2026-04-29">'
    for name, words in {
        "Ayesha_Saba": "Ayesha Saba is the author of “Pakistan, China advance CPEC Phase II",
        "INP_WealthPk": "INP-WealthPk is the publisher of “Pakistan, China advance CPEC Phase II",
    }.items():
        text = page(client, f"/page/{name}")
        assert words in plain(text)
        assert "INP-WealthPk, 29 April 2026." in plain(text)
        assert article in text
        assert f"No source says anything else of {words.partition(' is')[0]}." in plain(text)
    assert "is the author of" not in page(client, "/page/HEC")


def test_other_datasets_have_their_own_names(client: Client) -> None:
    text = page(client, "/page/Pakistan")
    (names,) = re.findall(r"<b>Elsewhere</b> · <span>(.*?)</span></summary>", text)
    assert {"Wikidata", "GeoNames", "DBpedia"} <= set(names.split(", "))


def test_names_stand_in_three_languages_each_in_its_direction(client: Client) -> None:
    text = page(client, "/page/AI_Framework")
    assert '<span lang="ur" dir="rtl">پاک چین مصنوعی ذہانت فریم ورک</span>' in text
    assert 'lang="zh"' in text
    assert text.count('class="draft"') == 2
    first = page(client, "/page/Islamabad?names=ur")
    assert re.search(r'<h1[^>]*lang="ur" dir="rtl">اسلام آباد</h1>', first)
    assert 'href="/page/Pakistan?names=ur"' in first
    assert 'href="/feed/questions/about?thing=Islamabad"' in first


def test_search_engines_find_what_the_page_is_about(client: Client) -> None:
    for name in ("Pakistan", "HEC", "inp-wealthpk-2026-04-29"):
        text = page(client, f"/page/{name}")
        (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)
        markup = json.loads(data)
        assert markup["@id"] == ID + name
        assert f'<link rel="canonical" href="{client.address}/page/{name}">' in text
        assert '<meta name="citation_title"' in text


def test_every_link_of_a_page_leads_somewhere(client: Client) -> None:
    paths = {
        unescape(href).partition("#")[0]
        for name in ("Islamabad", "JCC14_Minutes_Signing")
        for href in re.findall(r'href="(/[^"]+)"', page(client, f"/page/{name}"))
    }
    assert len(paths) > 20
    for path in paths:
        assert client.get(path, Accept=BROWSER).status in {200, 303}, path


def test_a_sentence_is_its_place_in_its_article(client: Client) -> None:
    sent = client.get("/page/inp-wealthpk-2026-04-29/s08?names=ur", Accept=BROWSER)
    assert sent.status == 303
    article = f"{client.address}/page/inp-wealthpk-2026-04-29?names=ur#s08"
    assert sent.headers["Location"] == article


def test_an_article_tells_its_sentences_in_order(client: Client) -> None:
    text = page(client, "/page/inp-wealthpk-2026-04-29")
    anchors = re.findall(r'<section class="sentence" id="(s\d+)"', text)
    assert anchors == [f"s{number:02}" for number in range(15)]
    assert "What follows only with this sentence" in text
    assert "15 sentences make 126 statements" in plain(text)
    assert '<meta name="citation_publication_date" content="2026/04/29">' in text


@pytest.mark.long
def test_what_a_writer_wrote_cannot_become_part_of_a_page(writer: Client) -> None:
    writer.update(
        "INSERT DATA { GRAPH <x:g> { id:Evil rdfs:label '<script>alert(1)</script>' ;"
        " rdfs:seeAlso <javascript:alert(1)>, <data:text/html,x> ; cpec:partyTo id:Evil ;"
        " rdfs:comment '\"><img src=x onerror=alert(1)>', '</script><script>alert(1)</script>' } }"
    )
    tags = Tags(page(writer, "/page/Evil")).found
    assert scripts(tags) == ["/static/site.js"]
    assert "img" not in [tag for tag, _ in tags]
    hrefs = [attributes.get("href") or "" for _, attributes in tags]
    assert not any(href.startswith(("javascript:", "data:")) for href in hrefs)


def test_a_name_that_nothing_has_brings_the_nearest(client: Client) -> None:
    missing = client.get("/page/Pakistam", Accept=BROWSER)
    assert missing.status == 404
    assert '<a href="/page/Pakistan"><bdi lang="en">Pakistan</bdi></a>' in missing.text
    assert "There is nothing here by that name" in missing.text
