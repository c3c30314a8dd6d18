"""A time line: moments on one axis, each with its first and last possible day."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from graph.presenting.relationship import Relationship
from graph.written_value import read_day

AXIS_WIDTH: Final = 280
"""The units of the axis."""

TICKS: Final = 4
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


@dataclass(frozen=True, slots=True)
class Axis:
    """The axis of some days: the place of each, in units, and its months."""

    first: date
    last: date

    def place(self, day: date) -> float:
        """Return the place of a day."""
        length = max(1, (self.last - self.first).days)
        return round((day - self.first).days / length * AXIS_WIDTH, 1)

    def list_ticks(self) -> list[tuple[float, str]]:
        """Return the places and the names of the months that the axis names."""
        months = list_months(self.first, self.last)
        return [(self.place(day), f"{day:%b %Y}") for day in months]


def draw_times(moments: Iterable[Moment]) -> Times:
    """Return the dated moments on one axis, events before aims."""
    dated = [(moment, *days) for moment in moments if (days := read_days(moment.text))]
    if not dated:
        return Times([], [])
    axis = Axis(min(begin for _, begin, _ in dated), max(end for _, _, end in dated))
    dated.sort(key=lambda entry: (entry[0].is_aim, *entry[1:], entry[0].statement.name))
    rows = [
        (
            moment,
            axis.place(begin),
            round(axis.place(end) - axis.place(begin), 1),
            write_days(begin, end),
        )
        for moment, begin, end in dated
    ]
    return Times(rows, axis.list_ticks())


def read_days(text: str) -> tuple[date, date] | None:
    """Return the first and the last day of a date, a month or a year, None for other text.

    >>> read_days("2024-02")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    """
    begin = read_day(text + {4: "-01-01", 7: "-01"}.get(len(text), ""))
    if begin is None:
        return None
    month = begin.replace(day=monthrange(begin.year, begin.month)[1])
    return begin, {4: date(begin.year, 12, 31), 7: month}.get(len(text), begin)


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
