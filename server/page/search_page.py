"""/search: finds things by their names, and statements, sources and questions by their words."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, Generic, TypeVar

from flask import Blueprint, render_template, request
from werkzeug.exceptions import BadRequest

from graph.errors import EngineError
from graph.presenting.name_index import Match, NameIndex, query_names, read_name_list
from graph.presenting.passage import KINDS, Passage
from graph.presenting.passage_index import PassageIndex
from graph.wording.display_name import make_path
from server.conditional import digest
from server.exclusion import add_exclusions, keep_exclusions
from server.negotiate import PAGE_OR_JSON, negotiate_format
from server.page.frame import with_names
from server.page.language import first_language
from server.page.page_view import require_view, send_page
from server.parameters import read_address
from server.reply import Reply
from server.response import evaluate, send_body
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


Index = TypeVar("Index")


@dataclass(frozen=True, slots=True)
class Directory(Generic[Index]):
    """The indexes of the versions of the dataset that were searched last, made by `make`."""

    make: Callable[[], Index]
    indexes: dict[str, Index] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def read(self) -> Index:
        """Return the index of the current version; raises the errors of the engine."""
        version = current_site().engine.version
        with self.lock:
            if version in self.indexes:
                return self.indexes[version]
        index = self.make()
        with self.lock:
            for old in list(self.indexes)[: 1 - MOST_INDEXES]:
                del self.indexes[old]
            self.indexes[version] = index
        return index


def make_name_index() -> NameIndex:
    """Return the index of the names of things."""
    return NameIndex(read_name_list(evaluate(current_site(), query_names()).answer))


def make_passage_index() -> PassageIndex:
    """Return the index of statements, sources and questions."""
    return PassageIndex(require_view(list[Passage], "passages"))


NAME_INDEXES: Final = Directory(make_name_index)
PASSAGE_INDEXES: Final = Directory(make_passage_index)


def read_index() -> NameIndex:
    """Return the index of names of the current version."""
    return NAME_INDEXES.read()


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
    index = PASSAGE_INDEXES.read()
    passages = {kind: index.find(text, kind, most) for kind in KINDS}
    if is_json:
        listed = [passage_record(own) for kind in KINDS for own in passages[kind]]
        things = [match_record(match) for match in matches]
        record = {"query": text, "matches": things, "passages": listed}
        body = json.dumps(record, ensure_ascii=False) + "\n"
        tag = digest((current_site().engine.version, "search", body))
        return send_body(current_site(), body.encode(), tag, PAGE_OR_JSON["json"])
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
