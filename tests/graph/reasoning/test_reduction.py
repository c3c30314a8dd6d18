"""Graphs are taken out as if each were tried on everything, but far less is looked at."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.reasoning.sets.reduction import Holding, Reduction
from graph.reasoning.sets.support import EMPTY, Graphs, Support, reduced

GRAPHS = frozenset(range(8))
SETS = st.frozensets(st.sampled_from(sorted(GRAPHS)), min_size=1, max_size=3)


def support(sets: Sequence[Graphs]) -> Support:
    """Return the support of what holds in each of some sets."""
    ones = EMPTY.union(*(one for one in sets if len(one) == 1))
    return reduced(ones, [one for one in sets if len(one) > 1])


def tried(supports: Sequence[Support], graphs: Graphs) -> Graphs:
    """Return what is left of some graphs when each is tried on all supports, the last first."""
    for graph in sorted(graphs, reverse=True):
        if all(one.holds_in(graphs - {graph}) for one in supports):
            graphs -= {graph}
    return graphs


@given(st.lists(st.lists(SETS, min_size=1, max_size=4), min_size=1, max_size=12))
def test_what_is_left_is_what_trying_each_graph_on_everything_leaves(
    several: list[list[Graphs]],
) -> None:
    supports = [support(sets) for sets in several]
    expected = tried(supports, GRAPHS)
    assert Reduction(GRAPHS, EMPTY).reduced(supports) == expected
    needed = EMPTY.union(*(one.needed(GRAPHS) for one in supports))
    assert Reduction(GRAPHS, needed).reduced(supports) == expected


@dataclass
class Looked:
    """A support that counts how often it is looked at."""

    support: Support
    times: int = 0

    def witness(self, graphs: Graphs, without: Set[int]) -> Graphs | None:
        """Return which of some graphs hold the support."""
        self.times += 1
        return self.support.witness(graphs, without)


@pytest.mark.parametrize("size", [200, 400, 800])
def test_each_thing_is_looked_at_a_few_times_however_many_graphs_there_are(size: int) -> None:
    dice = Random(size)  # noqa: S311 - not a secret
    pairs = [[frozenset(dice.sample(range(size), 2)) for _ in range(4)] for _ in range(2 * size)]
    things = [Looked(support(sets)) for sets in pairs]
    holding: list[Holding] = list(things)
    left = Reduction(frozenset(range(size)), EMPTY).reduced(holding)
    assert left == tried([one.support for one in things], frozenset(range(size)))
    assert EMPTY < left < frozenset(range(size))
    assert sum(one.times for one in things) <= 6 * len(things)
