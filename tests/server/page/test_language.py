"""Pages in Urdu and Chinese: complete catalogues, and no English text of the interface."""

import re
from html.parser import HTMLParser
from itertools import cycle

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from markupsafe import escape

from bench.client import Client
from graph.wording.text import detect_language
from server.page.language import CATALOGUES, read_catalogue
from server.page.message import list_messages
from tests.conftest import ROOT

TRANSLATED = ("ur", "zh")
PLACEHOLDER = re.compile(r"%\((\w+)\)s|</?\w+>")

PAGES = [
    *("/", "/things/", "/articles/", "/questions/", "/sources", "/explore", "/sparql", "/about"),
    *("/dataset", "/timeline", "/feed", "/questions/amounts?sort=value&filter=solar"),
    *("/search?q=HEC", "/search?q=zz", "/ontology", "/api", "/page/Pakistan"),
    *("/page/AI_Framework", "/page/HEC", "/page/Ayesha_Saba", "/page/inp-wealthpk-2026-04-29"),
    *("/page/No_Such_Thing", "/questions/cooperation-areas", "/questions/contested"),
    *(
        "/promises",
        "/questions/modalities",
        "/questions/timeline",
        "/questions/parties",
        "/questions/status",
    ),
    "/questions/elsewhere?thing=Pakistan",
    "/page/inp-wealthpk-2026-04-29?without=INP_WealthPk",
    "/explain?s=id:Pakistan&p=cpec:cooperatesIn&o=id:Artificial_Intelligence",
    "/sparql?query=SELECT%20*%20%7B%20?s%20a%20cpec:City%20%7D&cite=true",
    "/cite?question=cooperation-areas",
    "/graph/background/country-codes",
]

NAMES = {
    *("SPARQL", "HEC", "cpec", "graph", "JSON", "CSV", "csv", "json", "English", "VoID", "DCAT"),
    *("curl", "Python", "JavaScript", "BibTeX", "RIS", "CSL", "SHA", "TSV", "Triples", "gettext"),
    *("APA", "Chicago", "MLA", "LD", "Atom", "whois"),
    *(
        "CC",
        "BY",
        "MIT",
        "LIMIT",
        "API",
        "IRI",
        "ISO",
        "OpenAPI",
        "xml",
        "tsv",
        "ttl",
        "rdf",
        "jsonld",
        "trig",
        "kB",
        "RDF",
        "without",
        "html",
    ),
}
"""The names that stand in every language as they are."""

LATIN = {"zh": {"INP", "WealthPk", "Munafah", "ProPakistani", "UrduPoint"}, "ur": set[str]()}
"""The names of publishers that a language writes in Latin letters."""


def read_messages(language: str) -> list[Message]:
    """Return the messages of a catalogue."""
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        return [message for message in read_po(file, locale=language) if message.id]


def forms(text: object) -> list[str]:
    """Return the plural forms of a message, or its one text."""
    return list(text) if isinstance(text, list | tuple) else [str(text)]


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_each_message_and_no_other(language: str) -> None:
    wanted = {tuple(forms(message.id)) for message in list_messages() if message.id}
    messages = read_messages(language)
    assert {tuple(forms(message.id)) for message in messages} == wanted
    assert not [message.id for message in messages if not all(forms(message.string))]
    for message in messages:
        for text in {*forms(message.string)}.intersection(forms(message.id)):
            assert not set(re.findall("[A-Za-z]{3,}", re.sub(r"{\w+}", "", text))) - NAMES, text


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_placeholders_of_its_message(language: str) -> None:
    for message in read_messages(language):
        one, many = forms(message.id)[0], forms(message.id)[-1]
        known = {match[0] for text in (one, many) for match in PLACEHOLDER.finditer(text)}
        for text in forms(message.string):
            assert {match[0] for match in PLACEHOLDER.finditer(text)} <= known, message.id
            assert not re.search(r"%(?!\(\w+\)s)", text), message.id
        last = {match[0] for match in PLACEHOLDER.finditer(forms(message.string)[-1])}
        assert {match[0] for match in PLACEHOLDER.finditer(many)} <= last, message.id


def test_a_template_translates_values_by_the_filter_that_leaves_them_to_be_escaped() -> None:
    """`_()` in a template marks its text as HTML (jinja's newstyle gettext)."""
    templates = (ROOT / "server" / "templates").iterdir()
    calls = {
        path.name: re.findall(r"(?<!\w)_\((?![\"'])[^)]*", path.read_text()) for path in templates
    }
    assert not {name: texts for name, texts in calls.items() if texts}


