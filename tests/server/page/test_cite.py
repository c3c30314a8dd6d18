"""Citations: each format is read back by a reader of somebody else."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import LatexDecodingMiddleware
from citeproc import (
    Citation,
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    formatter,
)
from citeproc.source.json import CiteProcJSON
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT4

from bench.client import Client
from graph.wording.quotation import split_quotation
from server import bibliography
from server.bibliography import Item
from server.page.cited_answer import Source
from tests.conftest import SHARED

BROWSER = "text/html,*/*;q=0.8"
TASKED = "SELECT ?body ?area { ?body cpec:taskedInArea ?area }"
KINDS = {
    "answer": "question=cooperation-areas",
    "parameters": "question=aims&undertaking=CPEC_Phase_II",
    "query": urlencode({"query": "SELECT (COUNT(*) AS ?n) { ?s a cpec:Sentence ; ?p ?_o }"}),
    "yes": urlencode({"query": "ASK { id:HEC cpec:taskedInArea ?area }"}),
    "triples": urlencode({"query": "DESCRIBE id:HEC"}),
    "statement": "s=HEC&p=taskedInArea&o=Artificial_Intelligence",
    "stated": "s=AI_Framework&p=concernsArea&o=Artificial_Intelligence",
    "literal": "s=JCC14_Minutes_Signing&p=date&o=2026-03-31",
    "excluded": "question=cooperation-areas&without=inp-wealthpk-2026-04-29/s08",
    "nothing": "question=contested",
    "thing": "id=HEC",
    "excluded thing": "id=AI_Framework&without=inp-wealthpk-2026-04-29/s01",
    "article": "id=inp-wealthpk-2026-04-29",
    "graph": "",
}


@pytest.fixture(params=list(KINDS.values()), ids=list(KINDS))
def citation_path(request: pytest.FixtureRequest) -> str:
    """The address of a citation: of an answer, a row, a statement."""
    return f"/cite?{request.param}"


def row_of(client: Client, path: str, words: str) -> str:
    """Return the name of a row of a page."""
    page = client.get(path, Accept=BROWSER).text
    rows = re.findall(r'<tr role="row".*?</tr>', page, re.DOTALL)
    (row,) = [text for text in rows if words in text]
    (name,) = re.findall(r'name="row" value="([0-9a-f]{32})"', row)
    return str(name)


def test_programs_get_the_receipt_and_the_address(client: Client, citation_path: str) -> None:
    reply = client.get(citation_path)
    citation = reply.json
    assert reply.type == "application/json"
    assert citation["version"] == citation["permalink"].partition("receipt=")[2].partition(".")[0]
    hashes = f".sha256-{citation['sha256']}" + (
        f".proofs-{citation['proofs']}" if "proofs" in citation else ""
    )
    assert citation["permalink"].endswith(hashes)
    assert ("proofs" in citation) != bool(citation.get("unproved"))
    assert f'<{citation["permalink"]}>; rel="cite-as"' in reply.headers.get_all("Link", [])
    again = client.get(citation["permalink"].removeprefix(client.address), Accept="*/*")
    assert again.status == (303 if "/dataset?" in citation["permalink"] else 200)
    assert again.headers["Receipt-Status"] == "same"


def test_plain_text_is_what_the_page_of_a_question_offers(client: Client) -> None:
    text = client.get("/cite?question=cooperation-areas&format=text").text
    page = unescape(client.get("/questions/cooperation-areas", Accept=BROWSER).text)
    assert text.startswith("cpec-graph, “In which areas do both countries cooperate?”, 7 rows")
    assert f'<p id="citation">{text.strip()}</p>' in page


def test_bibtex_is_read_back(client: Client, citation_path: str) -> None:
    text, citation = (
        client.get(f"{citation_path}&format=bibtex").text,
        client.get(citation_path).json,
    )
    plain = parse_string(text)
    assert not plain.failed_blocks
    (entry,) = plain.entries
    assert entry.entry_type == "misc"
    assert entry["url"] == citation["permalink"]
    assert entry["version"] == citation["version"]
    assert date.fromisoformat(entry["urldate"]) == datetime.now(UTC).date()
    decoded = parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    (entry,) = decoded.entries
    title = citation["citation"].partition("“")[2].partition("”")[0]
    assert "".join(entry["title"].split()).startswith("".join(title.split()))
    assert_quoted(entry.get("note"), citation)


def assert_quoted(note: Any, citation: Any) -> None:
    """Hold a note to the quotes of the first sources."""
    text = "".join(str(getattr(note, "value", note) or "").split())
    for source in list(citation["sources"].values())[:8]:
        for words in [*source["quotes"], *([source["words"]] if source["quotes"] else [])]:
            assert "".join(words.split()) in text


def test_ris_is_read_back(client: Client, citation_path: str) -> None:
    citation = client.get(citation_path).json
    (entry,) = rispy.loads(client.get(f"{citation_path}&format=ris").text)
    assert entry["type_of_reference"] == "DATA"
    assert entry["urls"] == [citation["permalink"]]
    assert entry["edition"] == citation["version"]
    assert_quoted(" ".join(entry.get("notes", [])), citation)


def test_csl_is_set_by_a_style_of_others(client: Client, citation_path: str) -> None:
    citation, records = (
        client.get(citation_path).json,
        client.get(f"{citation_path}&format=csl").json,
    )
    (record,) = records
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON(records), formatter.plain)
    bibliography.register(Citation([CitationItem(record["id"])]))
    (line,) = map(str, bibliography.bibliography())
    assert citation["permalink"] in line
    assert "the cpec-graph project" in line
    assert_quoted(record.get("note"), citation)


def test_no_two_items_share_a_name_in_a_bibliography(client: Client) -> None:
    cut = [urlencode({"query": f"SELECT ?s {{ ?s ?p ?o }} LIMIT {n}"}) for n in (1, 2)]
    asked = [*KINDS.values(), *cut]
    keys = [client.get(f"/cite?{parameters}&format=csl").json[0]["id"] for parameters in asked]
    assert len(set(keys)) == len(asked)


@pytest.fixture(scope="session")
def assertions() -> list[tuple[dict[str, Any], Draft4Validator]]:
    """The requirements of the W3C for an annotation, as its own test suite has them."""
    folder = SHARED / "conformance" / "web-annotation"
    if not folder.is_dir():
        pytest.skip(f"no {folder}: set CPEC_SHARED to the folder that holds conformance/")
    files = [*folder.glob("definitions/*.json"), *folder.glob("annotations/**/*.json")]
    schemas = {path: json.loads(path.read_text("utf-8")) for path in files}
    registry: Registry[Any] = Registry().with_resources(
        (path.name, DRAFT4.create_resource(schema)) for path, schema in schemas.items()
    )
    musts = json.loads((folder / "annotations" / "annotationMusts.test").read_text("utf-8"))
    schemas_asserted = [schemas[folder / name] for name in musts["assertions"]]
    checker = FormatChecker()
    return [
        (assertion, Draft4Validator(assertion, registry=registry, format_checker=checker))
        for assertion in schemas_asserted
    ]


def test_an_annotation_is_all_that_the_w3c_requires(
    client: Client, citation_path: str, assertions: list[tuple[dict[str, Any], Draft4Validator]]
) -> None:
    reply = client.get(f"{citation_path}&format=annotation")
    assert reply.type == "application/ld+json"
    for schema, validator in assertions:
        expected = schema.get("expectedResult", "valid") == "valid"
        assert validator.is_valid(reply.json) == expected, schema["title"]
    citation = client.get(citation_path).json
    targets = [one for one in reply.json["target"] if isinstance(one, dict)]
    selected = [p for one in targets for p in split_quotation(read_selector(one["selector"]))]
    quotes = [quote for one in citation["sources"].values() for quote in one["quotes"]]
    assert selected == [phrase for quote in quotes for phrase in split_quotation(quote)]


def read_selector(selector: dict[str, Any]) -> str:
    """Return the quote that a selector selects, or the first and the last words of its range."""
    if selector["type"] == "TextQuoteSelector":
        return str(selector["exact"])
    first, last = selector["startSelector"]["exact"], selector["endSelector"]["prefix"]
    return f"{first} … {last}"


def test_what_is_no_annotation_fails_the_same_assertions(
    assertions: list[tuple[dict[str, Any], Draft4Validator]],
) -> None:
    broken = {"type": "Annotation", "target": {"selector": {"type": "TextQuoteSelector"}}}
    assert sum(not validator.is_valid(broken) for _, validator in assertions) > 2


def test_a_row_is_cited_with_its_own_sources_and_found_again(client: Client) -> None:
    name = row_of(client, "/questions/cooperation-areas", "/page/Artificial_Intelligence")
    citation = client.get(f"/cite?question=cooperation-areas&row={name}").json
    answer_citation = client.get("/cite?question=cooperation-areas").json
    assert "row “artificial intelligence”" in citation["citation"]
    assert 0 < len(citation["sources"]) < len(answer_citation["sources"])
    assert citation["permalink"] == f"{answer_citation['permalink']}&row={name}"
    page = client.get(citation["permalink"].removeprefix(client.address), Accept=BROWSER).text
    assert "The row that was cited is marked." in page
    (marked,) = re.findall(r'<tr role="row" class="cited">(.*?)</tr>', page, re.DOTALL)
    assert "/page/Artificial_Intelligence" in marked


def test_a_row_of_a_query_is_found_again_too(client: Client) -> None:
    asked = urlencode({"query": TASKED, "cite": "true"})
    name = row_of(client, f"/sparql?{asked}", "artificial intelligence")
    citation = client.get(f"/cite?{urlencode({'query': TASKED})}&row={name}").json
    assert "row “Higher Education Commission, artificial intelligence”" in citation["citation"]
    page = client.get(citation["permalink"].removeprefix(client.address), Accept=BROWSER).text
    assert '<tr role="row" class="cited">' in page


def test_a_row_that_is_gone_is_said_to_be(client: Client) -> None:
    gone = "0" * 32
    reply = client.get(f"/cite?question=aims&row={gone}", Accept="application/json")
    assert (reply.status, "no row of that name" in reply.json["detail"]) == (404, True)
    permalink = client.get("/cite?question=aims").json["permalink"].removeprefix(client.address)
    page = client.get(f"{permalink}&row={gone}", Accept=BROWSER)
    assert (page.status, "is not among those below" in page.text) == (200, True)


@pytest.mark.parametrize("path", ["/page/HEC", "/page/inp-wealthpk-2026-04-29", "/dataset"])
def test_a_page_has_its_citation_and_says_whether_it_is_the_same(client: Client, path: str) -> None:
    page = unescape(client.get(path, Accept=BROWSER).text)
    (link,) = re.findall(r'href="([^"]*)" rel="nofollow">As BibTeX', page)
    citation = client.get(link.removeprefix(client.address), Accept="application/json").json
    assert f'<p id="citation">{citation["citation"]}</p>' in page
    address = citation["permalink"].removeprefix(client.address)
    assert "<strong>The same answer</strong>" in client.get(address, Accept=BROWSER).text
    altered = client.get(address[:-4] + "0000", Accept=BROWSER)
    assert (altered.status, "its address was altered" in altered.text) == (200, True)
    assert altered.headers["Receipt-Status"] == "altered"


def test_what_is_cited_on_a_page_without_a_source_is_cited_without_it(client: Client) -> None:
    excluded = "without=inp-wealthpk-2026-04-29%2Fs01"
    page = unescape(client.get(f"/page/AI_Framework?{excluded}", Accept=BROWSER).text)
    links = re.findall(r'"/((?:cite|explain)\?[^"]*)"', page)
    assert len(links) > 3
    assert all(excluded in link for link in links)
    assert excluded in client.get(f"/{links[0]}", Accept="application/json").json["permalink"]


@pytest.mark.parametrize("name", ["HEC", "CPEC", "AI_Framework", "inp-wealthpk-2026-04-29"])
def test_every_statement_of_a_page_that_has_words_can_be_cited(client: Client, name: str) -> None:
    page = unescape(client.get(f"/page/{name}", Accept=BROWSER).text)
    links = set(re.findall(r'href="(/cite\?s=[^"]+)"', page))
    assert links
    for link in links:
        citation = client.get(link, Accept="application/json").json
        assert citation["sources"], link
        assert citation["permalink"].startswith(f"{client.address}/explain?s=")


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("query=ASK%7B%7D&question=aims", 400, "one of them"),
        ("query=SELECT", 400, "line 1"),
        ("query=ASK%7B%7D&update=DROP%20ALL", 400, "not both"),
        ("question=nope", 404, "no question 'nope'"),
        ("question=aims&nope=1", 400, "no parameter 'nope'"),
        ("question=aims&id=HEC", 400, "one of them"),
        ("id=Nobody", 404, "nothing is known of"),
        ("id=%20", 404, "is not an IRI"),
        ("question=aims&format=docx", 400, "format=docx is not one of"),
        ("question=aims&row=zz", 400, "row=zz names no row"),
        ("question=aims&without=nope", 400, "'nope' is no source"),
        ("s=HEC", 400, "p= is missing"),
        ("s=HEC&p=taskedInArea&o=Robotics", 404, "not in the graph"),
    ],
)
def test_what_cannot_be_cited_is_said_in_words(
    client: Client, query: str, status: int, words: str
) -> None:
    reply = client.get(f"/cite?{query}", Accept="application/json")
    assert (reply.status, words in reply.json["detail"]) == (status, True), reply.text


def test_a_format_is_negotiated(client: Client) -> None:
    for accept, kind in {
        "application/x-bibtex": "application/x-bibtex",
        "application/vnd.citationstyles.csl+json": "application/vnd.citationstyles.csl+json",
        "application/x-research-info-systems;q=0.9, text/html;q=0.1": (
            "application/x-research-info-systems"
        ),
        BROWSER: "text/html",
    }.items():
        assert client.get("/cite?question=aims", Accept=accept).type == kind
    assert client.get("/cite?question=aims", Accept="image/png").status == 406


def test_the_page_has_every_format_without_javascript(client: Client, citation_path: str) -> None:
    page = unescape(client.get(citation_path, Accept=BROWSER).text)
    for form in ("text", "bibtex", "ris", "csl"):
        assert "".join(client.get(f"{citation_path}&format={form}").text.split()) in "".join(
            page.split()
        )


HARD = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=40)


def hard_item(title: str, quote: str) -> Item:
    source = Source("x:g", "1", f"a “{title}” paper, sentence 3", [quote], "", "")
    address = "http://localhost/sparql?receipt=v.sha256-0"
    return Item(title, "1 row", [source], "v", address, address, date(2026, 11, 27))


@given(HARD, HARD)
def test_no_sign_in_a_title_or_a_quote_breaks_a_record(title: str, quote: str) -> None:
    item = hard_item(title, quote)
    (entry,) = rispy.loads(bibliography.write_ris(item))
    assert entry["title"].split() == f"{title} (1 row)".split()
    assert len(entry["notes"]) == 1
    record = json.loads(bibliography.write_csl(item))[0]
    assert record["title"] == f"{title} (1 row)"
    plain = parse_string(bibliography.write_bibtex(item))
    assert not plain.failed_blocks
    (read,) = plain.entries
    assert read["version"] == "v"
    annotation = json.loads(bibliography.write_annotation(item))
    assert annotation["target"][0]["selector"]["exact"] == quote


def test_the_signs_of_latex_are_printed_as_they_are() -> None:
    title = r"{ } $ & # _ % \ ^ ~"
    text = bibliography.write_bibtex(hard_item(title, ""))
    middleware = [LatexDecodingMiddleware()]
    (entry,) = parse_string(text, append_middleware=middleware).entries
    read = entry["title"].replace("\N{MODIFIER LETTER CIRCUMFLEX ACCENT}", "^")
    assert read.split() == f"{title} (1 row)".split()
