"""Every quotation that an interface prints, compared with the text of its sentence by offsets."""

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from html import unescape
from io import StringIO
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from pyoxigraph import Store

from bench.client import Client
from graph.curating.evidence import read_articles
from graph.curating.verification import read_text
from graph.explaining.spreadsheet import AND, OR
from graph.publishing.statement_table import STATED as STATED_ROW
from graph.publishing.statement_table import build_rows
from graph.snapshot import Snapshot
from graph.wording.display_name import read_text as read_term
from graph.wording.quotation import BETWEEN, ELLIPSIS, split_quotation
from ontology.namespace import ID
from queries.catalogue import catalogue
from tests.server.conftest import Run, serving

BROWSER = "text/html,*/*;q=0.8"
STATED = (
    "SELECT ?s ?p ?o ?g { GRAPH ?g { ?s ?p ?o } ?g a cpec:Sentence ; "
    "oa:hasSource id:inp-wealthpk-2026-04-29 }"
)
"""The statements of the article that may be quoted: less than the 200 rows that have own words."""

Texts = dict[str, str]


@pytest.fixture(scope="module")
def client(first_snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a server of the first article, the only one that is quoted by phrases."""
    with serving(
        tmp_path_factory.mktemp("first"), "--snapshot", str(first_snapshot.path)
    ) as served:
        yield served


@pytest.fixture(scope="module")
def sentences(store: Store, shared_article: Path) -> Texts:
    """The text of each sentence of the articles in the archive that may be quoted."""
    return {
        sentence.iri: read_text(path)[sentence.start : sentence.end]
        for article in read_articles(store)
        if (path := shared_article / f"{article.name}.txt").exists()
        for sentence in article.sentences
        if sentence.quotes
    }


def is_quoted(quotation: str, text: str) -> bool:
    """Return whether phrases follow each other in a text, with more than a blank between them."""
    end = 0
    for phrase in split_quotation(quotation.removesuffix(f" {ELLIPSIS}")):
        start = text.find(phrase, end)
        if start < 0 or (end and not text[end:start].strip()):
            return False
        end = start + len(phrase)
    return True


def assert_quoted(quotations: str, text: str) -> int:
    """Hold the quotations of one sentence to its text; return how many there are."""
    own = quotations.split(BETWEEN)
    for quotation in own:
        assert is_quoted(quotation, text), (quotation, text)
    return len(own)


def test_the_comparison_itself_sees_what_is_out_of_order() -> None:
    text = "both have moved forward on it"
    assert is_quoted("both … moved … it", text)
    assert not is_quoted("moved … both", text)
    assert not is_quoted("have … moved", text)
    assert not is_quoted("have not", text)


def test_the_words_of_each_row_are_those_of_its_own_statement(
    client: Client, snapshot: Snapshot, sentences: Texts
) -> None:
    exported = build_rows(list(snapshot.load()), lambda _: ())
    own = {
        (*map(read_term, row.triple), row.sentence): row.quote
        for row in exported
        if row.stated == STATED_ROW
    }
    reply = client.get(f"/sparql?{urlencode({'query': STATED, 'cite': 'true', 'format': 'json'})}")
    answer = json.loads(reply.text)
    rows = answer["results"]["bindings"]
    assert 100 < len(rows) <= 200
    for row, citation in zip(rows, answer["citations"], strict=True):
        values = tuple(row[name]["value"] for name in ("s", "p", "o", "g"))
        assert citation["words"][values[3]] == own[values]
        assert_quoted(citation["words"][values[3]], sentences[values[3]])
    query = "SELECT ?area { id:Scholarship_Alignment_Initiative cpec:aimsAlignmentWith ?area }"
    reply = client.get(f"/sparql?{urlencode({'query': query, 'cite': 'true', 'format': 'csv'})}")
    quotes = {
        row["area"].removeprefix(ID): row["quotes"] for row in csv.DictReader(StringIO(reply.text))
    }
    assert quotes["Robotics"] == "aims to align … key technological areas … robotics"


@pytest.mark.long
def test_json_and_csv_quote_their_sentences_in_order(client: Client, sentences: Texts) -> None:
    counted = 0
    for name in catalogue():
        answer = json.loads(client.get(f"/api/queries/{name}?cite=true&format=json").text)
        for citation in answer["citations"]:
            for graph, words in citation.get("words", {}).items():
                if graph in sentences:
                    counted += assert_quoted(words, sentences[graph])
        for graph, source in answer["sources"].items():
            if graph in sentences and "quote" in source:
                counted += assert_quoted(source["quote"], sentences[graph])
        text = client.get(f"/api/queries/{name}?cite=true&format=csv").text
        for row in csv.DictReader(StringIO(text)):
            proofs = zip(row["sources"].split(OR), row["quotes"].split(OR), strict=False)
            for graphs, quotes in proofs:
                known = [g for g in graphs.split(" ") if g in sentences]
                for quotation in filter(None, quotes.split(AND)):
                    assert not known or any(is_quoted(quotation, sentences[g]) for g in known)
                    counted += 1
    assert counted > 300


def list_pages() -> Iterator[str]:
    """Yield the pages and texts in which quotations are looked for."""
    yield from ("/", "/articles/", "/questions/aims", "/sources", "/explore")
    for name in catalogue():
        yield f"/questions/{name}"
    for name in ("Pakistan", "HEC", "Robotics", "CPEC", "JCC14_Minutes_Signing", "Technology"):
        yield f"/page/{name}"
        yield f"/explore?around={name}"
    yield "/page/inp-wealthpk-2026-04-29"
    for triple in (
        "s=Pakistan&p=cooperatesIn&o=Artificial_Intelligence",
        "s=Scholarship_Alignment_Initiative&p=aimsAlignmentWith&o=Robotics",
        "s=JCC14_Minutes_Signing&p=place&o=Islamabad",
    ):
        yield f"/explain?{triple}"
        yield f"/cite?{triple}"


@pytest.mark.long
def test_pages_quote_their_sentences_in_order(client: Client, sentences: Texts) -> None:
    counted = 0
    for path in list_pages():
        page = client.get(path, Accept=BROWSER).text
        assert f"</q> {ELLIPSIS}" not in page, path
        for tag, escaped in re.findall(r'(<q(?: lang="\w+")? dir="auto">|<q>)([^<]*)</q>', page):
            words = unescape(escaped)
            if ELLIPSIS in words or tag == "<q>" or any(words in t for t in sentences.values()):
                assert any(is_quoted(words, text) for text in sentences.values()), (path, words)
                counted += 1
    assert counted > 300


@pytest.mark.parametrize("name", ["apa", "bibtex", "ris", "csl", "json", "annotation"])
def test_references_and_annotations_quote_in_order(
    client: Client, sentences: Texts, name: str
) -> None:
    for path in ("question=aims", "id=HEC", "s=JCC14_Minutes_Signing&p=place&o=Islamabad"):
        text = client.get(f"/cite?{path}&format={name}").text
        for words in re.findall(rf"“([^”]*{ELLIPSIS}[^”]*)”", text):
            assert any(is_quoted(words, own) for own in sentences.values()), words
        if name == "annotation":
            targets = json.loads(text)["target"]
            for target in (t for t in targets if t["source"] == ID + "inp-wealthpk-2026-04-29"):
                phrase = target["selector"]["exact"]
                assert any(phrase in own for own in sentences.values()), phrase


def test_the_terminal_and_the_selectors_of_rdf_quote_in_order(
    run: Run, client: Client, sentences: Texts
) -> None:
    places: dict[str, list[tuple[int, str]]] = defaultdict(list)
    query = "SELECT ?g ?q ?words { ?g a cpec:Sentence ; oa:hasSelector ?q . ?q oa:exact ?words }"
    rows = json.loads(client.get(f"/sparql?query={quote(query)}&format=json").text)
    for row in rows["results"]["bindings"]:
        graph, selector, words = (row[name]["value"] for name in ("g", "q", "words"))
        start, end = map(int, selector.partition("#char=")[2].split(","))
        assert sentences[graph][start:end] == words
        places[graph].append((start, words))
    assert set(places) == set(sentences)
    triples = ("Pakistan", "cooperatesIn", "Technology"), ("HEC", "taskedInArea", "Robotics")
    printed = run("explain", *triples[0]).stdout + run("ask", "aims").stdout
    quoted = re.findall(r"“([^”]+)”", " ".join(printed.split()))  # a terminal wraps its lines
    assert any(ELLIPSIS in words for words in quoted)
    for words in quoted:
        if ELLIPSIS in words:
            assert any(is_quoted(words, text) for text in sentences.values()), words


@pytest.mark.parametrize("words", ["cooperation", "robotics", "signed in Islamabad", "scholarship"])
def test_search_quotes_in_order(client: Client, sentences: Texts, words: str) -> None:
    passages = client.get(f"/search?{urlencode({'q': words, 'format': 'json'})}").json["passages"]
    by_page = {f"/page/{graph.removeprefix(ID)}": text for graph, text in sentences.items()}
    quotations = [(q, by_page[p["page"]]) for p in passages for q in p["quotes"]]
    assert quotations
    for quotation, text in quotations:
        assert_quoted(quotation, text)
