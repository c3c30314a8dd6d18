"""/page: the page of a thing, its statements by modality, or of an article, by sentence.

Its markup for machines is in schema.org, as JSON-LD.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from graph.answering.binding import load_questions
from graph.answering.format import GRAPH_FORMATS
from graph.presenting.article import ArticlePage
from graph.presenting.line import Line
from graph.presenting.thing import ModalityGroup, ThingPage
from graph.presenting.view import SentencePlace, ThingView
from graph.wording.display_name import make_path, shorten_name
from ontology.namespace import BASE, ID
from ontology.terms import CPEC, SCHEMA
from server.exclusion import add_exclusions, keep_exclusions, list_exclusions
from server.link import item_links, links
from server.linked_data import TABLE, add_alternates, escape_name, follow_retirement, redirect
from server.negotiate import find_preferred_graph, read_accept
from server.page.archive import read_sentences
from server.page.citable import (
    Cited,
    Comparison,
    compare_receipt,
    page_receipt_headers,
    receipt_seconds,
)
from server.page.frame import MODALITIES, PART, page_number, with_names
from server.page.language import first_language
from server.page.page_view import all_sources, find_retraction, require_view, send_page
from server.page.picture import draw_picture
from server.page.whole import cite_thing
from server.parameters import read_address
from server.reference.schema_org import describe_record
from server.reply import Reply
from server.site import current_site

blueprint = Blueprint("thing", __name__)

FORMS: Final = (*GRAPH_FORMATS, TABLE)
PARAMETER_CLASSES: Final = {"undertaking": "Undertaking", "meeting": "Meeting", "thing": ""}
"""The class of the things that a parameter of a question accepts, "" for every class."""


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """The statements of one modality; `retracted` are lost without the excluded sources."""

    modality: str
    stated: list[Line]
    inferred: list[Line]
    retracted: list[Line]


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
    with all_sources() as is_excluding:
        everything = (
            require_view(ThingView, "thing", iri.value, page_number()) if is_excluding else view
        )
    if everything.place:
        return redirect(request.root_url + sentence_path(everything.place, iri.value)[1:], 303)
    given = read_address(request)
    shown = view.article or view.thing
    cited = cite_thing(name, shown, receipt_seconds(given)) if shown else None
    comparison = compare_receipt(given, cited.today, ()) if cited else None
    if everything.article:
        body = render_article(everything.article, view.article, name, cited, comparison)
    elif view.thing:
        body = render_thing(view.thing, name, cited, comparison)
    else:
        name = shorten_name(iri.value)
        left = f"nothing is left of {name} without the sources that are excluded"
        raise NotFound(left if everything.thing else f"nothing is known of {name}")
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
    query = f"?{urlencode(pairs)}" if pairs else ""
    path = f"{make_path(place.article)}{query}#{iri.rpartition('/')[2]}"
    return with_names(path, first_language())


def render_thing(
    thing: ThingPage, name: str, cited: Cited | None, comparison: Comparison | None
) -> str:
    """Return the page of a thing."""
    retraction = find_retraction(ID + name, page_number())
    return render_template(
        "thing.html",
        thing=thing,
        groups=add_retracted(thing.groups, retraction.groups if retraction else []),
        name=name,
        forms=FORMS,
        picture=draw_picture(thing, first_language()),
        asked=list_questions(thing, name),
        markup=thing_markup(thing, request.root_url),
        retraction=retraction,
        cited=cited,
        compared=comparison,
    )


def add_retracted(left: list[ModalityGroup], retraction: list[ModalityGroup]) -> list[ShownGroup]:
    """Return the groups of statements, each with its lost statements."""
    groups = {group.modality: group for group in left}
    lost = {group.modality: [*group.stated, *group.inferred] for group in retraction}
    empty = ModalityGroup("", [], [])
    return [
        ShownGroup(
            modality,
            groups.get(modality, empty).stated,
            groups.get(modality, empty).inferred,
            lost.get(modality, []),
        )
        for modality in MODALITIES
        if modality in groups or modality in lost
    ]


def render_article(
    original: ArticlePage,
    left: ArticlePage | None,
    name: str,
    cited: Cited | None,
    comparison: Comparison | None,
) -> str:
    """Return the page of an article; `left` is the article without the excluded sources."""
    left = left or replace(original, counts={}, after={}, sentences=[])
    kept = {sentence.graph: sentence for sentence in left.sentences}
    sentences = [kept.get(sentence.graph, sentence) for sentence in original.sentences]
    article = replace(left, sentences=sentences)
    return render_template(
        "article.html",
        article=article,
        texts=read_sentences(current_site().settings.archive, article),
        name=name,
        forms=FORMS,
        markup=cited and article_markup(article, cited, request.root_url),
        retraction=find_retraction(ID + name, page_number()),
        cited=cited,
        compared=comparison,
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


SAME: Final = frozenset({"owl:sameAs", "schema:sameAs"})
"""The relations of links that schema.org calls sameAs."""


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
