"""The pages of the whole graph: the first one, its things, articles, sources, and the dataset."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import chain
from typing import Any, Final

from flask import Blueprint, Response, render_template, request

from graph.answering.binding import find_question
from graph.answering.format import GRAPH_FORMATS
from graph.errors import QuestionError
from graph.presenting.dataset_summary import (
    FILES,
    SUMMARY,
    DumpFile,
    read_files,
    read_summary,
)
from graph.presenting.impact import Impacts
from graph.presenting.overview import ArticleEntry, Overview
from graph.publishing.dataset_description import KEYWORDS
from graph.publishing.dataset_quad import DATASET, LICENCE
from ontology.terms import CPEC
from ontology.vocabulary import STRENGTH
from server.download import ask_description
from server.engine.front.reply import Reply
from server.link import item_links
from server.negotiate import PAGE_OR_JSON, negotiate_format, prefers_html, read_accept
from server.page.arrangement import Arrangement
from server.page.citable import (
    Cited,
    cite_graph,
    compare_receipt,
    page_receipt_headers,
    receipt_seconds,
)
from server.page.cited_answer import show_answer
from server.page.frame import page_number
from server.page.language import translate
from server.page.page_view import all_sources, find_retraction, require_view, send_page
from server.page.question_page import (
    answer_part,
    bind_defaults,
    find_lead,
    group_by_subject,
)
from server.page.translated_name import write_value
from server.parameters import read_address
from server.question_api import redirect_to_dataset
from server.reference.item import describe_record
from server.response import send_json
from server.site import current_site

blueprint = Blueprint("overview", __name__)

EXAMPLES: Final = ("cooperation-areas", "intended-areas", "minutes-signed")
"""The questions with their answers on the first page."""


SEARCHES: Final = (
    *(("en", "10th meeting"), ("en", "solar"), ("en", "HEC")),
    *(("ur", "سی پیک"), ("ur", "اسلام آباد"), ("zh", "中巴经济走廊")),
)
"""What the first page offers to search for, each with its language."""

ARTICLE_COLUMNS: Final = ("title", "publisher", "date", "language", "statements")
STRUCK_PARTS: Final = 5
"""The most parts of a list of sources in which crossed out ones stand in their places."""

MEMBERS: Final = ("iri", "kind", "words", "by", "statements", "lost", "fallen")
"""The members of a source in JSON."""


@blueprint.get("/")
def send_home() -> Response | Reply:
    """Return the first page; redirect RDF clients to the description of the dataset."""
    if not prefers_html(read_accept(request), GRAPH_FORMATS):
        return redirect_to_dataset()
    answers = list(filter(None, map(answer_example, EXAMPLES)))
    return send_overview("home.html", answers=answers, examples=SEARCHES)


@blueprint.get("/things/")
def send_things() -> Reply:
    """Return the list of the things, by kind."""
    return send_overview("things.html")


@blueprint.get("/articles/")
def send_articles() -> Reply:
    """Return the list of the articles; raises BadRequest."""
    arranged = Arrangement.read(ARTICLE_COLUMNS)
    entries = require_view(Overview, "overview").articles
    articles = arranged.arrange(entries, list_texts, write_shown)
    return send_overview(
        "articles.html", articles=articles, arranged=arranged, write_language=write_language
    )


def list_texts(entry: ArticleEntry) -> list[str]:
    """Return the columns of an article in the list, as texts."""
    own = (entry.name.text, entry.publisher, entry.date, entry.language)
    return [*own, str(entry.statements)]


def write_shown(entry: ArticleEntry) -> str:
    """Return the words of an article in the list that are not its texts: its day and language."""
    return f"{write_value(entry.date)} {write_language(entry.language)}"


def write_language(code: str) -> str:
    """Return the name of a language in that of the page, its code if it has none."""
    names = {"en": translate("English"), "ur": translate("Urdu"), "zh": translate("Chinese")}
    return names.get(code, code)


@blueprint.get("/about")
def send_about() -> Reply:
    """Return the page on how the graph is made, and how to tell of a mistake."""
    return send_page(render_template("about.html"))


def send_overview(template: str, **more: Any) -> Reply:
    """Return a page of the overview of the graph, with more values for its template."""
    overview = require_view(Overview, "overview")
    return send_page(
        render_template(template, overview=overview, subjects=group_by_subject(), **more)
    )


def answer_example(name: str) -> dict[str, Any] | None:
    """Return a question, the sentence that answers it, and the source of its surest row.

    None for an empty answer.
    """
    question = find_question(name)
    try:
        answer = show_answer(answer_part(question, bind_defaults(question)))
    except QuestionError:  # the graph lacks a default value
        return None
    lead = find_lead(question, answer)
    if not lead:
        return None
    row = min(answer.lines, key=lambda row: STRENGTH.get(CPEC + row.modality, len(STRENGTH)))
    source = next(iter(row.select_sources(answer.sources)), None)
    return {"question": question, "lead": lead, "source": source}


@blueprint.get("/dataset")
def send_dataset() -> Response | Reply:
    """Return the page of the dataset; redirect RDF clients to its description."""
    site, given = current_site(), read_address(request)
    cited = cite_graph(receipt_seconds(given))
    if not prefers_html(read_accept(request), GRAPH_FORMATS):
        response = redirect_to_dataset()
        response.headers.extend(page_receipt_headers(cited, given))
        return response
    summary, listing = ask_description(site, SUMMARY, FILES)
    about = read_summary(summary)
    files = read_files(listing) if site.dumps or site.engine.writable else {}
    body = render_template(
        "dataset.html",
        about=about,
        files=files,
        awaited=bool(about) and site.engine.writable,
        markup=dataset_markup(cited, about[:1], chain.from_iterable(files.values())),
        overview=require_view(Overview, "overview"),
        cited=cited,
        compared=compare_receipt(given, cited.today, ()),
        forms=GRAPH_FORMATS,
    )
    reply = send_page(body)
    reply.headers += page_receipt_headers(cited, given)
    folder = f"{request.root_url}data/dumps/"
    reply.headers += item_links({folder + file.path: file.type for file in chain(*files.values())})
    return reply


def dataset_markup(
    cited: Cited, description: list[str], files: Iterable[DumpFile]
) -> dict[str, Any]:
    """Return the dataset in schema.org's words, with its reference and the files of its dumps.

    https://developers.google.com/search/docs/appearance/structured-data/dataset
    """
    downloads = [
        {
            "@type": "DataDownload",
            "name": file.name,
            "encodingFormat": file.type,
            "contentUrl": f"{request.root_url}data/dumps/{file.path}",
            "contentSize": f"{file.size} B",
        }
        for file in files
    ]
    markup = describe_record(cited.item().cite_dataset()) | {
        "@id": DATASET,
        "description": " ".join(description),
        "license": LICENCE,
        "keywords": list(KEYWORDS),
        "distribution": downloads,
    }
    return {name: value for name, value in markup.items() if value}


@blueprint.get("/sources")
def send_sources() -> Reply:
    """Return the sources as a page or as JSON."""
    form = negotiate_format(request, PAGE_OR_JSON)
    impacts = require_view(Impacts, "sources", page=page_number())
    if form == "json":
        sources = [{name: getattr(impact, name) for name in MEMBERS} for impact in impacts.sources]
        counts = {"part": impacts.page, "parts": impacts.pages, "total": impacts.total}
        return send_json({**counts, "sources": sources}, current_site().engine.version, "sources")
    found, left = add_excluded(impacts)
    body = render_template("impacts.html", found=found, left=left, retraction=find_retraction())
    return send_page(body)


def add_excluded(impacts: Impacts) -> tuple[Impacts, Collection[str]]:
    """Return a part of the sources and the IRIs of those that are left.

    Of a list of few parts it has the excluded ones in their places.
    """
    with all_sources() as struck:
        every = require_view(Impacts, "listed", page=page_number()) if struck else impacts
    if not struck or every.pages > STRUCK_PARTS:
        return impacts, {impact.iri for impact in impacts.sources}
    parts = (require_view(Impacts, "sources", page=part + 1) for part in range(impacts.pages))
    left = {impact.iri: impact for part in parts for impact in part.sources}
    return replace(every, sources=[left.get(one.iri, one) for one in every.sources]), left
