"""/page: the page of a thing, its statements by modality, or of an article, by sentence.

Its markup for machines is in schema.org, as JSON-LD. Of an article whose text the operator has, it
shows the text with the quotes marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from graph.answering.binding import load_questions
from graph.answering.format import GRAPH_FORMATS
from graph.curating.verification import read_text, sha256
from graph.errors import DataError
from graph.presenting.article import ArticlePage
from graph.presenting.thing import ModalityGroup, ThingPage
from graph.presenting.view import SentencePlace, ThingView
from graph.wording.display_name import DisplayName, make_path, shorten_name
from graph.wording.quotation import split_quotation
from ontology.namespace import BASE, ID
from ontology.terms import CPEC, SCHEMA
from server.engine.front.reply import Reply
from server.exclusion import add_exclusions, keep_exclusions, list_exclusions
from server.link import item_links, links
from server.linked_data import TABLE, add_alternates, escape_name, follow_retirement, redirect
from server.negotiate import find_preferred_graph, read_accept
from server.page.citable import (
    Cited,
    cite_thing,
    compare_receipt,
    page_receipt_headers,
    receipt_seconds,
)
from server.page.frame import MODALITIES, PART, page_number, with_names
from server.page.language import first_language
from server.page.page_view import all_sources, find_retraction, require_view, send_page
from server.parameters import add_parameters, read_address
from server.reference.item import describe_record
from server.request import EXCLUSION
from server.site import current_site

blueprint = Blueprint("thing", __name__)

FORMS: Final = (*GRAPH_FORMATS, TABLE)
PARAMETER_CLASSES: Final = {"undertaking": "Undertaking", "meeting": "Meeting", "thing": ""}
"""The class of the things that a parameter of a question accepts, "" for every class."""


SAME: Final = frozenset({"owl:sameAs", "schema:sameAs"})
"""The relations of links that schema.org calls sameAs."""

Pieces = list[tuple[str, bool]]
"""A text in pieces, and whether each is a quote."""


@blueprint.get("/page/<path:name>")
def send_thing(name: str) -> Response | Reply:
    """Return the page of a thing or an article; redirect RDF clients to its description."""
    iri = follow_retirement(ID + name, "page/")
    if isinstance(iri, Response):
        return iri
    form = find_preferred_graph(read_accept(request))
    if form is not None:
        path = add_exclusions(f"data/{escape_name(name)}.{form.name}")
        response = redirect(request.root_url + path, 303)
        response.headers.extend(links())
        return response
    view = require_view(ThingView, "thing", iri.value, page_number())
    with all_sources() as struck:
        everything = require_view(ThingView, "thing", iri.value, page_number()) if struck else view
    if everything.place:
        return redirect(request.root_url + sentence_path(everything.place, iri.value)[1:], 303)
    given = read_address(request)
    shown = view.article or view.thing
    cited = cite_thing(name, shown, receipt_seconds(given)) if shown else None
    comparison = compare_receipt(given, cited.today, ()) if cited else None
    shared = {"name": name, "forms": FORMS, "cited": cited, "compared": comparison}
    if everything.article:
        body = render_article(everything.article, view.article, shared)
    elif view.thing:
        body = render_thing(view.thing, shared)
    else:
        name = shorten_name(iri.value)
        left = f"nothing is left of {name} without the sources that are excluded"
        unknown = f"nothing is known of {name} {EXCLUSION.get().until}".rstrip()
        raise NotFound(left if everything.thing else unknown)
    reply = add_alternates(send_page(body), name)
    reply.headers += page_receipt_headers(cited, given)
    reply.headers += item_links(list_items(name, view.article))
    return reply


def list_items(name: str, article: ArticlePage | None) -> dict[str, str]:
    """Return the media types of a page's parts by address: its table, and an article's sentences.

    A sentence has no media type, as its address negotiates.
    """
    graphs = [sentence.graph for sentence in article.sentences] if article else []
    sentences = [escape_name(graph.removeprefix(BASE)) for graph in graphs if graph.startswith(ID)]
    types = {f"data/{escape_name(name)}.{TABLE.name}": TABLE.media_type}
    kept = {keep_exclusions(path): types.get(path, "") for path in (*types, *sentences)}
    return {request.root_url + path: media_type for path, media_type in kept.items() if path}


def sentence_path(place: SentencePlace, iri: str) -> str:
    """Return the path of a sentence on the page of its article, with the excluded sources."""
    pairs = [*list_exclusions(), *([(PART, str(place.part))] if place.part > 1 else [])]
    path = add_parameters(f"{make_path(place.article)}#{iri.rpartition('/')[2]}", pairs)
    return with_names(path, first_language())


def render_thing(thing: ThingPage, shared: dict[str, Any]) -> str:
    """Return the page of a thing, with the values that the page of an article has too."""
    retraction = find_retraction(ID + shared["name"], page_number())
    return render_template(
        "thing.html",
        thing=thing,
        groups=add_retracted(thing.groups, retraction.groups if retraction else []),
        neighbours=list_neighbours(thing),
        asked=list_questions(thing, shared["name"]),
        markup=thing_markup(thing, request.root_url),
        retraction=retraction,
        **shared,
    )


class Neighbour(NamedTuple):
    """A thing beside another: the modality between them, whether inferred, whether a subject."""

    name: DisplayName
    modality: str
    follows: bool = False
    points: bool = False


def list_neighbours(thing: ThingPage) -> list[Neighbour]:
    """Return the things in its tables and its statements, then the subjects that point to it."""
    met = [
        Neighbour(name, row.modality)
        for table in thing.tables
        for row in table.rows
        for cell in row.cells
        for _, name in cell
        if name.path.startswith("page/")
    ]
    lines = [line for group in thing.groups for line in group.stated + group.inferred]
    for line, mentions, points in (
        *((line, line.objects, False) for line in lines),
        *((line, line.subjects, True) for line in thing.pointing),
    ):
        met += [Neighbour(m.name, line.modality, line.follows, points) for m in mentions]
    first: dict[str, Neighbour] = {}
    for neighbour in met:
        first.setdefault(neighbour.name.iri, neighbour)
    return [own for iri, own in first.items() if iri not in {"", thing.name.iri}]


def add_retracted(
    left: list[ModalityGroup], retraction: list[ModalityGroup]
) -> list[dict[str, Any]]:
    """Return the groups of statements; `retracted` are lost without the excluded sources."""
    groups = {group.modality: group for group in left}
    lost = {group.modality: [*group.stated, *group.inferred] for group in retraction}
    empty = ModalityGroup("", [], [])
    return [
        {
            "modality": modality,
            "stated": groups.get(modality, empty).stated,
            "inferred": groups.get(modality, empty).inferred,
            "retracted": lost.get(modality, []),
        }
        for modality in MODALITIES
        if modality in groups or modality in lost
    ]


def render_article(original: ArticlePage, left: ArticlePage | None, shared: dict[str, Any]) -> str:
    """Return the page of an article; `left` is the article without the excluded sources."""
    left = left or replace(original, counts={}, after={}, sentences=[])
    kept = {sentence.graph: sentence for sentence in left.sentences}
    sentences = [kept.get(sentence.graph, sentence) for sentence in original.sentences]
    article = replace(left, sentences=sentences)
    return render_template(
        "article.html",
        article=article,
        texts=read_sentences(current_site().settings.archive, article),
        markup=shared["cited"] and article_markup(article, shared["cited"], request.root_url),
        retraction=find_retraction(ID + shared["name"], page_number()),
        **shared,
    )


def list_questions(thing: ThingPage, name: str) -> list[tuple[str, str]]:
    """Return the questions that accept a thing: the summary and the path of each."""
    classes = {iri.removeprefix(CPEC) for iri in thing.classes}
    return [
        (question.summary, f"questions/{question.name}?{parameter.name}={escape_name(name)}")
        for question in load_questions().values()
        for parameter in question.parameters[:1]
        if PARAMETER_CLASSES.get(parameter.name, "-") in {"", *classes}
    ]


def thing_markup(thing: ThingPage, root: str) -> dict[str, Any]:
    """Return the names, the page and the equivalents of a thing."""
    types = [iri.removeprefix(SCHEMA) for iri in thing.classes if iri.startswith(SCHEMA)]
    translations = [text for language, text in thing.name.texts.items() if language != "en"]
    markup = {
        "@context": SCHEMA.rstrip("/"),
        "@type": types or "Thing",
        "@id": thing.name.iri,
        "name": thing.name.text,
        "alternateName": [*translations, *(alias.text for alias in thing.aliases)],
        "identifier": [code.text for _, code in thing.codes],
        "sameAs": [link.address for link in thing.links if link.relation in SAME],
        "url": root + escape_name(thing.name.path),
    }
    return {name: value for name, value in markup.items() if value}


def article_markup(article: ArticlePage, cited: Cited, root: str) -> dict[str, Any]:
    """Return the reference of an article in schema.org's words."""
    page = {"@id": article.name.iri, "url": root + escape_name(article.name.path)}
    return page | describe_record(cited.item().main_record)


