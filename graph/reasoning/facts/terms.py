"""The terms of a dataset in one text, numbered: some 100 bytes each instead of 300.

A term is written as in N-Triples (https://www.w3.org/TR/n-triples/), and read again when it is
asked for; its number is found by the hash of what is written.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Final, TypeVar, overload
from zlib import crc32

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from graph.reasoning.rules.axiom import Term

Default = TypeVar("Default")

NOBODY: Final = 0
"""A slot of the table of numbers that is free; the others hold a number and one."""


class Texts:
    """Texts in one, by their numbers."""

    def __init__(self, texts: Iterable[object]) -> None:
        written = [str(one).encode() for one in texts]
        self.text = b"".join(written)
        self.starts = array("Q", accumulate(map(len, written), initial=0))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def written(self, number: int) -> bytes:
        """Return a text in UTF-8; a term is one in N-Triples."""
        return self.text[self.starts[number] : self.starts[number + 1]]

    def several(self, numbers: Iterable[int]) -> list[bytes]:
        """Return texts in UTF-8, without a call for each."""
        text, starts = self.text, self.starts
        return [text[starts[number] : starts[number + 1]] for number in numbers]


class Terms(Texts, Sequence[Term]):
    """Terms by their numbers."""

    def __iter__(self) -> Iterator[Term]:
        for start, end in pairwise(self.starts):
            yield read(self.text[start:end].decode())

    @overload
    def __getitem__(self, number: int) -> Term: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Term]: ...
    def __getitem__(self, number: int | slice) -> Term | Sequence[Term]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        return read(self.written(number).decode())


class Numbers(Mapping[Term, int]):
    """The numbers of terms."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.mask = (2 << len(terms).bit_length()) - 1
        self.slots = array("I", bytes(4 * (self.mask + 1)))
        for number in range(len(terms)):
            slot = crc32(terms.written(number)) & self.mask
            while self.slots[slot] != NOBODY:
                slot = slot + 1 & self.mask
            self.slots[slot] = number + 1

    def of(self, written: bytes) -> int:
        """Return the number of a term as it is written in N-Triples, or -1."""
        slot = crc32(written) & self.mask
        while (one := self.slots[slot]) != NOBODY:
            if self.terms.written(one - 1) == written:
                return one - 1
            slot = slot + 1 & self.mask
        return -1

    def __getitem__(self, term: Term) -> int:
        number = self.of(str(term).encode())
        if number < 0:
            raise KeyError(term)
        return number

    @overload
    def get(self, term: Term, /) -> int | None: ...
    @overload
    def get(self, term: Term, default: int | Default, /) -> int | Default: ...
    def get(self, term: Term, default: int | Default | None = None, /) -> int | Default | None:
        """Return the number of a term, or the default."""
        number = self.of(str(term).encode())
        return default if number < 0 else number

    def __contains__(self, term: object) -> bool:
        return self.of(str(term).encode()) >= 0

    def __iter__(self) -> Iterator[Term]:
        return iter(self.terms)

    def __len__(self) -> int:
        return len(self.terms)


class Names(Sequence[str]):
    """The names of graphs by their numbers, in the order of their text; each is a term.

    `terms` are the numbers of the terms, `places` the same in their order, each with its graph.
    """

    def __init__(self, terms: Iterable[int], written: Numbers) -> None:
        self.terms = array("i", terms)
        self.places = array("Q", sorted(term << 32 | at for at, term in enumerate(self.terms)))
        self.lexicon = written

    def __len__(self) -> int:
        return len(self.terms)

    @overload
    def __getitem__(self, graph: int) -> str: ...
    @overload
    def __getitem__(self, graph: slice) -> Sequence[str]: ...
    def __getitem__(self, graph: int | slice) -> str | Sequence[str]:
        if isinstance(graph, slice):
            return [self[one] for one in range(*graph.indices(len(self)))]
        return self.lexicon.terms.written(self.terms[graph])[1:-1].decode()

    def several(self, graphs: Iterable[int]) -> list[bytes]:
        """Return names in UTF-8, without a call for each."""
        numbers = map(self.terms.__getitem__, graphs)
        return [one[1:-1] for one in self.lexicon.terms.several(numbers)]

    def number(self, name: str) -> int:
        """Return the number of a graph, or -1."""
        return self.of(self.lexicon.of(f"<{name}>".encode()))

    def of(self, term: int) -> int:
        """Return the number of the graph of which a term is the name, or -1."""
        at = bisect_left(self.places, term << 32) if term >= 0 else len(self)
        found = self.places[at] if at < len(self) else -1
        return found & (1 << 32) - 1 if found >> 32 == term >= 0 else -1


def read(written: str) -> Term:
    """Return the term that is written in N-Triples, or in short as Turtle and TSV have it."""
    if written.startswith("<") and not written.startswith("<<"):
        return NamedNode(written[1:-1])
    if written.startswith("_:"):
        return BlankNode(written[2:])
    if not written.startswith('"'):
        return parsed(written)
    close = written.rindex('"')
    value, suffix = written[1:close], written[close + 1 :]
    if "\\" in value or "--" in suffix:
        return parsed(written)
    if suffix.startswith("@"):
        return Literal(value, language=suffix[1:])
    return Literal(value, datatype=NamedNode(suffix[3:-1])) if suffix else Literal(value)


def parsed(written: str) -> Term:
    """Return the term that is written in Turtle, whatever is escaped in it."""
    term: Term = next(iter(parse(f"<x:s> <x:p> {written} .", RdfFormat.TURTLE))).object
    return term
