"""A network of things in columns: countries and bodies, undertakings, areas, goals.

In columns, unlike in a force-directed drawing, no name covers another one, and things of one kind
are together. Within a column a thing is close to its neighbours in the other columns (Sugiyama,
Tagawa, Toda 1981).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Final
from unicodedata import east_asian_width

from graph.presenting.relationship import Relationship

COLUMNS: Final = (
    ("Countries and places", "Bodies and people", "Documents"),
    ("Undertakings", "Meetings, signings, tasks"),
    ("Areas",),
    ("Systems deployed", "Goals and developments"),
)
"""The kinds of each column, from left to right."""

COLUMN_STARTS: Final = (46, 350, 680, 930)
PICTURE_WIDTH: Final = 1180
"""The left edges of the columns, and the width of the picture, in units."""

ROW_HEIGHT: Final = 24
NASTALIQ_HEIGHT: Final = 34
"""The units between two rows."""

LEADING: Final = 0.6
"""The distance of two lines of a name, as a part of that of two rows."""

LETTER_WIDTH: Final = 6.6
LINE_LENGTH: Final = 34
"""The width of a letter in units, and the maximum width of a line of a name in letters."""

SWEEPS: Final = 6
"""The number of passes that sort each column by its neighbours."""

PICTURE_THINGS: Final = 60
"""The maximum number of things in a picture."""

PICTURE_CLAIMS: Final = 120
"""The maximum number of claims in a picture."""


@dataclass(frozen=True, slots=True)
class DrawnThing:
    """A thing in the picture: its number, IRI and name in lines, and its position in units.

    `y` is its middle, and `rise` the distance from there to its first and to its last line.
    """

    number: int
    iri: str
    lines: tuple[str, ...]
    x: int
    y: int
    width: int
    rise: int


@dataclass(frozen=True, slots=True)
class Edge:
    """A line between two things: their numbers, the path of the line, and its statements."""

    ends: tuple[int, int]
    path: str
    statements: list[Relationship]

    @property
    def claims(self) -> list[list[Relationship]]:
        """The statements, grouped by claim."""
        return group_claims(self.statements)


@dataclass(frozen=True, slots=True)
class Network:
    """A picture: its things, the lines between them, the headings of kinds, and its height."""

    nodes: list[DrawnThing]
    edges: list[Edge]
    headings: list[tuple[str, int, int]]
    height: int
    leading: float
    width: int = PICTURE_WIDTH


def select_part(statements: Iterable[Relationship], number: int) -> tuple[list[Relationship], int]:
    """Return one part of the statements, from 1, and the number of parts.

    Each part fits in a picture; the best connected things come first.
    """
    rest, selected, count = group_claims(sort_by_degree(statements)), list[Relationship](), 0
    while rest:
        things, own, later = set[str](), list[list[Relationship]](), list[list[Relationship]]()
        for same in rest:
            ends = same[0].ends
            fits = len(own) < PICTURE_CLAIMS and len(things.union(ends)) <= PICTURE_THINGS
            things.update(ends if fits else ())
            (own if fits else later).append(same)
        count, rest = count + 1, later
        if count == number:
            selected = [statement for same in own for statement in same]
    return selected, count


def group_claims(statements: Iterable[Relationship]) -> list[list[Relationship]]:
    """Return the statements, grouped by claim, in order."""
    claims: dict[tuple[str, ...], list[Relationship]] = defaultdict(list)
    for statement in statements:
        claims[statement.claim].append(statement)
    return list(claims.values())


def sort_by_degree(statements: Iterable[Relationship]) -> list[Relationship]:
    """Return statements, first the ones between the best connected things."""
    every = list(statements)
    degrees = Counter(end for statement in every for end in statement.ends)
    return sorted(every, key=lambda s: (-sum(degrees[end] for end in s.ends), s.name))


def choose_columns(kinds: Mapping[str, str]) -> Sequence[Sequence[str]]:
    """Return the kinds of each column: ours, or foreign ones, the most common first, in turn."""
    if any(kind in column for kind in kinds.values() for column in COLUMNS):
        return COLUMNS
    common = [kind for kind, _ in Counter(kinds.values()).most_common()]
    return [common[place :: len(COLUMNS)] for place in range(len(COLUMNS))]


def draw_network(
    statements: Sequence[Relationship],
    kinds: Mapping[str, str],
    names: Mapping[str, str],
    language: str = "en",
) -> Network:
    """Return the picture of statements between things of known kinds and names."""
    things = {end for statement in statements for end in statement.ends}
    rows = order_columns(things, kinds, names, {statement.ends for statement in statements})
    step = NASTALIQ_HEIGHT if language == "ur" else ROW_HEIGHT
    nodes, headings, height = place_nodes(
        rows, {thing: wrap_name(names[thing]) for thing in things}, step
    )
    by_iri = {node.iri: node for node in nodes}
    joined: dict[tuple[str, str], list[Relationship]] = defaultdict(list)
    for statement in statements:
        joined[statement.ends].append(statement)
    edges = [
        Edge(
            (by_iri[ends[0]].number, by_iri[ends[1]].number),
            draw_path(by_iri[ends[0]], by_iri[ends[1]]),
            own,
        )
        for ends, own in joined.items()
    ]
    return Network(nodes, edges, headings, height, step * LEADING)


Rows = list[list[tuple[str, list[str]]]]
"""The things of each column by kind."""


def order_columns(
    things: set[str],
    kinds: Mapping[str, str],
    names: Mapping[str, str],
    pairs: Iterable[tuple[str, str]],
) -> Rows:
    """Return things in columns and kinds, sorted by the barycentres of their neighbours."""
    rows: Rows = [
        [
            (kind, sorted((t for t in things if kinds[t] == kind), key=names.__getitem__))
            for kind in column
        ]
        for column in choose_columns(kinds)
    ]
    near: dict[str, set[str]] = defaultdict(set)
    for subject, value in pairs:
        near[subject].add(value)
        near[value].add(subject)
    for _ in range(SWEEPS):
        for column in rows:
            heights = relative_heights(rows)
            for _, own in column:
                own.sort(key=lambda thing: barycentre(thing, near[thing], heights))
    return rows


def relative_heights(rows: Rows) -> dict[str, float]:
    """Return the height of each thing in its column, 0 for the top and 1 for the bottom."""
    heights: dict[str, float] = {}
    for column in rows:
        things = [thing for _, own in column for thing in own]
        heights |= {thing: (place + 0.5) / len(things) for place, thing in enumerate(things)}
    return heights


def barycentre(thing: str, near: Iterable[str], heights: Mapping[str, float]) -> float:
    """Return the mean height of the neighbours of a thing, its own height without neighbours."""
    own = [heights[neighbour] for neighbour in near]
    return sum(own) / len(own) if own else heights[thing]


Lines = Mapping[str, tuple[str, ...]]
"""The names of things in lines."""


def place_nodes(
    rows: Rows, lines: Lines, step: int
) -> tuple[list[DrawnThing], list[tuple[str, int, int]], int]:
    """Return the positioned things, the headings of kinds, and the height of the picture."""
    nodes, headings, height = list[DrawnThing](), list[tuple[str, int, int]](), 0
    tall = max(column_height(column, lines, step) for column in rows)
    for x, column in zip(COLUMN_STARTS, rows, strict=True):
        y = step + (tall - column_height(column, lines, step)) // 2
        for kind, own in column:
            if not own:
                continue
            headings.append((kind, x, y))
            for thing in own:
                rise = (row_height(lines[thing], step) - step) // 2
                y += step + 2 * rise
                width = max(map(text_width, lines[thing]))
                nodes.append(DrawnThing(len(nodes), thing, lines[thing], x, y - rise, width, rise))
            y += step + step // 2
        height = max(height, y)
    return nodes, headings, height


def column_height(column: Sequence[tuple[str, list[str]]], lines: Lines, step: int) -> int:
    """Return the height of a column in units."""
    return sum(
        sum(row_height(lines[thing], step) for thing in own) + step + step // 2
        for _, own in column
        if own
    )


def row_height(lines: Sequence[str], step: int) -> int:
    """Return the height of a thing in units, more than a step for a name of several lines."""
    return step + 2 * round((len(lines) - 1) * step * LEADING / 2)


def wrap_name(text: str) -> tuple[str, ...]:
    """Return a name in lines, whole; a Chinese character counts as two letters.

    >>> wrap_name("cooperation under the Pakistan-China framework")
    ('cooperation under the', 'Pakistan-China framework')
    """
    is_wide = text_width(text) > len(text) * LETTER_WIDTH * 1.5
    length = LINE_LENGTH // 2 if is_wide else LINE_LENGTH
    lines = wrap(text, length)
    even = wrap(text, min(length, -(-len(text) // max(len(lines), 1)) + 4))
    return tuple(even if len(even) == len(lines) else lines) or (text,)


def text_width(text: str) -> int:
    """Return the approximate width of a text in units; a Chinese character counts twice."""
    return round(sum(LETTER_WIDTH * (1 + (east_asian_width(sign) in "WF")) for sign in text))


def draw_path(left: DrawnThing, right: DrawnThing) -> str:
    """Return the SVG path of the line between two things, across columns or beside one."""
    if left.x > right.x:
        left, right = right, left
    if left.x == right.x:
        x = left.x - 8
        bend = x - min(38, 12 + abs(left.y - right.y) // 5)
        return f"M{x} {left.y}C{bend} {left.y} {bend} {right.y} {x} {right.y}"
    x, end = left.x + left.width + 8, right.x - 8
    bend = max(30, (end - x) // 2)
    return f"M{x} {left.y}C{x + bend} {left.y} {end - bend} {right.y} {end} {right.y}"
