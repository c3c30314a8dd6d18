"""A cited answer: its rows, their citations, and the sources that the citations name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeAlias

from graph.answering.result_json import Pieces, encode_json, term_json, write_bindings
from graph.citing.lineage import Lineage
from graph.citing.solution import TermRow
from graph.wording.source import CitedSource
from graph.wording.statement import Modality

Words: TypeAlias = Callable[[str, CitedSource], str]
"""Puts a source in words, given the name of its graph."""


class Citation(NamedTuple):
    """The citation of a row.

    Each proof is a smallest set of named graphs that gives the row by itself, with the ontology,
    which is taken as given; four at most, the strongest first, `more` if there may be others. The
    first `stated` proofs state the row. A proof of many graphs is `sufficient` if the search did
    not show that it needs each of them. A row that counts has a `basis` instead: one support of
    every member, which suffices; `members` is the query that lists the members. `status` is
    `cited`, or with a reason `partly` (graphs, but no proof by them alone) or `uncited`. `absent`
    words the patterns that must match nothing. `modalities` belong to the proofs in their order, or
    to the members of a basis, each with the number of these members. `undated` are the graphs
    without a day of a row that needs one of them, in a dataset as of a day. `sources` are the
    graphs with the words of the statements that the row rests on, and of no other row's.
    `list_parts` yields what the query matches for the row (`Relation.list_parts`).
    """

    status: str
    proofs: tuple[tuple[str, ...], ...] = ()
    graphs: tuple[str, ...] = ()
    basis: tuple[str, ...] | None = None
    stated: int = 0
    more: bool = False
    sufficient: bool = False
    members: str | None = None
    absent: tuple[str, ...] = ()
    reason: str | None = None
    modalities: tuple[Modality, ...] = ()
    undated: tuple[str, ...] = ()
    sources: tuple[tuple[str, CitedSource], ...] = ()
    list_parts: Callable[[], Iterable[Lineage]] = tuple

    def json(self) -> bytes:
        """Return the citation as citations.schema.json defines it."""
        graphs = write_names(self.graphs)
        proofs = [graphs if proof is self.graphs else write_names(proof) for proof in self.proofs]
        members = b'"graphs":' + graphs
        if proofs:
            members += b',"proofs":[%b]' % b",".join(proofs)
        if self.basis is not None:
            members += b',"basis":' + write_names(self.basis)
        pairs = ((graph, source.quote or source.anchor) for graph, source in self.sources)
        if words := {graph: text for graph, text in pairs if text}:
            members += b',"words":' + encode_json(words)
        return b"{%b%b}" % (members, write_remarks(self[:1] + self[4:-2]))


write_name: Final = lru_cache(10_000)(encode_json)
"""Returns the name of a graph as JSON."""


def write_names(names: Iterable[str]) -> bytes:
    """Return the names of graphs as a JSON array."""
    return b"[%b]" % b",".join(map(write_name, names))


@lru_cache(512)
def write_remarks(values: tuple[object, ...]) -> bytes:
    """Return the members of a citation except its graphs, each after a comma."""
    fields = dict(zip(Citation._fields[:1] + Citation._fields[4:-2], values, strict=True))
    fields["modalities"] = [modality.to_json() for modality in fields["modalities"]]  # type: ignore[attr-defined]
    pairs = ((name, value) for name, value in fields.items() if value)
    return b"".join(b",%b:%b" % (encode_json(name), encode_json(value)) for name, value in pairs)


@dataclass(frozen=True, slots=True)
class CitedAnswer:
    """An answer with the citation of each row, and the sources that the citations name, in order.

    If the answer is a graph (`constructed`), its rows are triples: subject, predicate, object. An
    ASK has its answer in `boolean`, and one citation.
    """

    variables: tuple[str, ...]
    rows: Sequence[TermRow]
    citations: Sequence[Citation]
    sources: Mapping[str, CitedSource]
    boolean: bool | None = None
    constructed: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether the answer is false, has no row, or one row of zeros, empty texts and gaps."""
        if self.boolean is not None:
            return not self.boolean
        return not self.rows or (
            len(self.rows) == 1
            and all(
                term is None or getattr(term, "value", None) in {"0", ""} for term in self.rows[0]
            )
        )

    def json(self, words: Words | None = None) -> bytes:
        """Return the answer as JSON."""
        return b"".join(self.pieces(words))

    def pieces(self, words: Words | None = None, members: bytes = b"") -> Pieces:
        """Return SPARQL 1.1 Query Results JSON with two more members: citations and sources.

        Both precede the results: Oxigraph's reader accepts no member after them. `words` adds a
        phrase to each source. `members`, each after a comma, follow the head.
        """
        head = {} if self.boolean is not None else {"vars": self.variables}
        pieces = [b'{"head":', encode_json(head), members]
        different = {id(citation): citation for citation in self.citations}
        written = {number: citation.json() for number, citation in different.items()}
        pieces += b',"citations":[', b",".join(map(written.__getitem__, map(id, self.citations)))
        pieces += b'],"sources":', encode_json(dict(self.describe_sources(words)))
        if self.boolean is None:
            pieces += b',"results":{"bindings":[', write_bindings(self.variables, self.rows), b"]}}"
        else:
            pieces += b',"boolean":', encode_json(self.boolean), b"}"
        return pieces

    def describe_sources(self, words: Words | None) -> Iterable[tuple[str, dict[str, str]]]:
        """Yield the name of each source with its fields."""
        for graph, source in self.sources.items():
            fields = source.to_json()
            if words is not None:
                fields["words"] = words(graph, source)
            yield graph, fields

    def binding(self, row: TermRow) -> dict[str, Any]:
        """Return a row as a JSON object; it omits unbound variables."""
        pairs = zip(self.variables, row, strict=True)
        return {name: term_json(term) for name, term in pairs if term is not None}
