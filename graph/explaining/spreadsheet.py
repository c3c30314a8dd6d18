"""A cited answer as CSV or TSV: its columns, and the sources, words, modalities of each row.

Vertical bars separate the proofs of a row, each sufficient alone; blanks separate the graphs of a
proof, and plus signs their quotes or anchors. No IRI contains these signs or a blank. A remark,
such as why a row is not cited, follows the sources in parentheses.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from pyoxigraph import Literal, QueryResultsFormat, Triple, parse_query_results

from graph.answering.evaluation import write_results
from graph.answering.fidelity import require_plain_rows
from graph.answering.format import ResultFormat
from graph.answering.result_json import term_json
from graph.citing.answer import Citation, CitedAnswer
from graph.citing.solution import TermRow
from graph.wording.source import CitedSource
from graph.wording.statement import UNKNOWN, WORDS, write_modality
from ontology.namespace import ONTOLOGY_GRAPH

SOURCES: Final = "sources"
QUOTES: Final = "quotes"
ANCHORS: Final = "anchors"
MODALITIES: Final = "modalities"
BOOLEAN: Final = "boolean"
"""The column of the answer to an ASK."""

OR: Final = " | "
AND: Final = " + "


def write_spreadsheet(answer: CitedAnswer, form: ResultFormat, cap: int) -> bytes:
    """Return an answer in CSV or TSV; raises AnswerTooLargeError and UnwritableError."""
    names, rows = read_columns(answer)
    added = [rename_column(name, names) for name in (SOURCES, QUOTES, ANCHORS, MODALITIES)]
    bindings = [
        {name: term_json(term) for name, term in zip(names, row, strict=True) if term is not None}
        | dict(zip(added, map(term_json, write_cells(citation, answer.sources)), strict=True))
        for row, citation in zip(rows, answer.citations, strict=True)
    ]
    results = {"head": {"vars": [*names, *added]}, "results": {"bindings": bindings}}
    solutions = parse_query_results(json.dumps(results), QueryResultsFormat.JSON)
    if not form.triple_terms and any(isinstance(term, Triple) for row in rows for term in row):
        solutions = require_plain_rows(solutions)
    return write_results(solutions, form, cap)


def write_cells(citation: Citation, known: Mapping[str, CitedSource]) -> list[Literal]:
    """Return the sources, quotes, anchors and modalities of a row, each as a cell."""
    words = (write_words(citation, known, field) for field in ("quote", "anchor"))
    return list(map(Literal, (write_sources(citation), *words, write_modalities(citation))))


def write_modalities(citation: Citation) -> str:
    """Return the modality of each proof of a row, or how many members of a basis have each.

    It has who says so, and what has ended.
    """
    written = [write_modality(own.to_json()) for own in citation.modalities]
    if citation.basis is None:
        return OR.join(written)
    pairs = zip(citation.modalities, written, strict=True)
    return AND.join(f"{modality.members} {words}" for modality, words in pairs)


def read_columns(answer: CitedAnswer) -> tuple[Sequence[str], Sequence[TermRow]]:
    """Return the columns of an answer and its rows; an ASK has one column and one row."""
    if answer.boolean is None:
        return answer.variables, answer.rows
    return (BOOLEAN,), [(Literal(answer.boolean),)]


def rename_column(name: str, taken: Collection[str]) -> str:
    """Return the name of a column, with low lines added until no variable has it."""
    while name in taken:
        name += "_"
    return name


def write_sources(citation: Citation) -> str:
    """Return the graphs of each proof of a row, and the remarks on its citation."""
    proofs = [" ".join(proof) for proof in list_proofs(citation)]
    return OR.join([*proofs, *(f"({text})" for text in list_remarks(citation))])


def list_remarks(citation: Citation) -> Iterator[str]:
    """Yield the remarks on a citation: its reason, unknown modalities, other proofs, absences."""
    if citation.reason is not None:
        yield f"{citation.status}: {citation.reason}"
    for number, modality in enumerate(citation.modalities, 1):
        if modality.name == WORDS[UNKNOWN]:
            yield f"the modality of proof {number} is not known"
    if citation.more:
        yield "there are other proofs"
    if citation.sufficient:
        yield "the proof suffices; it was not shown to need each of its graphs"
    for absence in citation.absent:
        yield f"absent: {absence}"
    if citation.members is not None:
        yield f"it counts the solutions of {citation.members}"


def list_proofs(citation: Citation) -> list[Collection[str]]:
    """Return the proofs of a row, or the graphs of a row without a proof."""
    if citation.basis is not None:
        return [citation.basis or (ONTOLOGY_GRAPH,)]
    if citation.proofs:
        return [proof or (ONTOLOGY_GRAPH,) for proof in citation.proofs]
    return [citation.graphs] if citation.graphs else []


def write_words(citation: Citation, known: Mapping[str, CitedSource], field: str) -> str:
    """Return the quotes, or the anchors, of each proof of a row, "" if no source has any.

    They are those of the row's own statements, where these were traced.
    """
    own = dict(citation.sources)
    proofs = [
        AND.join(
            words
            for graph in proof
            if (source := own.get(graph) or known.get(graph)) and (words := getattr(source, field))
        )
        for proof in list_proofs(citation)
    ]
    return OR.join(proofs) if any(proofs) else ""
