"""The page of a question: its answer in a table, with footnotes, and how to cite it."""

import re
from html import unescape
from http import HTTPStatus
from urllib.parse import urlencode

import pytest
from markupsafe import escape

from bench.client import Client
from queries.catalogue import catalogue
from server.page.frame import MODALITIES
from tests.server.conftest import Run

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


def test_the_rows_of_a_page_are_counted_as_people_say_it(client: Client) -> None:
    for name, words in {"tasks": "1 row", "aims": "12 rows"}.items():
        page = client.get(f"/questions/{name}", Accept=BROWSER)
        assert f"<caption>{words}</caption>" in page.text
    none = client.get("/questions/outside?undertaking=Climate_Initiatives", Accept=BROWSER).text
    lead = "No source expressly sets anything beside the undertaking."
    assert f'<p class="lead">{lead}</p>' in none
    assert "<table" not in none


def test_a_link_elsewhere_is_said_in_words(client: Client) -> None:
    page = client.get("/questions/elsewhere?thing=Robotics", Accept=BROWSER).text
    assert ">nearly the same topic</" in page
    assert "skos:closeMatch<" not in page


def test_what_is_asked_cannot_become_part_of_the_page(client: Client) -> None:
    page = client.get("/questions/aims?undertaking=%22%3E%3Cscript%3E", Accept=BROWSER)
    assert "<script>" not in page.text


@pytest.mark.parametrize("text", ['"><script>alert(1)</script>', "<b>", "100% of", "%(number)s"])
def test_a_value_of_a_row_is_shown_as_it_is_written(client: Client, text: str) -> None:
    address = urlencode({"query": f"SELECT ('{text}' AS ?value) {{}}", "cite": "true"})
    page = client.get(f"/sparql?{address}", Accept=BROWSER)
    assert page.status == HTTPStatus.OK
    assert f': {escape(text)}"' in page.text


def test_a_page_names_its_sources_as_the_command_does(client: Client, run: Run) -> None:
    page = unescape(client.get("/questions/tasks", Accept=BROWSER).text)
    text = "".join(run("ask", "tasks", "--cite").stdout.split())
    sources = re.findall(r"<bdi>(INP-WealthPk, 29 April 2026, sentence \d+)</bdi>", page)
    assert sources
    assert all("".join(words.split()) in text for words in sources)


def test_the_questions_are_listed(client: Client) -> None:
    page = client.get("/questions/", Accept=BROWSER).text
    for name in catalogue():
        assert f'href="/questions/{name}"' in page


def test_every_chip_leads_to_a_source_beside_the_answer(client: Client) -> None:
    page = client.get("/questions/cooperation-areas", Accept=BROWSER).text
    chips = set(re.findall(r'class="chip" href="#(source-\d+)"', page))
    assert len(chips) > 3
    assert chips == set(re.findall(r'<li id="(source-\d+)"', page))


def test_an_answer_says_how_each_row_is_meant(client: Client) -> None:
    page = client.get("/questions/cooperation-areas", Accept=BROWSER).text
    rows = re.findall(r'<tr role="row">(.*?)</tr>', page, re.DOTALL)
    own = [text for text in rows if "/page/Artificial_Intelligence" in text]
    assert own
    assert all("going on" in text for text in own)
    (said,) = [text for text in rows if "/page/Infrastructure" in text]
    assert "according to the Monthly Development Update" in said


@pytest.mark.law
@pytest.mark.parametrize("name", catalogue())
def test_what_is_not_said_is_a_sentence(client: Client, name: str) -> None:
    page = client.get(f"/questions/{name}", Accept=BROWSER).text
    notes = re.findall(r'<ul class="plain note absences">(.*?)</ul>', page, re.DOTALL)
    has_rows = '<table class="rows"' in page  # an answer of nothing has its causes instead
    is_told_once = name in {"cooperation-areas", "deployments"}  # what has ended is counted
    assert len(notes) >= (has_rows and " NOT EXISTS " in page and not is_told_once)
    for note in notes:
        assert re.search("No source|No other|No sentence|No earlier|does not say", note)
        told, *_ = note.partition(
            "<details>"
        )  # which has all, in SPARQL where words say too little
        assert not re.search(r"[{}?]|cpec:", told)


