"""A time line: moments on one axis, each with its first and last possible day."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from graph.presenting.relationship import Relationship

AXIS_WIDTH: Final = 280
"""The units of the axis."""

TICKS: Final = 6
"""The maximum number of months that the axis names."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A statement with a day, a month or a year; an aim has the day of its article."""

    statement: Relationship
    text: str
    is_aim: bool


@dataclass(frozen=True, slots=True)
class Times:
    """Moments in order, each with its place, length and words; and the ticks of the axis."""

    rows: list[tuple[Moment, float, float, str]]
    ticks: list[tuple[float, str]]
    width: int = AXIS_WIDTH


def draw_times(moments: Iterable[Moment]) -> Times:
    """Return the dated moments on one axis, events before aims."""
    dated = [(moment, *days) for moment in moments if (days := read_days(moment.text))]
    if not dated:
        return Times([], [])
    first = min(begin for _, begin, _ in dated)
    last = max(end for _, _, end in dated)
    length = max(1, (last - first).days)

    def place(day: date) -> float:
        return round((day - first).days / length * AXIS_WIDTH, 1)

    dated.sort(key=lambda entry: (entry[0].is_aim, *entry[1:], entry[0].statement.name))
    rows = [
        (moment, place(begin), round(place(end) - place(begin), 1), write_days(begin, end))
        for moment, begin, end in dated
    ]
    return Times(rows, [(place(day), f"{day:%b %Y}") for day in list_months(first, last)])


def read_days(text: str) -> tuple[date, date] | None:
    """Return the first and the last day of a date, a month or a year, None for other text.

    >>> read_days("2024-02")
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


def write_days(begin: date, end: date) -> str:
    """Return a period in words.

    >>> write_days(date(2026, 3, 1), date(2026, 3, 31))
    'March 2026'
    >>> write_days(date(2026, 4, 2), date(2026, 4, 2))
    '2 April 2026'
    """
    if begin == end:
        return f"{begin.day} {begin:%B %Y}"
    return f"{begin:%B %Y}" if begin.month == end.month else f"{begin:%Y}"


def list_months(first: date, last: date) -> list[date]:
    """Return the first days of the months that the axis names."""
    every = [
        date(number // 12, number % 12 + 1, 1)
        for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    ]
    inside = [day for day in every if first <= day <= last]
    return inside[:: -(-len(inside) // TICKS) or 1]
