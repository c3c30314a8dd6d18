"""Columns of numbers: the ends of facts, those that have a mark, and what stands under each key.

It is compiled where a C compiler is at hand: columns.pxd gives the types
(docs/decisions/0010-counting-is-compiled.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from graph.reasoning.facts import rulebook

END = rulebook.END
SUBJECT = rulebook.SUBJECT

Key = TypeVar("Key")


def subjects(facts: Sequence[int], places: Iterable[int]) -> list[int]:
    """Return the subjects of packed facts of some places."""
    return [facts[place] >> SUBJECT & END for place in places]


def objects(facts: Sequence[int], places: Iterable[int]) -> list[int]:
    """Return the objects of packed facts of some places."""
    return [facts[place] & END for place in places]


def taken(numbers: Sequence[int], places: Iterable[int]) -> list[int]:
    """Return the numbers of some places of an array of 32 bits without sign."""
    return [numbers[place] for place in places]


def marked(marks: Sequence[int], mark: int, places: Iterable[int]) -> list[int]:
    """Return those places of which the marks hold one."""
    return [place for place in places if marks[place] & mark]


def different(rows: Iterable[tuple[int, ...]], size: int) -> list[int]:
    """Return the numbers from nought up to a size that stand in rows, in their order."""
    seen = memoryview(bytearray(size))
    for row in rows:
        for number in row:
            if number >= 0:
                seen[number] = 1
    return [number for number in range(size) if seen[number]]


def grouped(keys: Iterable[Key], values: Iterable[int]) -> dict[Key, list[int]]:
    """Return the values that stand beside each key, in their order."""
    found: dict[Key, list[int]] = {}
    for key, value in zip(keys, values, strict=True):
        group = found.get(key)
        if group is None:
            found[key] = [value]
        else:
            group.append(value)
    return found
