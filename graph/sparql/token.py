"""The tokens of a SPARQL text (SPARQL 1.1 Query, section 19.8): the one scanner of the house.

Every text has tokens, in time linear in its length: a character that starts no token is a `sign` by
itself, and a string that is not closed is an `unclosed` token to the end of its line. The parser
refuses both; the engine refuses every text that has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

BASE_CHAR: Final = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
CHAR: Final = BASE_CHAR + "_0-9\u00b7\u0300-\u036f\u203f-\u2040\\-"
ESCAPE: Final = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
DOTTED: Final = rf"(?:[{CHAR}]++|\.++(?=[{CHAR}]))*+"
"""The rest of a prefix or a label: dots are a part of it, except at its end."""

LOCAL: Final = (
    rf"(?:[{BASE_CHAR}_:0-9]|{ESCAPE})(?:[{CHAR}:]++|{ESCAPE}|\.++(?=[{CHAR}:]|{ESCAPE}))*+"
)
NUMBER: Final = r"""
    (?P<double>(?:[0-9]++\.[0-9]*+|\.[0-9]++|[0-9]++)[eE][+-]?[0-9]++)
    |(?P<decimal>[0-9]*+\.[0-9]++)
    |(?P<integer>[0-9]++)"""

TOKEN: Final = re.compile(
    rf"""
    (?P<space>[ \t\r\n]++|\#[^\r\n]*+)
    |(?P<variable>[?$][{BASE_CHAR}_0-9][{BASE_CHAR}_0-9\u00b7\u0300-\u036f\u203f-\u2040]*+)
    |(?P<name>(?:[{BASE_CHAR}]{DOTTED})?+:(?:{LOCAL})?+)
    |(?P<blank>_:[{BASE_CHAR}_0-9]{DOTTED})
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*+(?![{CHAR}]|\.++[{CHAR}]))
    |(?P<run>[{BASE_CHAR}_]{DOTTED})
    |(?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]++|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*+>)
    |(?P<long>\"{{3}}(?:[^"\\]++|\\.|"(?!""))*+\"{{3}}|'{{3}}(?:[^'\\]++|\\.|'(?!''))*+'{{3}})
    |(?P<string>(?!\"{{3}}|'{{3}})(?:"(?:[^"\\\r\n]++|\\.)*+"|'(?:[^'\\\r\n]++|\\.)*+'))
    |(?P<unclosed>(?:\"{{3}}|'{{3}}).*+|["'][^\r\n]*+)
    |(?P<language>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)
    |{NUMBER}
    |(?P<sign>\|\||&&|\^\^|!=|<=|>=|<<(?![^<>"{{}}|^`\\\x00-\x20]*+>)|>>|\{{\||\|\}}|\\++|.)
    """,
    re.VERBOSE | re.DOTALL,
)
"""Every repetition is possessive: none is tried a second time with fewer characters.

Only a colon tells a prefix from a keyword, so that a run such as `a.a.a` is looked through for one;
`run` then consumes it whole, lest each of its parts be looked through again. `<<` opens a triple
term unless its second sign opens an IRI: `?a<<http://example.org/>` is a comparison.
"""

RUN: Final = re.compile(rf"(?P<word>[A-Za-z_][A-Za-z0-9_]*+)|{NUMBER}|(?P<sign>.)", re.VERBOSE)
"""The tokens of a run without a colon after it: `true.FILTER` is a keyword, a dot, a keyword."""

OPENING_BRACKETS: Final = frozenset({"(", "{", "[", "<<", "{|"})
CLOSING_BRACKETS: Final = frozenset({")", "}", "]", ">>", "|}"})


class Token(NamedTuple):
    """A piece of a text: its kind (a group of TOKEN), its characters, and where it starts."""

    kind: str
    text: str
    start: int

    @property
    def keyword(self) -> str:
        """The keyword in upper case; "" if the token is something else."""
        return self.text.upper() if self.kind == "word" else ""


def scan_tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text, without white space and comments."""
    for match in TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "run":
            for part in RUN.finditer(text, *match.span()):
                yield Token(str(part.lastgroup), part.group(), part.start())
        elif kind != "space":
            yield Token(str(kind), match.group(), match.start())


def scan_top_level(text: str) -> list[Token]:
    """Return the tokens outside all brackets, with the outermost brackets themselves."""
    outermost, depth = [], 0
    for token in scan_tokens(text):
        depth -= token.kind == "sign" and token.text in CLOSING_BRACKETS
        if depth <= 0:
            outermost.append(token)
        depth += token.kind == "sign" and token.text in OPENING_BRACKETS
    return outermost


def locate(text: str, start: int) -> tuple[int, int]:
    """Return the line and column of a character by its index, counted from 1."""
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
