"""Citations: each format is read back by a reader of somebody else."""

import csv
import json
import re
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
import rispy
import yaml
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
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT4

from bench.client import Client
from graph.presenting.work import Author, Work
from graph.publishing.dataset_quad import LICENCE
from graph.wording.quotation import split_quotation
from graph.wording.text import END, ISOLATE
from server.page.cited_answer import Source
from server.reference.citation_format import (
    CITATION_FORMATS,
    write_annotation,
    write_bibtex,
    write_csl,
    write_entries,
    write_ris,
)
from server.reference.citation_style import CITATION_STYLES, STYLES
from server.reference.item import CitedWork, Item
from tests.conftest import ROOT, SHARED

FIRST_ARTICLE = "inp-wealthpk-2026-04-29"
TITLE = "Pakistan, China advance CPEC Phase II, expand economic cooperation"
CASED = "Pakistan, China Advance CPEC Phase II, Expand Economic Cooperation"
BROWSER = "text/html,*/*;q=0.8"
TASKED = "SELECT ?body ?area { ?body cpec:taskedInArea ?area }"
KINDS = {
    "answer": "question=cooperation-areas",
    "parameters": "question=aims&undertaking=CPEC_Phase_II",
    "query": urlencode(
        {"query": f"SELECT (COUNT(*) AS ?n) {{ ?s oa:hasSource id:{FIRST_ARTICLE} ; ?p ?_o }}"}
    ),
    "yes": urlencode({"query": "ASK { id:HEC cpec:taskedInArea ?area }"}),
    "triples": urlencode({"query": "DESCRIBE id:HEC"}),
    "statement": "s=HEC&p=taskedInArea&o=Artificial_Intelligence",
    "stated": "s=AI_Framework&p=concernsArea&o=Artificial_Intelligence",
    "literal": "s=JCC14_Minutes_Signing&p=date&o=2026-03-31",
    "excluded": "question=cooperation-areas&without=inp-wealthpk-2026-04-29/s08",
    "nothing": "question=outside&undertaking=Climate_Initiatives",
    "thing": "id=HEC",
    "excluded thing": "id=AI_Framework&without=inp-wealthpk-2026-04-29/s01",
    "article": "id=inp-wealthpk-2026-04-29",
    "graph": "",
}


PUBLISHED = """SELECT (COALESCE(?cased, ?printed) AS ?title) ?date ?publisher ?author {
  ?article a cpec:NewsArticle ; dcterms:date ?date ; dcterms:publisher/rdfs:label ?publisher
  OPTIONAL { ?article dcterms:title ?printed }
  OPTIONAL { ?article dcterms:alternative ?cased }
  OPTIONAL { ?article dcterms:creator/rdfs:label ?author }
}"""


@pytest.fixture(scope="session")
def published(client: Client) -> dict[str, tuple[date, set[str], str]]:
    """Return date, publisher's names and author of each article, by its title."""
    rows = client.query(PUBLISHED, "text/csv").text.splitlines()[1:]
    articles: dict[str, tuple[date, set[str], str]] = {}
    for title, day, publisher, author in csv.reader(rows):
        article = articles.setdefault(title, (date.fromisoformat(day), set(), author))
        article[1].add(publisher)
    return articles


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
        f".proofs-{citation['proofs']}.words-{citation['words']}" if "proofs" in citation else ""
    )
    assert citation["permalink"].endswith(hashes)
    assert ("proofs" in citation) != bool(citation.get("unproved"))
    assert f'<{citation["permalink"]}>; rel="cite-as"' in reply.headers.get_all("Link", [])
    again = client.get(citation["permalink"].removeprefix(client.address), Accept="*/*")
    assert again.status == (303 if "/dataset?" in citation["permalink"] else 200)
    assert again.headers["Receipt-Status"] == "same"


def test_a_page_offers_apa_and_its_receipt_is_in_the_link(client: Client) -> None:
    text = client.get("/cite?question=cooperation-areas&format=apa").text
    *entries, via, address = text.splitlines()
    page = unescape(client.get("/questions/cooperation-areas", Accept=BROWSER).text)
    saba = f"Saba, A. (2026, April 29). {TITLE}. INP-WealthPk. ("
    assert any(entry.startswith(saba) for entry in entries)
    assert via.startswith("Via cpec-graph, “In which areas do both countries cooperate?”, 14 rows")
    lines = "\n".join([*entries, via])
    assert not re.search("[0-9a-f]{64}", lines)
    assert f'<p id="citation"><bdi>{lines}</bdi> <a href="{address}"' in page


