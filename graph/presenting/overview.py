"""The graph at a glance, for its first page: how much there is, and its things by kind."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from pyoxigraph import NamedNode, Quad, Store

from graph.answering.evaluation import fill_values, read_query, run_select
from graph.dataset import graph_of
from graph.explaining.status import list_statuses
from graph.presenting.article import ArticleWriter, list_sentences
from graph.presenting.claim import Claim
from graph.presenting.line import Line
from graph.presenting.thing import RECKONED
from graph.wording.display_name import DisplayName, Names
from graph.wording.phrase import GROUPS
from graph.wording.sentence import (
    PARTICIPATION,
    STATUS,
    STATUS_OF,
    repeats_name,
    tell_situation,
)
from graph.wording.text import clean_text
from ontology.namespace import (
    DATASET_GRAPH,
    EDITORIAL,
    EVIDENCE_GRAPH,
    ID,
    INFERRED_GRAPH,
    LINKS,
    ONTOLOGY_GRAPH,
    PREFIXES,
)
from ontology.terms import CPEC, DCTERMS, RDF, RDFS

KINDS: Final = {
    "Countries and places": ("Place",),
    "Bodies and people": ("Agent",),
    "Undertakings": ("Undertaking",),
    "Meetings, signings, tasks": ("Event", "Mandate"),
    "Areas": ("Area",),
    "Systems deployed": ("TechnicalSystem",),
    "Goals and developments": ("Goal", "Development", "Topic", "PopulationGroup"),
    "Documents": ("Document",),
}
"""The kinds of things, each with the classes that it takes in."""

MOST_QUADS: Final = 100_000
"""The quads of one pattern that are read at most."""

MOST_THINGS: Final = 2000
MOST_CLASSES: Final = 8
"""The things that are listed, and their classes in a graph that has none of our kinds."""

SCHEMAS: Final = tuple(PREFIXES[prefix] for prefix in ("rdf", "rdfs", "owl"))
"""The vocabularies whose classes are of terms, not of things."""

UNTOLD: Final = frozenset({ONTOLOGY_GRAPH, DATASET_GRAPH, EVIDENCE_GRAPH, INFERRED_GRAPH})
"""The graphs whose subjects are not listed as things."""

TYPES: Final = (
    f"SELECT ?thing ?class {{ GRAPH graph:editorial {{ ?thing a ?class }} }} LIMIT {MOST_THINGS}"
)
NAMES: Final = f"""
SELECT ?thing ?name {{
  {{ SELECT ?thing {{ GRAPH graph:editorial {{ ?thing a ?class }} }} LIMIT {MOST_THINGS} }}
  ?thing %s ?name
}}
"""
STATEMENTS: Final = read_query(__file__, "statement-count")
INFERRED: Final = read_query(__file__, "inference-count")
"""The counts of the statements of sentences, and of the inferences with our own properties."""

MODALITIES: Final = read_query(__file__, "modality-counts")
DATES: Final = "SELECT ?article ?date { ?article a cpec:NewsArticle ; dcterms:date ?date }"
ARTICLES: Final = read_query(__file__, "article-counts")
MOST_ARTICLES: Final = 200
LATEST: Final = 8
"""The articles that are listed, and those whose first statement is told."""

UNTOLD_FIRST: Final = RECKONED | {PREFIXES["org"] + "holds", CPEC + "phaseOf"}
"""The properties that tell no development: the bounds of a day, an office, a phase."""

LEADING: Final = 3
"""The sentences of an article, from its headline, in which its first statement is looked for."""


@dataclass(slots=True)
class ArticleEntry:
    """An article in a list, with the number of its statements; "" is what is not known of it."""

    name: DisplayName
    publisher: str
    date: str
    language: str
    statements: int
    first: Line | None = None
    """Of the latest articles, the first statement that is no background."""


@dataclass(slots=True)
class Overview:
    """The numbers of articles, sentences, statements, inferences, links, and the things by kind.

    `modalities` counts the statements by how they are meant, those of background sources too.
    """

    articles: list[ArticleEntry]
    article_count: int
    sentences: int
    statements: int
    inferred: int
    links: int
    things: int
    kinds: dict[str, list[DisplayName]]
    modalities: dict[str, int]


def view_overview(store: Store) -> Overview:
    """Return the graph at a glance, for a page."""
    names = Names(store)
    kinds = group_by_kind(copy_excerpt(store)) or group_by_class(store, names)
    articles = date_articles(store)
    return Overview(
        list_articles(store, names, dict(list(articles.items())[:MOST_ARTICLES])),
        len(articles),
        sum(1 for _ in list_instances(store, "Sentence")),
        count_rows(store, STATEMENTS),
        count_rows(store, INFERRED),
        count_links(store),
        sum(map(len, kinds.values())),
        kinds,
        count_modalities(store),
    )


def date_articles(store: Store) -> dict[NamedNode, str]:
    """Return the articles with their dates, the latest first, and last those without a date."""
    dates = dict.fromkeys(list_instances(store, "NewsArticle"), "")
    for row in run_select(store, DATES):
        if row["article"] in dates:
            dates[row["article"]] = row["date"].value
    return dict(sorted(dates.items(), key=lambda own: (own[1], own[0].value), reverse=True))


def list_articles(store: Store, names: Names, dates: Mapping[NamedNode, str]) -> list[ArticleEntry]:
    """Return the entries of dated articles, in their order."""
    entries: dict[NamedNode, ArticleEntry] = {}
    for row in run_select(store, fill_values(ARTICLES, "article", dates)):
        publisher, language = row["publisher"], row["language"]
        entries[row["article"]] = ArticleEntry(
            names(row["article"]),
            names(publisher).text if publisher else "",
            dates[row["article"]],
            clean_text(language.value) if language else "",
            int(row["statements"].value),
        )
    for article in list(dates)[:LATEST]:
        entries[article].first = find_first_line(store, article)
    return [entries[article] for article in dates]


def find_first_line(store: Store, article: NamedNode) -> Line | None:
    """Return the first statement of an article that tells: no background, office or bare name.

    A status that another has followed, or a plan to attend what was held since, is no news.
    """
    writer = ArticleWriter(store, None, article)
    for _, claims in writer.read_claims(list(list_sentences(store, article))[:LEADING]):
        own = (
            claim
            for claim in claims
            if claim.modality != CPEC + "Background"
            and claim.triple.predicate.value not in UNTOLD_FIRST
            and not repeats_name(claim.triple, writer.names)
            and is_current(writer, claim)
        )
        if line := next(writer.lines.write_all(own), None):
            return line
    return None


def is_current(writer: ArticleWriter, claim: Claim) -> bool:
    """Return whether no later change of status, and no meeting that was held, overtook a claim."""
    told, plan = tell_situation(claim.triple, writer.names)
    # a situation has a modality of its own only where somebody was to take part
    event = told.object if plan and isinstance(told.object, NamedNode) else None
    if event and any(writer.store.quads_for_pattern(event, PARTICIPATION[0], None)):
        return False
    change = claim.triple.subject
    thing = writer.names.follow(change, STATUS_OF)
    last = [own.status for own in list_statuses(writer.store, thing)] if thing else []
    return thing is None or writer.names.follow(change, STATUS) in last


def count_modalities(store: Store) -> dict[str, int]:
    """Return the number of statements by the local name of their modality, the surest first."""
    rows = run_select(store, MODALITIES)
    counts = {row["modality"].value.removeprefix(CPEC): int(row["n"].value) for row in rows}
    return {modality: counts[modality] for modality in GROUPS if modality in counts}


def list_instances(store: Store, name: str) -> Iterator[NamedNode]:
    """Yield the things of a class of ours, each once."""
    quads = store.quads_for_pattern(None, RDF.TYPE, NamedNode(CPEC + name))
    things = {
        quad.subject for quad in islice(quads, MOST_QUADS) if isinstance(quad.subject, NamedNode)
    }
    yield from sorted(things, key=lambda thing: thing.value)


def count_rows(store: Store, text: str) -> int:
    """Return the `?n` of a query that counts."""
    (row,) = run_select(store, text)
    return int(row["n"].value)


def count_links(store: Store) -> int:
    """Return how many links to other data the graphs have, without the evidence of them."""
    links = 0
    for graph in islice(store.named_graphs(), MOST_QUADS):
        if isinstance(graph, NamedNode) and graph.value.startswith(LINKS):
            quads = islice(store.quads_for_pattern(None, None, None, graph), MOST_QUADS)
            iris = (q.subject.value for q in quads if isinstance(q.subject, NamedNode))
            links += sum(iri.startswith((ID, CPEC)) for iri in iris)
    return links


def copy_excerpt(store: Store) -> Store:
    """Return a store of the first things with their classes, super-classes and names.

    One query reads each of them: a remote store costs a round trip for every query.
    """
    excerpt = Store()
    excerpt.extend(store.quads_for_pattern(None, RDFS.SUB_CLASS_OF, None))
    for row in run_select(store, TYPES):
        excerpt.add(Quad(row["thing"], RDF.TYPE, row["class"], EDITORIAL))
    for predicate in (RDFS.LABEL, DCTERMS.TITLE):
        for row in run_select(store, NAMES % predicate):
            excerpt.add(Quad(row["thing"], predicate, row["name"]))
    return excerpt


def group_by_kind(store: Store) -> dict[str, list[DisplayName]]:
    """Return the first things of each kind, by their names."""
    names = Names(store)
    kind_of = {cls: kind for kind, classes in KINDS.items() for cls in classes}
    things: dict[str, list[DisplayName]] = defaultdict(list)
    for quad in store.quads_for_pattern(None, RDF.TYPE, None, EDITORIAL):
        if not isinstance(quad.subject, NamedNode) or not quad.subject.value.startswith(ID):
            continue
        kind = next(
            (kind_of[cls] for cls in walk_classes(store, quad.object) if cls in kind_of), ""
        )
        if kind:
            things[kind].append(names(quad.subject))
    return {
        kind: sorted(things[kind], key=lambda name: (name.text.lower(), name.iri))
        for kind in KINDS
        if things[kind]
    }


def group_by_class(store: Store, names: Names) -> dict[str, list[DisplayName]]:
    """Return the first things of a graph that has none of our kinds, by their own classes.

    A thing is of the rarest of its classes, which says most of it.
    """
    members: dict[NamedNode, set[NamedNode]] = defaultdict(set)
    for thing, cls in list_types(store):
        members[cls].add(thing)
    things: dict[str, list[NamedNode]] = defaultdict(list)
    seen: set[NamedNode] = set()
    for cls in sorted(members, key=lambda cls: (len(members[cls]), cls.value)):
        things[local_name(names(cls))] += sorted(members[cls] - seen, key=lambda thing: thing.value)
        seen |= members[cls]
    common = sorted(filter(things.get, things), key=lambda kind: (-len(things[kind]), kind))
    return {
        kind: [
            replace(name, text=local_name(name))
            for name in map(names, things[kind][: MOST_THINGS // MOST_CLASSES])
        ]
        for kind in common[:MOST_CLASSES]
    }


def list_types(store: Store) -> list[tuple[NamedNode, NamedNode]]:
    """Return things and their classes, as named graphs state them, or else the default graph."""
    pairs: dict[bool, list[tuple[NamedNode, NamedNode]]] = {True: [], False: []}
    for quad in islice(store.quads_for_pattern(None, RDF.TYPE, None), MOST_QUADS):
        thing, cls, graph = quad.subject, quad.object, graph_of(quad)
        if not isinstance(thing, NamedNode) or not isinstance(cls, NamedNode):
            continue
        if graph not in UNTOLD and not cls.value.startswith(SCHEMAS):
            pairs[bool(graph)].append((thing, cls))
    return pairs[True] or pairs[False]


def local_name(name: DisplayName) -> str:
    """Return the name of a thing or a class, the last part of its IRI where it has none."""
    return name.text if name.texts else re.split("[/#:]", name.text.rstrip("/#"))[-1] or name.text


def walk_classes(store: Store, node: object) -> Iterator[str]:
    """Yield the local names of a class of ours and of those above it, the nearest first."""
    while isinstance(node, NamedNode) and node.value.startswith(CPEC):
        yield node.value.removeprefix(CPEC)
        wider = (quad.object for quad in store.quads_for_pattern(node, RDFS.SUB_CLASS_OF, None))
        node = min(
            (
                term.value
                for term in wider
                if isinstance(term, NamedNode) and term.value.startswith(CPEC) and term != node
            ),
            default=None,
        )
        node = NamedNode(node) if node else None
