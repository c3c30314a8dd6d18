"""A fingerprint of proofs: a hash of the rows of an answer with all their proofs.

Each row is a line: the row in TSV, a tab, and its proofs. The graphs of a proof are sorted and
separated by blanks, the proofs are sorted and separated by vertical bars; no IRI contains either.
A proof that needs no source is written as `graph:ontology`. The fingerprint is the SHA-256 of the
lines, sorted by their bytes. A boolean is the line `true` or `false`, a triple three columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from pyoxigraph import QueryResultsFormat, parse_query_results

from graph.answering.fingerprint import Fingerprint, hash_lines
from graph.citing.answer import Citation, CitedAnswer
from graph.citing.index import EvidenceIndex
from ontology.namespace import ONTOLOGY_GRAPH

PROOFS: Final = 16
"""The proofs that are searched of a row; no inference of the shipped graph has more than 15."""

Cite = Callable[[EvidenceIndex], CitedAnswer]
"""Cites an answer with the evidence of an index."""


def fingerprint_proofs(index: EvidenceIndex, cite_answer: Cite) -> Fingerprint:
    """Return the fingerprint of an answer with its proofs, or the reason why it has none."""
    answer = cite_answer(index.deepen(PROOFS))
    if reason := next(find_gaps(answer.citations), ""):
        return Fingerprint(reason=reason)
    proofs = (write_proofs(citation) for citation in answer.citations)
    lines = [b"%b\t%b" % line for line in zip(write_rows(answer), proofs, strict=True)]
    return Fingerprint(hash_lines(lines), len(lines))


def find_gaps(citations: Iterable[Citation]) -> Iterator[str]:
    """Yield why the citations have not all the proofs of their rows."""
    for citation in citations:
        if citation.status != "cited":
            yield citation.reason or "a row is not cited"
        elif citation.basis is not None:
            yield "a row that counts has one support of each member, not all"
        elif citation.more:
            yield "a row may have proofs that were not found"
        elif citation.sufficient:
            yield "a proof of many graphs was not shown to need each of them"


def write_proofs(citation: Citation) -> bytes:
    """Return the proofs of a row."""
    proofs = (" ".join(sorted(proof)) or ONTOLOGY_GRAPH for proof in citation.proofs)
    return "|".join(sorted(proofs)).encode()


def write_rows(answer: CitedAnswer) -> list[bytes]:
    """Return the rows of an answer as lines of TSV, in their order."""
    if answer.boolean is not None:
        return [b"true" if answer.boolean else b"false"]
    solutions: Any = parse_query_results(answer.json(), QueryResultsFormat.JSON)
    table: bytes = solutions.serialize(format=QueryResultsFormat.TSV)
    return table.removesuffix(b"\n").split(b"\n")[1:]
