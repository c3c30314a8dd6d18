"""Corrupted drafts, made of a sound one by a seed: in each, something is wrong that matters."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import Final

Corruption = Callable[[str, Random], str]


def alter(pattern: str, change: Callable[[str, Random], str]) -> Corruption:
    """Return the corruption that changes the first group of one match of a pattern."""

    def corrupt(text: str, random: Random) -> str:
        match = random.choice([*re.finditer(pattern, text)])
        return text[: match.start(1)] + change(match[1], random) + text[match.end(1) :]

    return corrupt


def change_letter(word: str, random: Random) -> str:
    """Return a word with another letter in one place."""
    at = random.randrange(len(word))
    letter = random.choice([own for own in "abcdefzqx0123456789" if own != word[at]])
    return word[:at] + letter + word[at + 1 :]


def move_offset(number: str, random: Random) -> str:
    """Return a number that is off by one, or by far."""
    return str(int(number) + random.choice([1, -1, 7, 1000, -1000]))


def drop(_text: str, _random: Random) -> str:
    """Return nothing."""
    return ""


def repeat(text: str, _random: Random) -> str:
    """Return a text twice."""
    return text + text


def choose(*texts: str) -> Callable[[str, Random], str]:
    """Return the change of a text to one of some."""
    return lambda _, random: random.choice(texts)


def cut(text: str, random: Random) -> str:
    """Return the start of a text, without its last statement at least."""
    return text[: random.randrange(text.rindex("~"))]


def garble(text: str, random: Random) -> str:
    """Return a text with bytes in it that are no text."""
    at = random.choice([own.end() for own in re.finditer(r" ;(?= )", text)])
    return text[:at] + random.choice(["\x00", "\ufffd\ufffd", "{|", "<<", '"', "|}"]) + text[at:]


CLAIM: Final = r"\n    id:[^\n]*~[^\n]*"

CORRUPTIONS: Final[dict[str, Corruption]] = {
    "hash": alter(r'schema:sha256 "(\w+)"', change_letter),
    "place of a sentence": alter(r"PositionSelector ; oa:start \d+ ; oa:end (\d+)", move_offset),
    "start": alter(r"oa:start (\d+)(?= ;| ,)[^\n]*draft:", move_offset),
    "start of the anchor": alter(r"oa:start \d+ , (\d+)", move_offset),
    "end": alter(r"oa:end (\d+) ; draft:", move_offset),
    "anchor": alter(r'cpec:anchor "([^"]+)"', change_letter),
    "longer anchor": alter(r'cpec:anchor "([^"]+)"', repeat),
    "property": alter(r"\n    id:\S+ (?:cpec|prov|org):(\w+) ", change_letter),
    "thing": alter(r"\n    id:\S+ \S+ id:(\w+) ~", change_letter),
    "class": alter(r"\n    id:\S+ a cpec:(\w+) ;", change_letter),
    "unreviewed": alter(r"~[^\n]*review draft:(Accepted)", choose("Unreviewed")),
    "odd review": alter(r"review draft:(Accepted)", choose("Maybe", "accepted")),
    "no review": alter(r" ; draft:review (draft:Accepted)", choose("", '"Accepted"')),
    "two reviews": alter(r"draft:(Accepted) ; draft:rule", choose("Accepted , draft:Rejected")),
    "no anchor": alter(r'(cpec:anchor "[^"]+" ; )', drop),
    "no end": alter(r"( ; oa:end \d+) ; draft:", drop),
    "no sentence": alter(r"\n(GRAPH graph:evidence \{\n    <s\d\d> a [^}]*\}\n)", drop),
    "a claim twice": alter(rf"({CLAIM})", repeat),
    "no name": alter(r"( ~ <s\d\d#\d+>)", drop),
    "number": alter(r"schema:value (\d+) ~", choose("many", '"2000"^^xsd:date', "-1e")),
    "date": alter(r'"(\d{4}-\d\d-\d\d)"\^\^', choose("2026-13-45", "soon", "")),
    "speaker": alter(r"cpec:attributedTo (id:[\w-]+) ;", choose("id:Nobody", '"Him"', "id:")),
    "position": alter(r"schema:position (\d+) ;", choose("99", "-1", '"one"')),
    "cut": cut,
    "garbled": garble,
    "prefix": alter(r"PREFIX (cpec|id|oa):", choose("other", "")),
}  # fmt: skip
"""The corruptions by what they change."""


def corrupt(text: str, number: int) -> tuple[str, str]:
    """Return what is corrupted in a draft, and the draft, by a number."""
    name = [*CORRUPTIONS][number % len(CORRUPTIONS)]
    return name, CORRUPTIONS[name](text, Random(number))  # noqa: S311 - no secret
