"""The prologue of a SPARQL text: its prefixes and its base; and its dataset clause."""

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
    """The IRIs of the FROM and FROM NAMED clauses of a query (section 13.2)."""

    default: tuple[str, ...]
    named: tuple[str, ...]


class Prologue:
    """The prefixes and the base that the tokens read so far declare."""

    __slots__ = ("_base", "_before", "_prefixes")

    def __init__(self, prefixes: Mapping[str, str], base: str = "") -> None:
        self._prefixes = dict(prefixes)
        self._base = base
        self._before = ("", "")

    @property
    def last_two(self) -> tuple[str, str]:
        """The texts of the last two tokens, keywords in upper case."""
        return self._before

    def read(self, token: Token) -> None:
        """Read the next token."""
        if token.kind == "iri":
            if self._before[1] == "BASE":
                self._base = self.resolve(token)
            elif self._before[0] == "PREFIX":
                self._prefixes[self._before[1].removesuffix(":")] = self.resolve(token)
        self._before = (self._before[1], token.keyword or token.text)

    def resolve(self, token: Token) -> str:
        """Return the IRI of an IRI reference or a prefixed name (section 4.1.1)."""
        if token.kind == "iri":
            reference = UNICODE_ESCAPE.sub(unescape_code_point, token.text[1:-1])
            return urljoin(self._base, reference) if self._base else reference
        prefix, _, local = token.text.partition(":")
        return self._prefixes.get(prefix, "") + re.sub(r"\\(.)", r"\1", local)


def unescape_code_point(match: re.Match[str]) -> str:
    """Return the character of a numeric escape (SPARQL 1.1 Query, section 19.2)."""
    code = int(match.group().lstrip("\\uU"), base=16)
    return chr(code) if code <= sys.maxunicode else ""


def read_dataset_clause(text: str, prefixes: Mapping[str, str], base: str = "") -> DatasetClause:
    """Return the dataset clause of a query (SPARQL 1.1 Query, section 13.2)."""
    if "from" not in text.lower():
        return DatasetClause((), ())
    prologue = Prologue(prefixes, base)
    default: list[str] = []
    named: list[str] = []
    depth = 0
    for token in scan_tokens(text):
        depth += (token.text in OPENING_BRACKETS) - (token.text in CLOSING_BRACKETS)
        if depth == 0 and token.kind in {"iri", "name"}:
            if prologue.last_two[1] == "FROM":
                default.append(prologue.resolve(token))
            elif prologue.last_two == ("FROM", "NAMED"):
                named.append(prologue.resolve(token))
        prologue.read(token)
    return DatasetClause(tuple(dict.fromkeys(default)), tuple(dict.fromkeys(named)))
