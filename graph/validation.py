"""The validation: the defects of the master copy or of one of its files, without a build."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

from pyoxigraph import NamedNode, Quad

from graph.build import (
    close_statements,
    plan_checks,
    require_no_findings,
    require_retired,
    require_sound,
)
from graph.curating.check import run_checks
from graph.curating.master import Inputs, Master, list_data_files, read_master
from graph.curating.period import compute_period_bounds
from graph.curating.shapes import Parts
from graph.dataset import memory_store
from graph.errors import Finding


def validate(inputs: Inputs) -> None:
    """Check the master copy and its closure without writing; raises DataError."""
    master = read_master(inputs)
    require_retired(inputs)
    stated = list(master.quads())
    store = memory_store(stated)
    require_no_findings(run_checks(store, "stated", master))
    stated += compute_period_bounds(store)
    kernel = close_statements(stated, master)
    inferred = list(kernel.inferred_quads())
    require_sound(plan_checks(stated, inferred, kernel, master))


def validate_file(inputs: Inputs, path: Path) -> list[Finding]:
    """Return all defects of a file beside the other files of the master copy, by their lines.

    The file may be outside the master copy: it takes the place of the file with its name, if any. A
    defect is placed in the file if that says anything about it; one that comes to light elsewhere
    is left out if the file has any. Raises DataError if a file cannot be read.
    """
    path = path.resolve()
    others = (file for file in list_data_files(inputs.data) if file.name != path.name)
    master = read_master(inputs, [*others, path])
    focus = next(file for file in master.files if file.path == path)
    findings = set(find_defects(replace(master, focus=focus)))
    own = {finding for finding in findings if finding.path == focus.name}
    return sorted(own or findings, key=lambda f: (f.path, f.line or 0, f.message))


def find_defects(master: Master) -> Iterator[Finding]:
    """Yield the defects of a master copy with a focus: shapes judge only what that file names."""
    stated = list(master.quads())
    store = memory_store(stated)
    yield from run_checks(store, "stated", master)
    stated += compute_period_bounds(store)
    kernel = close_statements(stated, master)
    inferred = list(kernel.inferred_quads())
    named = find_named_things(master)

    def divide(quads: list[Quad]) -> Parts:
        return [[quad for quad in quads if quad.subject in named]]

    checks = plan_checks(stated, inferred, kernel, master, divide)
    yield from chain.from_iterable(check() for check in checks)


def find_named_things(master: Master) -> set[object]:
    """Return the IRIs that the file in focus has, as subjects or objects."""
    focus = replace(master, files=(master.focus,) if master.focus else ())
    return {
        node
        for quad in focus.quads()
        for node in (quad.subject, quad.object)
        if isinstance(node, NamedNode)
    }
