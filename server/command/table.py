"""A result set as a table for a terminal, IRIs shortened to the names that people write."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypedDict

from tabulate import tabulate

from graph.answering.name import typed
from queries.question import LABEL

WIDTH: Final = 64
"""Characters of a cell before it is folded."""

CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""What a terminal would obey, not show."""


class Cell(TypedDict):
    """A term in SPARQL 1.1 Query Results JSON, section 3.2.2; of a triple, `value` holds three."""

    type: str
    value: Any


def table(body: bytes) -> str:
    """Return the results, given as SPARQL 1.1 Query Results JSON, as a table and its length."""
    results = json.loads(body)
    if "boolean" in results:
        return "yes" if results["boolean"] else "no"
    return table_of(results["head"]["vars"], results["results"]["bindings"])


def table_of(
    names: Sequence[str],
    bindings: Sequence[Mapping[str, Cell]],
    beside: tuple[str, Sequence[str]] | None = None,
) -> str:
    """Return bindings as a table, with one more column where there is one beside them.

    A column `xLabel` beside a column `x` is told in the cells of `x`.
    """
    heads = [name for name in names if not (name.endswith(LABEL) and name[: -len(LABEL)] in names)]
    rows = [[labelled(row, name) for name in heads] for row in bindings]
    if beside is not None:
        heads.append(beside[0])
        rows = [[*row, text] for row, text in zip(rows, beside[1], strict=True)]
    count = counted(len(rows), "row")
    if not rows:
        return count
    folded = tabulate(
        rows, headers=heads, tablefmt="simple", disable_numparse=True, maxcolwidths=WIDTH
    )
    return f"{folded}\n\n{count}"


def labelled(row: Mapping[str, Cell], name: str) -> str:
    """Return a cell with the label that stands beside it: Goal_Future_Skills (future skills).

    A name that reads like its label, as Space_Technology does, stands alone.
    """
    text = cell(row[name]) if name in row else ""
    label = cell(row[name + LABEL]) if name + LABEL in row else ""
    reads_alike = plain(label) in {"", plain(text)}
    return text if reads_alike else f"{text} ({label})"


def plain(text: str) -> str:
    """Return the letters and digits of a text, to compare a name with a label."""
    return "".join(filter(str.isalnum, text)).casefold()


def cell(term: Cell) -> str:
    """Return a term as a person writes it."""
    if term["type"] == "triple":
        parts = (cell(term["value"][part]) for part in ("subject", "predicate", "object"))
        return f"<<( {' '.join(parts)} )>>"
    if term["type"] != "uri":
        words = " ".join(term["value"].split())
        return CONTROL.sub(lambda sign: f"\\x{ord(sign[0]):02x}", words)
    return typed(term["value"])


def counted(number: int, noun: str) -> str:
    """Return so many of them."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
