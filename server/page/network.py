"""A network of things in columns: whom, what they do together, in which areas, and to what end.

Columns keep the names apart that a drawing by forces lays over one another; what is alike stands
together. Within a column things stand beside those to which they are joined.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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

LEFT: Final = (46, 350, 680, 930)
WIDTH: Final = 1180
"""Where the names of each column begin, and how wide all is."""

STEP: Final = 24
TALL: Final = 34
"""The units from row to row; Nastaliq needs more."""

LETTER: Final = 6.6
LONGEST: Final = 34
"""The units of a letter, and the letters that have room."""

SWEEPS: Final = 6
"""How often the rows are put in the order of what they are joined to."""

MOST: Final = 60
"""The things that a picture has at most: more cannot be told apart."""

MOST_CLAIMS: Final = 120
"""The same of what is said between them."""


@dataclass(frozen=True, slots=True)
class Node:
    """A thing in the picture: its number, its IRI, its name, where it stands, how wide it is."""

    number: int
    iri: str
    text: str
    x: int
    y: int
    width: int


@dataclass(frozen=True, slots=True)
class Edge:
    """A line between two things: their numbers, its path, and the statements that it stands for."""

    ends: tuple[int, int]
    path: str
    statements: list[Relationship]

    @property
    def claims(self) -> list[list[Relationship]]:
        """Return the statements, those that say the same together."""
        return together(self.statements)


@dataclass(frozen=True, slots=True)
class Network:
    """A picture: its things, the lines between them, the headings of kinds, and its height."""

    nodes: list[Node]
    edges: list[Edge]
    headings: list[tuple[str, int, int]]
    height: int
    width: int = WIDTH


def part(statements: Iterable[Relationship], number: int) -> tuple[list[Relationship], int]:
    """Return one part of some statements, from 1, and how many parts there are.

    A part has as many things, and says as much of them, as a picture has room for; the best
    connected things come first.
    """
    rest, found, count = together(by_degree(statements)), list[Relationship](), 0
    while rest:
        things, own, later = set[str](), list[list[Relationship]](), list[list[Relationship]]()
        for same in rest:
            ends = same[0].ends
            fits = len(own) < MOST_CLAIMS and len(things.union(ends)) <= MOST
            things.update(ends if fits else ())
            (own if fits else later).append(same)
        count, rest = count + 1, later
        if count == number:
            found = [one for same in own for one in same]
    return found, count


def together(statements: Iterable[Relationship]) -> list[list[Relationship]]:
    """Return statements, those that say the same together, each in the order in which they come."""
    found: dict[tuple[str, ...], list[Relationship]] = defaultdict(list)
    for one in statements:
        found[one.claim].append(one)
    return list(found.values())


def by_degree(statements: Iterable[Relationship]) -> list[Relationship]:
    """Return statements, those between the best connected things first."""
    every = list(statements)
    degrees: dict[str, int] = defaultdict(int)
    for one in every:
        for end in one.ends:
            degrees[end] += 1
    return sorted(every, key=lambda one: (-sum(degrees[end] for end in one.ends), one.name))


def columns_of(kinds: Mapping[str, str]) -> Sequence[Sequence[str]]:
    """Return the kinds of each column: ours in their places, others in turn by their number."""
    if any(kind in column for kind in kinds.values() for column in COLUMNS):
        return COLUMNS
    common = [kind for kind, _ in Counter(kinds.values()).most_common()]
    return [common[place :: len(COLUMNS)] for place in range(len(COLUMNS))]


def network(
    statements: Sequence[Relationship],
    kinds: Mapping[str, str],
    names: Mapping[str, str],
    language: str = "en",
) -> Network:
    """Return the picture of some statements between things whose kinds and names are known."""
    things = {end for one in statements for end in one.ends}
    rows = ordered(things, kinds, names, {one.ends for one in statements})
    nodes, headings, height = placed(rows, names, TALL if language == "ur" else STEP)
    by_iri = {node.iri: node for node in nodes}
    joined: dict[tuple[str, str], list[Relationship]] = defaultdict(list)
    for one in statements:
        joined[one.ends].append(one)
    edges = [
        Edge(
            (by_iri[ends[0]].number, by_iri[ends[1]].number),
            path(by_iri[ends[0]], by_iri[ends[1]]),
            own,
        )
        for ends, own in joined.items()
    ]
    return Network(nodes, edges, headings, height)


Rows = list[list[tuple[str, list[str]]]]
"""The things of each column, by their kinds."""


def ordered(
    things: set[str],
    kinds: Mapping[str, str],
    names: Mapping[str, str],
    pairs: Iterable[tuple[str, str]],
) -> Rows:
    """Return things in columns and kinds, each near those to which it is joined (barycentres)."""
    rows: Rows = [
        [
            (kind, sorted((one for one in things if kinds[one] == kind), key=names.__getitem__))
            for kind in column
        ]
        for column in columns_of(kinds)
    ]
    near: dict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        near[one].add(other)
        near[other].add(one)
    for _ in range(SWEEPS):
        for column in rows:
            heights = relative(rows)
            for _, own in column:
                own.sort(key=lambda one: barycentre(one, near[one], heights))
    return rows


def relative(rows: Rows) -> dict[str, float]:
    """Return how far down its column each thing stands, from 0 to 1."""
    found: dict[str, float] = {}
    for column in rows:
        things = [one for _, own in column for one in own]
        found |= {one: (place + 0.5) / len(things) for place, one in enumerate(things)}
    return found


def barycentre(thing: str, near: Iterable[str], heights: Mapping[str, float]) -> float:
    """Return the mean height of what is near a thing, its own where nothing is."""
    own = [heights[one] for one in near]
    return sum(own) / len(own) if own else heights[thing]


def placed(
    rows: Rows, names: Mapping[str, str], step: int
) -> tuple[list[Node], list[tuple[str, int, int]], int]:
    """Return the things where they stand, the headings of kinds, and how high all is."""
    nodes, headings, height = list[Node](), list[tuple[str, int, int]](), 0
    tall = max(column_height(column, step) for column in rows)
    for x, column in zip(LEFT, rows, strict=True):
        y = step + (tall - column_height(column, step)) // 2
        for kind, own in column:
            if not own:
                continue
            headings.append((kind, x, y))
            for one in own:
                y += step
                text = names[one]
                text = text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"
                nodes.append(Node(len(nodes), one, text, x, y, width_of(text)))
            y += step + step // 2
        height = max(height, y)
    return nodes, headings, height


def column_height(column: Sequence[tuple[str, list[str]]], step: int) -> int:
    """Return how high a column is."""
    return sum((len(own) + 1) * step + step // 2 for _, own in column if own)


def width_of(text: str) -> int:
    """Return about how wide a text is; a Chinese letter counts twice."""
    return round(sum(LETTER * (1 + (east_asian_width(sign) in "WF")) for sign in text))


def path(one: Node, other: Node) -> str:
    """Return the line between two things: from right to left, or beside a column."""
    if one.x > other.x:
        one, other = other, one
    if one.x == other.x:
        x = one.x - 8
        bend = x - min(38, 12 + abs(one.y - other.y) // 5)
        return f"M{x} {one.y}C{bend} {one.y} {bend} {other.y} {x} {other.y}"
    x, end = one.x + one.width + 8, other.x - 8
    bend = max(30, (end - x) // 2)
    return f"M{x} {one.y}C{x + bend} {one.y} {end - bend} {other.y} {end} {other.y}"
