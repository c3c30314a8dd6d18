"""Solutions as columns of numbers: each term of an answer is read once, whatever rows it is in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, compress, repeat
from typing import IO, Final, TypeAlias, cast

from pyoxigraph import BlankNode, NamedNode, QueryResultsFormat, QuerySolutions, Variable

from graph.reasoning.facts.columns import grouped
from graph.reasoning.facts.fact import Lexicon
from graph.reasoning.facts.terms import read
from graph.reasoning.rules.axiom import Term

Key: TypeAlias = tuple[int, ...]
"""The values of a row, in the order of the columns."""

Row: TypeAlias = Mapping[Variable, int]
"""The values of a solution; a variable that is not in it is unbound."""

UNBOUND: Final = -1

MOST_SOLUTIONS: Final = 1_000_000
"""Solutions that are followed; a row that only later ones give is answered without a source."""

BLANK: Final = BlankNode("any")
"""Every blank node of a constructed graph, since they are the same only up to renaming."""


class Numbering(dict[Term | None, int]):
    """The number of each term that was met: the lexicon's, or a new one, which is below zero."""

    def __init__(self, lexicon: Lexicon) -> None:
        super().__init__({None: UNBOUND})
        self.lexicon = lexicon
        self.named = Named(lexicon)
        self.cells = Cells(self)

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

    def iri(self, number: int) -> str | None:
        """Return the text of an IRI, None where the number is that of another term or of none."""
        if number < 0:
            term = self.named[number]
            return term.value if isinstance(term, NamedNode) else None
        written = self.lexicon.terms.written(number)
        if written.startswith(b"<") and not written.startswith(b"<<"):
            return written[1:-1].decode()
        return None


class Named(dict[int, Term | None]):
    """The term of each number; a term of the lexicon is there before it was met."""

    def __init__(self, lexicon: Lexicon) -> None:
        super().__init__({UNBOUND: None})
        self.lexicon = lexicon

    def __missing__(self, number: int) -> Term:
        found = self[number] = self.lexicon.terms[number]
        return found


class Cells(dict[bytes, int]):
    """The number of each term by the bytes of its cell in a table."""

    def __init__(self, terms: Numbering) -> None:
        super().__init__({b"": UNBOUND})
        self.terms = terms

    def __missing__(self, cell: bytes) -> int:
        found = self.terms.lexicon.written.of(cell)
        if found == UNBOUND:
            found = self.terms[read(cell.decode())]
        self[cell] = found
        return found


class Table:
    """The cells of solutions as numbers, row by row, taken from what the engine writes.

    It writes tab-separated values (https://www.w3.org/TR/sparql11-results-csv-tsv/), which takes
    half the time of making terms of them; the first line, which names the variables, is skipped.
    """

    def __init__(self, terms: Numbering) -> None:
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
        """Do nothing: what is written is held already."""


@dataclass(frozen=True, slots=True)
class Solutions:
    """So many solutions; a variable without a column is bound in none of them."""

    size: int
    columns: Mapping[Variable, Sequence[int]]

    @classmethod
    def read(cls, found: QuerySolutions, terms: Numbering) -> Solutions:
        """Return the solutions that the engine finds, numbered without a step of our own each."""
        names = found.variables
        table = Table(terms)
        found.serialize(cast("IO[bytes]", table), QueryResultsFormat.TSV)
        width = len(names) or 1
        columns = {name: table.numbers[place::width] for place, name in enumerate(names)}
        return cls(len(table.numbers) // width, columns)

    @classmethod
    def joined(cls, parts: Sequence[Solutions]) -> Solutions:
        """Return the solutions of all parts, in their order."""
        names = dict.fromkeys(chain.from_iterable(part.columns for part in parts))
        columns = {
            name: list(chain.from_iterable(part.column(name) for part in parts)) for name in names
        }
        return cls(sum(part.size for part in parts), columns)

    def column(self, variable: Variable) -> Sequence[int]:
        """Return the values of a variable."""
        return self.columns.get(variable) or [UNBOUND] * self.size

    def rows(self, variables: Sequence[Variable]) -> Iterator[Key]:
        """Yield the values of some variables in each solution."""
        if not variables:
            return repeat((), self.size)
        return zip(*map(self.column, variables), strict=True)

    def grouped(self, variables: Sequence[Variable]) -> dict[Key, Sequence[int]]:
        """Return the places of the solutions by the values of some variables."""
        if not variables:
            return {(): range(self.size)} if self.size else {}
        if len(variables) == 1:
            groups = grouped(self.column(variables[0]), range(self.size))
            return {(value,): places for value, places in groups.items()}
        return {**grouped(self.rows(variables), range(self.size))}

    def at(self, places: Iterable[int]) -> Solutions:
        """Return the solutions of some places, in the order of these."""
        chosen = list(places)
        columns = {
            name: list(map(column.__getitem__, chosen)) for name, column in self.columns.items()
        }
        return Solutions(len(chosen), columns)

    def where(self, chosen: Sequence[bool]) -> Solutions:
        """Return some of the solutions."""
        columns = {name: list(compress(column, chosen)) for name, column in self.columns.items()}
        return Solutions(sum(chosen), columns)
