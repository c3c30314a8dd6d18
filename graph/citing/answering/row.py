"""The rows of an answer: their terms are numbers until a row is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias, overload

from graph.citing.answering.writing import Cells, Pieces, bindings
from graph.citing.following.solution import Key, Numbering
from graph.reasoning.facts.fact import Lexicon
from graph.reasoning.rules.axiom import Term

TermRow: TypeAlias = tuple[Term | None, ...]
"""A term for each column, None where none is bound."""


class Rows(Sequence[TermRow]):
    """Rows in their order."""

    def __init__(self, keys: Sequence[Key], terms: Numbering) -> None:
        self.keys = keys
        self.terms = terms

    @classmethod
    def of(cls, rows: Iterable[TermRow]) -> Rows:
        """Return rows that are read already."""
        terms = Numbering(Lexicon())
        return cls([tuple(map(terms.__getitem__, row)) for row in rows], terms)

    def __len__(self) -> int:
        return len(self.keys)

    @overload
    def __getitem__(self, place: int) -> TermRow: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[TermRow]: ...
    def __getitem__(self, place: int | slice) -> TermRow | Sequence[TermRow]:
        if isinstance(place, slice):
            return Rows(self.keys[place], self.terms)
        return tuple(map(self.terms.named.__getitem__, self.keys[place]))

    def json(self, variables: Sequence[str]) -> Pieces:
        """Return all rows as bindings, with commas between them."""
        return bindings([Cells(variable, self.terms) for variable in variables], self.keys)
