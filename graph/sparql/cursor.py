"""A cursor over the tokens of a SPARQL text: looks one token ahead, counts nested brackets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from graph.errors import UnreadableQueryError
from graph.sparql.token import Token, scan_tokens

MAX_DEPTH: Final = 50
"""Brackets within brackets: at five Python frames each, far from the interpreter's limit."""

LONGEST_SHOWN: Final = 40
"""The characters of a token in a message."""

SIGNS: Final = frozenset(
    {*("^^", "&&", "||", "!=", "<=", ">="), *("<<", ">>", "{|", "|}"), *"{}()[].,;*+-/|^!=<>?~"},
)
"""The signs of SPARQL 1.1, and those of the triple terms of SPARQL 1.2."""

T = TypeVar("T")


class Cursor:
    """Moves over the tokens of a text; raises UnreadableQueryError if one is not of SPARQL."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [*scan_tokens(text), Token("end", "", len(text))]
        self.index = 0
        self.depth = 0
        for token in self.tokens:
            if token.kind == "unclosed" or (token.kind == "sign" and token.text not in SIGNS):
                words = (
                    "a string is not closed" if token.kind == "unclosed" else "no token of SPARQL"
                )
                raise UnreadableQueryError(f"{words}: {token.text[:LONGEST_SHOWN]}", token.start)

    @property
    def token(self) -> Token:
        """The token at the cursor; past the last one, a token of the kind `end`."""
        return self.tokens[self.index]

    @property
    def next_token(self) -> Token:
        """The token after the one at the cursor."""
        return self.tokens[min(self.index + 1, len(self.tokens) - 1)]

    def advance(self) -> Token:
        """Return the token at the cursor and step past it."""
        token = self.token
        self.index = min(self.index + 1, len(self.tokens) - 1)
        return token

    def is_at(self, *signs: str) -> bool:
        """Return whether the cursor is at one of these signs."""
        return self.token.kind == "sign" and self.token.text in signs

    def is_at_word(self, *words: str) -> bool:
        """Return whether the cursor is at one of these keywords, in any case."""
        return self.token.keyword in words

    def take(self, *signs: str) -> bool:
        """Step past one of these signs; return False if the cursor is at another token."""
        return self.is_at(*signs) and bool(self.advance())

    def take_word(self, *words: str) -> bool:
        """Step past one of these keywords; return False if the cursor is at another token."""
        return self.is_at_word(*words) and bool(self.advance())

    def expect(self, sign: str) -> None:
        """Step past a sign; raises UnreadableQueryError if the cursor is at another token."""
        if not self.take(sign):
            raise self.complain(sign)

    def expect_word(self, word: str) -> None:
        """Step past a keyword; raises UnreadableQueryError if the cursor is at another token."""
        if not self.take_word(word):
            raise self.complain(word)

    def complain(self, expected: str) -> UnreadableQueryError:
        """Return the error that names the expected token, and the one at the cursor.

        If that begins a later line, the expected one is missing after the token before.
        """
        token = self.token
        before = self.tokens[self.index - 1] if self.index else token
        if before is not token and (token.kind == "end" or self.is_on_later_line(before)):
            shown = before.text[-LONGEST_SHOWN:]
            end = before.start + len(before.text) - 1
            return UnreadableQueryError(f"{expected} expected after {shown}", end)
        shown = token.text[:LONGEST_SHOWN] or "the end"
        return UnreadableQueryError(f"{expected} expected, not {shown}", token.start)

    def is_on_later_line(self, before: Token) -> bool:
        """Return whether a line ends between a token and the one at the cursor."""
        return "\n" in self.text[before.start + len(before.text) : self.token.start]

    def nest(self, rule: Callable[[], T]) -> T:
        """Apply a rule one bracket deeper; raises UnreadableQueryError past MAX_DEPTH."""
        if self.depth >= MAX_DEPTH:
            raise UnreadableQueryError(f"more than {MAX_DEPTH} brackets within brackets")
        self.depth += 1
        result = rule()
        self.depth -= 1
        return result
