"""A cited answer: its rows, what each of them rests on, and the sources that are named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from graph.citing.solution import TermRow
from graph.citing.source import CitedSource
from graph.citing.writing import Pieces, bindings, encoded, term_json

Words: TypeAlias = Callable[[str, CitedSource], str]
"""Puts a source in words, given the name of its graph."""


class Citation(NamedTuple):
    """What a row rests on.

    Each proof is a smallest set of named graphs that gives the row by itself, with the ontology,
    which is taken as given; four at most, `more` where there are others. The first of them, so many
    as are `stated`, state what the row shows; the others infer it. A proof of many graphs
    that was not shown to need them all is `sufficient`. A row that counts has a `basis` instead:
    one support of every member counted, which suffices; `members` is the query that lists them.
    `status` is `cited`, or with a reason `partly` (graphs, but no proof) or `uncited`. `absent`
    tells what the row needs that nothing says. `modalities` are those of the proofs, "" for none,
    where they are known (graph/explaining/modality.py).
    """

    status: str
    proofs: tuple[tuple[str, ...], ...] = ()
    graphs: tuple[str, ...] = ()
    stated: int = 0
    more: bool = False
    sufficient: bool = False
    basis: tuple[str, ...] | None = None
    members: str | None = None
    absent: tuple[str, ...] = ()
    reason: str | None = None
    modalities: tuple[str, ...] = ()

    def json(self) -> bytes:
        """Return the citation as citations.schema.json has it."""
        known = {name: value for name, value in self._asdict().items() if value}
        known["graphs"] = self.graphs
        if self.basis is not None:
            known["basis"] = self.basis
        return encoded(known)


@dataclass(frozen=True, slots=True)
class CitedAnswer:
    """An answer with the citation of each row, and the sources that the citations name, in order.

    A graph that was `constructed` is answered with its triples as rows of subject, predicate and
    object; for an ASK `boolean` is its answer, and its one citation is that of the answer.
    """

    variables: tuple[str, ...]
    rows: Sequence[TermRow]
    citations: Sequence[Citation]
    sources: Mapping[str, CitedSource]
    boolean: bool | None = None
    constructed: bool = False

    def json(self, words: Words | None = None) -> bytes:
        """Return the answer as JSON."""
        return b"".join(self.pieces(words))

    def pieces(self, words: Words | None = None, members: bytes = b"") -> Pieces:
        """Return SPARQL 1.1 Query Results JSON with two more members: citations and sources.

        They stand before the results: Oxigraph's reader takes no member after those. With words,
        each source has its own in words. Other members, each after a comma, follow the head.
        """
        head = {} if self.boolean is not None else {"vars": self.variables}
        pieces = [b'{"head":', encoded(head), members]
        written = {citation: citation.json() for citation in dict.fromkeys(self.citations)}
        pieces += b',"citations":[', b",".join(map(written.__getitem__, self.citations))
        pieces += b'],"sources":{', b",".join(self.source_members(words)), b"}"
        if self.boolean is None:
            pieces += b',"results":{"bindings":[', bindings(self.variables, self.rows), b"]}}"
        else:
            pieces += b',"boolean":', encoded(self.boolean), b"}"
        return pieces

    def source_members(self, words: Words | None) -> Iterable[bytes]:
        """Yield each source as a member of an object of JSON."""
        for graph, source in self.sources.items():
            fields = source.to_json()
            if words is not None:
                fields["words"] = words(graph, source)
            yield encoded(graph) + b":" + encoded(fields)

    def binding(self, row: TermRow) -> dict[str, Any]:
        """Return a row; what is unbound is left out."""
        pairs = zip(self.variables, row, strict=True)
        return {name: term_json(term) for name, term in pairs if term is not None}
