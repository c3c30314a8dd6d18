"""/explore: the graph as a picture with filters, as a table, and along a time line."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
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
from graph.written_value import ECHO
from ontology.namespace import ID
from ontology.terms import CPEC
from ontology.vocabulary import strongest_modality
from server.engine.front.reply import Reply
from server.exclusion import keep_exclusions
from server.negotiate import HTML
from server.page.chronology import Moment, draw_times
from server.page.frame import page_number, with_names
from server.page.language import first_language
from server.page.network import draw_network, group_claims, select_part
from server.page.page_view import evaluate_for_page, require_view, send_page
from server.parameters import read_address
from server.response import digest, evaluate, send_body
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
                    raise BadRequest(f"{name}={value[:ECHO]} is not one of {', '.join(allowed)}")
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
    chosen, named = PictureFilter.read(kinds), name_things(kinds)
    names = named["things"]
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
        **named,
        claims=len(claims),
        looked_at=READ_STATEMENTS if is_truncated else 0,
        address=part_address,
        say=lambda statement: word_statement(statement, named, labels),
        meant=lambda own: strongest_modality(s.modality for s in own).removeprefix(CPEC) or "none",
        is_meant=not drawn or any(statement.modality for statement in drawn),
        explained=find_explanation,
        local=lambda iri: iri.removeprefix(ID),
    )
    tag = digest((site.engine.version, "explore", body))
    return send_body(site, body.encode(), tag, f"{HTML}; charset=utf-8")


@blueprint.get("/timeline")
def send_timeline() -> Reply:
    """Return the dated events, and the latest aims, on a line of time."""
    named = name_things(require_view(Overview, "overview").kinds)
    names, told = named["things"], defaultdict[tuple[str, ...], list[Relationship]](list)
    moments: dict[tuple[str, ...], Moment] = {}
    for statement, day in read_dated(evaluate_for_page(query_dated(MOMENTS))):
        is_aim = statement.predicate.removeprefix(CPEC) not in {"date", "issue"}
        if statement.subject in names and (not is_aim or statement.object in names):
            told[statement.claim].append(statement)
            text = day if is_aim else statement.object
            moments[statement.claim] = Moment(statement, text, is_aim)
    line = draw_times(moments.values())
    body = render_template(
        "timeline.html",
        line=line,
        told_by=told,
        words_of=find_words(own.name for same in told.values() for own in same[:QUOTED_SOURCES]),
        most=MOMENTS,
        quoted=QUOTED_SOURCES,
        say=lambda statement: word_statement(statement, named, {}),
        **named,
    )
    return send_page(body)


def name_things(kinds: Mapping[str, list[DisplayName]]) -> dict[str, Any]:
    """Return the names of things by IRI, which are translated or plurals, and their pages."""
    language, own = first_language(), [thing for things in kinds.values() for thing in things]
    return {
        "things": {thing.iri: thing.texts.get(language) or thing.text for thing in own},
        "translated": {thing.iri for thing in own if language in thing.texts},
        "plurals": {thing.iri for thing in own if thing.many},
        "place": find_page,
    }


def part_address(number: int) -> str:
    """Return the address of another part of the picture."""
    pairs = [pair for pair in read_address(request).pairs if pair[0] != "part"]
    return "?" + urlencode([*pairs, ("part", number)])


def find_page(iri: str) -> str:
    """Return the address of the page of an IRI, of the IRI itself if it is not ours, or ""."""
    link = make_name(NamedNode(iri), {}) if iri else DisplayName("", "")
    return with_names(keep_exclusions(link.path), first_language()) if link.path else link.address


def find_explanation(statement: Relationship) -> str:
    """Return the address of the explanation of a statement."""
    terms = map(NamedNode, (statement.subject, statement.predicate, statement.object))
    return with_names(keep_exclusions(write_explain_path(*terms)), first_language())


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
    statement: Relationship, named: Mapping[str, Any], labels: Mapping[str, str]
) -> Clause:
    """Return a statement in words."""
    names = named["things"]
    label = labels.get(statement.predicate) or re.split("[/#:]", statement.predicate)[-1]
    phrases = find_phrases(statement.predicate, statement.modality, label)
    language = first_language() if first_language() in phrases else "en"
    return Clause(
        language,
        names[statement.subject],
        phrases[language].before[statement.subject in named["plurals"]],
        names.get(statement.object, statement.object),
        phrases[language].after[0],
    )
