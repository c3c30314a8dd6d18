"""Columns of numbers."""

from __future__ import annotations

from array import array

import pytest

from graph.reasoning.facts import columns
from graph.reasoning.facts.rulebook import END, PREDICATE, SUBJECT

FACTS = array("Q", [1 << PREDICATE | END << SUBJECT | 5, 7 << SUBJECT | END])


def test_the_ends_of_facts_are_told_in_the_order_of_the_places() -> None:
    assert columns.subjects(FACTS, [1, 0, 1]) == [7, END, 7]
    assert columns.objects(FACTS, iter([1, 0])) == [END, 5]
    assert columns.objects(FACTS, ()) == []


def test_numbers_are_taken_from_their_places() -> None:
    assert columns.taken(array("I", [4, 1 << 31, 6]), iter([2, 1, 2])) == [6, 1 << 31, 6]


def test_different_numbers_are_told_in_their_order() -> None:
    assert columns.different([(4, 0), (), (-1, 4, 2)], 5) == [0, 2, 4]
    assert columns.different([(-1,)], 0) == []


def test_those_that_have_a_mark_are_told() -> None:
    assert columns.marked(bytearray([1, 2, 255, 0]), 2, range(4)) == [1, 2]


def test_what_stands_beside_a_key_is_in_its_order() -> None:
    assert columns.grouped([(1,), (2,), (1,)], range(3)) == {(1,): [0, 2], (2,): [1]}
    with pytest.raises(ValueError, match="zip"):
        columns.grouped([1], [1, 2])
