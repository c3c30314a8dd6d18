"""The quads that a template gives for the solutions of a pattern.

The engine itself fills the template in, on an empty store, from the solutions as a VALUES block:
so it is read as SPARQL has it, and nothing is changed but what the template says.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    Store,
    Triple,
)

ROWS: Final = 10_000
"""The solutions that are filled in at once."""

BLANK: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|<[^<>]*>|_:([\w.\-]+)')
"""The terms of a row that may hold the sign of a blank node, and the label of one that is."""

Term = NamedNode | BlankNode | Literal | Triple | DefaultGraph


@dataclass(frozen=True, slots=True)
class PatternSolutions:
    """The solutions of a pattern: their variables, and a row of terms in SPARQL for each.

    A blank node has no name in SPARQL, so each goes by an IRI that nobody can know before; it
    starts with `blank`, which is empty where there are none.
    """

    variables: str
    rows: list[bytes]
    blank: str

    @classmethod
    def of(cls, found: QuerySolutions) -> PatternSolutions:
        """Return the solutions of a query."""
        table = found.serialize(format=QueryResultsFormat.TSV) or b""
        head, *rows = table.split(b"\n")[:-1]
        blank = f"blank:{secrets.token_hex()}:" if b"_:" in table else ""
        return cls(head.replace(b"\t", b" ").decode(), rows, blank)

    def blocks(self) -> Iterator[str]:
        """Yield VALUES blocks that together hold all rows (SPARQL 1.1 Query, section 10.2)."""
        for start in range(0, len(self.rows), ROWS):
            rows = b"\n".join(map(self.in_brackets, self.rows[start : start + ROWS]))
            yield f"VALUES ({self.variables}) {{ {rows.decode()} }}"

    def in_brackets(self, row: bytes) -> bytes:
        """Return a row as VALUES has it."""
        if b"_:" in row:
            row = BLANK.sub(self.named, row)
        if not self.variables:
            return b"()"
        return b"(" + b" ".join(term or b"UNDEF" for term in row.split(b"\t")) + b")"

    def named(self, match: re.Match[bytes]) -> bytes:
        """Return a term, a blank node by its IRI."""
        return match[0] if match[1] is None else b"<%s%s>" % (self.blank.encode(), match[1])

    def quads(self, store: Store) -> Iterator[Quad]:
        """Yield the quads of a store that was filled from a block, with their blank nodes.

        What RDF does not know is left out: a predicate that is a blank node.
        """
        for quad in store:
            if self.blank and self.blank in str(quad):
                subject, predicate, term, graph = map(self.unnamed, quad)
                if isinstance(predicate, NamedNode):
                    yield Quad(subject, predicate, term, graph)  # type: ignore[arg-type]
            else:
                yield quad

    def unnamed(self, term: Term) -> Term:
        """Return a term, with the blank nodes that go by an IRI."""
        if isinstance(term, Triple):
            return Triple(*map(self.unnamed, term))  # type: ignore[arg-type]
        if isinstance(term, NamedNode) and term.value.startswith(self.blank):
            return BlankNode(term.value.removeprefix(self.blank))
        return term
