"""LOAD in an update: never done here, so with SILENT it is nothing, and without it is forbidden.

A worker could not open a socket for it, and some addresses would end the worker that tried.
"""

from __future__ import annotations

import contextlib
import re
from typing import Final

from pyoxigraph import Store

from graph.answering.complaint import update_error
from graph.sparql.lenient_lexer import Token, position, top_level
from ontology.namespace import PREFIXES

NOTHING: Final = "ADD DEFAULT TO DEFAULT"
"""An update that changes nothing (SPARQL 1.1 Update, section 3.2.5)."""

STOP: Final = "DROP GRAPH <x:> ; "
"""An update that fails on an empty store, so that what follows it is read and not run."""

PLACE: Final = re.compile(r"(?<=error at )(\d+):(\d+)")
"""Where pyoxigraph says that a text stops being an update."""


def without_silent_loads(text: str) -> str:
    """Return an update with nothing in the place of each LOAD SILENT."""
    top = top_level(text)
    for number in reversed(range(len(top) - 2)):
        words = [token.text.upper() for token in top[number : number + 2]]
        if words == ["LOAD", "SILENT"] and top[number + 2].kind in {"iri", "name"}:
            last = last_of(top, number + 2)
            text = text[: top[number].start] + NOTHING + text[last.start + len(last.text) :]
    return text


def last_of(top: list[Token], source: int) -> Token:
    """Return the last token of a LOAD whose source stands at a place."""
    into = [token.text.upper() for token in top[source + 1 : source + 3]]
    end = source + 3 if into == ["INTO", "GRAPH"] and source + 3 < len(top) else source
    return top[end]


def require_syntax(text: str, base: str | None) -> None:
    """Raise QuerySyntaxError unless the text is an update; it is not run."""
    start = first_operation(text)
    try:
        with contextlib.suppress(RuntimeError):
            stopped = text[:start] + STOP + text[start:]
            Store().update(stopped, base_iri=base, prefixes=PREFIXES)
    except SyntaxError as error:
        line, _ = position(text, start)
        message = PLACE.sub(lambda match: moved(match, start, line, text), str(error))
        raise update_error(message, text) from None


def first_operation(text: str) -> int:
    """Return where the first operation of an update stands, after its prefixes and base."""
    declared = ""
    for token in top_level(text):
        word = token.text.upper() if token.kind == "word" else ""
        if word in {"PREFIX", "BASE"}:
            declared = word
        elif declared and token.kind == "iri":
            declared = ""
        elif not declared:
            return token.start
    return len(text)


def moved(match: re.Match[str], start: int, line: int, text: str) -> str:
    """Return a place in the stopped text as the one in the text itself."""
    at, column = int(match[1]), int(match[2])
    _, first = position(text, start)
    shift = len(STOP) if at == line and column >= first + len(STOP) else 0
    return f"{at}:{column - shift}"
