"""Cited answers and explanations as text for a terminal, their sources numbered beneath."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from textwrap import wrap
from typing import Any, Final

from graph.citing.answer import Citation, CitedAnswer
from graph.explaining.wording import Wording
from ontology.namespace import shorten
from server.command.table import counted, table_of

Marks = Mapping[str, int]

WIDEST: Final = 96
NARROWEST: Final = 24
"""Characters of a line of text; between them the terminal decides, where there is one."""

IRI: Final = re.compile(r"<([^<> ]+)>")


def cited_table(answer: CitedAnswer, words: Wording) -> str:
    """Return an answer as a table with a column of marks, and the sources that they stand for."""
    marks = {graph: number for number, graph in enumerate(answer.sources, 1)}
    notes = [note(citation, marks) for citation in answer.citations]
    if answer.boolean is not None:
        lines = [f"{'yes' if answer.boolean else 'no'} {notes[0]}"]
    else:
        rows = [answer.binding(row) for row in answer.rows]
        lines = [table_of(answer.variables, rows, ("cited", notes))]
    absences = dict.fromkeys(text for one in answer.citations for text in one.absent)
    for text in absences:
        pattern = IRI.sub(lambda iri: shorten(iri[1]), text)
        told = f"It rests on an absence too, which has no source: {pattern}"
        lines += ["", *wrap(told, width())]
    return "\n".join([*lines, *source_lines({one: words.quoted(one) for one in marks})])


def note(citation: Citation, marks: Marks) -> str:
    """Return the marks of a citation: the sources of each proof, or why there is none."""
    if citation.status != "cited":
        return f"{marked(citation.graphs, marks)} {citation.status}: {citation.reason}".strip()
    proofs = [marked(proof, marks) or "the vocabulary" for proof in citation.proofs]
    return " or ".join([*proofs, *(["others"] if citation.more else [])])


def marked(graphs: Iterable[str], marks: Marks) -> str:
    """Return the marks of graphs: [1][3]."""
    return "".join(f"[{marks[graph]}]" for graph in graphs if graph in marks)


def source_lines(sources: Mapping[str, str]) -> list[str]:
    """Return a line for each source, after an empty one."""
    texts = (f"[{number}] {words}" for number, words in enumerate(sources.values(), 1))
    lines = [line for text in texts for line in wrap(text, width(), subsequent_indent="    ")]
    return ["", *lines] if lines else []


def width() -> int:
    """Return the characters of a line of text here."""
    try:
        return max(NARROWEST, min(os.get_terminal_size().columns, WIDEST))
    except OSError:  # a file or a pipe
        return WIDEST


def explained(found: Mapping[str, Any]) -> str:
    """Return an explanation, given as graph/explaining/why.py writes it in JSON, as text."""
    marks = {graph: number for number, graph in enumerate(found["sources"], 1)}
    said = f" ({found['modality']})" if found["modality"] else ""
    lines = [f"{found['words']}{said}"]
    for number, proof in enumerate(found["proofs"], 1):
        more = ", and there are others" if found["more"] else ""
        meant = f" ({proof['modality']})" if proof["modality"] else ""
        lines += ["", f"Proof {number} of {len(found['proofs'])}{meant}{more}:"]
        lines += proof_lines(proof["tree"], marks, 1)
    agreement = found["corroboration"]
    counts = len(agreement["articles"]), len(agreement["publishers"])
    if counts[0]:
        who = f"{counted(counts[0], 'article')} of {counted(counts[1], 'publisher')}"
        lines += ["", f"Independent sources: {who}"]
    for other in found["contested"]:
        lines += ["", f"Contested: {other['words']} {marked([other['source']], marks)}"]
    sources = {graph: source["words"] for graph, source in found["sources"].items()}
    return "\n".join([*lines, *source_lines(sources)])


def proof_lines(tree: Mapping[str, Any], marks: Marks, depth: int) -> list[str]:
    """Return the lines of a proof, premises set in below their conclusion."""
    margin = "  " * depth
    if "graphs" in tree:
        held = marked(tree["graphs"], marks) or "the vocabulary"
        meant = f"  ({tree['modality']})" if tree["modality"] else ""
        readings = dict.fromkeys(one for own in tree.get("readings", {}).values() for one in own)
        read = [f"{margin}  read so: {one}" for one in readings]
        return [f"{margin}{tree['names']}  {held}{meant}", *read]
    lines = [f"{margin}{tree['names']}  by {tree['rule']['words']}"]
    for premise in tree["premises"]:
        lines += proof_lines(premise, marks, depth + 1)
    return lines
