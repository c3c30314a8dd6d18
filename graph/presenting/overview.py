"""The graph at a glance, for its first page: how much there is, and its things by kind."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Store

from graph.answering.evaluation import run_select
from graph.dataset import graph_of
from graph.presenting.article import list_sentences
from graph.presenting.claim import Schema
from graph.publishing.reading_order import natural_key
from graph.wording.display_name import DisplayName, Names
from graph.wording.phrase import GROUPS
from graph.wording.source_reference import References
from graph.wording.statement import Record, read_records
from ontology.namespace import (
    DATASET_GRAPH,
    EDITORIAL,
    EVIDENCE,
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
STATEMENTS: Final = """
SELECT (COUNT(*) AS ?n) {
  { SELECT DISTINCT ?sentence {
    { ?sentence a cpec:Sentence } UNION { GRAPH ?any { ?sentence a cpec:Sentence } } } }
  GRAPH ?sentence { ?s ?p ?o }
}
"""
INFERRED: Final = """
SELECT (COUNT(*) AS ?n) {
  GRAPH graph:inferred { ?s ?p ?o FILTER (STRSTARTS(STR(?p), STR(cpec:))) }
}
"""
"""The counts of the statements of sentences, and of the inferences with our own properties."""

MOST_ARTICLES: Final = 50
STRIPS: Final = 1
ROWS: Final = 30
"""The articles that are drawn, and the sentences of each."""


@dataclass(slots=True)
class Strip:
    """An article with its sentences in order: the place, path and modalities of each."""

    article: DisplayName
    sentences: list[tuple[str, str, list[str]]]
    counts: dict[str, int]


@dataclass(slots=True)
class Overview:
    """The numbers of articles, sentences, statements, inferences, links, and the things by kind."""

    articles: list[DisplayName]
    article_count: int
    sentences: int
    statements: int
    inferred: int
    links: int
    things: int
    kinds: dict[str, list[DisplayName]]
    strips: list[Strip]


def view_overview(store: Store) -> Overview:
    """Return the graph at a glance, for a page."""
    names = Names(store)
    kinds = group_by_kind(copy_excerpt(store)) or group_by_class(store, names)
    articles = list_articles(store)
    return Overview(
        [names(article) for article in articles[:MOST_ARTICLES]],
        len(articles),
        sum(1 for _ in list_instances(store, "Sentence")),
        count_rows(store, STATEMENTS),
        count_rows(store, INFERRED),
        sum(count_links(store, graph) for graph in list_link_graphs(store)),
        sum(map(len, kinds.values())),
        kinds,
        [draw_strip(store, names, article) for article in articles[:STRIPS]],
    )


def list_articles(store: Store) -> list[NamedNode]:
    """Return the articles, the latest first."""
    articles = set(list_instances(store, "NewsArticle"))
    dated = [
        (quad.object.value, quad.subject)
        for quad in store.quads_for_pattern(None, DCTERMS.DATE, None, EVIDENCE)
        if isinstance(quad.object, Literal)
        and isinstance(quad.subject, NamedNode)
        and quad.subject in articles
    ]
    return [
        article
        for _, article in sorted(dated, key=lambda pair: (pair[0], pair[1].value), reverse=True)
    ]


def draw_strip(store: Store, names: Names, article: NamedNode) -> Strip:
    """Return an article with its sentences, how the statements of each are meant."""
    schema, references = Schema(store), References(store)
    rows = []
    for sentence, modalities in read_marks(
        store, schema, list(list_sentences(store, article))[:ROWS]
    ):
        reference = references.look_up(sentence.value, 0)
        rows.append((reference.place or sentence.value, reference.path, modalities))
    total = Counter(mark for _, _, modalities in rows for mark in modalities)
    return Strip(
        names(article), rows, {modality: total[modality] for modality in GROUPS if total[modality]}
    )


def read_marks(
    store: Store, schema: Schema, sentences: Iterable[NamedNode]
) -> Iterator[tuple[NamedNode, list[str]]]:
    """Yield sentences, each with how its statements are modalities, in their order."""
    stated = {
        node: [quad.triple for quad in store.quads_for_pattern(None, None, None, node)]
        for node in sentences
    }
    known = read_records(store, chain.from_iterable(stated.values()))
    for sentence, triples in stated.items():
        own = [(known.get((t, sentence.value), Record()), t.predicate) for t in triples]
        own.sort(key=lambda pair: natural_key(pair[0].name))
        modalities = (
            record.modality or schema.default_modality(predicate) for record, predicate in own
        )
        yield sentence, [modality.removeprefix(CPEC) for modality in modalities]


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


def count_links(store: Store, graph: NamedNode) -> int:
    """Return how many links a graph has, without the evidence of them."""
    quads = islice(store.quads_for_pattern(None, None, None, graph), MOST_QUADS)
    return sum(
        isinstance(q.subject, NamedNode) and q.subject.value.startswith((ID, CPEC)) for q in quads
    )


def list_link_graphs(store: Store) -> Iterator[NamedNode]:
    """Yield the graphs of links to other data."""
    for graph in islice(store.named_graphs(), MOST_QUADS):
        if isinstance(graph, NamedNode) and graph.value.startswith(LINKS):
            yield graph


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
