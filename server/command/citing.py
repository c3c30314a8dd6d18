"""Cited answers and explanations as text for a terminal, their sources numbered beneath."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from textwrap import wrap
from typing import Any, Final

from graph.citing.answer import CitedAnswer
from graph.explaining.mark import (
    DAGGER,
    OWN,
    Marks,
    marked,
    marks_of,
    modality_words,
    segments,
    text_of,
)
from graph.explaining.wording import Wording
from ontology.namespace import shorten
from ontology.terms import CPEC
from server.command.terminal_table import count_noun, format_table

WIDEST: Final = 96
NARROWEST: Final = 24
"""Characters of a line of text; between them the terminal decides, where there is one."""

REPORTED: Final = CPEC + "Reported"

IRI: Final = re.compile(r"<([^<> ]+)>")


def cited_table(answer: CitedAnswer, words: Wording) -> str:
    """Return an answer as a table with a column of marks, and the sources that they stand for."""
    marks = marks_of({graph: source.to_json() for graph, source in answer.sources.items()})
    notes = [note(json.loads(citation.json()), marks) for citation in answer.citations]
    if answer.boolean is not None:
        lines = [f"{'yes' if answer.boolean else 'no'} {notes[0]}"]
    else:
        rows = [answer.binding(row) for row in answer.rows]
        lines = [format_table(answer.variables, rows, ("cited", notes))]
    lines += absence_lines(text for one in answer.citations for text in one.absent)
    cited = {graph: words.quoted(graph, source) for graph, source in answer.sources.items()}
    return "\n".join([*lines, *source_lines(cited, marks)])


def note(citation: Mapping[str, Any], marks: Marks) -> str:
    """Return a citation in marks, and its modalities unless it is simply reported."""
    meant = modality_words(citation)
    is_plain = all(modality.get("iri") == REPORTED for modality in citation.get("modalities", ()))
    return text_of(segments(citation, marks)) + (f" ({meant})" if meant and not is_plain else "")


def in_parentheses(modality: Mapping[str, str]) -> str:
    """Return the name of a modality as it follows a statement, "" where there is none."""
    return f" ({modality['name']})" if "iri" in modality else ""


def absence_lines(absences: Iterable[str]) -> list[str]:
    """Return a line for each thing that no source says, after a heading."""
    said = [IRI.sub(lambda iri: shorten(iri[1]), absence) for absence in dict.fromkeys(absences)]
    texts = ["It rests on what is absent too:", *(f"- {absence}" for absence in said)]
    lines = [line for text in texts for line in wrap(text, width(), subsequent_indent="  ")]
    return ["", *lines] if said else []


def marked_text(graphs: Sequence[str], marks: Marks) -> str:
    """Return the marks of graphs: [1][3]†."""
    return text_of(marked(graphs, marks))


def source_lines(sources: Mapping[str, str], marks: Marks) -> list[str]:
    """Return a line for each source, after an empty one; our own word is one line."""
    texts = [f"[{marks[one]}] {words}" for one, words in sources.items() if marks[one] != DAGGER]
    if DAGGER in marks.values():
        texts.append(f"{DAGGER} {OWN}")
    lines = [line for text in texts for line in wrap(text, width(), subsequent_indent="    ")]
    return ["", *lines] if lines else []


def width() -> int:
    """Return the characters of a line of text site."""
    try:
        return max(NARROWEST, min(os.get_terminal_size().columns, WIDEST))
    except OSError:  # a file or a pipe
        return WIDEST


def explained(found: Mapping[str, Any]) -> str:
    """Return an explanation, given as graph/explaining/why.py writes it in JSON, as text."""
    marks = marks_of(found["sources"])
    lines = [f"{found['words']}{in_parentheses(found['modality'])}"]
    for number, proof in enumerate(found["proofs"], 1):
        more = ", and there are others" if found["more"] else ""
        meant = in_parentheses(proof["modality"])
        lines += ["", f"Proof {number} of {len(found['proofs'])}{meant}{more}:"]
        lines += proof_lines(proof["tree"], marks, 1)
    agreement = found["corroboration"]
    counts = len(agreement["articles"]), len(agreement["publishers"])
    if counts[0]:
        who = f"{count_noun(counts[0], 'article')} of {count_noun(counts[1], 'publisher')}"
        lines += ["", f"Independent sources: {who}"]
    for other in found["contested"]:
        lines += ["", f"Contested: {other['words']} {marked_text([other['source']], marks)}"]
    for other in found["unasserted"]:
        lines += ["", f"But: {other['words']} {marked_text([other['source']], marks)}"]
    sources = {graph: source["words"] for graph, source in found["sources"].items()}
    return "\n".join([*lines, *source_lines(sources, marks)])


def proof_lines(tree: Mapping[str, Any], marks: Marks, depth: int) -> list[str]:
    """Return the lines of a proof, premises set in below their conclusion."""
    margin = "  " * depth
    if "graphs" in tree:
        held = marked_text(tree["graphs"], marks)
        meant = in_parentheses(tree["modality"])
        readings = dict.fromkeys(one for own in tree.get("readings", {}).values() for one in own)
        read = [f"{margin}  read so: {one}" for one in readings]
        return [f"{margin}{tree['names']}  {held}{meant}", *read]
    lines = [f"{margin}{tree['names']}  by {tree['rule']['words']}"]
    for premise in tree["premises"]:
        lines += proof_lines(premise, marks, depth + 1)
    return lines
