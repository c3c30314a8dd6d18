"""The search: things by what they are called, in any script, misspelt or in part."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from flask import Blueprint, render_template, request
from werkzeug.exceptions import BadRequest

from graph.errors import EngineError
from graph.explaining.term import path_of
from graph.presenting.name_index import Match, NameIndex, query_names, read_name_list
from server.answer import evaluate, send
from server.conditional import digest
from server.negotiate import PAGE_OR_JSON, format_wanted
from server.page.frame import first_language, with_names
from server.page.view import send_page
from server.parameters import Parameters
from server.reply import Reply
from server.site import Site, current_site

blueprint = Blueprint("search", __name__)

LONGEST: Final = 200
"""The characters of a search."""

MOST: Final = 30
"""The things that a page of a search lists."""

SUGGESTED: Final = 8
"""The things that are suggested while somebody types."""

NEARLY: Final = 5
"""How much less like a name may be than the likest, to be meant as well."""


@dataclass(slots=True)
class Directory:
    """The index of the version of the dataset that was searched last."""

    version: str = ""
    index: NameIndex = field(default_factory=lambda: NameIndex(()))
    lock: Lock = field(default_factory=Lock)

    def of(self, site: Site) -> NameIndex:
        """Return the index of the names of today's dataset; raises what the engine raises."""
        version = site.engine.version
        with self.lock:
            if version != self.version:
                self.index = NameIndex(read_name_list(evaluate(site, query_names()).answer))
                self.version = version
            return self.index


DIRECTORY: Final = Directory()


def index() -> NameIndex:
    """Return the index of the names of today's dataset."""
    return DIRECTORY.of(current_site())


@blueprint.get("/search")
def search() -> Reply:
    """Return the things that are called so, as a page or as JSON; raises BadRequest."""
    parameters = Parameters.parse(request.query_string)
    text = " ".join((parameters.get("q") or "").split())
    if len(text) > LONGEST:
        raise BadRequest(f"a search may have {LONGEST} characters, and this one has {len(text):,}")
    is_json = format_wanted(request, PAGE_OR_JSON) == "json"
    matches = index().find(text, SUGGESTED if is_json else MOST)
    if is_json:
        found = {"query": text, "matches": [as_json(match) for match in matches]}
        body = json.dumps(found, ensure_ascii=False) + "\n"
        tag = digest((current_site().engine.version, "search", body))
        return send(current_site(), body.encode(), tag, PAGE_OR_JSON["json"])
    listed = [(match, path_of(match.iri)) for match in matches]
    return send_page(render_template("search.html", text=text, matches=listed))


def as_json(match: Match) -> dict[str, object]:
    """Return a thing that was found: its names, the one that was met, and its page."""
    language = first_language()
    label = match.labels.get(language) or match.labels.get("en") or match.name
    return {
        "id": match.iri,
        "label": label,
        "labels": match.labels,
        "name": match.name,
        "language": match.language,
        "score": round(match.score),
        "page": with_names(path_of(match.iri), language),
    }


def nearest(name: str) -> list[Match]:
    """Return the things that may have been meant by a name that nothing has; none if in doubt."""
    try:
        found = index().find(name.replace("_", " ")[:LONGEST], 3)
    except EngineError:
        return []
    return [match for match in found if match.score > found[0].score - NEARLY]
