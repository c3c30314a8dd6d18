"""A place in a SPARQL text: looks one word ahead, and counts how deep the brackets are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from graph.errors import UnreadableQueryError
from graph.sparql.token import Token, tokens

MAX_DEPTH: Final = 50
"""Brackets within brackets: at five Python frames each, far from the interpreter's limit."""

T = TypeVar("T")


class Cursor:
    """Walks the words of a text from left to right."""

    def __init__(self, text: str) -> None:
        self.tokens = list(tokens(text))
        self.index = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        """The word at the cursor."""
        return self.tokens[self.index]

    @property
    def following(self) -> Token:
        """The word after that."""
        return self.tokens[min(self.index + 1, len(self.tokens) - 1)]

    def advance(self) -> Token:
        """Return the word at the cursor and step past it."""
        token = self.token
        self.index = min(self.index + 1, len(self.tokens) - 1)
        return token

    def at(self, *signs: str) -> bool:
        """Whether one of these signs is next."""
        return self.token.kind == "sign" and self.token.text in signs

    def at_word(self, *words: str) -> bool:
        """Whether one of these keywords is next, in any case."""
        return self.token.kind == "word" and self.token.text.upper() in words

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
        return UnreadableQueryError(f"{expected} expected, found {self.token.text or 'the end'!r}")

    def nested(self, rule: Callable[[], T]) -> T:
        """Apply a rule one bracket deeper; raises UnreadableQueryError past MAX_DEPTH."""
        if self.depth >= MAX_DEPTH:
            raise UnreadableQueryError(f"more than {MAX_DEPTH} brackets within brackets")
        self.depth += 1
        result = rule()
        self.depth -= 1
        return result
