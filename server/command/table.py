"""A result set as a table for a terminal, IRIs shortened to the names that people write."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final, TypedDict

from tabulate import tabulate

from graph.name import typed

WIDTH: Final = 64
"""Characters of a cell before it is folded."""


class Cell(TypedDict):
    """A term in SPARQL 1.1 Query Results JSON, section 3.2.2."""

    type: str
    value: str


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
    """Return bindings as a table, with one more column where there is one beside them."""
    rows = [[cell(row[name]) if name in row else "" for name in names] for row in bindings]
    heads = list(names)
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


def cell(term: Cell) -> str:
    """Return a term as a person writes it."""
    if term["type"] != "uri":
        return " ".join(term["value"].split())
    return typed(term["value"])


def counted(number: int, noun: str) -> str:
    """Return so many of them."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
