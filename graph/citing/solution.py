"""Solutions as columns of numbers: each term of an answer is read once, whatever rows it is in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, compress, repeat
from typing import Final, TypeAlias

from pyoxigraph import BlankNode, QuerySolutions, Variable

from graph.axiom import Term
from graph.fact import Lexicon

Key: TypeAlias = tuple[int, ...]
"""The values of a row, in the order of the columns."""

Row: TypeAlias = Mapping[Variable, int]
"""The values of a solution; a variable that is not in it is unbound."""

UNBOUND: Final = -1

BLANK: Final = BlankNode("any")
"""Every blank node of a constructed graph, since they are the same only up to renaming."""


class Numbering(dict[Term | None, int]):
    """The number of each term that was met: the lexicon's, or a new one, which is below zero."""

    def __init__(self, lexicon: Lexicon) -> None:
        super().__init__({None: UNBOUND})
        self.lexicon = lexicon
        self.named: dict[int, Term | None] = {UNBOUND: None}

    def __missing__(self, term: Term) -> int:
        number = self.lexicon.numbers.get(term, UNBOUND - len(self.named))
        self[term] = number
        self.named[number] = term
        return number

    def blanked(self, key: Key) -> Key:
        """Return a row with its blank nodes alike."""
        return tuple(
            self[BLANK] if isinstance(self.named[number], BlankNode) else number for number in key
        )

    def rows(self, keys: Sequence[Key]) -> list[tuple[Term | None, ...]]:
        """Return rows as terms."""
        named = self.named.__getitem__
        if not keys or not keys[0]:
            return [() for _ in keys]
        return list(zip(*(map(named, column) for column in zip(*keys, strict=True)), strict=True))


@dataclass(frozen=True, slots=True)
class Solutions:
    """So many solutions; a variable without a column is bound in none of them."""

    size: int
    columns: Mapping[Variable, Sequence[int]]

    @classmethod
    def read(cls, found: QuerySolutions, terms: Numbering) -> Solutions:
        """Return the solutions that the engine finds, numbered without a step of our own each."""
        names = found.variables
        if not names:
            return cls(sum(1 for _ in found), {})
        flat = list(map(terms.__getitem__, chain.from_iterable(found)))
        width = len(names)
        columns = {name: flat[place::width] for place, name in enumerate(names)}
        return cls(len(flat) // width, columns)

    def column(self, variable: Variable) -> Sequence[int]:
        """Return the values of a variable."""
        return self.columns.get(variable) or [UNBOUND] * self.size

    def rows(self, variables: Sequence[Variable]) -> Iterator[Key]:
        """Yield the values of some variables in each solution."""
        if not variables:
            return repeat((), self.size)
        return zip(*map(self.column, variables), strict=True)

    def where(self, chosen: Sequence[bool]) -> Solutions:
        """Return some of the solutions."""
        columns = {name: list(compress(column, chosen)) for name, column in self.columns.items()}
        return Solutions(sum(chosen), columns)
