"""The checks: queries whose rows are the defects of the master copy.

A check is a file of `checks/`. Its first line is the message, a comment in which `{name}` is
replaced by that variable of the row. The variables `?graph ?subject ?predicate ?object` locate the
line of the defect; the variable `?unknown` binds an unknown name, and the message suggests the
nearest known name. The checks of `stated/` and `written/` query the stated graphs; the checks of
`closed/` query `graph:inferred` too. The bound of quotes counts characters, and is no query
(graph/curating/coverage.py). A server runs the checks of `written/` on each write.
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
from graph.curating.coverage import find_overquoted
from graph.curating.master import Master
from graph.curating.master_file import term
from graph.errors import Finding
from ontology.namespace import shorten
from ontology.terms import RDF

CHECKS: Final = Path(__file__).parent / "checks"

NAMES: Final = f"SELECT DISTINCT ?name {{ ?name <{RDF}type> ?kind }}"
"""The known names: every subject that has a type."""

Row: TypeAlias = dict[str, NamedNode | BlankNode | Literal | Triple]
"""One solution: the terms by the names of their variables."""

STAGES: Final = {"stated": ("stated", "written"), "closed": ("closed",)}
"""The folders of the checks of each stage of a build."""

PLACE: Final = ("graph", "subject", "predicate", "object")


@dataclass(frozen=True, slots=True)
class Check:
    """A query whose rows are defects, and the message for each row."""

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
    """Return the defects that the checks of a stage find, in the order of files and lines."""
    names = find_known_names(store)
    checks = [check for folder in STAGES[stage] for check in read_checks(folder)]
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:  # pyoxigraph releases the GIL
        answers = pool.map(lambda check: list(select_rows(store, check.query)), checks)
    findings = {
        report_defect(check, row, master, names)
        for check, answer in zip(checks, answers, strict=True)
        for row in answer
    }
    if stage == "stated":
        findings.update(find_overquoted(store, master))
    return sorted(findings, key=lambda f: (f.path, f.line or 0, f.message))


def select_rows(store: Store, query: str) -> Iterator[Row]:
    """Return the solutions of a SELECT query, each with the variables that it binds."""
    answer = run_select(store, query)
    names = [variable.value for variable in answer.variables]
    for solution in answer:
        yield {name: value for name in names if (value := solution[name]) is not None}


def find_known_names(store: Store) -> list[str]:
    """Return the known names, shortened and sorted."""
    names = (row["name"] for row in select_rows(store, NAMES))
    return sorted(shorten(name.value) for name in names if isinstance(name, NamedNode))


def report_defect(check: Check, row: Row, master: Master, names: list[str]) -> Finding:
    """Return a row of a check as a finding."""
    words = {
        name: shorten(value.value) if isinstance(value, NamedNode) else term(value)
        for name, value in row.items()
    }
    message = check.message.format_map(words)
    if near := difflib.get_close_matches(words.get("unknown", ""), names, 1, 0.8):
        message += f"; did you mean {near[0]}?"
    place = [term(row[name]) if name in row else None for name in PLACE]
    return master.finding(message, place[0] or "", *place[1:])
