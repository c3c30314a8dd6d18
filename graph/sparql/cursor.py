"""A place in a SPARQL text: looks one terminal ahead, and counts how deep the brackets are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from graph.errors import UnreadableQueryError
from graph.sparql.terminal import Terminal, terminals

MAX_DEPTH: Final = 50
"""Brackets within brackets: at five Python frames each, far from the interpreter's limit."""

T = TypeVar("T")


class Cursor:
    """Walks the terminals of a text from left to right."""

    def __init__(self, text: str) -> None:
        self.terminals = list(terminals(text))
        self.index = 0
        self.depth = 0

    @property
    def terminal(self) -> Terminal:
        """The terminal at the cursor."""
        return self.terminals[self.index]

    @property
    def following(self) -> Terminal:
        """The terminal after that."""
        return self.terminals[min(self.index + 1, len(self.terminals) - 1)]

    def advance(self) -> Terminal:
        """Return the terminal at the cursor and step past it."""
        terminal = self.terminal
        self.index = min(self.index + 1, len(self.terminals) - 1)
        return terminal

    def at(self, *signs: str) -> bool:
        """Whether one of these signs is next."""
        return self.terminal.kind == "sign" and self.terminal.text in signs

    def at_word(self, *words: str) -> bool:
        """Whether one of these keywords is next, in any case."""
        return self.terminal.kind == "word" and self.terminal.text.upper() in words

    def take(self, *signs: str) -> bool:
        """Step past one of these signs if it is next."""
        return self.at(*signs) and bool(self.advance())

    def take_word(self, *words: str) -> bool:
        """Step past one of these keywords if it is next."""
        return self.at_word(*words) and bool(self.advance())

    def expect(self, sign: str) -> None:
        """Step past a sign that must be next."""
        if not self.take(sign):
            raise self.unreadable(sign)

    def expect_word(self, word: str) -> None:
        """Step past a keyword that must be next."""
        if not self.take_word(word):
            raise self.unreadable(word)

    def unreadable(self, expected: str) -> UnreadableQueryError:
        """Return the error that names what was expected here."""
        found = self.terminal.text or "the end"
        return UnreadableQueryError(f"{expected} expected, found {found!r}")

    def nested(self, rule: Callable[[], T]) -> T:
        """Apply a rule one bracket deeper; raises UnreadableQueryError past MAX_DEPTH."""
        if self.depth >= MAX_DEPTH:
            raise UnreadableQueryError(f"more than {MAX_DEPTH} brackets within brackets")
        self.depth += 1
        result = rule()
        self.depth -= 1
        return result
