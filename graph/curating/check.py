"""The checks: queries of which every row is a defect of the master copy.

A check is a file of `checks/`. Its first line is the message, a comment in which `{name}` stands
for that variable of the row. The variables `?graph ?subject ?predicate ?object` say where
the defect stands, so that its line can be found; a variable `?unknown` is a name that nobody
knows, to which the nearest known name is suggested. The checks of `stated/` and `written/` see the
stated graphs; those of `closed/` see `graph:inferred` too. A server holds each write to `written/`.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Store, Triple

from graph.answering.evaluation import run_select
from graph.curating.master import Master
from graph.curating.master_file import term
from graph.errors import Finding
from ontology.namespace import shorten
from ontology.terms import RDF

CHECKS: Final = Path(__file__).parent / "checks"

NAMES: Final = f"SELECT DISTINCT ?name {{ ?name <{RDF}type> ?kind }}"
"""What is known to exist: everything that has a type."""

Row: TypeAlias = dict[str, NamedNode | BlankNode | Literal | Triple]
"""One solution: the terms by the names of their variables."""

STAGES: Final = {"stated": ("stated", "written"), "closed": ("closed",)}
"""The folders of the checks of each stage of a build."""

PLACE: Final = ("graph", "subject", "predicate", "object")


@dataclass(frozen=True, slots=True)
class Check:
    """A query of which every row is a defect, and the message that says which."""

    name: str
    message: str
    query: str


def read_checks(folder: str) -> list[Check]:
    """Return the checks of a folder in the order of their names."""
    return [read_check(path) for path in sorted((CHECKS / folder).glob("*.rq"))]


def read_check(path: Path) -> Check:
    """Return the check in a file."""
    text = path.read_text("utf-8")
    return Check(path.stem, text.partition("\n")[0].removeprefix("#").strip(), text)


def run_checks(store: Store, stage: str, master: Master) -> list[Finding]:
    """Return what the checks of the stage find in the store, in the order of files and lines."""
    names = known_names(store)
    checks = [check for folder in STAGES[stage] for check in read_checks(folder)]
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:  # which a query lets run
        answers = pool.map(lambda check: list(rows(store, check.query)), checks)
    found = {
        finding(check, row, master, names)
        for check, answer in zip(checks, answers, strict=True)
        for row in answer
    }
    return sorted(found, key=lambda one: (one.path, one.line or 0, one.message))


def rows(store: Store, query: str) -> Iterator[Row]:
    """Return the solutions of a SELECT query, each with the variables that it binds."""
    found = run_select(store, query)
    names = [variable.value for variable in found.variables]
    for solution in found:
        yield {name: value for name in names if (value := solution[name]) is not None}


def known_names(store: Store) -> list[str]:
    """Return the IRIs that something is known about, shortened and sorted."""
    names = (row["name"] for row in rows(store, NAMES))
    return sorted(shorten(name.value) for name in names if isinstance(name, NamedNode))


def finding(check: Check, row: Row, master: Master, names: list[str]) -> Finding:
    """Return the defect that a row of a check stands for."""
    words = {
        name: shorten(value.value) if isinstance(value, NamedNode) else term(value)
        for name, value in row.items()
    }
    message = check.message.format_map(words)
    if near := difflib.get_close_matches(words.get("unknown", ""), names, 1, 0.8):
        message += f"; did you mean {near[0]}?"
    place = [term(row[name]) if name in row else None for name in PLACE]
    return master.finding(message, place[0] or "", *place[1:])