@pytest.mark.parametrize(
    ("style", "line"),
    [
        ("apa", f"Saba, A. (2026, April 29). {TITLE}. INP-WealthPk. (Sentence 8)"),
        ("chicago", f"Ayesha Saba, “{CASED},” INP-WealthPk, April 29, 2026, sentence 8."),
        ("mla", f"Saba, Ayesha. “{CASED}.” INP-WealthPk, 29 Apr. 2026. Sentence 8."),
    ],
)
def test_a_reference_is_by_the_guide_of_its_style(client: Client, style: str, line: str) -> None:
    text = client.get(f"/cite?question=tasks&format={style}").text
    assert text.startswith(f"{line}\nVia cpec-graph, ")


def test_a_reference_has_the_ranges_of_its_sentences(client: Client) -> None:
    text = client.get("/cite?id=inp-wealthpk-2026-04-29&format=apa").text
    assert "(Headline, sentences 1–14)\nVia cpec-graph" in text


def test_a_headline_that_was_not_read_is_described_in_square_brackets(client: Client) -> None:
    described = "[Article on the postponement of the 10th JCC meeting]"
    for name, form in CITATION_FORMATS.items():
        text = client.get(f"/cite?id=nawa-i-waqt-2021-07-16&format={name}").text
        shown = form.media_type == "application/ld+json" or described in text
        assert shown, name
        assert f"“{described}”" not in text.replace(f"cpec-graph, “{described}”", "")


def test_the_graph_is_cited_as_a_dataset_of_the_year_of_its_release(client: Client) -> None:
    (record,) = client.get("/cite?format=csl").json
    citation_file = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert (record["type"], record["URL"]) == ("dataset", f"{client.address}/dataset")
    assert record["issued"] == {"date-parts": [[int(citation_file["date-released"][:4])]]}
    assert record["title"] == citation_file["title"]
    assert record["author"] == [{"literal": citation_file["authors"][0]["name"]}]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert citation_file["version"] == project["version"]


def test_a_page_has_the_tags_of_its_article(client: Client) -> None:
    page = client.get("/questions/tasks", Accept=BROWSER).text
    tags = re.findall(r'<meta name="((?:citation_|DC\.)\w+)" content="([^"]*)">', page)
    assert [text for name, text in tags if name == "citation_author"] == ["Ayesha Saba"]
    assert (
        dict(tags).items()
        >= {
            "citation_title": TITLE,
            "citation_publication_date": "2026/04/29",
            "citation_publisher": "INP-WealthPk",
            "DC.creator": "Ayesha Saba",
            "DC.date": "2026-04-29",
            "DC.publisher": "INP-WealthPk",
        }.items()
    )


def test_the_dataset_is_described_for_search_engines(client: Client) -> None:
    page = client.get("/dataset", Accept=BROWSER).text
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    markup = json.loads(data)
    assert markup["@type"] == "Dataset"
    assert markup["license"] == LICENCE
    assert markup["description"] in unescape(page)


def test_bibtex_is_read_back(
    client: Client, citation_path: str, published: dict[str, tuple[date, set[str], str]]
) -> None:
    text, citation = (
        client.get(f"{citation_path}&format=bibtex").text,
        client.get(citation_path).json,
    )
    plain = parse_string(text)
    assert not plain.failed_blocks
    for entry in plain.entries:
        assert entry["eprint"] == citation["permalink"]
        assert re.match("via cpec-graph, “.*, version [0-9A-Za-z-]+$", entry["addendum"])
        assert date.fromisoformat(entry["urldate"]) == datetime.now(UTC).date()
    decoded = parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    for entry in decoded.entries:
        if entry.entry_type == "article":
            day, publishers, author = published[entry["title"]]
            assert entry["date"] == day.isoformat()
            assert entry["publisher"] in publishers
            assert " ".join(reversed(dict(entry.items()).get("author", "").split(", "))) == author
    assert_quoted(
        " ".join(
            str(entry.fields_dict["note"].value)
            for entry in decoded.entries
            if "note" in entry.fields_dict
        ),
        citation,
    )


def assert_quoted(note: str, citation: Any) -> None:
    """Hold a note to the quotes of the first sentences of the article."""
    text = "".join(note.split())
    sources = citation["sources"].items()
    for source in [own for graph, own in sources if "/id/inp-wealthpk-2026-04-29/" in graph][:8]:
        for words in [*source["quotes"], *([source["words"]] if source["quotes"] else [])]:
            assert "".join(words.split()) in text


