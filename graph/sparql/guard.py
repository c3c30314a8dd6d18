"""The guard: refuses a text that the engine would hang or crash on, before the engine sees it.

A linear scan over tokens, without a grammar. The server is safe without it, since a query runs in a
worker that may die; the guard spares the client the deadline: it refuses at once, with line and
column. The limits were measured with each construct on pyoxigraph 0.5.13: the optimiser is cubic
in the members of one group, and quadratic in the operators of a query; at the limits it ends within
the usual deadline. IN, VALUES and arguments are linear, so the limit of bytes bounds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Final

from graph.errors import ForbiddenError, LimitError
from graph.sparql.prologue import Prologue
from graph.sparql.token import CLOSING_BRACKETS, OPENING_BRACKETS, Token, locate, scan_tokens
from ontology.namespace import PREFIXES

OPERATORS: Final = frozenset(
    {"||", "&&", "+", "-", "*", "/", "=", "!=", "<", ">", "<=", ">=", "|", "!"}
)
OPERATOR_WORDS: Final = frozenset({"UNION", "FILTER", "BIND", "MINUS", "EXISTS", "AS", "SERVICE"})

OPENS_DATA: Final = frozenset({"VALUES", "CONSTRUCT", "INSERT", "DELETE", "DATA"})
NAMES_GRAPHS: Final = frozenset({"GRAPH", "FROM"})
"""The words with which a query names a graph."""

TERMS: Final = frozenset({"A", "TRUE", "FALSE", "UNDEF"})
NESTING: Final = "levels of nesting"
QUERY_BYTES: Final = "bytes in a query"
MAX_CACHED_QUERY_CHARACTERS: Final = 4096
"""The longest query for which the cache keeps the guard's verdict."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a text; the service description publishes them by these names.

    `services` bounds the SERVICE clauses of a query; 0 forbids them. An update may have none.
    """

    query_bytes: int = 1 << 20
    update_bytes: int = 16 << 20
    nesting: int = 128
    patterns: int = 128
    operators: int = 2048
    repeats: int = 4
    services: int = 0


def check_query(text: str, limits: Limits) -> bool:
    """Return whether a query may look into a named graph, or choose its own default graph.

    Raises LimitError or ForbiddenError unless the engine may see it.
    """
    scan = cached_scan_query if len(text) <= MAX_CACHED_QUERY_CHARACTERS else scan_query
    return scan(text, limits)


def scan_query(text: str, limits: Limits) -> bool:
    """Do the work of `check_query`, without its cache.

    A text with numeric escapes may name a graph: they can spell a keyword (SPARQL 1.1 Query, 19.2).
    """
    require_bytes(text, limits.query_bytes, QUERY_BYTES)
    guard = Guard(text, limits)
    guard.scan()
    return guard.names_a_graph or "\\u" in text or "\\U" in text


cached_scan_query: Final = lru_cache(maxsize=1024)(scan_query)


def check_update(text: str, limits: Limits) -> None:
    """Raise LimitError or ForbiddenError unless the engine may see the update."""
    require_bytes(text, limits.update_bytes, "bytes in an update")
    Guard(text, limits, update=True).scan()


def require_bytes(text: str, limit: int, name: str) -> None:
    """Raise LimitError if the text is longer than so many bytes of UTF-8."""
    if len(text) > limit or len(text.encode(errors="surrogatepass")) > limit:
        raise LimitError(name, limit, *locate(text, limit))


class Scope(Enum):
    """The kinds of contents of two brackets, by their cost."""

    TOP = auto()
    GROUP = auto()
    """A group graph pattern, whose members the optimiser joins."""
    TERM = auto()
    """A path, a collection, or a blank node's properties."""
    EXPRESSION = auto()
    DATA = auto()
    """A template, or the rows of VALUES: read once, never joined."""


@dataclass(slots=True)
class Bracket:
    """An open bracket: its scope, the members of its group, and the repetitions nested in it."""

    scope: Scope
    group: Bracket | None = None
    members: int = 0
    repeats: int = 0


