"""Solutions as columns of numbers: each term of an answer is read once, in any number of rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, repeat
from math import inf
from typing import IO, Final, Self, TypeAlias, TypeVar, cast

from pyoxigraph import (
    BlankNode,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Variable,
    parse,
)

from ontology.terms import RdfTerm

K = TypeVar("K")
V = TypeVar("V")

Key: TypeAlias = tuple[int, ...]
"""The values of a row, in the order of the columns."""

TermRow: TypeAlias = tuple[RdfTerm | None, ...]
"""A term for each column, None if the column is unbound."""

UNBOUND: Final = 0
"""The number of an unbound value."""

BLANK: Final = BlankNode("any")
"""Every blank node of a constructed graph, since two runs name blank nodes differently."""


class Memo(dict[K, V]):
    """Values by key, each computed at first use; at most so many are kept."""

    def __init__(self, make: Callable[[K], V], most: float = inf) -> None:
        super().__init__()
        self.make = make
        self.most = most

    def __missing__(self, key: K) -> V:
        if len(self) >= self.most:
            self.clear()
        value = self[key] = self.make(key)
        return value


class TermNumbers:
    """The terms of one answer by numbers, which count up as terms occur.

    `cells` has the numbers by the bytes of a cell in a table.
    """

    def __init__(self) -> None:
        self.by_number: list[RdfTerm | None] = []
        self.numbers = Memo(self.enter)
        self.number = self.numbers.__getitem__
        self.cells: Memo[bytes, int] = Memo(lambda cell: self.number(parse_cell(cell)))
        self.cells[b""] = self.number(None)

    def enter(self, term: RdfTerm | None) -> int:
        """Return the number of a new term."""
        self.by_number.append(term)
        return len(self.by_number) - 1

    def __getitem__(self, number: int) -> RdfTerm | None:
        return self.by_number[number]

    def key(self, row: Iterable[RdfTerm | None]) -> Key:
        """Return a row as numbers."""
        return tuple(map(self.number, row))

    def row(self, key: Key) -> TermRow:
        """Return a row as terms."""
        return tuple(map(self.by_number.__getitem__, key))

    def rows(self, keys: Sequence[Key]) -> list[TermRow]:
        """Return rows as terms, column by column."""
        columns = [map(self.by_number.__getitem__, column) for column in zip(*keys, strict=True)]
        return list(zip(*columns, strict=True)) if columns else [()] * len(keys)

    def merge_blanks(self, key: Key) -> Key:
        """Return a row with one term for all its blank nodes."""
        return tuple(
            self.number(BLANK) if isinstance(self[number], BlankNode) else number for number in key
        )


class TsvReader:
    """The cells of solutions as numbers, row by row, from the bytes that the engine writes.

    It writes tab-separated values (https://www.w3.org/TR/sparql11-results-csv-tsv/), in half the
    time that it takes to make terms; the reader skips the first line, which names the variables.
    """

    def __init__(self, terms: TermNumbers) -> None:
        self.number = terms.cells.__getitem__
        self.numbers: list[int] = []
        self.rest = b""
        self.started = False

    def write(self, chunk: bytes) -> int:
        """Take a chunk and return its length."""
        lines, end, self.rest = (self.rest + chunk).rpartition(b"\n")
        if end and not self.started:
            _, end, lines = lines.partition(b"\n")
            self.started = True
        if end:
            self.numbers.extend(map(self.number, lines.replace(b"\n", b"\t").split(b"\t")))
        return len(chunk)

    def flush(self) -> None:
        """Do nothing: `write` keeps no cell back."""


@dataclass(frozen=True, slots=True)
class SolutionSequence:
    """A number of solutions; a variable without a column is unbound in all of them."""

    size: int
    columns: Mapping[Variable, Sequence[int]]

    @classmethod
    def read(cls, answer: QuerySolutions, terms: TermNumbers) -> Self:
        """Return the solutions of the engine, numbered without a Python step for each."""
        names = answer.variables
        table = TsvReader(terms)
        answer.serialize(cast("IO[bytes]", table), QueryResultsFormat.TSV)
        width = len(names) or 1
        columns = {name: table.numbers[number::width] for number, name in enumerate(names)}
        return cls(len(table.numbers) // width, columns)

    def column(self, variable: Variable) -> Sequence[int]:
        """Return the values of a variable."""
        return self.columns.get(variable) or [UNBOUND] * self.size

    def rows(self, variables: Sequence[Variable]) -> Iterator[Key]:
        """Yield the values of some variables in each solution."""
        if not variables:
            return repeat((), self.size)
        return zip(*map(self.column, variables), strict=True)

    def group(self, variables: Sequence[Variable]) -> dict[Key, list[int]]:
        """Return the numbers of the solutions by the values of some variables."""
        groups: dict[Key, list[int]] = defaultdict(list)
        for number, key in enumerate(self.rows(variables)):
            groups[key].append(number)
        return groups

    def filter(self, chosen: Sequence[bool]) -> Self:
        """Return the chosen solutions."""
        columns = {name: list(compress(column, chosen)) for name, column in self.columns.items()}
        return type(self)(sum(chosen), columns)


def parse_cell(cell: bytes) -> RdfTerm:
    """Return the term that a cell writes, in N-Triples or in the short forms of Turtle and TSV."""
    term: RdfTerm = next(iter(parse(b"<x:s> <x:p> %b ." % cell, RdfFormat.TURTLE))).object
    return term
