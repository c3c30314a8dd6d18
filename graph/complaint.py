"""The engine's complaint about a query, put so that whoever wrote the query can mend it."""

from __future__ import annotations

import re
from typing import Final

from graph.errors import QuerySyntaxError

POSITION: Final = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
"""How pyoxigraph says where a query stops being one, and what it expected there."""

MARK: Final = re.compile(r'"[.,;{}()]"')
"""A mark of punctuation among the tokens that were expected."""

REASON: Final = re.compile(r"[A-Z][\w]*(?: [\w]+){2,}|IRI parsing failed|Prefix not found")
"""A reason in words, among the tokens that were expected."""

REASONS: Final = {
    "IRI parsing failed": "an IRI is not valid or is relative, and there is no BASE",
    "Prefix not found": "a prefix is not declared",
}
NEAR: Final = 24
"""Characters of the query that a message shows before the place."""


def syntax_error(message: str, text: str) -> QuerySyntaxError:
    """Return the complaint with its line and column, what stands there, and what is wrong."""
    position = POSITION.fullmatch(message)
    if position is None:
        return QuerySyntaxError(message)
    line, column = int(position[1]), int(position[2])
    return QuerySyntaxError(f"{reason(position[3])}{near(text, line, column)}", line, column)


def reason(expected: str) -> str:
    """Return what is wrong: a reason in words where there is one, else the marks that would fit.

    The keywords that the engine lists are left out: those it names are seldom the ones that lack.
    """
    if words := REASON.search(expected):
        return REASONS.get(words[0], words[0][0].lower() + words[0][1:])
    marks = MARK.findall(expected)
    return f"expected {' or '.join(marks)}" if marks else "this cannot be read as SPARQL"


def near(text: str, line: int, column: int) -> str:
    """Return the words of the query that stand before a place."""
    lines = text.split("\n")
    before = lines[line - 1][: column - 1] if line <= len(lines) else ""
    excerpt = before[-NEAR:].strip()
    return f", after {excerpt!r}" if excerpt else ""
