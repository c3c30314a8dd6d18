"""The terminals of the grammar of SPARQL 1.1 (Query, section 19.8): what the parser reads.

Strict: what is no terminal is an error. What is not SPARQL, or may not be, is read by
lenient_lexer.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from graph.errors import UnreadableQueryError

BASE_CHAR: Final = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
CHAR: Final = BASE_CHAR + "_0-9\u00b7\u0300-\u036f\u203f-\u2040\\-"
ESCAPE: Final = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
PREFIX: Final = rf"[{BASE_CHAR}](?:[{CHAR}.]*[{CHAR}])?"
LOCAL: Final = (
    rf"(?:[{BASE_CHAR}_:0-9]|{ESCAPE})(?:(?:[{CHAR}.:]|{ESCAPE})*(?:[{CHAR}:]|{ESCAPE}))?"
)
EXPONENT: Final = r"[eE][+-]?[0-9]+"

TERMINAL: Final = re.compile(
    rf"""
    (?P<space>[ \t\r\n]+|\#[^\r\n]*)
    |(?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*>)
    |(?P<name>(?:{PREFIX})?:(?:{LOCAL})?)
    |(?P<blank>_:[{BASE_CHAR}_0-9](?:[{CHAR}.]*[{CHAR}])?)
    |(?P<variable>[?$][{BASE_CHAR}_0-9][{BASE_CHAR}_0-9\u00b7\u0300-\u036f\u203f-\u2040]*)
    |(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<double>(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+){EXPONENT})
    |(?P<decimal>[0-9]*\.[0-9]+)
    |(?P<integer>[0-9]+)
    |(?P<long>\"\"\"(?:(?:"|"")?(?:[^"\\]|\\.))*\"\"\"|'''(?:(?:'|'')?(?:[^'\\]|\\.))*''')
    |(?P<string>"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>\^\^|&&|\|\||!=|<=|>=|[{{}}()\[\].,;*+\-/|^!=<>?])
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal: its kind (a group of TERMINAL, or `end`) and its text."""

    kind: str
    text: str


END: Final = Terminal("end", "")


def terminals(text: str) -> Iterator[Terminal]:
    """Yield the terminals of a text, then END; raises UnreadableQueryError."""
    position = 0
    while position < len(text):
        match = TERMINAL.match(text, position)
        if match is None or match.lastgroup is None:
            raise UnreadableQueryError(f"no word of SPARQL 1.1 starts at character {position}")
        if match.lastgroup != "space":
            yield Terminal(match.lastgroup, match.group())
        position = match.end()
    yield END
