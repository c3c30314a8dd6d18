"""Every anchor that an interface prints: in the order of its sentence, once, and never quoted."""

from __future__ import annotations

import csv
import json
import re
from html import unescape
from io import StringIO

import pytest
from pyoxigraph import Store

from bench.client import Client
from graph.curating.check import list_excesses
from graph.curating.evidence import read_articles
from graph.explaining.spreadsheet import AND, OR
from graph.wording.quotation import BETWEEN, ELLIPSIS
from ontology.namespace import ID
from tests.server.conftest import Run

BROWSER = "text/html,*/*;q=0.8"
QUESTIONS = (
    "timeline",
    "what-became",
    "amounts",
    "participants",
    "status-history",
    "intended-areas",
)
ARTICLES = ("profit-2025-09-08", "nawa-i-waqt-2021-07-16", "xinhua-silk-road-2025-09-29")
WHY = "s=Pakistan&p=intendsCooperationIn&o=Gas_Hydrates"

Texts = dict[str, str]


@pytest.fixture(scope="module")
def sentences(store: Store) -> Texts:
    """The sentences of articles that may not be quoted, of which the anchors alone are known."""
    masked = {}
    for article in read_articles(store):
        for sentence in article.sentences if article.is_anchored else ():
            text = ["\0"] * sentence.length
            for anchor in sentence.anchors:
                text[anchor.run.start : anchor.run.end] = anchor.run.words
            masked[sentence.iri] = "".join(text)
    return masked


def is_located(anchors: str, text: str) -> bool:
    """Return whether anchors follow each other in a text, with something between them."""
    end = -1
    for anchor in anchors.split(BETWEEN):
        words = anchor.removesuffix(f" {ELLIPSIS}")
        start = text.find(words, end + 1)
        if start < 0:
            return False
        end = start + len(words)
    return True


def list_anchors(page: str) -> list[str]:
    """Return the anchors of each place of a page that shows some."""
    groups = re.findall(
        r'<span class="note">[^<]+ (<bdi[^>]*>[^<]*</bdi>(?: \| <bdi.*?</bdi>)*)</span>', page
    )
    return [BETWEEN.join(map(unescape, re.findall(r">([^<]+)</bdi>", own))) for own in groups]


def test_the_comparison_itself_sees_what_is_out_of_order_or_overlaps() -> None:
    text = "agreed\0to conduct\0\0surveys"
    assert is_located("agreed | to conduct | surveys …", text)
    assert not is_located("surveys | agreed", text)
    assert not is_located("to conduct | conduct", text)


def test_no_article_of_the_shipped_graph_shows_more_than_it_may(store: Store) -> None:
    articles = read_articles(store)
    assert sum(article.is_anchored for article in articles) == 22
    assert [excess for article in articles for excess in list_excesses(article)] == []


@pytest.mark.parametrize("name", QUESTIONS)
def test_json_and_csv_have_the_anchors_of_a_sentence_in_order(
    client: Client, sentences: Texts, name: str
) -> None:
    answer = json.loads(client.get(f"/api/queries/{name}?cite=true&format=json").text)
    anchored = {g: s["anchor"] for g, s in answer["sources"].items() if "anchor" in s}
    assert anchored.keys() <= sentences.keys()
    own = [pair for c in answer["citations"] for pair in c.get("words", {}).items()]
    for graph, words in (*anchored.items(), *own):
        assert graph not in sentences or is_located(words, sentences[graph]), (graph, words)
        source = answer["sources"][graph]
        assert f"“{words}" not in source.get("words", "")
    text = client.get(f"/api/queries/{name}?cite=true&format=csv").text
    for row in csv.DictReader(StringIO(text)):
        for graphs, words in zip(row["sources"].split(OR), row["anchors"].split(OR), strict=False):
            known = [graph for graph in graphs.split(" ") if graph in sentences]
            if len(known) == len(graphs.split(" ")):
                assert all(
                    any(is_located(part, sentences[graph]) for graph in known)
                    for part in words.split(AND)
                )
    assert anchored


def test_the_export_has_the_anchors_of_a_sentence_in_order(
    client: Client, sentences: Texts
) -> None:
    rows = list(csv.DictReader(StringIO(client.get("/data/Action_Plan_2025_2029.csv").text)))
    shown = [row for row in rows if row["anchor"] and " " not in row["sentence"]]
    assert len(shown) > 10
    assert all(is_located(row["anchor"], sentences[row["sentence"]]) for row in shown)
    assert not any(row["quote"] for row in shown)
    addresses = {row["anchor"]: row["address"] for row in shown}
    for anchor, address in addresses.items():
        assert ("#:~:text=" in address) != (f" {ELLIPSIS}" in anchor and BETWEEN not in anchor)


@pytest.mark.parametrize(
    "path",
    [
        *(f"/page/{name}" for name in ARTICLES),
        *("/page/JCC_Meeting_10", "/questions/timeline", f"/explain?{WHY}", "/search?q=hydrates"),
        *("/page/JCC_Meeting_10?names=ur",),
    ],
)
def test_pages_have_anchors_in_order_without_quotation_marks(
    client: Client, sentences: Texts, path: str
) -> None:
    page = client.get(path, Accept=BROWSER).text
    shown = list_anchors(page)
    located = [own for own in shown if any(is_located(own, text) for text in sentences.values())]
    assert located or path.startswith("/explain")
    anchors = {anchor for own in located for anchor in own.split(BETWEEN)}
    for quoted in re.findall(r"<(?:q|mark)\b[^>]*>([^<]*)</", page):
        assert unescape(quoted) not in anchors, quoted


@pytest.mark.parametrize("path", ["/page/Action_Plan_2025_2029", f"/page/{ARTICLES[0]}"])
def test_the_words_of_a_source_have_its_anchors_merged(
    client: Client, sentences: Texts, path: str
) -> None:
    page = client.get(path, Accept=BROWSER).text
    boxes = [box.partition("</div>")[0] for box in page.split('<div class="quote')[1:]]
    shown = [BETWEEN.join(anchors) for box in boxes if (anchors := list_anchors(box))]
    assert any(BETWEEN in own for own in shown)
    for own in shown:
        assert any(is_located(own, text) for text in sentences.values()), own


def test_references_and_the_terminal_have_anchors_without_quotation_marks(
    client: Client, run: Run, sentences: Texts
) -> None:
    for name in ("bibtex", "ris", "csl"):
        text = client.get(f"/cite?{WHY}&format={name}").text
        (anchors,) = set(re.findall(r"anchor (.+?) \(Profit", text))
        assert is_located(anchors, sentences[f"{ID}profit-2025-09-08/s08"])
    targets = json.loads(client.get(f"/cite?{WHY}&format=annotation").text)["target"]
    assert {own["selector"]["exact"] for own in targets} == set(anchors.split(BETWEEN))
    record = json.loads(client.get(f"/cite?{WHY}&format=json").text)
    assert record["sources"][f"{ID}profit-2025-09-08/s08"]["anchors"] == anchors.split(BETWEEN)
    printed = " ".join(
        run("explain", "Pakistan", "intendsCooperationIn", "Gas_Hydrates").stdout.split()
    )
    assert f"sentence 8, anchor {anchors}" in printed
