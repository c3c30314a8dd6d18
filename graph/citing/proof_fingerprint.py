"""Fingerprints of proofs and of words: hashes of the rows of an answer with either.

Each row is a line: the row in TSV, a tab, and its proofs. The graphs of a proof are sorted and
separated by blanks, the proofs are sorted and separated by vertical bars; no IRI contains either.
A proof that needs no source is written as `graph:ontology`. The fingerprint is the SHA-256 of the
lines, sorted by their bytes. A boolean is the line `true` or `false`, a triple three columns.

Of a row that counts, or that depends on an absence, not all proofs are known. The statements that
the query matches for it, each with all its supports, stand in their place, as JSON.

In the fingerprint of words, the words of the row (`describe_words`) stand in the place of the
proofs, as JSON with sorted members and without blanks. They have no name, quotation or anchor: a
better name or a shorter anchor is no other word.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias

from pyoxigraph import BlankNode, QueryResultsFormat, parse_query_results

from graph.answering.fingerprint import Fingerprint, hash_lines
from graph.citing.answer import Citation, CitedAnswer
from graph.citing.citation import ABSENCE
from graph.citing.index import EvidenceIndex
from graph.citing.lineage import Lineage, TermTriple
from graph.citing.modality import NO_ACCOUNT
from graph.citing.verify import UNVERIFIED
from graph.wording.statement import NONE, Modality
from ontology.namespace import ONTOLOGY_GRAPH
from ontology.terms import CPEC, SCHEMA

PROOFS: Final = 64
"""The proofs that are searched of a row; of one with more, the statements stand in their place."""

UNFOUND: Final = "a row may have proofs that were not found"
"""Why a row has no fingerprint of its proofs: a statement may have further supports."""

Cite: TypeAlias = Callable[[EvidenceIndex], CitedAnswer]
"""Cites an answer with the evidence of an index."""

Words: TypeAlias = dict[str, Any]
"""The words of a row (`describe_words`)."""

Statement: TypeAlias = tuple[str, tuple[tuple[tuple[str, ...], Modality], ...]]
"""A statement in N-Triples, and its supports: the graphs of each, and how they mean it.

