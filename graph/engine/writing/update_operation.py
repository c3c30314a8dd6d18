"""The operations of an update, told apart by their tokens (SPARQL 1.1 Update, section 3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from graph.sparql.lenient_lexer import Token, top_level

DECLARATIONS: Final = {"PREFIX": 3, "BASE": 2, "VERSION": 2}
"""The words of a prologue, and how many tokens each declaration has."""


@dataclass(frozen=True, slots=True)
class UpdateOperation:
    """One operation of a text: its tokens in no bracket, and the prologue that holds for it."""

    prologue: str
    source: str
    tokens: tuple[Token, ...]

    @property
    def text(self) -> str:
        """The operation as it is written, without its prologue."""
        return between(self.source, self.tokens)

    @property
    def words(self) -> list[str]:
        """Its keywords in upper case, an empty text for each token that is none."""
        return [token.text.upper() if token.kind == "word" else "" for token in self.tokens]

    @property
    def names(self) -> list[str]:
        """The graphs that it names, as they are written; DEFAULT is a graph too."""
        return [
            token.text
            for token, word in zip(self.tokens, self.words, strict=True)
            if token.kind in {"iri", "name"} or word == "DEFAULT"
        ]

    @property
    def template(self) -> str:
        """The graph that its templates are written for: WITH and its name, or nothing."""
        return between(self.source, self.tokens[:2]) if self.words[0] == "WITH" else ""

    @property
    def dataset(self) -> str:
        """Its USING clauses, as the FROM clauses of a query."""
        words = self.words
        start, end = words.index("USING") if "USING" in words else 0, words.index("WHERE")
        parts = zip(self.tokens[start:end] if start else (), words[start:end], strict=False)
        return " ".join("FROM" if word == "USING" else token.text for token, word in parts)

    def block(self, keyword: str) -> str | None:
        """Return what stands in the braces after a keyword, or None where none follow it."""
        for place, word in enumerate(self.words[:-1]):
            if word == keyword and self.tokens[place + 1].text == "{":
                opening, closing = self.tokens[place + 1], self.tokens[place + 2]
                return self.source[opening.start + 1 : closing.start]
        return None


def operations(text: str) -> list[UpdateOperation]:
    """Return the operations of an update, first to last; the text must be one."""
    found, prologue = [], ""
    for tokens in parted(top_level(text)):
        place = 0
        while place < len(tokens) and (word := tokens[place].text.upper()) in DECLARATIONS:
            place += DECLARATIONS[word]
        prologue += between(text, tokens[:place]) + "\n"
        if tokens[place:]:
            found.append(UpdateOperation(prologue, text, tokens[place:]))
    return found


def parted(tokens: list[Token]) -> Iterator[tuple[Token, ...]]:
    """Yield the tokens between one semicolon and the next."""
    part: list[Token] = []
    for token in tokens:
        if token.text == ";":
            yield tuple(part)
            part = []
        else:
            part.append(token)
    yield tuple(part)


def between(text: str, tokens: tuple[Token, ...]) -> str:
    """Return the text from the first of some tokens to the last, nothing where there are none."""
    if not tokens:
        return ""
    return text[tokens[0].start : tokens[-1].start + len(tokens[-1].text)]
