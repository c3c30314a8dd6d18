"""Rows over an absence, on small graphs in which a pattern is often absent in parts only."""

from collections import Counter
from itertools import chain, combinations
from random import Random
from typing import Final

import pytest
from pyoxigraph import NamedNode, Quad

from graph.citing.answer import CitedAnswer
from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.dataset import graph_of, memory_store
from ontology.namespace import ID, INFERRED_GRAPH
from ontology.terms import CPEC
from tests.graph import toy
from tests.graph.citing.law import find_breach, find_rows, take_row
from tests.graph.reclosing import Reclosing

pytestmark = pytest.mark.long

PREDICATES: Final = "pqvw"
GRAPHS: Final = 7
SEEDS: Final = range(12)

TELLING: Final = [
    "SELECT ?x ?y { ?x :0 ?y FILTER NOT EXISTS { ?x :1 ?y } }",
    "SELECT ?x ?z { ?x :0 ?y . ?y :1 ?z MINUS { ?z :2 ?x } }",
    "SELECT ?x ?y { ?x :0 ?y MINUS { ?x :1 ?y . ?y :2 ?k } } ORDER BY ?x",
    "ASK { ?x :0 ?y FILTER NOT EXISTS { id:a :1 id:b } }",
    "CONSTRUCT { ?x :9 ?y } { ?x :0 ?y . ?y :1 ?z FILTER NOT EXISTS { ?x :2 ?y } }",
    "SELECT ?x ?y ?z { ?x :0 ?y OPTIONAL { ?y :1 ?z } FILTER NOT EXISTS { ?x :2 ?y } }",
]
"""Queries whose rows show all variables of their absence."""

HIDING: Final = [
    "SELECT ?x { ?x :0 ?y FILTER NOT EXISTS { ?y :1 ?z } }",
    "SELECT ?x { ?x :0 ?y . ?y :1 ?z MINUS { ?z :2 ?x } }",
    "SELECT ?x ?z { ?x :0 ?y . ?y :1 ?z MINUS { ?y :2 ?z } }",
    "SELECT ?x ?y { ?x :0 ?y . ?y :1 ?z FILTER NOT EXISTS { ?x :2 ?z } MINUS { ?y :v ?x } }",
    "SELECT DISTINCT ?x { ?x :0+ ?y MINUS { ?y :1 ?k } }",
    "SELECT ?x { ?x :0 ?y FILTER(NOT EXISTS { ?y :1 ?z } && ?x != ?y) }",
    "SELECT ?x { VALUES ?x { id:a id:b } ?x :0 ?y BIND(?y AS ?k) MINUS { ?k :1 ?z } }",
    "SELECT ?x ?z { ?x :0 ?y OPTIONAL { ?y :1 ?z } FILTER NOT EXISTS { ?x :2 ?z } }",
    "CONSTRUCT { ?x :9 ?y . ?y :9 ?z } { ?x :0 ?y . ?y :1 ?z MINUS { ?x :2 ?z } }",
    "DESCRIBE ?x { ?x :0 ?y FILTER NOT EXISTS { ?y :1 ?z } }",
    "SELECT (COUNT(?y) AS ?n) { ?x :0 ?y FILTER NOT EXISTS { ?y :1 ?z } }",
]
"""Queries whose rows may have other solutions in a part, which the whole dataset excludes."""


LACKED: Final = [
    "SELECT DISTINCT ?x ?y { ?x :0 ?y . ?z :1 ?k }",
    "SELECT ?x { ?x :0 ?y . ?y :1 ?z }",
    "SELECT ?x ?y { ?x :0* ?y . ?y :1 ?z }",
    "SELECT ?p { ?x :0 ?y . ?y ?p ?z }",
]
"""Queries whose rows may follow from fewer graphs than the traced triples name."""


def dataset(random: Random) -> list[Quad]:
    """Return random facts about a few things in a few graphs, with their inferences."""
    things = [NamedNode(ID + name) for name in "abcde"[: random.randint(3, 5)]]
    quads = {
        Quad(
            random.choice(things),
            NamedNode(CPEC + random.choice(PREDICATES)),
            random.choice(things),
            NamedNode(f"{ID}x/s{random.randint(1, GRAPHS):02}"),
        ): None
        for _ in range(random.randint(6, 16))
    }
    return toy.close(tuple(quads))


def fill_predicates(text: str, random: Random) -> str:
    """Return a query with predicates instead of the numbers."""
    for number in range(3):
        text = text.replace(f":{number}", f":{random.choice(PREDICATES)}")
    return text.replace(" :", " cpec:")


@pytest.mark.law
@pytest.mark.parametrize("seed", SEEDS)
def test_the_law_holds_for_rows_over_an_absence(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - not a secret
    statuses: Counter[str] = Counter()
    for _ in range(6):
        quads = dataset(random)
        store, reclosing = memory_store(quads), Reclosing(quads)
        index = EvidenceIndex(store)
        for text in (*TELLING, *HIDING):
            query = fill_predicates(text, random)
            answer = cite(store, index, query)
            numbers = range(len(answer.citations))
            assert find_breach(reclosing, query, answer, numbers) is None
            statuses.update(citation.status for citation in answer.citations)
    assert statuses["cited"] > statuses.total() * 0.9


def test_the_law_holds_where_a_dataset_lacks_what_follows_from_it() -> None:
    random = Random(3)  # noqa: S311 - not a secret
    for _ in range(40):
        quads = dataset(random)
        kept = [q for q in quads if graph_of(q) != INFERRED_GRAPH or random.random() < 0.5]
        store, reclosing = memory_store(kept), Reclosing(quads)
        index = EvidenceIndex(store)
        for text in LACKED:
            query = fill_predicates(text, random)
            answer = cite(store, index, query)
            assert find_breach(reclosing, query, answer, range(len(answer.citations))) is None


@pytest.mark.parametrize("text", TELLING)
def test_all_proofs_are_known_of_rows_that_show_their_absence(text: str) -> None:
    random = Random(1)  # noqa: S311 - not a secret
    checked = 0
    for _ in range(6):
        quads = dataset(random)
        store, reclosing = memory_store(quads), Reclosing(quads)
        query = fill_predicates(text, random)
        answer = cite(store, EvidenceIndex(store), query)
        for number, citation in enumerate(answer.citations):
            if citation.proofs:
                least = least_sets(reclosing, query, answer, number)
                assert citation.more == (len(least) > len(citation.proofs))
                assert list(map(len, citation.proofs)) == sorted(map(len, least))[:4]
                checked += 1
    assert checked


def least_sets(
    reclosing: Reclosing, text: str, answer: CitedAnswer, number: int
) -> list[frozenset[str]]:
    """Return the least sets of graphs that give a row, found by trying all of them."""
    names = [f"{ID}x/s{graph:02}" for graph in range(1, GRAPHS + 1)]
    expected = take_row(answer, number)
    least: list[frozenset[str]] = []
    sizes = range(len(names) + 1)
    for graphs in map(frozenset, chain.from_iterable(combinations(names, n) for n in sizes)):
        if any(smaller <= graphs for smaller in least):
            continue
        if expected in find_rows(reclosing.store(graphs), text, {}):
            least.append(graphs)
    return least
