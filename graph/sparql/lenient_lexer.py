"""The tokens of a text that may be SPARQL, without a grammar: any text has them.

Found in linear time; good enough to count, and to find a keyword outside strings, IRIs and
comments. The engine's own parser stays the judge of what is SPARQL; ours reads what terminal.py
finds, which is strict.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

TOKEN: Final = re.compile(
    r"""(?P<space>\s+|\#[^\r\n]*)
    |(?P<string>\"{3}(?:[^"\\]++|\\.|"(?!""))*\"{3}|'{3}(?:[^'\\]++|\\.|'(?!''))*'{3}
        |"(?:[^"\\\r\n]++|\\.)*"|'(?:[^'\\\r\n]++|\\.)*')
    |(?P<iri><(?:[^<>"{}|^`\\\x00-\x20]++|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
    |(?P<variable>[?$]\w+)
    |(?P<name>(?:[^\W\d_][\w.\-]*)?:(?:[\w\-:]++|%[0-9A-Fa-f]{2}|\\.|\.+(?=[\w\-:%\\]))*
        |_:\w(?:[\w\-]++|\.+(?=[\w\-]))*)
    |(?P<word>@?[A-Za-z_][\w\-]*)
    |(?P<number>\d+(?:\.\d+)?(?:[eE][+\-]?\d+)?)
    |(?P<sign>\|\||&&|\^\^|!=|<=|>=|<<|>>|\{\||\|\}|\\+|.)""",
    re.VERBOSE | re.DOTALL,
)
"""Runs of characters are possessive, which keeps the scan of any text linear."""

BRACKETS_OPEN: Final = frozenset({"(", "{", "[", "<<", "{|", "<<("})
BRACKETS_CLOSE: Final = frozenset({")", "}", "]", ">>", "|}", ")>>"})


class Token(NamedTuple):
    """A piece of the text: its kind (a group of TOKEN), its characters, and where it starts."""

    kind: str
    text: str
    start: int


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text, without white space and comments."""
    for match in TOKEN.finditer(text):
        if (kind := match.lastgroup) and kind != "space":
            yield Token(kind, match.group(), match.start())


def top_level(text: str) -> list[Token]:
    """Return the tokens that stand in no bracket, the outermost brackets themselves included."""
    found, depth = [], 0
    for token in tokens(text):
        depth -= token.kind == "sign" and token.text in BRACKETS_CLOSE
        if depth <= 0:
            found.append(token)
        depth += token.kind == "sign" and token.text in BRACKETS_OPEN
    return found


def position(text: str, start: int) -> tuple[int, int]:
    """Return the line and column of a place in a text, counted from 1."""
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
