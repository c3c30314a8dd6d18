"""Many things that have to hold at once: what the ledger tells of them without weighing."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from bench.graph import closed
from graph.citing.weighing.ledger import Ledger
from graph.dataset import memory_store
from graph.reasoning.many.multitude import Multitudes
from graph.reasoning.provenance import Provenance
from graph.reasoning.sets.choice import MANY_NEEDS
from graph.reasoning.sets.support import GIVEN, NOTHING, Graphs

TRIED = 200


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    """Return the ledger of a dataset that is large enough not to seek all sets of each triple."""
    found = Ledger(Multitudes(Provenance(memory_store(closed(15_000)))))
    assert not found.is_small
    found.want(4)
    return found


def chosen(ledger: Ledger, random: Random) -> frozenset[int]:
    """Return the numbers of some facts of a few graphs, which hold many of them."""
    union = ledger.supports.provenance.union
    facts = random.choices(union.by_subject, k=random.randrange(2, 30))
    return frozenset(ledger.supports.facts(facts))


def least(needs: list[Graphs]) -> set[Graphs]:
    """Return all least sets of graphs that meet needs, each with a graph."""
    sets = set(map(frozenset, product(*needs)))
    return {one for one in sets if not any(other < one for other in sets)}


def test_what_single_graphs_state_is_held_by_the_least_choices_of_them(ledger: Ledger) -> None:
    random, several = Random(1), 0  # noqa: S311 - not a secret
    for _ in range(TRIED):
        needed = frozenset(one for one in chosen(ledger, random) if ledger.supports.single(one))
        found = ledger.stated(needed)
        assert found is not None
        needs = {ledger.supports.single(one) for one in needed}
        fixed = {need for need in needs if len(need) == 1}
        unmet = {need for need in needs if not any(one <= need for one in fixed)}
        enough = 1 if len(fixed) + len(unmet) > MANY_NEEDS else ledger.enough
        sets = {*found.first(enough)}
        every = least([*needs])
        assert sets <= every
        assert len(sets) == min(len(every), enough)
        assert found.exact == (sets == every and (len(every) < enough or not unmet))
        assert found.tells
        several += len(every) > 1
    assert several > TRIED / 20


def test_facts_rest_by_their_places_on_what_they_do_by_their_numbers(ledger: Ledger) -> None:
    random, held = Random(3), 0  # noqa: S311 - not a secret
    for _ in range(TRIED):
        low = random.randrange(len(ledger.supports.provenance.union) - 60)
        places = random.choices(range(low, low + 60), k=random.randrange(1, 60))
        told = ledger.facts(places).support
        numbered = ledger.all(ledger.supports.numbered(places)).support
        assert bool(told) == bool(numbered)
        for graphs in told.certain(4):
            assert numbered.holds_in(graphs)
            assert numbered.needed(graphs) == graphs
            held += 1
    assert held > TRIED / 2


def test_two_needs_are_met_by_sets_that_need_each_graph(ledger: Ledger) -> None:
    random, sizes = Random(4), set[int]()  # noqa: S311 - not a secret
    for _ in range(5 * TRIED):
        needed = tuple(chosen(ledger, random) - {0})[:2]
        supports = list(map(ledger.supports.__getitem__, needed))
        sets, more = ledger.proofs([needed], 4)
        for graphs in sets:
            assert all(one.holds_in(graphs) for one in supports)
            assert frozenset().union(*(one.needed(graphs) for one in supports)) == graphs
        if sets and not more:
            assert {*sets} == {*ledger.all(needed).support.first(5)}
        assert sorted(sets, key=len) == list(sets)
        assert len({*sets}) == len(sets) <= 4
        sizes.update(map(len, sets))
    assert sizes >= {1, 2, 3}


def test_nothing_is_told_at_once_of_what_others_may_hold_together(ledger: Ledger) -> None:
    random, joint = Random(2), 0  # noqa: S311 - not a secret
    for _ in range(TRIED):
        needed = chosen(ledger, random) - {0}
        if not all(map(ledger.supports.single, needed)):
            assert ledger.stated(needed) is None
            joint += 1
    assert joint > TRIED / 20


def test_all_hold_in_what_covers_them(ledger: Ledger) -> None:
    random = Random(3)  # noqa: S311 - not a secret
    for _ in range(TRIED):
        needed = chosen(ledger, random)
        (graphs,) = ledger.cover(needed).several
        assert all(ledger.supports[one].holds_in(graphs) for one in needed)


def test_nothing_covers_what_nothing_holds(ledger: Ledger) -> None:
    number = ledger.enter(NOTHING)
    assert ledger.cover(frozenset({number})) is NOTHING
    assert ledger.cover(frozenset({ledger.enter(GIVEN)})) is NOTHING
