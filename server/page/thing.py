"""The page of a thing, and that of an article: what is said, by how sure it is, with its quotes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from graph.answering.binding import questions
from graph.answering.format import GRAPH_FORMATS
from graph.explaining.term import path_of
from ontology.namespace import CPEC, ID
from server.link import links
from server.linked_data import TABLE, escaped, living, see, with_alternates
from server.negotiate import accepted, preferred_to_html
from server.page.archive import texts
from server.page.frame import first_language, with_names
from server.page.markup import article_markup, thing_markup
from server.page.picture import picture
from server.page.view import sent, unstruck, view
from server.reply import Reply
from server.site import site

blueprint = Blueprint("thing", __name__)

PART: Final = "part"
"""The parameter that says which part of a long page is asked for."""

FORMS: Final = (*GRAPH_FORMATS, TABLE)
ASKED_OF: Final = {"undertaking": "Undertaking", "meeting": "Meeting", "thing": ""}
"""The class of the things that a parameter of a question takes, by its name; "" takes all."""


@blueprint.get("/page/<path:name>")
def page(name: str) -> Response | Reply:
    """Return what is said of an entity as a page; a program that likes RDF better is sent on."""
    iri = living(ID + name, "page/")
    if isinstance(iri, Response):
        return iri
    form = preferred_to_html(accepted(request))
    if form is not None:
        response = see(f"{request.root_url}data/{escaped(name)}.{form.name}", 303)
        response.headers.extend(links())
        return response
    found = view(site(), "thing", iri.value, page_number())
    if "sentence" in found:
        part = f"?part={found['part']}" if found["part"] > 1 else ""
        place = f"{path_of(found['of'])}{part}#{iri.value.rpartition('/')[2]}"
        return see(request.root_url + with_names(place, first_language())[1:], 303)
    if not found:
        raise NotFound(f"nothing is known of {iri.value}")
    body = article_page(found, name) if "article" in found else thing_page(found, name)
    return with_alternates(sent(site(), body), name)


def page_number() -> int:
    """Return which part of a long page is asked for, from 1."""
    text = request.args.get(PART, "1")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 1


def thing_page(found: Mapping[str, Any], name: str) -> str:
    """Return the page of a thing."""
    thing = found["thing"]
    return render_template(
        "thing.html",
        thing=thing,
        name=name,
        forms=FORMS,
        picture=picture(thing, first_language()),
        asked=asked_of(thing, name),
        markup=thing_markup(thing, request.root_url),
        before=before_striking(ID + name),
        version=site().engine.version,
    )


def before_striking(iri: str) -> Mapping[str, Any] | None:
    """Return a thing as it is with all sources, None where none is struck."""
    with unstruck() as struck:
        if not struck:
            return None
        found: Mapping[str, Any] = view(site(), "thing", iri, page_number())["thing"]
        return found


def article_page(found: Mapping[str, Any], name: str) -> str:
    """Return the page of an article."""
    article = found["article"]
    return render_template(
        "article.html",
        article=article,
        texts=texts(site().settings.archive, article),
        name=name,
        forms=FORMS,
        markup=article_markup(article, request.root_url),
        version=site().engine.version,
    )


def asked_of(thing: Mapping[str, Any], name: str) -> list[tuple[str, str]]:
    """Return the questions that can be asked of a thing: their words and paths."""
    classes = {iri.removeprefix(CPEC) for iri in thing["classes"]}
    return [
        (question.summary, f"questions/{question.name}?{parameter.name}={escaped(name)}")
        for question in questions().values()
        for parameter in question.parameters[:1]
        if parameter.name in ASKED_OF and ASKED_OF[parameter.name] in {"", *classes}
    ]
