"""A cited answer as CSV or TSV: beside its columns, the sources, quotes and modalities of each row.

Vertical bars separate the proofs of a row, each sufficient alone; blanks separate the graphs of a
proof, and plus signs their quotes. No IRI contains these signs or a blank. A remark, such as why a
row is not cited, follows the sources in parentheses.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from pyoxigraph import Literal, QueryResultsFormat, Triple, parse_query_results

from graph.answering.evaluation import write_results
from graph.answering.fidelity import require_plain_rows
from graph.answering.format import ResultFormat
from graph.answering.result_json import term_json
from graph.citing.answer import Citation, CitedAnswer
from graph.citing.solution import TermRow
from graph.explaining.answer_graph import list_remarks
from graph.wording.source import CitedSource
from ontology.namespace import ONTOLOGY_GRAPH

SOURCES: Final = "sources"
QUOTES: Final = "quotes"
MODALITIES: Final = "modalities"
BOOLEAN: Final = "boolean"
"""The column of the answer to an ASK."""

OR: Final = " | "
AND: Final = " + "


def write_spreadsheet(answer: CitedAnswer, form: ResultFormat, cap: int) -> bytes:
    """Return an answer in CSV or TSV; raises AnswerTooLargeError and UnwritableError."""
    names, rows = read_columns(answer)
    added = [rename_column(name, names) for name in (SOURCES, QUOTES, MODALITIES)]
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
    """Return the sources, quotes and modalities of a row, each as a cell."""
    cells = write_sources(citation), write_quotes(citation, known), write_modalities(citation)
    return list(map(Literal, cells))


def write_modalities(citation: Citation) -> str:
    """Return the modality of each proof of a row, or how many members of a basis have each."""
    if citation.basis is None:
        return OR.join(modality.name for modality in citation.modalities)
    return AND.join(f"{modality.members} {modality.name}" for modality in citation.modalities)


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


def list_proofs(citation: Citation) -> list[Collection[str]]:
    """Return the proofs of a row, or the graphs of a row without a proof."""
    if citation.basis is not None:
        return [citation.basis or (ONTOLOGY_GRAPH,)]
    if citation.proofs:
        return [proof or (ONTOLOGY_GRAPH,) for proof in citation.proofs]
    return [citation.graphs] if citation.graphs else []


def write_quotes(citation: Citation, known: Mapping[str, CitedSource]) -> str:
    """Return the quotes or anchors of each proof of a row, "" if no source has any.

    They are those of the row's own statements, where these were traced.
    """
    own = dict(citation.sources)
    proofs = [
        AND.join(
            words
            for graph in proof
            if (source := own.get(graph) or known.get(graph))
            and (words := source.quote or source.anchor)
        )
        for proof in list_proofs(citation)
    ]
    return OR.join(proofs) if any(proofs) else ""