def test_ris_is_read_back(
    client: Client, citation_path: str, published: dict[str, tuple[date, set[str], str]]
) -> None:
    citation = client.get(citation_path).json
    entries = rispy.loads(client.get(f"{citation_path}&format=ris").text)
    for entry in entries:
        assert entry["urls"][-1] == citation["permalink"]
        assert entry["name_of_database"].endswith(f", version {citation['version']}")
        if entry["type_of_reference"] == "NEWS":
            day, publishers, author = published[entry["title"]]
            assert entry["date"] == f"{day:%Y/%m/%d}"
            assert entry["publisher"] in publishers
            is_person = author not in publishers
            name = ", ".join(author.split()[::-1]) if is_person else author
            assert entry.get("authors", []) == ([name] if author else [])
    assert_quoted(" ".join(note for entry in entries for note in entry.get("notes", [])), citation)


def test_csl_is_set_by_a_style_of_others(
    client: Client, citation_path: str, published: dict[str, tuple[date, set[str], str]]
) -> None:
    citation, records = (
        client.get(citation_path).json,
        client.get(f"{citation_path}&format=csl").json,
    )
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    for record in records:
        bibliography = CitationStylesBibliography(style, CiteProcJSON([record]), formatter.plain)
        bibliography.register(Citation([CitationItem(record["id"])]))
        (line,) = map(str, bibliography.bibliography())
        assert record["archive_location"] == citation["permalink"]
        if record["type"] == "article-newspaper":
            day, publishers, author = published[record["title"]]
            family = author if author in publishers else "".join(author.split()[-1:])
            names = [own.get("family") or own["literal"] for own in record.get("author", [])]
            assert names == ([family] if family else [])
            assert line.startswith(family or record["publisher"])
            assert str(day.year) in line
            assert record["publisher"] in publishers
        elif record["type"] == "dataset":
            assert "the cpec-graph project" in line
    assert_quoted(" ".join(record.get("note", "") for record in records), citation)


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
    selected = [one["selector"]["exact"] for one in targets]
    sources = citation["sources"].values()
    quotes = [quote for one in sources for quote in one.get("quotes") or one["anchors"]]
    phrases = [phrase for quote in quotes for phrase in split_quotation(quote)]
    assert selected == [phrase.removesuffix(" …") for phrase in phrases]


def test_what_is_no_annotation_fails_the_same_assertions(
    assertions: list[tuple[dict[str, Any], Draft4Validator]],
) -> None:
    broken = {"type": "Annotation", "target": {"selector": {"type": "TextQuoteSelector"}}}
    assert sum(not validator.is_valid(broken) for _, validator in assertions) > 2


def test_a_row_is_cited_with_its_own_sources_and_found_again(client: Client) -> None:
    name = row_of(client, "/questions/cooperation-areas", "/page/HRD_Programme")
    citation = client.get(f"/cite?question=cooperation-areas&row={name}").json
    answer_citation = client.get("/cite?question=cooperation-areas").json
    row = (
        "Pakistan and China cooperate in human capital development through "
        "China-Pakistan Strategic Human Resource Development Programme"
    )
    assert f"row “{row}”" in citation["citation"]
    assert 0 < len(citation["sources"]) < len(answer_citation["sources"])
    assert citation["permalink"] == f"{answer_citation['permalink']}&row={name}"
    page = client.get(citation["permalink"].removeprefix(client.address), Accept=BROWSER).text
    assert f'The row that was cited is marked. <q class="row">{row}.</q>' in page
    (marked,) = re.findall(r'<tr role="row" class="cited">(.*?)</tr>', page, re.DOTALL)
    assert "/page/HRD_Programme" in marked


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
    (link,) = re.findall(r'href="([^"]*)" rel="nofollow">In APA', page)
    citation = client.get(link.removeprefix(client.address), Accept="application/json").json
    text = f"<bdi>{citation['citation']}</bdi>"
    assert f'<p id="citation">{text} <a href="{citation["permalink"]}"' in page
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
    for form in CITATION_FORMATS:
        assert "".join(client.get(f"{citation_path}&format={form}").text.split()) in "".join(
            page.split()
        )


HARD = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=40)
ARTICLE = "https://w3id.org/cpec-graph/id/article"

LONG = f"{'A very long title ' * 22}ends here"
DAWN = Work(ARTICLE, "Deal signed", "en", date=(2026, 5), publisher="Dawn")


def hard_item(work: Work, quote: str = "") -> Item:
    """Return the citation of one sentence of a work."""
    quotes = [quote] if quote else []
    source = Source("x:g", "1", "Dawn, 1 May 2026, sentence 3", quotes, "", "", article=work.iri)
    page = "http://localhost/sparql"
    address = f"{page}?receipt=v.sha256-0"
    cited = [CitedWork(work, [source])]
    day = date(2026, 11, 27)
    return Item("Who?", "1 row", [source], cited, 0, "v", page, address, address, day)


