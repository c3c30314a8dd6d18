"""Facts that are looked for by the column are found where each stands."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from graph.reasoning.facts.fact_index import DENSE, NOWHERE, UNION, FactIndex

PREDICATES = [7, 9]
NODES = st.integers(0, 40)
FACTS = st.tuples(NODES, st.sampled_from(PREDICATES), NODES)


@given(st.sets(FACTS), st.lists(st.tuples(st.integers(-2, 42), st.sampled_from([7, 8, 9]), NODES)))
def test_a_column_of_facts_is_found_as_each_of_them_is(
    held: set[tuple[int, int, int]], asked: list[tuple[int, int, int]]
) -> None:
    empty = FactIndex({}, {}, PREDICATES)
    index = FactIndex({empty.packed(fact): UNION for fact in held}, {}, PREDICATES)
    columns = list(zip(*asked, strict=True)) or [(), (), ()]
    places = list(index.find(index.pack(*columns)))
    assert [place != NOWHERE for place in places] == [fact in held for fact in asked]
    assert [index.fact(one) for one in places if one >= 0] == [
        fact for fact in asked if fact in held
    ]


def test_few_facts_among_many_are_found_too() -> None:
    empty = FactIndex({}, {}, PREDICATES)
    facts = [(subject, 7, 1) for subject in range(10 * DENSE)]
    index = FactIndex(dict.fromkeys(map(empty.packed, facts), UNION), {}, PREDICATES)
    packed = index.pack([0, 10 * DENSE - 1, 99], [7, 7, 7], [1, 1, 1])
    assert list(index.find(packed)) == [0, 10 * DENSE - 1, NOWHERE]
