"""The terms of a dataset in one text, numbered: some 100 bytes each instead of 300.

A term is written as in N-Triples (https://www.w3.org/TR/n-triples/), and read again when it is
asked for; its number is found by the hash of what is written.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar, overload
from zlib import crc32

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from graph.reasoning.facts.texts import Texts
from graph.reasoning.rules.axiom import Term

Default = TypeVar("Default")

NOWHERE: Final = -1

NOBODY: Final = 0
"""A slot of the table of numbers that is free; the others hold a number and one."""


class Terms(Texts, Sequence[Term]):
    """Terms by their numbers."""

    def __iter__(self) -> Iterator[Term]:
        for number in range(len(self)):
            yield self[number]

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

    `terms` are the numbers of the terms, `graphs` the way back: NOWHERE for what names no graph.
    """

    def __init__(self, terms: Iterable[int], written: Numbers) -> None:
        self.terms = array("I", terms)
        self.graphs = array("i", [NOWHERE]) * len(written)
        for graph, term in enumerate(self.terms):
            self.graphs[term] = graph
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
        return self.lexicon.terms.within(list(map(self.terms.__getitem__, graphs)))

    def number(self, name: str) -> int:
        """Return the number of a graph, or NOWHERE."""
        (graph,) = self.named([self.lexicon.of(f"<{name}>".encode())])
        return graph

    def named(self, terms: Iterable[int]) -> list[int]:
        """Return the numbers of the graphs that terms name; NOWHERE for what names none.

        A number below zero is that of a term which is nowhere in the dataset.
        """
        graphs = self.graphs
        return [graphs[term] if term >= 0 else NOWHERE for term in terms]


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
