"""A row beside another endpoint is cited for its own part, and names the endpoint for the rest."""

from collections import Counter
from random import Random
from typing import Final

import pytest
from pyoxigraph import NamedNode, Quad, Store

from graph.answering.evaluation import query_store
from graph.citing.answer import CitedAnswer
from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.dataset import memory_store
from ontology.namespace import ID
from tests.graph import toy
from tests.graph.citing.law import find_breach, find_rows, take_row
from tests.graph.reclosing import Reclosing

ANSWER: Final = '{{ VALUES (?x ?n) {{ {rows} }} FILTER("SERVICE {silent}<http://e/sparql>") }}'
SENTENCES: Final = tuple(NamedNode(f"{ID}x/s0{number}") for number in range(5))

POSITIVE: Final = (
    "SELECT * { { ?x cpec:q ?y } UNION @ }",
    "SELECT DISTINCT ?x { { ?x cpec:q ?y } UNION @ }",
    "SELECT * { ?x cpec:t ?y . @ }",
    "SELECT ?x ?n { @ ?x cpec:q ?y . ?y cpec:r ?z }",
    "SELECT ?x { { SELECT DISTINCT ?x { ?x cpec:q ?y @ } } }",
    "SELECT ?x ?y { ?x cpec:q ?y FILTER EXISTS { ?y cpec:r ?z @ } }",
    "SELECT ?x { ?x cpec:q+ ?y . @ }",
    "SELECT ?x ?g { GRAPH ?g { ?x cpec:p ?y } @ }",
    "ASK { { ?x cpec:v ?y } UNION { ?y cpec:r ?x @ } }",
    "CONSTRUCT { ?x cpec:named ?n . ?x cpec:of ?y } { { ?x cpec:q ?y } UNION { ?x cpec:r ?y @ } }",
)
"""Queries of which the rows without an answer are rows with it too."""

NEGATIVE: Final = (
    "SELECT * { ?x cpec:q ?y OPTIONAL @ }",
    "SELECT ?x ?y ?n { ?x cpec:q ?y OPTIONAL { ?y cpec:r ?x @ } }",
    "SELECT ?x { ?x cpec:q ?y MINUS @ }",
    "SELECT ?x ?y { ?x cpec:q ?y FILTER NOT EXISTS { ?x cpec:r ?z @ } }",
    "SELECT ?x { ?x cpec:q ?y @ FILTER NOT EXISTS { ?x cpec:r ?z } }",
    "SELECT ?x { ?x cpec:q ?y OPTIONAL @ FILTER(!BOUND(?n)) }",
)
COUNTING: Final = (
    "SELECT (COUNT(*) AS ?k) { ?x cpec:q ?y @ }",
    "SELECT ?x (COUNT(?n) AS ?k) { ?x cpec:q ?y OPTIONAL @ } GROUP BY ?x HAVING(COUNT(?n) < 3)",
    "SELECT (COUNT(?x) AS ?k) { ?x cpec:none ?y @ }",
    "ASK { ?x cpec:none ?y @ }",
)


def write_answer(things: list[NamedNode], silent: str = "") -> str:
    """Return the answer of an endpoint as the text of a query has it."""
    rows = " ".join(f'({thing} "name of {thing.value[-1]}")' for thing in things)
    return ANSWER.format(rows=rows or "", silent=silent)


def state(random: Random) -> list[Quad]:
    """Return the axioms of the toy world with some statements of sentences, closed."""
    stated = {
        Quad(
            random.choice(toy.THINGS),
            random.choice(toy.PREDICATES),
            random.choice(toy.THINGS),
            random.choice(SENTENCES),
        )
        for _ in range(8)
    }
    return toy.close(tuple(sorted(stated, key=str)))


def find_fault(reclosing: Reclosing, text: str, empty: str, answer: CitedAnswer) -> str | None:
    """Return how citations beside an endpoint are wrong, None if they are right.

    `text` has the answer of the endpoint, `empty` has an answer without rows in its place.
    """
    for number, citation in enumerate(answer.citations):
        row = take_row(answer, number)
        if citation.status == "cited":
            if breach := find_breach(reclosing, empty, answer, [number]):
                return breach
            continue
        if "http://e/sparql" not in (citation.reason or ""):
            return f"{row} of {text} does not name the endpoint: {citation.reason}"
        if row not in find_rows(reclosing.store(citation.graphs), text, {}):
            return f"{citation.graphs} do not give {row} of {text}"
        for name in citation.graphs:
            if row in find_rows(reclosing.store({*citation.graphs} - {name}), text, {}):
                return f"{citation.graphs} give {row} without {name}, of {text}"
    return None


@pytest.mark.law
@pytest.mark.parametrize("seed", range(60))
def test_a_row_beside_an_endpoint_is_cited_for_its_own_part(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - reproducible
    quads = state(random)
    store, reclosing = memory_store(quads), Reclosing(quads)
    index = EvidenceIndex(store)
    things = random.sample(toy.THINGS, random.randint(0, len(toy.THINGS)))
    statuses: Counter[str] = Counter()
    for query in POSITIVE:
        text, empty = (query.replace("@", write_answer(answer)) for answer in (things, []))
        answer = cite(store, index, text)
        assert find_fault(reclosing, text, empty, answer) is None
        statuses.update(citation.status for citation in answer.citations)
        alone = find_rows(store, empty, {})
        for number, citation in enumerate(answer.citations):
            assert (take_row(answer, number) in alone) == (citation.status == "cited"), text
    for query in NEGATIVE:
        text = query.replace("@", write_answer(things))
        assert find_fault(reclosing, text, text, cite(store, index, text)) is None
    assert statuses["cited"]


@pytest.fixture(scope="module")
def store() -> Store:
    return memory_store(state(Random(7)))  # noqa: S311 - reproducible


@pytest.mark.parametrize("query", COUNTING)
def test_what_counts_the_answers_of_an_endpoint_names_it(
    query: str, store: Store, index: EvidenceIndex
) -> None:
    answer = cite(store, index, query.replace("@", write_answer([*toy.THINGS])))
    assert answer.citations
    for citation in answer.citations:
        assert citation.status in {"partly", "uncited"}
        assert "what <http://e/sparql> answers" in (citation.reason or "")
        assert citation.basis is None
        assert not citation.absent


def test_an_endpoint_that_failed_is_told_so(store: Store, index: EvidenceIndex) -> None:
    failed = write_answer([], "SILENT ").replace("{  }", "{ (UNDEF UNDEF) }")
    text = f"SELECT * {{ ?x cpec:q ?y . {failed} }}"
    answer = cite(store, index, text)
    assert answer.citations
    assert {citation.status for citation in answer.citations} == {"partly"}
    assert {citation.reason for citation in answer.citations} == {
        "<http://e/sparql> failed: SILENT leaves its answer out"
    }


def test_a_mark_in_a_branch_or_a_subselect_is_read_as_any_other_group(
    store: Store, index: EvidenceIndex
) -> None:
    mark = write_answer([toy.THINGS[0]])
    for text in (f"SELECT * {mark}", f"SELECT * {{ {mark} UNION {mark} }}"):
        answer = cite(store, index, text)
        assert len(answer.rows) == len([*query_store(store, text)])  # type: ignore[misc]
        assert {citation.status for citation in answer.citations} == {"uncited"}
