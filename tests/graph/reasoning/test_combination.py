"""What several things rest on: sets that hold all of them, and none that could do with less."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st

from graph.reasoning.sets.combination import all_of, any_of
from graph.reasoning.sets.support import EMPTY, Graphs, Support, reduced

GRAPHS = frozenset(range(7))
SUBSETS = [
    frozenset(one)
    for one in chain.from_iterable(combinations(GRAPHS, size) for size in range(len(GRAPHS) + 1))
]
SETS = st.frozensets(st.sampled_from(sorted(GRAPHS)), min_size=1, max_size=3)
SUPPORTS = st.lists(st.lists(SETS, min_size=1, max_size=3), min_size=1, max_size=10)


def support(sets: Sequence[Graphs]) -> Support:
    """Return the support of what holds in each of some sets."""
    ones = EMPTY.union(*(one for one in sets if len(one) == 1))
    return reduced(ones, [one for one in sets if len(one) > 1])


def least(parts: Sequence[Support]) -> set[Graphs]:
    """Return all least sets in which all parts hold, by trying every set there is."""
    holding = [one for one in SUBSETS if all(part.holds_in(one) for part in parts)]
    return {one for one in holding if not any(other < one for other in holding)}


@given(SUPPORTS, st.integers(2, 6))
def test_sets_that_hold_all_are_least_and_all_of_them_where_that_is_said(
    several: list[list[Graphs]], enough: int
) -> None:
    parts = [support(sets) for sets in several]
    found, expected = all_of(parts, enough), least(parts)
    assert set(found.certain(enough)) <= expected
    assert found.ones == {next(iter(one)) for one in expected if len(one) == 1} or (
        len(found.ones) >= enough
    )
    if found.exact:
        assert set(found.first(found.count)) == expected


@given(st.lists(SETS, min_size=1, max_size=3), SUPPORTS, st.integers(2, 6))
def test_what_is_held_by_one_set_only_stands_beside_the_choices_for_the_rest(
    alone: list[Graphs], several: list[list[Graphs]], enough: int
) -> None:
    parts = [*(support([one]) for one in alone), *map(support, several)]
    found = all_of(parts, enough)
    assert found.certain(enough)
    assert set(found.certain(enough)) <= least(parts)


@given(SUPPORTS)
def test_one_of_several_holds_where_any_does(several: list[list[Graphs]]) -> None:
    parts = [support(sets) for sets in several]
    found = any_of(parts)
    assert all(found.holds_in(one) == any(part.holds_in(one) for part in parts) for one in SUBSETS)
