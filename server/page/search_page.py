"""/search: finds things by their names, and statements, sources and questions by their words."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from flask import Blueprint, render_template, request
from werkzeug.exceptions import BadRequest

from graph.errors import EngineError
from graph.presenting.name_index import NAMES, Match, NameIndex
from graph.presenting.passage import KINDS, Passage
from graph.presenting.passage_index import PassageIndex
from graph.wording.display_name import make_path
from server.engine.front.reply import Reply
from server.exclusion import add_exclusions, keep_exclusions
from server.negotiate import PAGE_OR_JSON, negotiate_format
from server.page.frame import with_names
from server.page.language import first_language
from server.page.page_view import require_view, send_page
from server.parameters import read_address
from server.response import evaluate, send_json
from server.site import current_site

blueprint = Blueprint("search", __name__)

SEARCH_LENGTH: Final = 200
"""The maximum length of a search, in characters."""

LISTED: Final = 30
"""The maximum number of things, and of passages of a kind, on the page of a search."""

SUGGESTED: Final = 8
"""The same maximum in JSON, for suggestions while a user types."""

MOST_INDEXES: Final = 4
"""The versions of the dataset whose indexes are kept: each excluded source makes another one."""

NEARLY: Final = 5
"""The distance from the best score up to which a thing is suggested too."""


def read_index() -> NameIndex:
    """Return the index of names of the current version; raises the errors of the engine."""
    return make_name_index(current_site().engine.version)


@lru_cache(MOST_INDEXES)
def make_name_index(_version: str) -> NameIndex:
    """Return the index of the names of things in a version, which is the current one."""
    return NameIndex.read(evaluate(current_site(), NAMES).answer)


@lru_cache(MOST_INDEXES)
def make_passage_index(_version: str) -> PassageIndex:
    """Return the index of statements, sources and questions of a version, the current one."""
    return PassageIndex(require_view(list[Passage], "passages"))


@blueprint.get("/search")
def send_matches() -> Reply:
    """Return the things and passages of a search, as a page or as JSON; raises BadRequest."""
    parameters = read_address(request)
    text = " ".join((parameters.get("q") or "").split())
    if len(text) > SEARCH_LENGTH:
        raise BadRequest(
            f"a search may have {SEARCH_LENGTH} characters, and this one has {len(text):,}"
        )
    is_json = negotiate_format(request, PAGE_OR_JSON) == "json"
    most = SUGGESTED if is_json else LISTED
    matches = read_index().find(text, most)
    index = make_passage_index(current_site().engine.version)
    passages = {kind: index.find(text, kind, most) for kind in KINDS}
    if is_json:
        listed = [passage_record(own) for kind in KINDS for own in passages[kind]]
        things = [match_record(match) for match in matches]
        record = {"query": text, "matches": things, "passages": listed}
        return send_json(record, current_site().engine.version, "search", indent=None)
    named = [(match, make_path(match.iri)) for match in matches]
    return send_page(
        render_template("search.html", text=text, matches=named, passages=passages, most=most)
    )


def passage_record(passage: Passage) -> dict[str, object]:
    """Return a passage as JSON: its kind, its words, its quotes, and its page."""
    language = first_language() if first_language() in passage.words else next(iter(passage.words))
    return {
        "kind": passage.kind,
        "words": passage.words[language],
        "language": language,
        "quotes": passage.quotes,
        "anchors": passage.anchors,
        "source": passage.source,
        "modality": passage.unasserted or passage.modality,
        "page": with_names(keep_exclusions(passage.path), first_language()) if passage.path else "",
    }


def match_record(match: Match) -> dict[str, object]:
    """Return a thing as JSON: its names, the matching name, and its page."""
    language = first_language()
    label = match.labels.get(language) or match.labels.get("en") or match.name
    return {
        "id": match.iri,
        "label": label,
        "labels": match.labels,
        "name": match.name,
        "language": match.language,
        "score": round(match.score),
        "page": with_names(add_exclusions(make_path(match.iri)), language),
    }


def find_nearest(name: str) -> list[Match]:
    """Return the things with the names nearest to an unknown name."""
    try:
        matches = read_index().find(name.replace("_", " ")[:SEARCH_LENGTH], 3)
    except EngineError:
        return []
    return [match for match in matches if match.score > matches[0].score - NEARLY]