It is "" for a row with its proofs, and for a name or another triple that has no modality: a better
name is no other statement.
"""


def fingerprint_proofs(index: EvidenceIndex, cite_answer: Cite) -> Fingerprint:
    """Return the fingerprints of an answer, or the reason why it has none."""
    answer = cite_answer(index.deepen(PROOFS))
    proofs: list[bytes] = []
    words: list[bytes] = []
    for citation in answer.citations:
        parts = list(citation.list_parts())
        statements = list_statements(index, citation, parts)
        if isinstance(statements, str):
            return Fingerprint(reason=statements)
        proofs.append(write_proofs(citation, statements))
        words.append(write_json(describe_words(index, parts, statements)))
    rows = write_rows(answer)
    hashed, said = (
        hash_lines([b"%b\t%b" % line for line in zip(rows, parts, strict=True)])
        for parts in (proofs, words)
    )
    return Fingerprint(hashed, len(rows), words=said)


def describe_rows(index: EvidenceIndex, cite_answer: Cite) -> dict[str, tuple[bytes, Words]]:
    """Return the words of each row, by the row as JSON; none if a row has no fingerprint.

    Beside them are the words as people read them, with names.
    """
    answer = cite_answer(index.deepen(PROOFS))
    rows = answer.rows if answer.boolean is None else [()]
    described: dict[str, tuple[bytes, Words]] = {}
    for row, citation in zip(rows, answer.citations, strict=True):
        parts = list(citation.list_parts())
        statements = list_statements(index, citation, parts)
        if isinstance(statements, str):
            return {}
        words = describe_words(index, parts, statements)
        meant = Counter(own for _, supports in statements for _, own in supports)
        counts = {} if has_all_proofs(citation) else meant
        shown = {
            "name": ", ".join(index.evidence.names(term).text for term in row if term is not None),
            "modalities": [own._replace(members=counts.get(own, 0)).to_json() for own in meant],
        }
        name = json.dumps(answer.binding(row), ensure_ascii=False, sort_keys=True)
        described[name] = write_json(words), shown | words
    return described


def has_all_proofs(citation: Citation) -> bool:
    """Whether a citation has all the proofs of its row."""
    is_cut = citation.more or citation.sufficient or citation.basis is not None
    return citation.status == "cited" and not is_cut


def list_statements(
    index: EvidenceIndex, citation: Citation, parts: list[Lineage]
) -> list[Statement] | str:
    """Return a row with all its proofs, or the statements that the query matches for it.

    Or return the reason why neither is known.
    """
    if has_all_proofs(citation):
        proofs = zip(citation.proofs, citation.modalities, strict=True)
        return [("", tuple(sorted(proofs)))]
    reason = citation.reason or ""
    if reason and not reason.endswith((ABSENCE, UNVERIFIED)):
        return reason
    if not all(part.complete and part.sets for part in parts):
        return UNFOUND
    return sorted({describe_part(index, part) for part in parts})


def describe_part(index: EvidenceIndex, part: Lineage) -> Statement:
    """Return a statement that a query matches, or the presence of a graph, with its supports."""
    rated, name = index.modalities, ""
    supports = [(graphs, NO_ACCOUNT) for graphs in part.sets]
    for triple in part.triples:
        supports = [(graphs, rated.by_triple[triple, graphs] or NO_ACCOUNT) for graphs in part.sets]
        if rated.by_predicate[triple[1].value] != NONE:  # type: ignore[union-attr]
            name = name_triple(triple)
    named = ((index.kernel.names(graphs), rated.described[own]) for graphs, own in supports)
    return name, tuple(sorted(named))


def name_triple(triple: TermTriple) -> str:
    """Return a triple in N-Triples, a blank node without its label, which is of one store."""
    return " ".join("_:" if isinstance(term, BlankNode) else str(term) for term in triple)


def describe_words(
    index: EvidenceIndex, parts: list[Lineage], statements: list[Statement]
) -> Words:
    """Return the words of a row as data.

    Each support of its `statements` has its graphs, its modality, and, if there are any, its
    speakers and the ends of undertakings: thing, status, day, whether it is the latest possible,
    source. `texts` are the hashes of the texts of its sources. `unasserted` are the triples of the
    row that a source does not assert, each with the source, its modality and its speaker.
    """
    look_up, by = index.evidence.look_up, CPEC.ATTRIBUTED_TO.value
    triples = {triple for part in parts for triple in part.triples}
    graphs = {graph for _, supports in statements for graphs, _ in supports for graph in graphs}
    texts = {graph: look_up(graph).first(SCHEMA.SHA256.value) for graph in graphs}
    unasserted = {
        (
            name_triple(triple),
            own.source,
            own.modality,
            own.attributed_to or look_up(own.source).first(by) or "",
        )
        for triple in triples
        for own in index.evidence.records.list_unasserted_of(triple)
    }
    return {
        "statements": [[name, list(map(describe_support, own))] for name, own in statements],
        "texts": {graph: digest for graph, digest in texts.items() if digest},
        "unasserted": sorted(unasserted),
    }


def describe_support(support: tuple[Iterable[str], Modality]) -> Words:
    """Return a support as data."""
    graphs, own = support
    ended = ([e.thing, e.status, e.date, e.is_latest, e.source] for e in own.endings)
    return {
        "graphs": sorted(graphs),
        "modality": own.iri,
        "speakers": sorted(speaker.iri for speaker in own.speakers),
        "ended": sorted(ended),
    }


def write_json(value: object) -> bytes:
    """Return a value as JSON in its canonical form."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def write_proofs(citation: Citation, statements: list[Statement]) -> bytes:
    """Return the proofs of a row, or the statements that the query matches, with their supports."""
    if not has_all_proofs(citation):
        return write_json([[name, [graphs for graphs, _ in own]] for name, own in statements])
    proofs = (" ".join(sorted(proof)) or ONTOLOGY_GRAPH for proof in citation.proofs)
    return "|".join(sorted(proofs)).encode()


def write_rows(answer: CitedAnswer) -> list[bytes]:
    """Return the rows of an answer as lines of TSV, in their order."""
    if answer.boolean is not None:
        return [b"true" if answer.boolean else b"false"]
    solutions: Any = parse_query_results(answer.json(), QueryResultsFormat.JSON)
    table: bytes = solutions.serialize(format=QueryResultsFormat.TSV)
    return table.removesuffix(b"\n").split(b"\n")[1:]
