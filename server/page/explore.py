"""The graph as a picture that can be filtered, and what is dated along a line of time."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from pyoxigraph import NamedNode
from werkzeug.exceptions import BadRequest

from graph.answering.evaluation import Query
from graph.explaining.named import shown
from graph.explaining.phrase import GROUPS, phrase_of
from graph.explaining.spelling import explanation_of
from graph.explaining.term import Term, term, text_of
from graph.presenting.overview import KINDS
from graph.publishing.resource import JSON, read_rows
from ontology.namespace import ID
from ontology.terms import CPEC
from ontology.vocabulary import strongest
from server.answer import evaluate, send
from server.conditional import digest
from server.negotiate import HTML
from server.page.chronology import Moment, Times, times
from server.page.frame import first_language, page_number, with_names
from server.page.network import Relationship, network, part, together
from server.page.view import view
from server.parameters import Parameters
from server.reply import Reply
from server.site import current_site

blueprint = Blueprint("explore", __name__)

MOST: Final = 5000
"""The statements among which the picture is chosen: of a larger graph, the first of them."""

MOST_SOURCES: Final = 2
"""The sources that are quoted for one claim; the others stand where it is explained."""

MOST_DATED: Final = 100
"""The moments on the line of time."""

USUAL: Final = tuple(name for name in GROUPS if name != "Background")
"""The modalities that are drawn where none is asked for."""

STATEMENTS: Final = """
SELECT ?statement ?subject ?predicate ?object ?modality ?source WHERE {{
  GRAPH graph:evidence {{
    {around}
    ?statement rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object ;
      cpec:modality ?modality ; oa:hasSource ?source .
  }}
  FILTER (isIRI(?object))
}} LIMIT {most}
"""
"""The statements between things, as their records have them."""

TRIPLES: Final = """
SELECT ?subject ?predicate ?object ?graph WHERE {
  { GRAPH ?graph { ?subject ?predicate ?object }
    FILTER (?graph NOT IN (graph:ontology, graph:inferred, graph:evidence, graph:dataset)) }
  UNION { ?subject ?predicate ?object
    FILTER NOT EXISTS { GRAPH ?any { ?subject ?predicate ?object } } }
  FILTER (isIRI(?subject) && isIRI(?object) && ?predicate != rdf:type)
}
"""
"""The triples between things of a graph without records, and the graph that states each."""

LABELS: Final = "SELECT ?term ?label {{ VALUES ?term {{ {terms} }} ?term rdfs:label ?label }}"
"""The labels of some terms."""

WORDS: Final = """
SELECT ?statement ?quote ?title WHERE {{
  VALUES ?statement {{ {statements} }}
  GRAPH graph:evidence {{
    ?statement oa:hasSource ?source .
    OPTIONAL {{ ?source dcterms:title ?title }}
    OPTIONAL {{ ?statement oa:hasSelector/oa:exact ?quote }}
  }}
}}
"""
"""The words of some statements, and how their sources are cited."""


@dataclass(slots=True)
class Words:
    """The quotes of a statement, and how its source is cited."""

    quotes: list[str]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked to be drawn: kinds, modalities, around which thing, and which part."""

    kinds: list[str]
    modalities: list[str]
    around: str
    part: int

    @classmethod
    def read(cls, known: Iterable[str]) -> Asked:
        """Return what the request asks; raises BadRequest where it names no kind or modality."""
        parameters = Parameters.parse(request.query_string)
        kinds, modalities = parameters.get_all("kind"), parameters.get_all("modality")
        slugs = {slug(kind): kind for kind in known}
        for name, values, allowed in (("kind", kinds, slugs), ("modality", modalities, GROUPS)):
            if strange := [value for value in values if value not in allowed]:
                raise BadRequest(f"{name}={strange[0][:80]} is not one of {', '.join(allowed)}")
        around = parameters.get("around") or ""
        return cls(
            [slugs[one] for one in kinds] or list(slugs.values()),
            list(modalities) or list(USUAL),
            around if ":" in around else ID + around,
            page_number(),
        )