def read_sentences(archive: str | None, article: ArticlePage) -> dict[str, Pieces]:
    """Return the text of each sentence by its anchor, if it has the SHA-256 of the evidence.

    The text of an article that may not be quoted is never shown.
    """
    name = article.name.iri.removeprefix(ID)
    if (
        archive is None
        or article.is_anchored
        or "/" in name
        or not Path(archive, f"{name}.txt").is_file()
    ):
        return {}
    try:
        text = read_text(Path(archive, f"{name}.txt"))
    except (DataError, OSError):
        return {}
    sentences = {}
    for sentence in article.sentences:
        own = text[sentence.start : sentence.start + sentence.length]
        if own and sha256(own) == sentence.sha256:
            quotes = [q for line in sentence.lines for quote in line.quotes for q in quote.quotes]
            quotations = [*sentence.quotes, *quotes]
            phrases = [p for quotation in quotations for p in split_quotation(quotation)]
            sentences[sentence.anchor] = mark_quotes(own, phrases)
    return sentences


def mark_quotes(text: str, quotes: Iterable[str]) -> Pieces:
    """Return a text in pieces, each with whether it is a quote.

    >>> mark_quotes("both have moved forward", ["have moved"])
    [('both ', False), ('have moved', True), (' forward', False)]
    """
    longest = sorted(set(quotes) - {""}, key=len, reverse=True)
    if not longest:
        return [(text, False)]
    parts = re.split(f"({'|'.join(map(re.escape, longest))})", text)
    return [(part, place % 2 == 1) for place, part in enumerate(parts) if part]
