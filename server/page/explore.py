"""/explore: the graph as a picture with filters, as a table, and along a time line."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from pyoxigraph import NamedNode
from werkzeug.exceptions import BadRequest

from graph.presenting.overview import KINDS, Overview
from graph.presenting.relationship import (
    Relationship,
    Words,
    query_dated,
    query_labels,
    query_statements,
    query_triples,
    query_words,
    read_dated,
    read_labels,
    read_statements,
    read_triples,
    read_words,
)
from graph.wording.display_name import DisplayName, make_name
from graph.wording.phrase import GROUPS, find_phrases
from graph.wording.sentence import GRAMMARS
from graph.wording.spelling import write_explain_path
from ontology.namespace import ID
from ontology.terms import CPEC
from ontology.vocabulary import strongest_modality
from server.conditional import digest
from server.exclusion import keep_exclusions
from server.negotiate import HTML
from server.page.chronology import Moment, Times, draw_times
from server.page.frame import page_number, with_names
from server.page.language import first_language
from server.page.network import draw_network, group_claims, select_part
from server.page.page_view import require_view
from server.parameters import read_address
from server.reply import Reply
from server.response import evaluate, send_body
from server.site import current_site

blueprint = Blueprint("explore", __name__)

READ_STATEMENTS: Final = 5000
"""The number of statements from which the picture is drawn: the first ones of a larger graph."""

QUOTED_SOURCES: Final = 2
"""The number of sources quoted for a claim; its explanation has the others."""

MOMENTS: Final = 100
"""The maximum number of moments on the time line."""

DEFAULT_MODALITIES: Final = tuple(name for name in GROUPS if name != "Background")


@dataclass(frozen=True, slots=True)
class PictureFilter:
    """The filter of a picture: kinds, modalities, the thing in the middle, and the part."""

    kinds: list[str]
    modalities: list[str]
    around: str
    part: int

    @classmethod
    def read(cls, kinds: Iterable[str]) -> PictureFilter:
        """Return the filter of the request; raises BadRequest for an unknown kind or modality."""
        parameters = read_address(request)
        slugs = {slug(kind): kind for kind in kinds}
        for name, allowed in (("kind", slugs), ("modality", GROUPS)):
            for value in parameters.get_all(name):
                if value not in allowed:
                    raise BadRequest(f"{name}={value[:80]} is not one of {', '.join(allowed)}")
        around = parameters.get("around") or ""
        return cls(
            [slugs[name] for name in parameters.get_all("kind")] or list(slugs.values()),
            list(parameters.get_all("modality") or DEFAULT_MODALITIES),
            around if ":" in around else ID + around,
            page_number(),
        )


class Clause(NamedTuple):
    """A statement in the words of a language, around its subject and its object."""

    language: str
    subject: str
    before: str
    object: str
    after: str

    def __str__(self) -> str:
        return GRAMMARS[self.language].space.join(filter(None, self[1:]))


@blueprint.get("/explore")
def send_picture() -> Reply:
    """Return the picture of the graph, its table and its time line; raises BadRequest."""
    site, language = current_site(), first_language()
    kinds = require_view(Overview, "overview").kinds
    chosen = PictureFilter.read(kinds)
    things = [thing for own in kinds.values() for thing in own]
    names = {thing.iri: thing.texts.get(language) or thing.text for thing in things}
    plurals = {thing.iri for thing in things if thing.many}
    kind_of = {
        thing.iri: kind for kind, own in kinds.items() if kind in chosen.kinds for thing in own
    }
    statements, is_truncated = select_statements(chosen, kind_of)
    drawn, parts = select_part(statements, chosen.part)
    labels = find_labels({statement.predicate for statement in drawn})
    claims = group_claims(drawn)
    quoted = (statement.name for same in claims for statement in same[:QUOTED_SOURCES])
    body = render_template(
        "explore.html",
        asked=chosen,
        kinds={slug(kind): kind for kind in kinds},
        around=names.get(chosen.around, ""),
        parts=parts,
        picture=draw_network(drawn, kind_of, names, language) if drawn else None,
        words=find_words(quoted),
        most=QUOTED_SOURCES,
        timeline=draw_timeline({end for statement in drawn for end in statement.ends}, names),
        most_dated=MOMENTS,
        things=names,
        translated={thing.iri for thing in things if language in thing.texts},
        claims=len(claims),
        looked_at=READ_STATEMENTS if is_truncated else 0,
        address=part_address,
        say=lambda statement: word_statement(statement, names, plurals, labels),
        meant=lambda own: strongest_modality(s.modality for s in own).removeprefix(CPEC) or "none",
        is_meant=not drawn or any(statement.modality for statement in drawn),
        place=lambda iri: find_page(iri, language),
        explained=lambda statement: find_explanation(statement, language),
        local=lambda iri: iri.removeprefix(ID),
    )
    tag = digest((site.engine.version, "explore", body))
    return send_body(site, body.encode(), tag, f"{HTML}; charset=utf-8")


def part_address(number: int) -> str:
    """Return the address of another part of the picture."""
    pairs = [pair for pair in read_address(request).pairs if pair[0] != "part"]
    return "?" + urlencode([*pairs, ("part", number)])


def find_page(iri: str, language: str) -> str:
    """Return the address of the page of an IRI, of the IRI itself if it is not ours, or ""."""
    link = make_name(NamedNode(iri), {}) if iri else DisplayName("", "")
    return with_names(keep_exclusions(link.path), language) if link.path else link.address


def find_explanation(statement: Relationship, language: str) -> str:
    """Return the address of the explanation of a statement."""
    terms = map(NamedNode, (statement.subject, statement.predicate, statement.object))
    return with_names(keep_exclusions(write_explain_path(*terms)), language)


def slug(kind: str) -> str:
    """Return the name of a kind in an address: its first word, or all words of a foreign kind.

    >>> slug("Meetings, signings, tasks"), slug("Research Group")
    ('meetings', 'research-group')
    """
    words = re.findall(r"\w+", kind.lower())
    return words[0] if kind in KINDS else "-".join(words)


def select_statements(
    chosen: PictureFilter, kind_of: Mapping[str, str]
) -> tuple[list[Relationship], bool]:
    """Return the statements of a filter, in all parts, and whether the graph has unread ones."""
    around = chosen.around if chosen.around != ID else ""
    limit, site = READ_STATEMENTS + 1, current_site()
    read = read_statements(evaluate(site, query_statements(limit)).answer) or read_triples(
        evaluate(site, query_triples(limit)).answer
    )
    by_name = {statement.name: statement for statement in read[:READ_STATEMENTS]}
    if around in kind_of:
        own = read_statements(evaluate(site, query_statements(limit, around)).answer)
        by_name |= {statement.name: statement for statement in own}
        near = {end for s in by_name.values() if around in s.ends for end in s.ends}
        by_name = {name: s for name, s in by_name.items() if near.issuperset(s.ends)}
    selected = [
        statement
        for statement in by_name.values()
        if statement.modality.removeprefix(CPEC) in ("", *chosen.modalities)
        and statement.subject != statement.object
        and all(end in kind_of for end in statement.ends)
    ]
    return selected, len(read) > READ_STATEMENTS


def find_labels(properties: Iterable[str]) -> dict[str, str]:
    """Return the labels of the properties without a phrase of ours."""
    query = query_labels(properties)
    return read_labels(evaluate(current_site(), query).answer) if query else {}


def find_words(statements: Iterable[str]) -> Mapping[str, Words]:
    """Return the quotes of statements by their names, empty for one without a record."""
    query = query_words(statements)
    own = read_words(evaluate(current_site(), query).answer) if query else {}
    return defaultdict(Words, own)


def word_statement(
    statement: Relationship,
    names: Mapping[str, str],
    plurals: Container[str],
    labels: Mapping[str, str],
) -> Clause:
    """Return a statement in words."""
    label = labels.get(statement.predicate) or re.split("[/#:]", statement.predicate)[-1]
    phrases = find_phrases(statement.predicate, statement.modality, label)
    language = first_language() if first_language() in phrases else "en"
    return Clause(
        language,
        names[statement.subject],
        phrases[language].before[statement.subject in plurals],
        names.get(statement.object, statement.object),
        phrases[language].after[0],
    )


def draw_timeline(
    things: Iterable[str], names: Mapping[str, str]
) -> tuple[Times, Mapping[str, Words]]:
    """Return the dated statements and the aims of some things on an axis, and their quotes."""
    moments = []
    for statement, day in read_dated(evaluate(current_site(), query_dated(things, MOMENTS)).answer):
        is_aim = statement.predicate.removeprefix(CPEC) not in {"date", "issue"}
        if statement.subject in names and (not is_aim or statement.object in names):
            moments.append(Moment(statement, day if is_aim else statement.object, is_aim))
    timeline = draw_times(moments)
    return timeline, find_words(moment.statement.name for moment, *_ in timeline.rows)
