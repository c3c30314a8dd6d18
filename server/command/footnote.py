"""Cited answers and explanations as text for a terminal, with numbered sources below."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from textwrap import wrap
from typing import Any, Final

from graph.citing.answer import CitedAnswer
from graph.wording.mark import (
    DAGGER,
    OWN,
    Marks,
    join_segments,
    mark_citation,
    mark_graphs,
    name_modalities,
    number_sources,
)
from graph.wording.source import Bibliography
from ontology.namespace import shorten
from ontology.terms import CPEC
from server.command.terminal_table import count_noun, format_table

MAX_WIDTH: Final = 96
MIN_WIDTH: Final = 24
"""The limits of a line of text in characters; the terminal decides between them."""

REPORTED: Final = CPEC + "Reported"

IRI: Final = re.compile(r"<([^<> ]+)>")


def format_cited(answer: CitedAnswer, evidence: Bibliography) -> str:
    """Return an answer as a table with a column of marks, and the marked sources."""
    marks = number_sources({graph: source.to_json() for graph, source in answer.sources.items()})
    notes = [write_note(json.loads(citation.json()), marks) for citation in answer.citations]
    if answer.boolean is not None:
        lines = [f"{'yes' if answer.boolean else 'no'} {notes[0]}"]
    else:
        rows = [answer.binding(row) for row in answer.rows]
        lines = [format_table(answer.variables, rows, ("cited", notes))]
    lines += absence_lines(text for citation in answer.citations for text in citation.absent)
    cited = {graph: evidence.write_source(graph, s) for graph, s in answer.sources.items()}
    return "\n".join([*lines, *source_lines(cited, marks)])


def write_note(citation: Mapping[str, Any], marks: Marks) -> str:
    """Return a citation in marks, with its modalities unless all are Reported."""
    modalities = name_modalities(citation)
    is_plain = all(modality.get("iri") == REPORTED for modality in citation.get("modalities", ()))
    return join_segments(mark_citation(citation, marks)) + (
        f" ({modalities})" if modalities and not is_plain else ""
    )


def in_parentheses(modality: Mapping[str, str]) -> str:
    """Return the name of a modality in parentheses, "" without one."""
    return f" ({modality['name']})" if "iri" in modality else ""


def absence_lines(absences: Iterable[str]) -> list[str]:
    """Return a line for each absence, after a heading."""
    words = [IRI.sub(lambda iri: shorten(iri[1]), absence) for absence in dict.fromkeys(absences)]
    texts = ["It depends on absences too:", *(f"- {absence}" for absence in words)]
    lines = [line for text in texts for line in wrap(text, line_width(), subsequent_indent="  ")]
    return ["", *lines] if words else []


def write_marks(graphs: Sequence[str], marks: Marks) -> str:
    """Return the marks of graphs: [1][3]†."""
    return join_segments(mark_graphs(graphs, marks))


def source_lines(sources: Mapping[str, str], marks: Marks) -> list[str]:
    """Return a line for each source, after an empty line; the project itself has one line."""
    texts = [f"[{marks[g]}] {words}" for g, words in sources.items() if marks[g] != DAGGER]
    if DAGGER in marks.values():
        texts.append(f"{DAGGER} {OWN}")
    lines = [line for text in texts for line in wrap(text, line_width(), subsequent_indent="    ")]
    return ["", *lines] if lines else []


def line_width() -> int:
    """Return the width of a line of text in characters."""
    try:
        return max(MIN_WIDTH, min(os.get_terminal_size().columns, MAX_WIDTH))
    except OSError:  # a file or a pipe
        return MAX_WIDTH


def format_explanation(why: Mapping[str, Any]) -> str:
    """Return the JSON of an explanation (graph/explaining/why.py) as text."""
    marks = number_sources(why["sources"])
    lines = [f"{why['words']}{in_parentheses(why['modality'])}"]
    for number, proof in enumerate(why["proofs"], 1):
        more = ", and there are others" if why["more"] else ""
        modality = in_parentheses(proof["modality"])
        lines += ["", f"Proof {number} of {len(why['proofs'])}{modality}{more}:"]
        lines += proof_lines(proof["tree"], marks, 1)
    agreement = why["corroboration"]
    counts = len(agreement["articles"]), len(agreement["publishers"])
    if counts[0]:
        who = f"{count_noun(counts[0], 'article')} of {count_noun(counts[1], 'publisher')}"
        if (origins := len(agreement["origins"])) < counts[0]:
            who += f", {count_noun(origins, 'origin')}"
        lines += ["", f"Independent sources: {who}"]
    for other in why["contested"]:
        lines += ["", f"Contested: {other['words']} {write_marks([other['source']], marks)}"]
    for other in why["unasserted"]:
        lines += ["", f"But: {other['words']} {write_marks([other['source']], marks)}"]
    sources = {graph: source["words"] for graph, source in why["sources"].items()}
    return "\n".join([*lines, *source_lines(sources, marks)])


def proof_lines(tree: Mapping[str, Any], marks: Marks, depth: int) -> list[str]:
    """Return the lines of a proof, premises indented below their conclusion."""
    margin = "  " * depth
    if "graphs" in tree:
        sources = write_marks(tree["graphs"], marks)
        modality = in_parentheses(tree["modality"])
        readings = dict.fromkeys(text for own in tree.get("readings", {}).values() for text in own)
        lines = [f"{margin}  read so: {reading}" for reading in readings]
        return [f"{margin}{tree['names']}  {sources}{modality}", *lines]
    lines = [f"{margin}{tree['names']}  by {tree['rule']['words']}"]
    for premise in tree["premises"]:
        lines += proof_lines(premise, marks, depth + 1)
    return lines
