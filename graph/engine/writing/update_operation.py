"""The operations of an update, separated by their tokens (SPARQL 1.1 Update, section 3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from graph.sparql.token import Token, scan_top_level

DECLARATIONS: Final = {"PREFIX": 3, "BASE": 2, "VERSION": 2}
"""The keywords of a prologue, and the number of tokens of each declaration."""


@dataclass(frozen=True, slots=True)
class UpdateOperation:
    """One operation of a text: its tokens outside brackets, and the prologue that applies to it."""

    prologue: str
    source: str
    tokens: tuple[Token, ...]

    @property
    def text(self) -> str:
        """The text of the operation, without its prologue."""
        return text_between(self.source, self.tokens)

    @property
    def words(self) -> list[str]:
        """Its keywords in upper case, with "" for each token that is no keyword."""
        return [token.text.upper() if token.kind == "word" else "" for token in self.tokens]

    @property
    def names(self) -> list[str]:
        """The graphs that it names, as written; DEFAULT counts as a graph."""
        return [
            token.text
            for token, word in zip(self.tokens, self.words, strict=True)
            if token.kind in {"iri", "name"} or word == "DEFAULT"
        ]

    @property
    def template(self) -> str:
        """The WITH clause, which names the graph of its templates, or ""."""
        return text_between(self.source, self.tokens[:2]) if self.words[0] == "WITH" else ""

    @property
    def dataset(self) -> str:
        """Its USING clauses, as the FROM clauses of a query."""
        words = self.words
        start, end = words.index("USING") if "USING" in words else 0, words.index("WHERE")
        parts = zip(self.tokens[start:end] if start else (), words[start:end], strict=False)
        return " ".join("FROM" if word == "USING" else token.text for token, word in parts)

    def block(self, keyword: str) -> str | None:
        """Return the text in the braces after a keyword, or None without braces."""
        for index, word in enumerate(self.words[:-1]):
            if word == keyword and self.tokens[index + 1].text == "{":
                opening, closing = self.tokens[index + 1], self.tokens[index + 2]
                return self.source[opening.start + 1 : closing.start]
        return None


def split_operations(text: str) -> list[UpdateOperation]:
    """Return the operations of an update, first to last; the text must be a valid update."""
    operations, prologue = [], ""
    for tokens in split_at_semicolons(scan_top_level(text)):
        start = 0
        while start < len(tokens) and (word := tokens[start].text.upper()) in DECLARATIONS:
            start += DECLARATIONS[word]
        prologue += text_between(text, tokens[:start]) + "\n"
        if tokens[start:]:
            operations.append(UpdateOperation(prologue, text, tokens[start:]))
    return operations


def split_at_semicolons(tokens: list[Token]) -> Iterator[tuple[Token, ...]]:
    """Yield the tokens between one semicolon and the next."""
    part: list[Token] = []
    for token in tokens:
        if token.text == ";":
            yield tuple(part)
            part = []
        else:
            part.append(token)
    yield tuple(part)


def text_between(text: str, tokens: tuple[Token, ...]) -> str:
    """Return the text from the first token to the last, "" without tokens."""
    if not tokens:
        return ""
    return text[tokens[0].start : tokens[-1].start + len(tokens[-1].text)]
