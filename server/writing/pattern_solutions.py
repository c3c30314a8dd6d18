"""The solutions of an update's WHERE pattern, as VALUES blocks that instantiate its templates.

pyoxigraph itself executes the template with such a block on an empty store, so the store holds the
quads of the template afterwards, instantiated as SPARQL 1.1 Update defines it (section 4.2.1).
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

MAX_BLOCK_ROWS: Final = 10_000
"""The solutions of one VALUES block, at most."""

BLANK_NODE: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|<[^<>]*>|_:([\w.\-]+)')
"""The terms of a row that may contain `_:`, and in group 1 the label of a blank node."""

Term = NamedNode | BlankNode | Literal | Triple | DefaultGraph


@dataclass(frozen=True, slots=True)
class PatternSolutions:
    """The variables of a pattern, and a row of terms in SPARQL for each solution.

    VALUES cannot name a blank node, so a random IRI takes its place, which no client can guess. It
    starts with `blank_prefix`, which is "" without blank nodes.
    """

    variables: str
    rows: list[bytes]
    blank_prefix: str

    @classmethod
    def read(cls, solutions: QuerySolutions) -> PatternSolutions:
        """Return the solutions of a query."""
        table = solutions.serialize(format=QueryResultsFormat.TSV) or b""
        head, *rows = table.split(b"\n")[:-1]
        blank_prefix = f"blank:{secrets.token_hex()}:" if b"_:" in table else ""
        return cls(head.replace(b"\t", b" ").decode(), rows, blank_prefix)

    def blocks(self) -> Iterator[str]:
        """Yield VALUES blocks that together have all rows (SPARQL 1.1 Query, section 10.2)."""
        for start in range(0, len(self.rows), MAX_BLOCK_ROWS):
            rows = b"\n".join(map(self.values_row, self.rows[start : start + MAX_BLOCK_ROWS]))
            yield f"VALUES ({self.variables}) {{ {rows.decode()} }}"

    def values_row(self, row: bytes) -> bytes:
        """Return a row in the syntax of VALUES."""
        if b"_:" in row:
            row = BLANK_NODE.sub(self.name_blank_node, row)
        if not self.variables:
            return b"()"
        return b"(" + b" ".join(term or b"UNDEF" for term in row.split(b"\t")) + b")"

    def name_blank_node(self, match: re.Match[bytes]) -> bytes:
        """Return the matched term, or the IRI that replaces a blank node."""
        return match[0] if match[1] is None else b"<%s%s>" % (self.blank_prefix.encode(), match[1])

    def quads(self, store: Store) -> Iterator[Quad]:
        """Yield the quads of a store that a block has filled, with the blank nodes restored.

        A quad with a blank node as predicate is left out: RDF has no such triple.
        """
        for quad in store:
            if self.blank_prefix and self.blank_prefix in str(quad):
                subject, predicate, term, graph = map(self.restore_blank_nodes, quad)
                if isinstance(predicate, NamedNode):
                    yield Quad(subject, predicate, term, graph)  # type: ignore[arg-type]
            else:
                yield quad

    def restore_blank_nodes(self, term: Term) -> Term:
        """Return a term with its blank nodes in the place of their IRIs."""
        if isinstance(term, Triple):
            return Triple(*map(self.restore_blank_nodes, term))  # type: ignore[arg-type]
        if isinstance(term, NamedNode) and term.value.startswith(self.blank_prefix):
            return BlankNode(term.value.removeprefix(self.blank_prefix))
        return term
