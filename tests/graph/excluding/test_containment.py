"""Sources contain each other: a larger exclusion leaves less, and all count the same origins."""

from __future__ import annotations

from random import Random
from typing import Final

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Store, Triple

from graph.answering.evaluation import run_select
from graph.dataset import graph_of
from graph.errors import ParameterError
from graph.excluding.exclusion import ORIGIN, Exclusion, read_sources
from graph.explaining.corroboration import corroborate
from graph.snapshot import Snapshot
from ontology.namespace import ID, INFERRED_GRAPH
from ontology.terms import CPEC, DCTERMS, OA
from queries.catalogue import catalogue
from server.command.current_snapshot import exclude_sources
from tests.graph.citing.generating import Writer
from tests.graph.citing.made_news import CARRIED, publish

SEEDS: Final = range(100)
ORDER: Final = (OA.HAS_SOURCE, DCTERMS.PUBLISHER, CPEC.DERIVED_FROM)
MOST_ROWS: Final = 500
ARTICLES: Final = range(6)
QUERIES: Final = 10


def exclude(store: Store, names: set[str]) -> Store:
    """Return the store, changed: without some sources."""
    exclude_sources(store, Exclusion(without=tuple(sorted(names))))
    return store


def list_triples(store: Store) -> set[Triple]:
    """Return the triples of a dataset, stated and inferred."""
    return {quad.triple for quad in store}


def write_block(writer: Writer) -> str:
    """Return joined patterns, in the default graph or in a named one."""
    patterns = []
    for quad in (writer.choose_quad() for _ in range(writer.random.randint(1, 3))):
        predicate = quad.predicate if writer.chance(0.8) else f"?p{writer.random.randrange(2)}"
        patterns.append(
            f"{writer.write_end(quad.subject)} {predicate} {writer.write_end(quad.object)}"
        )
    graph = writer.random.choice(["", "", "GRAPH ?g", f"GRAPH <{graph_of(quad)}>"])
    return f"{{ {graph} {{ {' . '.join(patterns)} }} }}"


def write_query(writer: Writer) -> str:
    """Return a query without negation, and without OPTIONAL, which may lose a value."""
    writer.variables, writer.count = {}, 0
    first, second = write_block(writer), write_block(writer)
    where = writer.random.choice(
        [first, f"{first} UNION {second}", f"{first} {second}", f"{first} FILTER EXISTS {second}"]
    )
    return f"SELECT * {{ {where} }} LIMIT {MOST_ROWS + 1}"


def ask_rows(store: Store, text: str) -> list[tuple[str, ...]]:
    """Return the rows of a query."""
    return [tuple(map(str, row)) for row in run_select(store, text)]


def list_within(store: Store, source: str) -> set[str]:
    """Return a source with all that it contains, step by step."""
    reached, queue = {source}, [source]
    for name in queue:
        for predicate in ORDER:
            quads = store.quads_for_pattern(None, predicate, NamedNode(name), DefaultGraph())
            subjects = (quad.subject for quad in quads)
            within = {own.value for own in subjects if isinstance(own, NamedNode)} - reached
            reached |= within
            queue += within
    return reached


def choose_sets(store: Store, random: Random) -> tuple[set[str], set[str]]:
    """Return two sets of sources: each of the first is, or is within, one of the second."""
    names = sorted(frozenset().union(*read_sources(store).values()))
    larger = set(random.sample(names, random.randint(1, 4)))
    within = set().union(*(list_within(store, name) for name in larger)).intersection(names)
    return set(random.sample(sorted(within), random.randint(1, min(4, len(within))))), larger


def keep_order(less: Store, more: Store, writer: Writer) -> None:
    """Hold the triples and rows of a store to those of the store with more sources."""
    assert list_triples(less) <= list_triples(more)
    for _ in range(QUERIES):
        text = write_query(writer)
        rows = ask_rows(more, text)
        assert len(rows) > MOST_ROWS or {*ask_rows(less, text)} <= {*rows}, text


@pytest.mark.long
@pytest.mark.law
@pytest.mark.parametrize("seed", SEEDS)
def test_a_larger_exclusion_leaves_a_part_of_the_shipped_graph(
    snapshot: Snapshot, seed: int
) -> None:
    random = Random(seed)  # noqa: S311 - not a secret
    store = snapshot.load()
    writer = Writer([quad for quad in store if graph_of(quad) not in {"", INFERRED_GRAPH}], random)
    smaller, larger = choose_sets(store, random)
    keep_order(exclude(snapshot.load(), larger), exclude(store, smaller), writer)


