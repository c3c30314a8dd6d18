"""The picture of what is around a thing: a fan of lines, drawn as firmly as they are meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

ROWS: Final = 22
"""The things that a picture shows at most: more cannot be told apart."""

STEP: Final = 20
TALL: Final = 30
"""The units between two rows; Nastaliq needs more of them."""

WIDTH: Final = 320
LONGEST: Final = 46
"""The letters of a name that have room."""


@dataclass(frozen=True, slots=True)
class Spoke:
    """A line to a thing: its name, language, modality, whether it only follows, and its height."""

    text: str
    language: str
    modality: str
    follows: bool
    points: bool
    heading: bool
    y: int


@dataclass(frozen=True, slots=True)
class Picture:
    """The lines from a thing, which is the middle of its left side; `more` were left out."""

    spokes: list[Spoke]
    more: int
    height: int
    width: int = WIDTH

    @property
    def middle(self) -> int:
        """Where the thing stands."""
        return self.height // 2


def picture(thing: Mapping[str, Any], language: str) -> Picture | None:
    """Return the picture of a thing as a view has it; None where nothing is around it."""
    every = list(dict.fromkeys(around(thing, language)))
    if not every:
        return None
    shown, spokes, y, modality = every[:ROWS], list[Spoke](), 12, None
    step = TALL if language == "ur" else STEP
    for text, own, meant, follows, points in shown:
        if (meant, points) != modality:
            spokes.append(Spoke("", "", meant, follows=False, points=points, heading=True, y=y))
            modality, y = (meant, points), y + step
        spokes.append(Spoke(text, own, meant, follows, points, heading=False, y=y))
        y += step
    return Picture(spokes, len(every) - len(shown), y)


Around = tuple[str, str, str, bool, bool]


def around(thing: Mapping[str, Any], language: str) -> Iterator[Around]:
    """Yield what the lines of a thing lead to, and then what points to it, each thing once."""
    met: set[str] = set()
    lines = [line for group in thing["groups"] for line in group["stated"] + group["inferred"]]
    for line, ends, points in (
        *((line, "objects", False) for line in lines),
        *((line, "subjects", True) for line in thing["pointing"]),
    ):
        for mention in line[ends]:
            name = mention["name"]
            if name["iri"] and name["iri"] not in met:
                met.add(name["iri"])
                text, own = text_of(name, language)
                yield short(text, LONGEST), own, line["modality"], line["follows"], points


def text_of(name: Mapping[str, Any], language: str) -> tuple[str, str]:
    """Return a name in a language, where it has one, and the language that it is in."""
    own = name["texts"].get(language) if language != "en" else None
    return (own, language) if own else (name["text"], "")


def short(text: str, most: int) -> str:
    """Return a text with no more than so many letters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
