"""/search: the things with a name like a text, in any script, misspelt or in part."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from flask import Blueprint, render_template, request
from werkzeug.exceptions import BadRequest

from graph.errors import EngineError
from graph.presenting.name_index import Match, NameIndex, query_names, read_name_list
from graph.wording.display_name import make_path
from server.conditional import digest
from server.negotiate import PAGE_OR_JSON, negotiate_format
from server.page.frame import first_language, with_names
from server.page.page_view import send_page
from server.parameters import read_address
from server.reply import Reply
from server.response import evaluate, send_body
from server.site import Site, current_site

blueprint = Blueprint("search", __name__)

SEARCH_LENGTH: Final = 200
"""The maximum length of a search, in characters."""

LISTED_THINGS: Final = 30
"""The maximum number of things on the page of a search."""

SUGGESTED: Final = 8
"""The maximum number of things in JSON, for suggestions while a user types."""

NEARLY: Final = 5
"""The distance from the best score up to which a thing is suggested too."""


@dataclass(slots=True)
class Directory:
    """The index of names of the version of the dataset that was searched last."""

    version: str = ""
    index: NameIndex = field(default_factory=lambda: NameIndex(()))
    lock: Lock = field(default_factory=Lock)

    def read(self, site: Site) -> NameIndex:
        """Return the index of the current version; raises the errors of the engine."""
        version = site.engine.version
        with self.lock:
            if version == self.version:
                return self.index
        index = NameIndex(read_name_list(evaluate(site, query_names()).answer))
        with self.lock:
            self.version, self.index = version, index
        return index


DIRECTORY: Final = Directory()


def read_index() -> NameIndex:
    """Return the index of names of the current version."""
    return DIRECTORY.read(current_site())


@blueprint.get("/search")
def send_matches() -> Reply:
    """Return the things with a name like the text, as a page or as JSON; raises BadRequest."""
    parameters = read_address(request)
    text = " ".join((parameters.get("q") or "").split())
    if len(text) > SEARCH_LENGTH:
        raise BadRequest(
            f"a search may have {SEARCH_LENGTH} characters, and this one has {len(text):,}"
        )
    is_json = negotiate_format(request, PAGE_OR_JSON) == "json"
    matches = read_index().find(text, SUGGESTED if is_json else LISTED_THINGS)
    if is_json:
        record = {"query": text, "matches": [match_record(match) for match in matches]}
        body = json.dumps(record, ensure_ascii=False) + "\n"
        tag = digest((current_site().engine.version, "search", body))
        return send_body(current_site(), body.encode(), tag, PAGE_OR_JSON["json"])
    listed = [(match, make_path(match.iri)) for match in matches]
    return send_page(render_template("search.html", text=text, matches=listed))


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
        "page": with_names(make_path(match.iri), language),
    }


def find_nearest(name: str) -> list[Match]:
    """Return the things with the names nearest to an unknown name."""
    try:
        matches = read_index().find(name.replace("_", " ")[:SEARCH_LENGTH], 3)
    except EngineError:
        return []
    return [match for match in matches if match.score > matches[0].score - NEARLY]
