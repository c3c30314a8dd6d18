"""The citation of an answer, in plain text."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlencode

from flask import request

from queries.question import Question
from server.page.answer import ROWS, Shown, Source
from server.parameters import Parameters

SENTENCE: Final = re.compile(r"(.*), sentence (\d+)")
MOST_CITED: Final = 8
"""The sources that a citation names."""


def citation(
    question: Question, parameters: Parameters, found: Shown, part: int, version: str
) -> str:
    """Return how a part of an answer is cited, in plain text."""
    given = ", ".join(f"{name} {value}" for name, value in parameters.pairs)
    query = f"?{urlencode(parameters.pairs)}" if parameters.pairs else ""
    sources = "; ".join(references(found.sources))
    parts = [
        f"cpec-graph, “{question.summary}”{f' ({given})' if given else ''}, ",
        f"{rows_of(found, part)}{f', after {sources}' if sources else ''}. ",
        f"Dataset version {version[:12]}, ",
        f"{request.root_url}questions/{question.name}{query}, CC BY 4.0.",
    ]
    return "".join(parts)


def rows_of(found: Shown, part: int) -> str:
    """Return how many rows an answer has, or which of them are told."""
    number, before = len(found.lines), (part - 1) * ROWS
    if found.more or before:
        return f"rows {before + 1:,} to {before + number:,}"
    return f"{number} row{'' if number == 1 else 's'}"


def references(sources: list[Source]) -> list[str]:
    """Return where the sources are found, the sentences of one article together."""
    found: dict[str, list[str]] = {}
    for one in sources:
        match = SENTENCE.fullmatch(one.words)
        found.setdefault(match[1] if match else one.words, []).extend([match[2]] if match else [])
    shown_ones = list(found.items())[:MOST_CITED]
    more = len(found) - len(shown_ones)
    listed = [
        f"{words}, sentence{'s' if len(places) > 1 else ''} {', '.join(sorted(places, key=int))}"
        if places
        else words
        for words, places in shown_ones
    ]
    return [*listed, f"{more} more"] if more else listed
