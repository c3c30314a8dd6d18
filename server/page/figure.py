"""A figure: what a question's answer looks like beside its rows, each row with its footnotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from graph.explaining.term import Term
from server.page.network import width_of

WIDTH: Final = 240
"""The units of a bar or of the axis of a timeline."""

MOST: Final = 40
"""The things at each side of a graph."""

WIDE: Final = 640
ROOM: Final = 190
"""The units of a graph, and those that the names at its right have at most."""

Row = Sequence[Term | None]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a row: its number, its length, and the modality that it is drawn as."""

    number: str
    length: float
    modality: str


@dataclass(frozen=True, slots=True)
class Span:
    """The time of a row on the axis of all: where it begins, and how long it is."""

    start: float
    length: float
    words: str


@dataclass(frozen=True, slots=True)
class Graph:
    """The first and the last thing of each row as two columns, with lines between them.

    The names of the right one begin at `x`: what they leave has room for those of the left.
    """

    left: list[tuple[str, int]]
    right: list[tuple[str, int]]
    lines: list[tuple[int, int]]
    height: int
    x: int
    width: int = WIDE


def bars(rows: Sequence[Row]) -> list[Bar]:
    """Return a bar for each row; its number is the last one of the row."""
    numbers = [next((c.text for c in reversed(row) if c and is_numeric(c)), "0") for row in rows]
    most = max(map(float, numbers), default=0) or 1
    return [
        Bar(number, round(float(number) / most * WIDTH, 1), modality_of(row))
        for number, row in zip(numbers, rows, strict=True)
    ]


def modality_of(row: Row) -> str:
    """Return the modality that a row is about, or Reported."""
    first = row[0]
    path = first.path if first else ""
    return path.rpartition("#")[2] if path.startswith("ontology#") else "Reported"


def is_numeric(cell: Term | None) -> bool:
    """Return whether a cell is a number as answers have it."""
    return cell is not None and cell.text.replace(".", "", 1).isdecimal()


def spans(rows: Sequence[Row]) -> list[Span | None]:
    """Return the time of each row, None where it has none."""
    times = [[found for cell in row if cell and (found := day(cell.text))] for row in rows]
    every = [one for time in times for one in time]
    if not every:
        return [None] * len(rows)
    first, last = min(every), max(every)
    days = max(1, (last - first).days)
    return [
        Span(
            round((min(time) - first).days / days * WIDTH, 1),
            round((max(time) - min(time)).days / days * WIDTH, 1),
            " to ".join(sorted({one.isoformat() for one in time})),
        )
        if time
        else None
        for time in times
    ]


def day(text: str) -> date | None:
    """Return the day that a text names, or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def graph(rows: Sequence[Row]) -> Graph | None:
    """Return the graph of rows, None where there are too many things to be told apart."""
    pairs = list(dict.fromkeys(pair for row in rows if (pair := ends(row))))
    left, right = (
        list(dict.fromkeys(side)) for side in (zip(*pairs, strict=True) if pairs else ((), ()))
    )
    if not pairs or len(left) > MOST or len(right) > MOST:
        return None
    height = 26 * max(len(left), len(right)) + 8
    places = [
        {name: round((place + 0.5) * height / len(side)) for place, name in enumerate(side)}
        for side in (left, right)
    ]
    lines = [(places[0][one], places[1][other]) for one, other in pairs]
    x = WIDE - min(ROOM, max(map(width_of, right)))
    return Graph(list(places[0].items()), list(places[1].items()), lines, height, x)


def ends(row: Row) -> tuple[str, str] | None:
    """Return the first and the last thing of a row."""
    things = [cell.text for cell in row if cell and cell.path.startswith("page/")]
    return (things[0], things[-1]) if len(things) > 1 else None
