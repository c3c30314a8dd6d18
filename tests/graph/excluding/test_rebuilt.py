"""A strike, or a day, leaves the graph that a build makes without the sources that it excludes."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any, Final, TypeAlias

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

from graph.answering.binding import bind_question
from graph.answering.evaluation import run_select
from graph.answering.name import find_names
from graph.build import complete_statements
from graph.citing.index import EvidenceIndex
from graph.curating.master import DATA, Inputs, read_master
from graph.dataset import graph_of, memory_store
from graph.excluding.exclusion import Exclusion, read_sources
from graph.presenting.impact import Impact, view_impacts
from graph.presenting.retraction import view_retraction
from graph.presenting.view import write_view
from graph.reasoning.kernel import Kernel
from graph.snapshot import Snapshot
from ontology.namespace import (
    DATASET_GRAPH,
    EDITORIAL_GRAPH,
    EVIDENCE_GRAPH,
    INFERRED_GRAPH,
    LINKS,
    RETIRED_GRAPH,
)
from ontology.terms import CPEC, DCTERMS, OA, OWL, SCHEMA
from queries.catalogue import catalogue
from server.command.current_snapshot import exclude_sources
from tests.graph.reclosing import sources, sources_of_records

pytestmark = pytest.mark.long

STRIKES: Final = 40
QUERIES: Final = 500
"""The random queries that are asked as of each day."""

MADE: Final = Path(__file__).parents[2] / "promises" / "data"
"""A corpus of twenty made articles."""

BEFORE: Final = "2000-01-01"


def list_days(data: Path) -> list[str]:
    """Return the days on which an article was published, and a day before all of them."""
    texts = (file.read_text("utf-8") for file in (data / "articles").glob("*.trig"))
    days = {day for text in texts for day in re.findall(r'dcterms:date "([-0-9]{10})"', text)}
    return [BEFORE, *sorted(days)]


@pytest.fixture(scope="module")
def stated() -> list[Quad]:
    """The quads of the master copy."""
    return list(read_master(Inputs()).quads())


@pytest.fixture(scope="module")
def impacts(store: Store, index: EvidenceIndex) -> dict[str, Impact]:
    """The losses without each source, as the page of sources counts them."""
    pages = range(1, view_impacts(store, None, 1).pages + 1)
    views = (view_impacts(store, index, page) for page in pages)
    return {impact.iri: impact for view in views for impact in view.sources}


def choose_strike(known: Mapping[str, frozenset[str]], random: Random) -> Exclusion:
    """Return an exclusion of some sources, or of all but these."""
    names = random.sample(sorted(frozenset().union(*known.values())), random.choice((1, 1, 2, 4)))
    return Exclusion(only=tuple(names)) if random.random() < 0.25 else Exclusion(tuple(names))


def keep_quads(
    stated: list[Quad], known: Mapping[str, frozenset[str]], excluded: set[str]
) -> list[Quad]:
    """Return the quads of a master copy without some graphs, their records and descriptions.

    An article or a publisher is described as long as one of its graphs stays.
    """
    left = frozenset().union(*(names for graph, names in known.items() if graph not in excluded))
    gone = set().union(*(known[graph] for graph in excluded)) - left
    about = {NamedNode(name) for name in gone}
    parts = [q for q in stated if q.predicate in {OA.HAS_SELECTOR, SCHEMA.ARCHIVED_AT}]
    selected = {q.object for q in parts if q.subject in about}
    shared = {q.object for q in parts if q.subject not in about}
    described, records = about | (selected - shared), sources_of_records(stated)
    return [
        quad
        for quad in stated
        if not excluded.issuperset(sources(quad, records))
        and not (graph_of(quad) == EVIDENCE_GRAPH and quad.subject in described)
    ]


def list_later(stated: list[Quad], day: str) -> set[str]:
    """Return the sentences of the articles after a day."""
    later = {
        q.subject
        for q in stated
        if q.predicate == DCTERMS.DATE and isinstance(q.object, Literal) and q.object.value > day
    }
    sentences = (q.subject for q in stated if q.predicate == OA.HAS_SOURCE and q.object in later)
    return {node.value for node in sentences if isinstance(node, NamedNode)}


def drop_unmentioned(stated: list[Quad]) -> list[Quad]:
    """Return quads without the names and links of things that no other quad mentions."""
    own = [q for q in stated if graph_of(q) == EDITORIAL_GRAPH or graph_of(q).startswith(LINKS)]
    silent = {*own, *(q for q in stated if graph_of(q) == RETIRED_GRAPH)}
    mentioned = {term for q in stated if q not in silent for term in (q.subject, q.object)}
    while (
        new := {
            end
            for q in own
            for term, end in ((q.subject, q.object), (q.object, q.subject))
            if term in mentioned and (end is q.object or q.predicate == OWL.ANNOTATED_SOURCE)
        }
        - mentioned
    ):
        mentioned |= new
    hidden = {q for q in own if q.subject not in mentioned}
    return [q for q in stated if q not in hidden]


def write_queries(quads: list[Quad], random: Random) -> Iterator[str]:
    """Yield queries of one or two patterns of quads, with some terms as variables."""
    for _ in range(QUERIES):
        first = random.choice(quads)
        names = {first.subject: "?a"} | ({first.object: "?b"} if random.random() < 0.7 else {})
        beside = [q for q in random.sample(quads, 400) if q.subject in names]
        patterns = []
        for quad in (first, *beside[:1]):
            text = " ".join(names.get(term, str(term)) for term in quad.triple)
            graph = random.choice(("?g", str(quad.graph_name)))
            patterns.append(random.choice((text, f"GRAPH {graph} {{ {text} }}")))
        optional = f"OPTIONAL {{ {patterns.pop()} }}" if random.random() < 0.2 else ""
        yield f"SELECT * {{ {' . '.join(patterns)} {optional} }}"


def rebuild(stated: list[Quad]) -> Store:
    """Return the dataset that a build makes of stated quads."""
    store = memory_store(stated)
    stated = [*stated, *complete_statements(store)]
    return memory_store([*stated, *Kernel(stated).inferred_quads()])


Rows: TypeAlias = Counter[tuple[str, ...]]
"""Rows with their numbers."""


def ask(store: Store, text: str, terms: Mapping[str, NamedNode | Literal] | None = None) -> Rows:
    """Return the rows of a query, with one name for all blank nodes."""
    return Counter(
        tuple("_" if isinstance(term, BlankNode) else str(term) for term in row)
        for row in run_select(store, text, terms)
    )


def ask_questions(store: Store) -> dict[str, Rows]:
    """Return the rows of each question of the catalogue."""
    names = find_names(store)
    return {
        question.name: ask(store, question.text, bind_question(question, {}, names))
        for question in catalogue().values()
    }


def sort_lists(value: Any) -> Any:
    """Return a JSON value with its lists sorted: equal lines may stand in another order."""
    if isinstance(value, list):
        return sorted(map(sort_lists, value), key=json.dumps)
    return {k: sort_lists(v) for k, v in value.items()} if isinstance(value, dict) else value


def list_triples(store: Store) -> set[Triple]:
    """Return the triples of a dataset without blank nodes."""
    return {q.triple for q in list_quads(store)}


def list_quads(store: Store) -> set[Quad]:
    """Return the quads of a dataset without blank nodes."""
    return {q for q in store if BlankNode not in (type(q.subject), type(q.object))}


@pytest.mark.law
@pytest.mark.parametrize("seed", range(STRIKES))
def test_a_struck_graph_is_the_graph_that_is_built_without_the_sources(
    snapshot: Snapshot,
    store: Store,
    index: EvidenceIndex,
    stated: list[Quad],
    impacts: dict[str, Impact],
    seed: int,
) -> None:
    known = read_sources(store)
    strike = choose_strike(known, Random(seed))  # noqa: S311 - not a secret
    excluded = strike.find_excluded_graphs(store, known)
    struck, rebuilt = snapshot.load(), rebuild(keep_quads(stated, known, excluded))
    exclude_sources(struck, strike)
    assert ask_questions(struck) == ask_questions(rebuilt)

    lost = list_triples(store) - list_triples(rebuilt)
    said = {quad.triple for quad in store if graph_of(quad) in excluded}
    inferred = {quad.triple for quad in store if graph_of(quad) == INFERRED_GRAPH}
    own = {triple for triple in inferred if triple.predicate.value.startswith(CPEC)}
    retraction = view_retraction(store, index, strike, "", 1)
    assert (retraction.statements, retraction.inferences) == (len(lost & said), len(lost & own))
    if len(strike.without) == 1:
        (name,) = strike.without
        impact = next(own for iri, own in impacts.items() if name == iri)
        if impact.lost is not None:
            assert (impact.lost, impact.fallen) == (len(lost & said), len(lost & own))


@pytest.mark.law
@pytest.mark.parametrize("day", list_days(DATA))
def test_a_day_leaves_the_graph_that_is_built_of_what_was_published_by_then(
    snapshot: Snapshot, store: Store, stated: list[Quad], day: str
) -> None:
    hold_to_rebuilt(store, snapshot.load(), stated, day)


@pytest.mark.law
@pytest.mark.parametrize("day", list_days(MADE))
def test_a_day_of_a_made_corpus_leaves_the_graph_that_is_built_of_its_articles(day: str) -> None:
    stated = list(read_master(Inputs(MADE)).quads())
    hold_to_rebuilt(rebuild(stated), rebuild(stated), stated, day)


def hold_to_rebuilt(store: Store, cut: Store, stated: list[Quad], day: str) -> None:
    """Cut a copy of a dataset to a day, and hold it to the one that is built of what is left."""
    kept = drop_unmentioned(keep_quads(stated, read_sources(store), list_later(stated, day)))
    counted = store.quads_for_pattern(None, None, None, NamedNode(DATASET_GRAPH))
    rebuilt = rebuild([*kept, *counted])  # it counts what was built
    exclude_sources(cut, Exclusion(as_of=day))
    assert list_quads(cut) == list_quads(rebuilt)
    assert ask_questions(cut) == ask_questions(rebuilt)

    random = Random(day)  # noqa: S311 - not a secret
    whole = sorted((q for q in list_quads(store) if graph_of(q)), key=str)
    for text in write_queries(whole, random):
        assert ask(cut, text) == ask(rebuilt, text), text

    indexes = [EvidenceIndex(own) for own in (cut, rebuilt)]
    named = (q.subject for q in whole if graph_of(q) == EDITORIAL_GRAPH)
    things = [node.value for node in named if isinstance(node, NamedNode)]
    pages = [(name, "") for name in ("overview", "passages", "sources")]
    for name, this in (*pages, *(("thing", thing) for thing in random.sample(things, 40))):
        views = [
            sort_lists(json.loads(write_view(index.store, index, name, this, 1)))
            for index in indexes
        ]
        assert views[0] == views[1], (name, this)
