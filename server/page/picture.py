"""The picture beside a thing: a fan of lines to other things, drawn by their modality."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from graph.presenting.thing import ThingPage
from graph.wording.display_name import DisplayName
from server.page.network import text_width

PICTURE_ROWS: Final = 22
"""The maximum number of things in a picture."""

ROW_HEIGHT: Final = 20
NASTALIQ_HEIGHT: Final = 30
"""The units between two rows."""

PICTURE_WIDTH: Final = 320
NAME_WIDTH: Final = 272
"""The maximum width of a name, in units."""


@dataclass(frozen=True, slots=True)
class Spoke:
    """A line to a thing, or a heading: name, language, modality, direction, and height."""

    text: str
    language: str
    modality: str
    follows: bool
    points: bool
    heading: bool
    y: int


@dataclass(frozen=True, slots=True)
class Picture:
    """The lines from a thing in the middle of the left side; `more` counts the omitted ones."""

    spokes: list[Spoke]
    more: int
    height: int
    width: int = PICTURE_WIDTH

    @property
    def middle(self) -> int:
        """The height of the thing."""
        return self.height // 2


Neighbour = tuple[str, str, str, bool, bool]
"""A thing beside another: name, language, modality, whether inferred, whether a subject."""


def draw_picture(thing: ThingPage, language: str) -> Picture | None:
    """Return the picture of a thing, None without neighbours."""
    neighbours = list(dict.fromkeys(list_neighbours(thing, language)))
    if not neighbours:
        return None
    spokes, y, heading = list[Spoke](), 12, None
    step = NASTALIQ_HEIGHT if language == "ur" else ROW_HEIGHT
    for text, own, modality, follows, points in neighbours[:PICTURE_ROWS]:
        if (modality, points) != heading:
            spokes.append(Spoke("", "", modality, follows=False, points=points, heading=True, y=y))
            heading, y = (modality, points), y + step
        spokes.append(Spoke(text, own, modality, follows, points, heading=False, y=y))
        y += step
    return Picture(spokes, max(0, len(neighbours) - PICTURE_ROWS), y)


def list_neighbours(thing: ThingPage, language: str) -> Iterator[Neighbour]:
    """Yield the things in its tables and its statements, then the subjects that point to it."""
    names = {thing.name.iri}
    for row in (row for table in thing.tables for row in table.rows):
        for _, name in itertools.chain.from_iterable(row.cells):
            if name.path.startswith("page/") and name.iri not in names:
                names.add(name.iri)
                text, own = translate_name(name, language)
                yield shorten_name(text), own, row.modality, False, False
    lines = [line for group in thing.groups for line in group.stated + group.inferred]
    for line, mentions, points in (
        *((line, line.objects, False) for line in lines),
        *((line, line.subjects, True) for line in thing.pointing),
    ):
        for mention in mentions:
            name = mention.name
            if name.iri and name.iri not in names:
                names.add(name.iri)
                text, own = translate_name(name, language)
                yield shorten_name(text), own, line.modality, line.follows, points


def translate_name(name: DisplayName, language: str) -> tuple[str, str]:
    """Return a name in a language and that language, or the English name and ""."""
    own = name.texts.get(language) if language != "en" else None
    return (own, language) if own else (name.text, "")


def shorten_name(text: str) -> str:
    """Return a name, cut at the maximum width."""
    if text_width(text) <= NAME_WIDTH:
        return text
    ends = range(len(text) - 1, 0, -1)
    end = next((end for end in ends if text_width(text[:end]) < NAME_WIDTH), 1)
    return text[:end].rstrip() + "…"