def test_english_needs_no_catalogue() -> None:
    assert read_catalogue("en").gettext("Find a name") == "Find a name"


class Texts(HTMLParser):
    """Collects the texts of a page that are in its own language, with those of its attributes."""

    ENGLISH = frozenset(
        {"code", "pre", "kbd", "script", "style", "textarea", "option", "q", "mark"}
    )
    VOID = frozenset({"meta", "link", "input", "br", "hr", "img", "path", "circle", "rect"})
    SPOKEN = ("aria-label", "title", "placeholder", "alt")

    def __init__(self, language: str, page: str) -> None:
        super().__init__()
        self.language, self.open, self.found = language, list[tuple[str, bool]](), list[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        outer = self.open[-1][1] if self.open else True
        inside = own["lang"] == self.language if "lang" in own else outer
        is_own = inside and tag not in self.ENGLISH and "iri" not in (own.get("class") or "")
        if is_own:
            self.found += [text for name in self.SPOKEN if (text := own.get(name))]
        if tag not in self.VOID:
            self.open.append((tag, is_own))

    def handle_endtag(self, tag: str) -> None:
        if self.open and any(tag == name for name, _ in self.open):
            while self.open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][1]:
            self.found.append(data)


UNTRANSLATED = """
SELECT DISTINCT ?name {
  ?thing rdfs:label|dcterms:title|skos:altLabel|skos:prefLabel ?name
  FILTER (LANG(?name) IN ("en", ""))
  FILTER NOT EXISTS { ?thing rdfs:label ?own FILTER (LANG(?own) = "%s") }
}
"""


@pytest.fixture(scope="module")
def untranslated(client: Client) -> dict[str, list[str]]:
    """The English names of the things that have none in a language, the longest first."""

    def list_names(language: str) -> list[str]:
        rows = client.query(UNTRANSLATED % language).json["results"]["bindings"]
        return sorted({escape(row["name"]["value"]) for row in rows}, key=len, reverse=True)

    return {language: list_names(language) for language in TRANSLATED}


@pytest.mark.parametrize(("path", "language"), [*zip(PAGES, cycle(TRANSLATED), strict=False)])
def test_no_english_of_the_interface_is_left(
    client: Client, untranslated: dict[str, list[str]], path: str, language: str
) -> None:
    """A text that is not translated is English in each: the pages take turns in the languages."""
    names = untranslated[language]
    address = f"{path}{'&' if '?' in path else '?'}names={language}"
    page = client.get(address, Accept="text/html").text
    assert f'<html lang="{language}"' in page
    for name in names:
        page = page.replace(name, "")
    english = [
        text.strip()
        for text in Texts(language, page).found
        if set(re.findall("[A-Za-z]{3,}", re.sub("“[^”]*”", "", text))) - NAMES - LATIN[language]
    ]
    assert english == []


@pytest.mark.parametrize("names", ["en", "ur", "zh"])
@pytest.mark.parametrize(
    ("article", "own"), [("xinhua-silk-road-2025-09-29", "zh"), ("inp-urdu-2024-05-23", "ur")]
)
def test_a_title_has_its_own_language_on_a_page_in_any(
    client: Client, names: str, article: str, own: str
) -> None:
    page = client.get(f"/page/{article}?names={names}").text
    (heading,) = re.findall(r"<h1[^>]*>", page)
    assert (f'lang="{own}"' in heading) == (own != names)


@pytest.mark.parametrize("names", ["en", *TRANSLATED])
def test_a_list_of_articles_marks_the_language_of_each_title(client: Client, names: str) -> None:
    page = client.get(f"/articles/?names={names}", Accept="text/html").text
    titles = re.findall(r"<bdi([^>]*)>([^<]{20,})</bdi>", page)
    assert len(titles) > 20
    for attributes, title in titles:
        own = detect_language(title)
        assert (f'lang="{own}"' in attributes) == (own != names), title


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/page/Agriculture", "（推得）"),
        ("/page/Ahsan_Iqbal", "（截至2025年9月29日）"),
        ("/page/Daily_Times", "3个来源："),
        ("/sources", "（不含我们自己的名称、类型和记录）"),
    ],
)
def test_chinese_has_marks_of_full_width(client: Client, path: str, words: str) -> None:
    page = client.get(f"{path}?names=zh", Accept="text/html").text
    assert words in re.sub("<[^>]+>", "", page)