def test_days_are_written_out_for_readers_and_not_for_programs(client: Client) -> None:
    page = client.get("/questions/timeline", Accept=BROWSER).text
    assert ">31 March 2026</bdi>" in page
    assert "2026-03-31" in client.get("/api/queries/timeline?format=csv").text


def test_a_chart_says_how_sure_a_statement_is_as_all_pages_do(client: Client) -> None:
    page = client.get("/questions/modalities", Accept=BROWSER).text
    labels = re.findall(r'<a href="/ontology#(\w+)"><bdi>(.*?)</bdi>', page)
    assert len(labels) > 4
    assert all(words == MODALITIES[name][0].lower() for name, words in labels)


def test_an_answer_is_cited_with_its_rows_sentences_version_and_address(client: Client) -> None:
    page = unescape(client.get("/questions/tasks", Accept=BROWSER).text)
    (text,) = re.findall(r'<p id="citation"><bdi>(.*?)</p>', page, re.DOTALL)
    assert text.startswith("Saba, A. (2026, April 29). Pakistan, China advance CPEC Phase II")
    assert " (Sentence 8)\nVia cpec-graph, “Who is tasked with what" in text
    assert f'<a href="{client.address}/questions/tasks?' in text


def test_numbers_times_and_networks_have_a_picture_in_the_page(client: Client) -> None:
    for name, mark in {
        "modalities": 'class="bar"',
        "timeline": 'class="span"',
        "parties": 'class="edge"',
    }.items():
        page = client.get(f"/questions/{name}", Accept=BROWSER).text
        assert mark in page
        assert "<table" in page


def test_numbers_stand_at_the_end_of_their_column(client: Client) -> None:
    page = client.get("/questions/modalities", Accept=BROWSER).text
    assert re.search(r'<th [^>]*class="number"[^>]*><a [^>]*>Statements</a></th>', page)
    assert len(re.findall(r'<td role="cell" class="number" data-label', page)) == 6


def test_sources_stand_below_an_answer_that_is_shorter_than_they_are(client: Client) -> None:
    for name, below in {"modalities": True, "intended-areas": False, "readings": True}.items():
        page = client.get(f"/questions/{name}", Accept=BROWSER).text
        assert ('<div class="columns wide">' in page) is below


def test_the_names_of_a_network_share_its_width(client: Client) -> None:
    page = client.get("/questions/parties", Accept=BROWSER).text
    (drawing,) = re.findall(r'<svg class="chart drawing".*?</svg>', page, re.DOTALL)
    assert "China-Pakistan Strategic Human Resource Development Programme" in drawing


def test_the_query_at_hand_has_its_parameters_filled_in(client: Client) -> None:
    asked = "aims?undertaking=Climate_Initiatives"
    page = unescape(client.get(f"/questions/{asked}", Accept=BROWSER).text)
    (link,) = re.findall(r'href="(/sparql\?query=[^"]+)"', page)
    rows = client.get(f"{link}&format=csv").text.splitlines()
    own = client.get(f"/api/queries/{asked}&format=csv&cite=true").text.splitlines()
    assert len(rows) > 1
    assert sorted(rows[1:]) == sorted(own[1:])


def test_names_come_first_in_the_language_that_is_chosen(client: Client) -> None:
    page = client.get("/questions/cooperation-areas?names=zh", Accept=BROWSER)
    assert (page.status, "人工智能" in page.text) == (200, True)
    assert "/page/Artificial_Intelligence?names=zh" in page.text
    drawn = client.get("/questions/parties?names=ur", Accept=BROWSER).text
    assert re.search("<text[^>]* lang=.?ur.?>&#x2068;پاکستان", drawn)


def test_what_can_be_asked_is_chosen_by_its_name(client: Client) -> None:
    page = client.get("/questions/aims", Accept=BROWSER).text
    assert '<option value="CPEC_Phase_II" selected>CPEC Phase II</option>' in page
    assert '<option value="Pakistan"' not in page
    given = client.get("/questions/aims?undertaking=id:Climate_Initiatives", Accept=BROWSER)
    assert '<option value="id:Climate_Initiatives" selected>' in given.text
    assert "climate resilience" in given.text
