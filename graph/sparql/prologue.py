"""The top of a SPARQL text: the prefixes and base that it declares, the graphs that it names."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

from graph.sparql.token import CLOSING_BRACKETS, OPENING_BRACKETS, Token, scan_tokens

UNICODE_ESCAPE: Final = re.compile(r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}")


@dataclass(frozen=True, slots=True)
class DatasetClause:
    """The graphs that the FROM and FROM NAMED clauses of a query name."""

    default: tuple[str, ...]
    named: tuple[str, ...]


class Prologue:
    """The prefixes and the base that a text declares, as far as it has been read."""

    __slots__ = ("_base", "_before", "_prefixes")

    def __init__(self, prefixes: Mapping[str, str], base: str = "") -> None:
        self._prefixes = dict(prefixes)
        self._base = base
        self._before = ("", "")

    @property
    def before(self) -> tuple[str, str]:
        """The two tokens before the present one, words in upper case."""
        return self._before

    def read(self, token: Token) -> None:
        """Take the next token."""
        seen = token.text.upper() if token.kind == "word" else token.text
        if token.kind == "iri":
            if self._before[1] == "BASE":
                self._base = self.resolve(token)
            elif self._before[0] == "PREFIX":
                self._prefixes[self._before[1].removesuffix(":")] = self.resolve(token)
        self._before = (self._before[1], seen)

    def resolve(self, token: Token) -> str:
        """Return the IRI that an IRI reference or a prefixed name stands for."""
        if token.kind == "iri":
            reference = UNICODE_ESCAPE.sub(unescaped, token.text[1:-1])
            return urljoin(self._base, reference) if self._base else reference
        prefix, _, local = token.text.partition(":")
        return self._prefixes.get(prefix, "") + re.sub(r"\\(.)", r"\1", local)


def unescaped(match: re.Match[str]) -> str:
    """Return the character that a numeric escape stands for (SPARQL 1.1 Query, section 19.2)."""
    code = int(match.group().lstrip("\\uU"), base=16)
    return chr(code) if code <= sys.maxunicode else ""


def dataset_clause(text: str, prefixes: Mapping[str, str], base: str = "") -> DatasetClause:
    """Return the graphs that a query names in its FROM clauses (SPARQL 1.1 Query, section 13.2)."""
    if "from" not in text.lower():
        return DatasetClause((), ())
    prologue = Prologue(prefixes, base)
    default: list[str] = []
    named: list[str] = []
    depth = 0
    for token in scan_tokens(text):
        depth += (token.text in OPENING_BRACKETS) - (token.text in CLOSING_BRACKETS)
        if depth == 0 and token.kind in {"iri", "name"}:
            if prologue.before[1] == "FROM":
                default.append(prologue.resolve(token))
            elif prologue.before == ("FROM", "NAMED"):
                named.append(prologue.resolve(token))
        prologue.read(token)
    return DatasetClause(tuple(dict.fromkeys(default)), tuple(dict.fromkeys(named)))
