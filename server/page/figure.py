"""A figure of a question's answer: bars, a timeline, or a graph of two columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from graph.wording.display_name import DisplayName
from graph.written_value import read_day
from server.page.network import text_width

AXIS_UNITS: Final = 240
"""The length of the longest bar, and of the axis of a timeline, in units."""

SIDE_THINGS: Final = 40
"""The maximum number of things at each side of a graph."""

GRAPH_WIDTH: Final = 640
NAMES_WIDTH: Final = 190
"""The width of a graph, and the maximum width of the names at its right, in units."""

Row = Sequence[DisplayName | None]


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar of a row: its number, its length, and its modality."""

    number: str
    length: float
    modality: str


@dataclass(frozen=True, slots=True)
class AxisPeriod:
    """The period of a row on the axis: its start, its length, and its words."""

    start: float
    length: float
    words: str


@dataclass(frozen=True, slots=True)
class Graph:
    """The first and the last thing of each row as two columns, with lines between them.

    The names of the right column begin at `x`.
    """

    left: list[tuple[str, int]]
    right: list[tuple[str, int]]
    lines: list[tuple[int, int]]
    height: int
    x: int
    width: int = GRAPH_WIDTH


def draw_bars(rows: Sequence[Row]) -> list[Bar]:
    """Return a bar for each row, for the last number of the row."""
    numbers = [next((c.text for c in reversed(row) if c and is_numeric(c)), "0") for row in rows]
    most = max(map(float, numbers), default=0) or 1
    return [
        Bar(number, round(float(number) / most * AXIS_UNITS, 1), row_modality(row))
        for number, row in zip(numbers, rows, strict=True)
    ]


def row_modality(row: Row) -> str:
    """Return the modality in the first cell of a row, or Reported."""
    first = row[0]
    path = first.path if first else ""
    return path.rpartition("#")[2] if path.startswith("ontology#") else "Reported"


def is_numeric(cell: DisplayName | None) -> bool:
    """Return whether a cell is a number."""
    return cell is not None and cell.text.replace(".", "", 1).isdecimal()


def draw_spans(rows: Sequence[Row]) -> list[AxisPeriod | None]:
    """Return the period of each row, None for a row without dates."""
    dates = [[day for cell in row if cell and (day := read_day(cell.text))] for row in rows]
    days = [day for own in dates for day in own]
    if not days:
        return [None] * len(rows)
    first, last = min(days), max(days)
    length = max(1, (last - first).days)
    return [
        AxisPeriod(
            round((min(own) - first).days / length * AXIS_UNITS, 1),
            round((max(own) - min(own)).days / length * AXIS_UNITS, 1),
            " to ".join(sorted({day.isoformat() for day in own})),
        )
        if own
        else None
        for own in dates
    ]


def draw_graph(rows: Sequence[Row]) -> Graph | None:
    """Return the graph of rows, None without pairs and for too many things."""
    pairs = list(dict.fromkeys(pair for row in rows if (pair := row_ends(row))))
    left, right = (
        list(dict.fromkeys(side)) for side in (zip(*pairs, strict=True) if pairs else ((), ()))
    )
    if not pairs or len(left) > SIDE_THINGS or len(right) > SIDE_THINGS:
        return None
    height = 26 * max(len(left), len(right)) + 8
    places = [
        {name: round((place + 0.5) * height / len(side)) for place, name in enumerate(side)}
        for side in (left, right)
    ]
    lines = [(places[0][first], places[1][last]) for first, last in pairs]
    x = GRAPH_WIDTH - min(NAMES_WIDTH, max(map(text_width, right)))
    return Graph(list(places[0].items()), list(places[1].items()), lines, height, x)


def row_ends(row: Row) -> tuple[str, str] | None:
    """Return the first and the last thing of a row, None for fewer than two."""
    things = [cell.text for cell in row if cell and cell.path.startswith("page/")]
    return (things[0], things[-1]) if len(things) > 1 else None
