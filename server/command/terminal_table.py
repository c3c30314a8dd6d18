"""A result set as a table for a terminal, with IRIs shortened to local or prefixed names."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypedDict

from tabulate import tabulate

from graph.answering.name import abbreviate
from queries.question import LABEL

CELL_WIDTH: Final = 64
"""The characters of a line of a cell."""

CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""The control characters, which a terminal obeys instead of printing."""


class Cell(TypedDict):
    """A term in SPARQL 1.1 Query Results JSON, section 3.2.2; `value` of a triple is an object."""

    type: str
    value: Any


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