class Guard:
    """One scan of one text."""

    def __init__(self, text: str, limits: Limits, *, update: bool = False) -> None:
        self._text = text
        self._limits = limits
        self._update = update
        self._brackets = [Bracket(Scope.TOP)]
        self._closed = 0
        self._next: Scope | None = None
        self._operators = 0
        self._services = 0
        self._prologue = Prologue(PREFIXES)
        self.names_a_graph = False

    def scan(self) -> None:
        """Raise LimitError or ForbiddenError at the first token that goes too far."""
        for token in scan_tokens(self._text):
            bracket = self._brackets[-1]
            if token.kind == "sign":
                self._read_sign(token, bracket)
            elif token.kind == "word":
                self._read_word(token, bracket)
            elif token.kind != "language":  # a part of the string before it
                self._read_term(token, bracket)
            self._prologue.read(token)

    def _read_sign(self, token: Token, bracket: Bracket) -> None:
        """Read a bracket, a separator or an operator."""
        if token.text in OPENING_BRACKETS:
            self._open_bracket(token, bracket)
        elif token.text in CLOSING_BRACKETS:
            if len(self._brackets) > 1:
                self._closed = self._brackets.pop().repeats
        elif bracket.scope in {Scope.GROUP, Scope.TERM}:
            if token.text in ".;,/":
                self._count_member(token, bracket)
            elif token.text == "|":
                self._count_operator(token)
            elif token.text in "*+?" and self._prologue.last_two[1] == ")":
                bracket.repeats = max(bracket.repeats, self._closed + 1)
                self._require(
                    bracket.repeats, self._limits.repeats, "repeated paths in one another", token
                )
        elif bracket.scope is not Scope.DATA and token.text in OPERATORS:
            self._count_operator(token)

    def _read_word(self, token: Token, bracket: Bracket) -> None:
        """Read a keyword, or the name of a function."""
        word = token.text.upper()
        if word in NAMES_GRAPHS:
            self.names_a_graph = True
        if bracket.scope is Scope.DATA:
            return
        if word in OPENS_DATA:
            self._next = Scope.DATA
        elif word == "WHERE":
            self._next = None
        if word in OPERATOR_WORDS:
            self._count_operator(token)

    def _read_term(self, token: Token, bracket: Bracket) -> None:
        """Read an IRI, a name, a variable, a number or a string."""
        before = self._prologue.last_two
        if before[1] == "LOAD" and self._update and bracket.scope is Scope.TOP:
            raise self._forbidden_error("LOAD is not allowed: send the data itself", token)
        if before[1] == "SERVICE" or before == ("SERVICE", "SILENT"):
            self._read_service(token)
        if bracket.scope is Scope.TERM:
            self._count_member(token, bracket)
        elif bracket.scope is Scope.TOP and token.kind in {"iri", "name"}:
            self._count_operator(token)

    def _read_service(self, token: Token) -> None:
        """Read the name of an endpoint that a query asks."""
        if self._update or not self._limits.services:
            raise self._forbidden_error("SERVICE is not allowed: this server asks no other", token)
        if token.kind == "variable":
            raise self._forbidden_error(
                "SERVICE of a variable is not allowed: name the endpoint", token
            )
        self._services += 1
        self._require(self._services, self._limits.services, "SERVICE in one query", token)

    def _open_bracket(self, token: Token, bracket: Bracket) -> None:
        """Read an opening bracket."""
        scope = self._opened_scope(token, bracket)
        if token.text in {"{", "[", "<<"}:
            self._count_member(token, bracket)
        opened = Bracket(scope, group=None if scope is Scope.GROUP else bracket.group or bracket)
        self._brackets.append(opened)
        self._require(len(self._brackets) - 1, self._limits.nesting, NESTING, token)

    def _opened_scope(self, token: Token, bracket: Bracket) -> Scope:
        """Return the scope that a bracket opens."""
        if bracket.scope is Scope.DATA:
            return Scope.DATA
        if token.text == "{":
            scope, self._next = self._next or Scope.GROUP, None
            return scope
        if bracket.scope is Scope.EXPRESSION or self._next is Scope.DATA:
            return bracket.scope if bracket.scope is Scope.EXPRESSION else Scope.DATA
        second_last, last = self._prologue.last_two
        calls = last.isalpha() and last not in TERMS
        opens = bracket.scope is Scope.TOP or calls or second_last in {"FILTER", "HAVING"}
        if token.text == "(" and opens:
            return Scope.EXPRESSION
        return Scope.TERM

    def _count_member(self, token: Token, bracket: Bracket) -> None:
        """Count one more member of the group that a bracket belongs to."""
        if bracket.scope in {Scope.GROUP, Scope.TERM}:
            group = bracket.group or bracket
            group.members += 1
            self._require(group.members, self._limits.patterns, "patterns in one group", token)

    def _count_operator(self, token: Token) -> None:
        """Count one more operator in the text."""
        self._operators += 1
        self._require(self._operators, self._limits.operators, "operators in one text", token)

    def _forbidden_error(self, message: str, token: Token) -> ForbiddenError:
        """Return the error about a token that is not allowed, with its line and column."""
        line, column = locate(self._text, token.start)
        return ForbiddenError(f"line {line}, column {column}: {message}")

    def _require(self, count: int, limit: int, name: str, token: Token) -> None:
        """Raise LimitError if a count is beyond its limit."""
        if count > limit:
            raise LimitError(name, limit, *locate(self._text, token.start))