def write_news(random: Random) -> str:
    """Return articles with facts and records, some derived from each other or from agencies.

    A publisher may be an agency, and a sentence may pass on another origin than its article.
    """
    texts = []
    for number in ARTICLES:
        earlier = [f"id:A{n}" for n in range(number)] + ["id:Agency", "id:P0"]
        publisher, date = f"id:P{random.randrange(3)}", f'"2026-05-0{number + 1}"^^xsd:date'
        head = f"id:A{number} a cpec:NewsArticle ; dcterms:publisher {publisher} ; "
        described = [f"{head} dcterms:date {date} ."]
        if random.random() < 0.4:
            described.append(f"id:A{number} cpec:derivedFrom {random.choice(earlier)} .")
        for position in range(2):
            sentence, carried = f"<{ID}A{number}/s0{position}>", random.choice("XYZ")
            described.append(
                f"{sentence} a cpec:Sentence ; oa:hasSource id:A{number} ; "
                f'schema:sha256 "{number}{position}" ; cpec:attributedTo id:A{number} .'
            )
            if random.random() < 0.3:
                described.append(f"{sentence} cpec:derivedFrom {random.choice(earlier)} .")
            texts.append(f"GRAPH {sentence} {{ {CARRIED.format(name=carried)} }}")
        texts.append(f"GRAPH graph:evidence {{ {' '.join(described)} }}")
    return "\n".join(texts)


@pytest.mark.law
@pytest.mark.parametrize("seed", SEEDS)
def test_a_larger_exclusion_leaves_a_part_of_made_news(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - not a secret
    news = write_news(random)
    store = publish(news)
    smaller, larger = choose_sets(store, random)
    less, more = exclude(publish(news), larger), exclude(store, smaller)
    assert list_triples(less) <= list_triples(more)


def count_origins(store: Store) -> dict[Triple, int]:
    """Return the origins of each triple of several sentences, as the catalogue counts them."""
    rows = run_select(store, catalogue()["corroborated-facts"].text)
    return {
        Triple(row["subject"], row["property"], row["object"]): int(row["origins"].value)
        for row in rows
    }


def is_said(store: Store, triple: Triple, excluded: set[str], kept: set[str]) -> bool:
    """Return whether a sentence states a triple in the dataset with an exclusion."""
    exclusion = Exclusion(tuple(excluded), tuple(kept))
    graphs = exclusion.find_excluded_graphs(store, read_sources(store))
    quads = store.quads_for_pattern(triple.subject, triple.predicate, triple.object)
    return any(f"{ID}A" in graph and graph not in graphs for graph in map(graph_of, quads))


@pytest.mark.law
@pytest.mark.parametrize("seed", SEEDS)
def test_questions_explanations_and_strikes_count_the_same_origins(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - not a secret
    store = publish(write_news(random))
    counts = count_origins(store)
    assert counts
    for triple, count in counts.items():
        origins = set(corroborate(store, triple).origins)
        assert len(origins) == count
        assert not is_said(store, triple, origins, set())
        assert all(is_said(store, triple, set(), {origin}) for origin in origins)
    struck = exclude(store, choose_sets(store, random)[1])
    for triple, count in count_origins(struck).items():
        assert len(corroborate(struck, triple).origins) == count


@pytest.mark.parametrize("name", ["corroborated-facts", "one-origin"])
def test_the_questions_have_the_lines_of_the_one_order(name: str) -> None:
    assert ORIGIN in catalogue()[name].text


def test_an_exclusion_of_a_publisher_takes_the_texts_that_pass_on_its_words(store: Store) -> None:
    sources = read_sources(store)
    article, publisher = (
        Exclusion((name,)).find_excluded_graphs(store, sources)
        for name in ("daily-times-2021-07-10", "Daily_Times")
    )
    assert f"{ID}urdupoint-2021-07-10/s00" in article <= publisher


@pytest.mark.parametrize("name", ["no-times-2021-07-10", "daily-times-2021-07-10/s99", "oa:exact"])
def test_an_exclusion_of_what_contains_nothing_names_what_a_source_is(
    store: Store, name: str
) -> None:
    with pytest.raises(ParameterError, match="is no source: name a sentence, an article"):
        Exclusion((name,)).find_excluded_graphs(store, read_sources(store))
