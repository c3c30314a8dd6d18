"""A line of time: moments with the days that they may have been, on one axis."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from graph.presenting.relationship import Relationship

WIDTH: Final = 280
"""The units of the axis."""

TICKS: Final = 6
"""The days that the axis names at most."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A statement with a day, a month or a year; an aim has the day when it was told."""

    statement: Relationship
    text: str
    is_aim: bool


@dataclass(frozen=True, slots=True)
class Times:
    """Moments in their order, each with its place, length and words; and the days of the axis."""

    rows: list[tuple[Moment, float, float, str]]
    ticks: list[tuple[float, str]]
    width: int = WIDTH


def times(moments: Iterable[Moment]) -> Times:
    """Return moments on one axis, dated events before aims; without a day they are left out."""
    known = [(moment, *days) for moment in moments if (days := days_of(moment.text))]
    if not known:
        return Times([], [])
    first = min(begin for _, begin, _ in known)
    last = max(end for _, _, end in known)
    whole = max(1, (last - first).days)

    def place(day: date) -> float:
        return round((day - first).days / whole * WIDTH, 1)

    known.sort(key=lambda one: (one[0].is_aim, one[1], one[2], one[0].statement.name))
    rows = [
        (moment, place(begin), round(place(end) - place(begin), 1), words(begin, end))
        for moment, begin, end in known
    ]
    return Times(rows, [(place(day), f"{day:%b %Y}") for day in months(first, last)])


def days_of(text: str) -> tuple[date, date] | None:
    """Return the first and the last day that a date may be, None where it is none.

    >>> days_of("2024-02")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    """
    parts = text.split("-")
    try:
        numbers = [int(part) for part in parts]
        match numbers:
            case [year]:
                return date(year, 1, 1), date(year, 12, 31)
            case [year, month]:
                return date(year, month, 1), date(year, month, monthrange(year, month)[1])
            case [year, month, day]:
                return date(year, month, day), date(year, month, day)
    except ValueError:
        pass
    return None


def words(begin: date, end: date) -> str:
    """Return the days in words.

    >>> words(date(2026, 3, 1), date(2026, 3, 31)), words(date(2026, 4, 2), date(2026, 4, 2))
    ('March 2026', '2 April 2026')
    """
    if begin == end:
        return f"{begin.day} {begin:%B %Y}"
    return f"{begin:%B %Y}" if begin.month == end.month else f"{begin:%Y}"


def months(first: date, last: date) -> list[date]:
    """Return the first days of months in a time, as many as the axis names."""
    every = [
        date(number // 12, number % 12 + 1, 1)
        for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    ]
    inside = [day for day in every if first <= day <= last]
    return inside[:: -(-len(inside) // TICKS) or 1]