@settings(max_examples=30)  # a style sets a line in 20 ms
@given(HARD.filter(str.strip), HARD)
def test_no_sign_in_a_title_or_a_quote_breaks_a_record(title: str, quote: str) -> None:
    item = hard_item(Work(ARTICLE, title, publisher=title, authors=[Author(title)]), quote)
    (entry,) = rispy.loads(write_ris(item))
    assert entry["title"].split() == title.split()
    assert len(entry["notes"]) == 1 + bool(quote)
    (record,) = json.loads(write_csl(item))
    assert (record["title"], record["publisher"]) == (title, title)
    plain = parse_string(write_bibtex(item))
    assert not plain.failed_blocks
    (read,) = plain.entries
    assert read["eprint"] == item.address
    annotation = json.loads(write_annotation(item))
    assert not quote or annotation["target"][0]["selector"]["exact"] == quote
    for style in CITATION_STYLES:
        assert "\nVia cpec-graph, “Who?”, 1 row, version v, CC BY 4.0." in write_entries(
            style, item
        )


def test_a_reference_counts_the_works_that_it_leaves_out() -> None:
    item = replace(hard_item(DAWN), more=5)
    assert ", 1 row, 5 more works, version v, CC BY 4.0." in write_entries("apa", item)
    assert "5 more works" in json.loads(write_csl(item))[0]["archive"]
    assert item.main_record["type"] == "dataset"


def test_right_to_left_text_turns_nothing_around_it() -> None:
    author, title = "عائشہ صبا", "پاک چین معاہدہ"
    item = hard_item(replace(DAWN, title=title, language="ur", authors=[Author(author)]))
    expected = f"{ISOLATE}{author}{END}. (2026, May). {ISOLATE}{title}{END}. Dawn. (Sentence 3)"
    assert write_entries("apa", item).startswith(expected)
    (record,) = json.loads(write_csl(item))
    assert (record["title"], record["author"]) == (title, [{"family": author}])


def test_the_signs_of_latex_are_printed_as_they_are() -> None:
    title = r"{ } $ & # _ % \ ^ ~"
    text = write_bibtex(hard_item(Work(ARTICLE, title)))
    middleware = [LatexDecodingMiddleware()]
    (entry,) = parse_string(text, append_middleware=middleware).entries
    read = entry["title"].replace("\N{MODIFIER LETTER CIRCUMFLEX ACCENT}", "^")
    assert read.split() == title.split()


@pytest.mark.parametrize(
    ("work", "style", "line"),
    [
        (DAWN, "apa", "Deal signed. (2026, May). Dawn. (Sentence 3)"),
        (replace(DAWN, publisher=""), "apa", "Deal signed. (2026, May). (Sentence 3)"),
        (replace(DAWN, publisher=""), "chicago", "“Deal Signed,” May 2026, sentence 3."),
        (replace(DAWN, publisher="", date=()), "mla", "“Deal Signed.” Sentence 3."),
        (replace(DAWN, title=LONG), "apa", f"{LONG}. (2026, May). Dawn. (Sentence 3)"),
        (
            replace(DAWN, authors=[Author("<b>x</b> & y", is_person=False)]),
            "apa",
            "<b>x</b> & y. (2026, May). Deal signed. Dawn. (Sentence 3)",
        ),
    ],
)
def test_a_work_with_unknown_fields_has_a_reference(work: Work, style: str, line: str) -> None:
    assert write_entries(style, hard_item(work)).startswith(f"{line}\nVia cpec-graph, ")


def test_a_reference_has_no_author_date_or_publisher_that_nobody_stated() -> None:
    item = hard_item(Work(ARTICLE, "Deal signed"))
    (record,) = json.loads(write_csl(item))
    assert not {"author", "issued", "publisher", "URL"} & set(record)
    (entry,) = rispy.loads(write_ris(item))
    assert not {"authors", "date", "year", "publisher"} & set(entry)
    (block,) = parse_string(write_bibtex(item)).entries
    assert not {"author", "date", "year", "publisher", "url"} & set(block.fields_dict)


def test_a_style_is_the_published_one() -> None:
    listed = (STYLES / "README.md").read_text("utf-8")
    for style in CITATION_STYLES.values():
        text = (STYLES / style.file).read_bytes()
        assert f"| `{style.file}` | " in listed
        assert sha256(text).hexdigest() in listed
        assert b"creativecommons.org/licenses/by-sa/3.0/" in text
