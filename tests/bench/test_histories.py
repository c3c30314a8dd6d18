"""The law of one register finds each kind of illegal history."""

import pytest

from bench.histories import History, Read, Write, find_violations

NONE: frozenset[int] = frozenset()
ONE, TWO, BOTH = frozenset({1}), frozenset({2}), frozenset({1, 2})


def read(begin: float, end: float, present: frozenset[int], absent: frozenset[int]) -> Read:
    return Read("query", begin, end, present, absent)


LEGAL = {
    "a read beside a write sees it or not": History(
        [Write(1, 0, 3)], [read(1, 2, NONE, ONE), read(1, 2, ONE, NONE), read(4, 5, ONE, NONE)]
    ),
    "a write without an answer takes effect late": History(
        [Write(1, 0)], [read(5, 6, NONE, ONE), read(7, 8, ONE, NONE)]
    ),
    "a write without an answer never takes effect": History([Write(1, 0)], [read(5, 6, NONE, ONE)]),
    "reads beside one another see two versions": History(
        [Write(1, 0, 9)], [read(1, 3, ONE, NONE), read(2, 4, NONE, ONE)]
    ),
}

ILLEGAL = {
    "acknowledged before": History([Write(1, 0, 1)], [read(2, 3, NONE, ONE)]),
    "seen by query before": History([Write(1, 0)], [read(1, 2, ONE, NONE), read(3, 4, NONE, ONE)]),
    "seen before the write": History([Write(1, 5, 6)], [read(1, 2, ONE, NONE)]),
    "from before it": History([Write(1, 0, 1), Write(2, 2, 9)], [read(0.5, 4, TWO, ONE)]),
    "two orders": History([Write(1, 0), Write(2, 0)], [read(1, 4, ONE, TWO), read(2, 5, TWO, ONE)]),
}


@pytest.mark.parametrize("name", LEGAL)
def test_a_legal_history_has_no_violation(name: str) -> None:
    assert list(find_violations(LEGAL[name])) == []


@pytest.mark.parametrize("name", ILLEGAL)
def test_an_illegal_history_is_named(name: str) -> None:
    (violation,) = find_violations(ILLEGAL[name])
    assert name in violation
