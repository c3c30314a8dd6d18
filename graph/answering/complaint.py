"""The engine's complaint about a query, in words with which its author can correct it."""

from __future__ import annotations

import re
from typing import Final

from graph.errors import QuerySyntaxError
from graph.sparql.token import Token, locate, scan_tokens

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
PROLOGUE: Final = {"PREFIX", "BASE", "VERSION"}
QUERIES: Final = {"SELECT", "CONSTRUCT", "ASK", "DESCRIBE"}
UPDATES: Final = {
    *("INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"),
}
"""The words that an operation of an update begins with (SPARQL 1.1 Query, section 19.8)."""

EXCERPT_CHARACTERS: Final = 24
"""Characters of the query that a message shows before the place."""


def explain_query_error(message: str, text: str) -> QuerySyntaxError:
    """Return the complaint about a text that is not a query; an update is called one."""
    verb = find_verb(text)
    if verb is not None and verb.text.upper() in UPDATES:
        return QuerySyntaxError("this is an update, not a query", *locate(text, verb.start))
    return explain_syntax_error(message, text)


def explain_update_error(message: str, text: str) -> QuerySyntaxError:
    """Return the complaint about a text that is not an update; a query is called one."""
    verb = find_verb(text)
    if verb is not None and verb.text.upper() in QUERIES:
        return QuerySyntaxError("this is a query, not an update", *locate(text, verb.start))
    return explain_syntax_error(message, text)


def find_verb(text: str) -> Token | None:
    """Return the first keyword after the prologue, or None."""
    words = (token for token in scan_tokens(text) if token.kind == "word")
    return next((word for word in words if word.text.upper() not in PROLOGUE), None)


def explain_syntax_error(message: str, text: str) -> QuerySyntaxError:
    """Return the complaint with its reason, line and column, and the text before that place."""
    position = POSITION.fullmatch(message)
    if position is None:
        return QuerySyntaxError(message)
    line, column = int(position[1]), int(position[2])
    return QuerySyntaxError(
        f"{choose_reason(position[3])}{excerpt_before(text, line, column)}", line, column
    )


def choose_reason(expected: str) -> str:
    """Return the reason in words if the engine gives one, else the marks that it expected.

    The keywords that the engine lists are left out: those it names are seldom the ones that lack.
    """
    if words := REASON.search(expected):
        return REASONS.get(words[0], words[0][0].lower() + words[0][1:])
    marks = MARK.findall(expected)
    return f"expected {' or '.join(marks)}" if marks else "this cannot be read as SPARQL"


def excerpt_before(text: str, line: int, column: int) -> str:
    """Return the words of the query before a place."""
    lines = text.split("\n")
    before = lines[line - 1][: column - 1] if line <= len(lines) else ""
    excerpt = before[-EXCERPT_CHARACTERS:].strip()
    return f", after {excerpt!r}" if excerpt else ""
