"""The page of a thing, and that of an article: what is said, by how sure it is, with its quotes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from graph.answering.binding import questions
from graph.answering.format import GRAPH_FORMATS
from graph.explaining.named import short_name
from graph.explaining.term import path_of
from ontology.namespace import ID
from ontology.terms import CPEC
from server.link import links
from server.linked_data import TABLE, add_alternates, escape_name, follow_retirement, redirect
from server.negotiate import accepted, preferred_to_html
from server.page.archive import texts
from server.page.citation import compared, patience, receipt_told
from server.page.frame import MODALITIES, PART, first_language, page_number, strikes, with_names
from server.page.markup import article_markup, thing_markup
from server.page.picture import picture
from server.page.view import fallen, sent, unstruck, view
from server.page.whole import cited_thing
from server.parameters import Parameters
from server.reply import Reply
from server.site import current_site

blueprint = Blueprint("thing", __name__)

FORMS: Final = (*GRAPH_FORMATS, TABLE)
ASKED_OF: Final = {"undertaking": "Undertaking", "meeting": "Meeting", "thing": ""}
"""The class of the things that a parameter of a question takes, by its name; "" takes all."""


@blueprint.get("/page/<path:name>")
def page(name: str) -> Response | Reply:
    """Return what is said of an entity as a page; a program that likes RDF better is sent on."""
    iri = follow_retirement(ID + name, "page/")
    if isinstance(iri, Response):
        return iri
    form = preferred_to_html(accepted(request))
    if form is not None:
        response = redirect(f"{request.root_url}data/{escape_name(name)}.{form.name}", 303)
        response.headers.extend(links())
        return response
    found = view(current_site(), "thing", iri.value, page_number())
    with unstruck() as struck:
        whole = view(current_site(), "thing", iri.value, page_number()) if struck else found
    if "sentence" in whole:
        return redirect(request.root_url + place_of(whole, iri.value)[1:], 303)
    if not found and "article" not in whole:
        left = "left" if whole else "known"
        without = " without the sources that are struck" if whole else ""
        raise NotFound(f"nothing is {left} of {short_name(iri.value)}{without}")
    given = Parameters.parse(request.query_string)
    cited = cited_thing(name, found, patience(given)) if found else None
    told = {"cited": cited, "compared": compared(given, cited.today, ()) if cited else None}
    if "article" in whole:
        body = article_page(whole["article"], found.get("article"), name, told)
    else:
        body = thing_page(found, name, told)
    reply = add_alternates(sent(current_site(), body), name)
    reply.headers += receipt_told(cited, given)
    return reply


def place_of(found: Mapping[str, Any], iri: str) -> str:
    """Return the path of a sentence: its place in its article, with what the address strikes."""
    pairs = strikes()
    pairs += [(PART, found[PART])] if found[PART] > 1 else []
    query = f"?{urlencode(pairs)}" if pairs else ""
    place = f"{path_of(found['of'])}{query}#{iri.rpartition('/')[2]}"
    return with_names(place, first_language())


def thing_page(found: Mapping[str, Any], name: str, told: Mapping[str, Any]) -> str:
    """Return the page of a thing, with what is told of its receipt."""
    thing, lost = found["thing"], fallen(current_site(), ID + name, page_number())
    return render_template(
        "thing.html",
        thing=thing,
        groups=with_fallen(thing["groups"], lost.get("groups", [])),
        name=name,
        forms=FORMS,
        picture=picture(thing, first_language()),
        asked=asked_of(thing, name),
        markup=thing_markup(thing, request.root_url),
        fallen=lost,
        **told,
    )


def with_fallen(groups: Iterable[Any], fell: Iterable[Any]) -> list[dict[str, Any]]:
    """Return what is said by how it is meant, each group with the lines of it that fell."""
    left = {one["modality"]: one for one in groups}
    lost = {one["modality"]: [*one["stated"], *one["inferred"]] for one in fell}
    return [
        {"modality": key, **left.get(key, {}), "fell": lost.get(key, [])}
        for key in MODALITIES
        if key in left or key in lost
    ]


def article_page(
    whole: Mapping[str, Any], left: Mapping[str, Any] | None, name: str, told: Mapping[str, Any]
) -> str:
    """Return the page of an article with what is `left` of it where sources are struck."""
    lost = fallen(current_site(), ID + name, page_number())
    counted = left or {"counts": {}, "after": {}, "sentences": []}
    sentences = {one["graph"]: one for one in counted["sentences"]}
    article = {
        **whole,
        **counted,
        "sentences": [sentences.get(one["graph"], one) for one in whole["sentences"]],
    }
    return render_template(
        "article.html",
        article=article,
        texts=texts(current_site().settings.archive, article),
        name=name,
        forms=FORMS,
        markup=article_markup(article, request.root_url),
        fallen=lost,
        **told,
    )


def asked_of(thing: Mapping[str, Any], name: str) -> list[tuple[str, str]]:
    """Return the questions that can be asked of a thing: their words and paths."""
    classes = {iri.removeprefix(CPEC) for iri in thing["classes"]}
    return [
        (question.summary, f"questions/{question.name}?{parameter.name}={escape_name(name)}")
        for question in questions().values()
        for parameter in question.parameters[:1]
        if parameter.name in ASKED_OF and ASKED_OF[parameter.name] in {"", *classes}
    ]
