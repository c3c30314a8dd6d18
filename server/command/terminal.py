"""Answers and explanations as text for a terminal: tables, numbered sources below, short names."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from textwrap import wrap
from typing import Any, Final

from tabulate import tabulate

from graph.answering.name import abbreviate
from graph.citing.answer import CitedAnswer
from graph.wording.mark import (
    DAGGER,
    OWN,
    UNDATED,
    Marks,
    join_segments,
    mark_citation,
    mark_graphs,
    name_modalities,
    number_sources,
)
from graph.wording.source import Bibliography
from graph.wording.statement import write_modality
from graph.wording.text import shorten_iris
from ontology.terms import CPEC
from queries.question import LABEL

CELL_WIDTH: Final = 64
"""The characters of a line of a cell."""

CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""The control characters, which a terminal obeys instead of printing."""


Cell = Mapping[str, Any]
"""A term in SPARQL 1.1 Query Results JSON, section 3.2.2; `value` of a triple is an object."""


MAX_WIDTH: Final = 96
MIN_WIDTH: Final = 24
"""The limits of a line of text in characters; the terminal decides between them."""

REPORTED: Final = CPEC + "Reported"

MOST_ABSENCES: Final = 5
"""The absences that are listed."""


def format_results(body: bytes) -> str:
    """Return results in JSON as a table and the number of its rows, or as yes or no."""
    results = json.loads(body)
    if "boolean" in results:
        return "yes" if results["boolean"] else "no"
    return format_table(results["head"]["vars"], results["results"]["bindings"])


def format_table(
    names: Sequence[str],
    bindings: Sequence[Mapping[str, Cell]],
    notes: tuple[str, Sequence[str]] | None = None,
) -> str:
    """Return bindings as a table, with a last column of notes, given as its head and its cells.

    The cells of a column `x` include the labels of a column `xLabel`.
    """
    heads = [name for name in names if not (name.endswith(LABEL) and name[: -len(LABEL)] in names)]
    rows = [[labelled_cell(row, name) for name in heads] for row in bindings]
    if notes is not None:
        heads.append(notes[0])
        rows = [[*row, text] for row, text in zip(rows, notes[1], strict=True)]
    count = count_noun(len(rows), "row")
    if not rows:
        return count
    folded = tabulate(
        rows, headers=heads, tablefmt="simple", disable_numparse=True, maxcolwidths=CELL_WIDTH
    )
    return f"{folded}\n\n{count}"


def labelled_cell(row: Mapping[str, Cell], name: str) -> str:
    """Return a cell with its label, as in Goal_Future_Skills (future skills).

    A name that reads like its label, as Space_Technology does, needs none.
    """
    text = format_term(row[name]) if name in row else ""
    label = format_term(row[name + LABEL]) if name + LABEL in row else ""
    reads_alike = strip_punctuation(label) in {"", strip_punctuation(text)}
    return text if reads_alike else f"{text} ({label})"


def strip_punctuation(text: str) -> str:
    """Return the letters and digits of a text, to compare a name with a label."""
    return "".join(filter(str.isalnum, text)).casefold()


def format_term(term: Cell) -> str:
    """Return a term as it is typed on the command line."""
    if term["type"] == "triple":
        parts = (format_term(term["value"][part]) for part in ("subject", "predicate", "object"))
        return f"<<( {' '.join(parts)} )>>"
    if term["type"] != "uri":
        words = " ".join(term["value"].split())
        return CONTROL.sub(lambda sign: f"\\x{ord(sign[0]):02x}", words)
    return abbreviate(term["value"])


def count_noun(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless it is 1."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def format_cited(answer: CitedAnswer, evidence: Bibliography, sentences: Sequence[str] = ()) -> str:
    """Return an answer as a table with a column of marks, and the marked sources.

    `sentences` are its rows in words, which follow the table with the same marks.
    """
    marks = number_sources({graph: source.to_json() for graph, source in answer.sources.items()})
    notes = [write_note(json.loads(citation.json()), marks) for citation in answer.citations]
    if answer.boolean is not None:
        lines = [f"{'yes' if answer.boolean else 'no'} {notes[0]}"]
    else:
        rows = [answer.binding(row) for row in answer.rows]
        lines = [format_table(answer.variables, rows, ("cited", notes))]
    if sentences:
        lines += ["", "In words:"]
        lines += wrap_items(f"{row} {note}" for row, note in zip(sentences, notes, strict=True))
    absent = dict.fromkeys(text for citation in answer.citations for text in citation.absent)
    lines += absence_lines(list(absent))
    cited = {graph: evidence.write_source(graph, s) for graph, s in answer.sources.items()}
    return "\n".join([*lines, *source_lines(cited, marks)])


def write_note(citation: Mapping[str, Any], marks: Marks) -> str:
    """Return a citation in marks, with its modalities unless all are Reported, and no more."""
    modalities = name_modalities(citation)
    is_plain = all(
        own.get("iri") == REPORTED and own.keys() <= {"iri", "name", "members"}
        for own in citation.get("modalities", ())
    )
    return join_segments(mark_citation(citation, marks)) + (
        f" ({modalities})" if modalities and not is_plain else ""
    )


def in_parentheses(modality: Mapping[str, Any]) -> str:
    """Return a modality in parentheses, with who says so and what has ended, "" without one."""
    return f" ({write_modality(modality)})" if "iri" in modality else ""


def absence_lines(absences: Sequence[str]) -> list[str]:
    """Return a line for each of the first absences, after a heading."""
    words = [shorten_iris(absence) for absence in absences[:MOST_ABSENCES]]
    if more := len(absences) - len(words):
        words.append(f"{more:,} more, which --format json lists")
    heading = wrap("It depends on absences too:", line_width())
    return ["", *heading, *wrap_items(words)] if words else []


def wrap_items(texts: Iterable[str]) -> list[str]:
    """Return the lines of a list, an item a text."""
    return [
        line for text in texts for line in wrap(f"- {text}", line_width(), subsequent_indent="  ")
    ]


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
    if why.get("undated"):
        lines += ["", f"{UNDATED} {write_marks(why['undated'], marks)}".capitalize()]
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