@blueprint.get("/explore")
def explore() -> Reply:
    """Return the graph as a picture, with the table that it stands for; raises BadRequest."""
    site = current_site()
    kinds = view(site, "overview")["kinds"]
    things = {thing["iri"]: (kind, thing) for kind, own in kinds.items() for thing in own}
    asked = Asked.read(kinds)
    language = first_language()
    names = {
        iri: thing["texts"].get(language) or thing["text"] for iri, (_, thing) in things.items()
    }
    many = {iri for iri, (_, thing) in things.items() if thing["many"]}
    kind_of = {iri: kind for iri, (kind, _) in things.items() if kind in asked.kinds}
    every, more = chosen(asked, kind_of)
    drawn, parts = part(every, asked.part)
    labels = labels_of({one.predicate for one in drawn})
    claims = together(drawn)
    body = render_template(
        "explore.html",
        asked=asked,
        kinds={slug(kind): kind for kind in kinds},
        around=names.get(asked.around, ""),
        parts=parts,
        picture=network(drawn, kind_of, names, language) if drawn else None,
        words=words_of(one.name for same in claims for one in same[:MOST_SOURCES]),
        most=MOST_SOURCES,
        timeline=timeline({end for one in drawn for end in one.ends}, names),
        most_dated=MOST_DATED,
        things=names,
        claims=len(claims),
        looked_at=MOST if more else 0,
        address=part_address,
        say=lambda one: said(one, names, many, labels),
        meant=lambda own: strongest(one.modality for one in own).removeprefix(CPEC) or "none",
        is_meant=not drawn or any(one.modality for one in drawn),
        place=lambda iri: place(iri, language),
        explained=lambda one: explained(one, language),
        local=lambda iri: iri.removeprefix(ID),
    )
    tag = digest((site.engine.version, "explore", body))
    return send(site, body.encode(), tag, f"{HTML}; charset=utf-8")


def part_address(number: int) -> str:
    """Return the address of another part of what is asked."""
    pairs = [pair for pair in Parameters.parse(request.query_string).pairs if pair[0] != "part"]
    return "?" + urlencode([*pairs, ("part", number)])


def place(iri: str, language: str) -> str:
    """Return the address where an IRI is read about: site, or elsewhere on the web, or none."""
    found = term(NamedNode(iri), {}) if iri else Term("")
    return with_names(found.path, language) if found.path else found.address


def explained(one: Relationship, language: str) -> str:
    """Return the address where a statement is explained, with all its sources."""
    terms = map(NamedNode, (one.subject, one.predicate, one.object))
    return with_names(explanation_of(*terms), language)


def slug(kind: str) -> str:
    """Return the name of a kind in an address; of one that is not ours, all its words.

    >>> slug("Meetings, signings, tasks"), slug("Research Group")
    ('meetings', 'research-group')
    """
    words = re.findall(r"\w+", kind.lower())
    return words[0] if kind in KINDS else "-".join(words)


def chosen(asked: Asked, kind_of: Mapping[str, str]) -> tuple[list[Relationship], bool]:
    """Return the statements that are to be drawn, in all parts, and whether there are others.

    Others are those that are not looked at, in a graph that has more than are.
    """
    around = asked.around if asked.around != ID else ""
    read = statements("") or triples()
    found = {one.name: one for one in read[:MOST]}
    if around in kind_of:
        ends = (f"{{ ?statement rdf:{end} <{around}> }}" for end in ("subject", "object"))
        found |= {one.name: one for one in statements(" UNION ".join(ends))}
        near = {end for one in found.values() if around in one.ends for end in one.ends}
        found = {name: one for name, one in found.items() if near.issuperset(one.ends)}
    drawn = [
        one
        for one in found.values()
        if one.modality.removeprefix(CPEC) in ("", *asked.modalities)
        and one.subject != one.object
        and all(end in kind_of for end in one.ends)
    ]
    return drawn, len(read) > MOST


