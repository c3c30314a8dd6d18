"""The small stores of verification hold their graphs with all inferences, and no more."""

from collections import Counter
from random import Random

import pytest
from pyoxigraph import NamedNode, QuerySolutions, Store

from graph.citing.part import SMALL_GRAPH, DatasetParts
from graph.dataset import graph_of, memory_store
from graph.reasoning.closure import Graphs
from graph.reasoning.kernel import Kernel
from graph.sparql.parser import parse_query
from graph.sparql.scope import find_predicates
from ontology.terms import CPEC, RDFS

TURNS = 12

COOPERATES = "SELECT ?who ?area { ?who cpec:cooperatesIn ?area }"
LABELLED = "SELECT * { ?x cpec:partyTo ?what OPTIONAL { ?what rdfs:label ?is } }"
TYPED = "SELECT ?x ?type { ?x a ?type FILTER NOT EXISTS { ?x cpec:under ?y } }"


@pytest.fixture(scope="module")
def kernel(first_article: Store) -> Kernel:
    """The graph of the first article alone: the walk visits each of its sentences often."""
    return Kernel(quad for quad in first_article if graph_of(quad))


def walk(kernel: Kernel) -> list[Graphs]:
    """Return sets of graphs, each somewhat like the last: few change, or all, or large ones."""
    dice = Random(7)  # noqa: S311 - the same walk each time
    every = sorted(frozenset(kernel.by_graph) - {kernel.ontology})
    large = sorted(every, key=lambda graph: -kernel.size((graph,)))[:2]
    assert kernel.size(large[:1]) > SMALL_GRAPH
    sets: list[Graphs] = [frozenset()]
    for _ in range(TURNS):
        kept = frozenset(dice.sample(sorted(sets[-1]), dice.randint(0, len(sets[-1]))))
        few = frozenset(dice.sample(every, dice.randint(0, 4)))
        sets.append(kept | few if dice.random() < 0.7 else kept ^ frozenset(large))
    return sets


def rows(store: Store, text: str) -> list[str]:
    answer = store.query(text)
    assert isinstance(answer, QuerySolutions)
    return sorted(map(str, answer))


def test_a_part_is_what_its_graphs_make_whatever_it_was_before(kernel: Kernel) -> None:
    parts = DatasetParts(kernel)
    for graphs in walk(kernel):
        store, expected = (
            parts.store(graphs),
            memory_store(kernel.restrict_to_graphs(graphs).quads()),
        )
        assert set(store) == set(expected)
        assert set(store.named_graphs()) == set(expected.named_graphs())


def test_a_part_that_concerns_a_query_alone_answers_it_as_the_whole_does(kernel: Kernel) -> None:
    full, narrow = DatasetParts(kernel), {}
    for query in (COOPERATES, LABELLED, TYPED):
        text = f"PREFIX cpec: <{CPEC}> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> {query}"
        predicates = find_predicates(parse_query(text).form)
        assert predicates
        narrow[text] = DatasetParts(kernel.restrict_to_predicates(predicates))
    answered: Counter[str] = Counter()
    for graphs in walk(kernel):
        store = full.store(graphs)
        for text, parts in narrow.items():
            answer = rows(store, text)
            assert answer == rows(parts.store(graphs), text)
            answered[text] += bool(answer)
    assert min(answered[text] for text in narrow) > TURNS / 4


def test_what_no_query_of_some_predicates_sees_is_not_in_a_part_that_concerns_it(
    kernel: Kernel,
) -> None:
    asked = NamedNode(CPEC + "cooperatesIn")
    concerning = kernel.restrict_to_predicates([asked])
    seen = {quad.predicate for quad in DatasetParts(concerning).store(frozenset(kernel.by_graph))}
    assert asked in seen
    assert RDFS.LABEL not in seen
