"""Links: the things of another graph that may be the same as ours, with score and evidence.

A link is proposed by names that are certainly the same (likeness.py). One name alone never reaches
the default threshold: "Innovation" is a topic, a programme and a company. Another language, a code,
a third identifier or a neighbour must agree.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Store

from graph.answering.evaluation import read_query, run_select
from graph.reconciling.folding import split_words
from graph.reconciling.likeness import compare_words
from graph.reconciling.matching import ThingIndex
from graph.reconciling.table import name_things
from graph.reconciling.thing import ALIAS, CODE, LABEL, Thing, ThingName, read_things
from ontology.namespace import ID, LINKS
from ontology.terms import CPEC, OWL, RDF, SCHEMA, SKOS

THRESHOLD: Final = 80
"""The score from which a link is proposed as accepted."""

POINTS: Final = {
    "label": 60,
    "alias": 45,
    "languages": 20,
    "code": 30,
    "identity": 30,
    "neighbour": 20,
    "type": 10,
    "other type": -30,
    "ambiguous": -40,
    "through": -10,
}
"""The points of each piece of evidence; of further languages, each; of a link through another."""

MOST_LANGUAGES: Final = 2
"""The further languages that count."""

SAME: Final = frozenset(
    {
        OWL + "sameAs",
        SKOS + "exactMatch",
        SCHEMA + "sameAs",
        "http://schema.org/sameAs",
    }
)
"""The properties of a thing and its identifiers elsewhere."""

CODE_PROPERTY: Final = re.compile(r"code|notation|iso\d|m49", re.IGNORECASE)
"""The local names of properties whose values are codes."""

HOMES_OF: Final = (
    (re.compile(r"https?://www\.wikidata\.org/(?:wiki|entity)/(Q\d+)"), "wd:{0}"),
    (re.compile(r"https?://(?:www|sws)\.geonames\.org/(\d+)/?"), "geonames:{0}"),
)
"""The addresses under which Wikidata and GeoNames publish one identifier."""


@dataclass(slots=True)
class Linkable:
    """A thing with its codes, its identifiers elsewhere by their one form, and its neighbours."""

    thing: Thing
    codes: set[str] = field(default_factory=set)
    identities: dict[str, str] = field(default_factory=dict)
    neighbours: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class ProposedLink:
    """A proposed link from our thing to another, with its points by evidence."""

    subject: str
    predicate: str
    target: Thing
    points: dict[str, int]

    @property
    def score(self) -> int:
        """The sum of the points, from 0 to 100."""
        return max(0, min(100, sum(self.points.values())))


def read_linkables(store: Store) -> list[Linkable]:
    """Return our things, with the links that the graph has."""
    ours = {thing.iri: Linkable(thing) for thing in read_things(store)}
    for own in ours.values():
        own.codes = {name.text for name in own.thing.names if name.kind == CODE}
    for quad in store.quads_for_pattern(None, None, None):
        own_subject = ours.get(getattr(quad.subject, "value", ""))
        if own_subject is None or not isinstance(quad.object, NamedNode):
            continue
        if quad.predicate.value in SAME and str(quad.graph_name).startswith(f"<{LINKS}"):
            own_subject.identities[unify(quad.object.value)] = quad.object.value
        elif quad.object.value.startswith(ID) and quad.object != quad.subject:
            own_subject.neighbours.add(quad.object.value)
    return list(ours.values())


def read_targets(quads: Sequence[Quad]) -> list[Linkable]:
    """Return the things of another graph."""
    targets = {thing.iri: Linkable(thing) for thing in name_things(quads)}
    for quad in quads:
        other = targets.get(getattr(quad.subject, "value", ""))
        if other is None:
            continue
        if isinstance(quad.object, Literal):
            if CODE_PROPERTY.search(re.split("[/#]", quad.predicate.value)[-1]):
                other.codes.add(quad.object.value)
        elif quad.predicate.value in SAME and isinstance(quad.object, NamedNode):
            other.identities[unify(quad.object.value)] = quad.object.value
        elif isinstance(quad.object, NamedNode) and quad.predicate != RDF.TYPE:
            other.neighbours.add(quad.object.value)
    for other in targets.values():
        other.identities[unify(other.thing.iri)] = other.thing.iri
    return list(targets.values())


def unify(iri: str) -> str:
    """Return an identifier in one form.

    >>> unify("https://www.wikidata.org/wiki/Q843"), unify("https://sws.geonames.org/1168579/")
    ('wd:Q843', 'geonames:1168579')
    """
    for pattern, form in HOMES_OF:
        if match := pattern.fullmatch(iri):
            return form.format(match[1])
    return iri


def propose_links(ours: Sequence[Linkable], targets: Sequence[Linkable]) -> list[ProposedLink]:
    """Return the links of our things to targets, the surest first."""
    index = ThingIndex(other.thing for other in targets)
    by_iri = {other.thing.iri: other for other in targets}
    pairs: dict[str, list[Linkable]] = {
        own.thing.iri: [by_iri[iri] for iri in find_same_names(own.thing, index)] for own in ours
    }
    classes = {name for own in ours for name in name_types(own.thing)}
    links = [
        ProposedLink(
            own.thing.iri,
            choose_property(own.thing, other.thing),
            other.thing,
            dict(weigh_evidence(own, other, pairs, classes)),
        )
        for own in ours
        for other in pairs[own.thing.iri]
    ]
    links += [further for link in links for further in follow_link(link, by_iri[link.target.iri])]
    return sorted(links, key=lambda link: (-link.score, link.subject, link.target.iri))


def follow_link(link: ProposedLink, other: Linkable) -> Iterator[ProposedLink]:
    """Yield the links to the identifiers that the target of a sure link has elsewhere."""
    if link.score >= THRESHOLD:
        for iri in other.identities.values():
            if iri != other.thing.iri:
                points = {"linked": link.score, "through": POINTS["through"]}
                yield ProposedLink(
                    link.subject, OWL + "sameAs", Thing(iri, other.thing.names), points
                )


def find_same_names(thing: Thing, index: ThingIndex) -> list[str]:
    """Return the IRIs of the things of an index with a name that is certainly the same."""
    same: dict[str, None] = {}
    for name in thing.names:
        if name.kind in (LABEL, ALIAS):
            for candidate in index.find(name.text):
                is_exact = candidate.likeness and candidate.likeness.exact and candidate.is_certain
                if is_exact and candidate.name.kind in (LABEL, ALIAS):
                    same[candidate.thing.iri] = None
    return list(same)


def weigh_evidence(
    own: Linkable,
    other: Linkable,
    pairs: Mapping[str, Sequence[Linkable]],
    classes: Collection[str],
) -> Iterator[tuple[str, int]]:
    """Yield the pieces of evidence for a link and their points."""
    kinds = compare_names(own.thing, other.thing)
    name = "label" if LABEL in kinds else "alias"
    yield name, POINTS[name]
    if further := min(len(kinds) - 1, MOST_LANGUAGES):
        yield "languages", POINTS["languages"] * further
    if agreement := compare_types(own.thing, other.thing, classes):
        yield agreement, POINTS[agreement]
    if own.codes & other.codes:
        yield "code", POINTS["code"]
    if own.identities.keys() & other.identities.keys():
        yield "identity", POINTS["identity"]
    around = {near.thing.iri for iri in own.neighbours for near in pairs.get(iri, ())}
    if around & other.neighbours:
        yield "neighbour", POINTS["neighbour"]
    if len(pairs[own.thing.iri]) > 1 and not own.codes & other.codes:
        yield "ambiguous", POINTS["ambiguous"]


def compare_names(own: Thing, other: Thing) -> list[str]:
    """Return the kinds of the names that the things have in common, each text once."""
    kinds: dict[tuple[str, ...], str] = {}
    for name, label in product(list_labels(own), list_labels(other)):
        is_shared = name.language == label.language or not label.language
        if is_shared and LABEL in (name.kind, label.kind) and is_same(name.text, label.text):
            words = split_words(name.text)
            kinds[words] = LABEL if LABEL in (name.kind, kinds.get(words)) else ALIAS
    return list(kinds.values()) or [ALIAS]


def list_labels(thing: Thing) -> list[ThingName]:
    """Return the labels and aliases of a thing."""
    return [name for name in thing.names if name.kind in {LABEL, ALIAS}]


def compare_types(own: Thing, other: Thing, known: Collection[str]) -> str:
    """Return whether a class of the other thing is called as one of ours: "type", "other type", "".

    `known` are the local names of the classes of all our things.
    """
    types = name_types(other)
    if types & name_types(own):
        return "type"
    return "other type" if types & set(known) else ""


def name_types(thing: Thing) -> set[str]:
    """Return the local names of the classes of a thing, folded."""
    return {"".join(split_words(re.split("[/#]", iri)[-1])) for iri in thing.types}


def is_same(left: str, right: str) -> bool:
    """Return whether two names have the same words."""
    likeness = compare_words(split_words(left), split_words(right), lambda _: 1.0)
    return likeness.is_certain and likeness.exact


def choose_property(own: Thing, other: Thing) -> str:
    """Return the property of a link (docs/data-model.md): SKOS would make a place a concept."""
    if CPEC + "Topic" in own.types:
        return SKOS + "exactMatch"
    return SCHEMA + "sameAs" if SKOS + "Concept" in other.types else OWL + "sameAs"


@dataclass(frozen=True, slots=True)
class CheckedLink:
    """A link of the graph, the label of its target when it was made, and the target's names now."""

    subject: str
    target: str
    label: str
    names: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether the target still has the label."""
        return any(is_same(self.label, name) for name in self.names)


LINKS_QUERY: Final = read_query(__file__, "links")


def check_links(store: Store, targets: Iterable[Thing]) -> list[CheckedLink]:
    """Return the links of a graph to things in a namespace that targets has, with their names now.

    A namespace that it lacks is left out: nothing can be said of it.
    """
    named = {thing.iri: tuple(name.text for name in thing.names) for thing in targets}
    homes = {find_home(iri) for iri in named}
    solutions = run_select(store, LINKS_QUERY)
    rows = [[row[own].value for own in ("subject", "target", "label")] for row in solutions]
    return [
        CheckedLink(subject, target, label, named.get(target, ()))
        for subject, target, label in rows
        if find_home(target) in homes
    ]


def find_home(iri: str) -> str:
    """Return the namespace of an IRI: all before its last name."""
    return re.sub(r"[^/#]+/?$", "", iri)