def statements(around: str) -> list[Relationship]:
    """Return the statements between things, one more than `MOST`; a pattern narrows them."""
    query = Query(STATEMENTS.format(around=around, most=MOST + 1), JSON, None)
    return [
        Relationship(*map(text_of, row))
        for row in read_rows(evaluate(current_site(), query).answer)
    ]


def triples() -> list[Relationship]:
    """Return the triples between things of a graph without records, under names of their own."""
    query = Query(f"{TRIPLES} LIMIT {MOST + 1}", JSON, None)
    found = []
    for subject, predicate, value, graph in read_rows(evaluate(current_site(), query).answer):
        ends = text_of(subject), text_of(predicate), text_of(value)
        found.append(Relationship(" ".join(ends), *ends, "", text_of(graph) if graph else ""))
    return found


def labels_of(iris: Iterable[str]) -> dict[str, str]:
    """Return the labels of some properties that have no phrase of ours."""
    terms = " ".join(f"<{iri}>" for iri in iris if phrase_of(iri, "") is None)
    if not terms:
        return {}
    found = read_rows(
        evaluate(current_site(), Query(LABELS.format(terms=terms), JSON, None)).answer
    )
    return {text_of(iri): shown(text_of(label)) for iri, label in found}


def words_of(names: Iterable[str]) -> dict[str, Words]:
    """Return the words of some statements, by their names."""
    found: dict[str, Words] = defaultdict(lambda: Words([]))
    wanted = " ".join(f"<{name}>" for name in names if " " not in name)
    if not wanted:
        return found
    query = Query(WORDS.format(statements=wanted), JSON, None)
    for name, quote, title in read_rows(evaluate(current_site(), query).answer):
        words = found[text_of(name)]
        words.source = text_of(title) if title else ""
        if quote:
            words.quotes.append(text_of(quote))
    return found


def said(
    one: Relationship, names: Mapping[str, str], many: Container[str], labels: Mapping[str, str]
) -> list[str]:
    """Return a statement in words: its subject, its verb, its object, and what stands after."""
    phrase = phrase_of(one.predicate, one.modality)
    label = labels.get(one.predicate) or re.split("[/#:]", one.predicate)[-1]
    verb, after = (phrase.before, phrase.after) if phrase else ((label,) * 2, ("", ""))
    return [
        names[one.subject],
        verb[one.subject in many],
        names.get(one.object, one.object),
        after[0],
    ]


DATED: Final = """
SELECT ?statement ?subject ?predicate ?object ?modality ?source ?day WHERE {{
  VALUES ?subject {{ {things} }}
  GRAPH graph:evidence {{
    {{ ?statement rdf:predicate ?dating VALUES ?dating {{ cpec:date cpec:issue }} }}
    UNION {{ ?statement cpec:modality cpec:Aim }}
    ?statement rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object ;
      cpec:modality ?modality ; oa:hasSource ?source .
    OPTIONAL {{ ?source oa:hasSource/dcterms:date ?day }}
  }}
}} LIMIT {most}
"""
"""Events and issues with their dates; aims with the day of the article that tells of them."""


def timeline(drawn: Iterable[str], names: Mapping[str, str]) -> tuple[Times, dict[str, Words]]:
    """Return what is dated of the things that are drawn, and the words of it."""
    moments = []
    things = " ".join(f"<{iri}>" for iri in sorted(drawn))
    query = Query(DATED.format(things=things, most=MOST_DATED), JSON, None)
    for row in read_rows(evaluate(current_site(), query).answer):
        *own, day = row
        one = Relationship(*map(text_of, own))
        is_aim = one.predicate.removeprefix(CPEC) not in {"date", "issue"}
        date = (text_of(day) if day else "") if is_aim else one.object
        if one.subject in names and (not is_aim or one.object in names):
            moments.append(Moment(one, date, is_aim))
    found = times(moments)
    return found, words_of(moment.statement.name for moment, *_ in found.rows)
