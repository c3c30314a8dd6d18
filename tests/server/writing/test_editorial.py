"""Titles of sentences and days of months follow a write; titles from a source stay."""

import pytest
from pyoxigraph import Store

from graph.answering.evaluation import run_select
from graph.dataset import memory_store
from server.writing.materialisation import with_editorial_quads
from server.writing.update_evaluation import evaluate_update

SENTENCE = """INSERT DATA { GRAPH graph:evidence {
    id:a dcterms:title "Talks"@en ; dcterms:date "2026-05-02"^^xsd:date .
    id:s a cpec:Sentence ; oa:hasSource id:a ; schema:position 3 } }"""
EVENT = 'INSERT DATA { GRAPH id:s { id:e cpec:date "2026-02"^^xsd:gYearMonth } }'


@pytest.fixture
def store() -> Store:
    return memory_store([])


def write(store: Store, text: str) -> None:
    worker = memory_store(quad for quad in store if quad.graph_name)
    effect = with_editorial_quads(worker, evaluate_update(worker, text, union=True), union=True)
    effect.delta().apply(store, union=True)


def read_values(store: Store, pattern: str) -> list[str]:
    rows = run_select(store, f"SELECT ?o {{ GRAPH ?g {{ {pattern} }} }} ORDER BY ?o")
    return [row["o"].value for row in rows]


def test_a_sentence_gets_its_title_and_loses_it_with_its_place(store: Store) -> None:
    write(store, SENTENCE)
    assert read_values(store, "id:s dcterms:title ?o") == ["Talks, 2 May 2026, sentence 3"]
    write(store, "DELETE DATA { GRAPH graph:evidence { id:s schema:position 3 } }")
    assert read_values(store, "id:s dcterms:title ?o") == []


def test_a_title_follows_that_of_the_article(store: Store) -> None:
    write(store, SENTENCE)
    old, new = 'id:a dcterms:title "Talks"@en', 'id:a dcterms:title "Talks resume"@en'
    graph = "GRAPH graph:evidence"
    write(store, f"DELETE DATA {{ {graph} {{ {old} }} }} ; INSERT DATA {{ {graph} {{ {new} }} }}")
    assert read_values(store, "id:s dcterms:title ?o") == ["Talks resume, 2 May 2026, sentence 3"]


def test_a_title_that_a_source_gives_stays(store: Store) -> None:
    write(store, SENTENCE.replace("schema:position 3", "schema:position 3 ; dcterms:title 'Own'"))
    write(store, "DELETE DATA { GRAPH graph:evidence { id:s schema:position 3 } }")
    write(store, "INSERT DATA { GRAPH graph:evidence { id:s schema:position 4 } }")
    assert read_values(store, "id:s dcterms:title ?o") == ["Own"]


def test_a_month_gets_its_first_and_last_day_and_a_day_of_it_needs_none(store: Store) -> None:
    write(store, EVENT)
    assert read_values(store, "id:e cpec:earliest|cpec:latest ?o") == ["2026-02-01", "2026-02-28"]
    write(store, EVENT.replace('"2026-02"^^xsd:gYearMonth', '"2026-02-03"^^xsd:date'))
    assert read_values(store, "id:e cpec:earliest|cpec:latest ?o") == []


def test_what_touches_neither_is_as_it_was_asked_for(store: Store) -> None:
    effect = evaluate_update(store, "INSERT DATA { GRAPH id:s { id:x cpec:p id:y } }", union=True)
    assert with_editorial_quads(store, effect, union=True) == effect
