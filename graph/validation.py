"""The validation: the defects of the master copy or of one of its files, without a build."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Store

from graph.build import (
    close_statements,
    complete_statements,
    plan_checks,
    require_no_findings,
    require_sound,
)
from graph.curating.check import run_checks
from graph.curating.master import Inputs, Master, list_data_files, read_master, read_retired_things
from graph.curating.master_file import MasterFile
from graph.curating.period import compute_period_bounds
from graph.dataset import memory_store, with_union
from graph.errors import Finding
from graph.explaining.effect import ClosedGraph


def validate(inputs: Inputs) -> None:
    """Check the master copy and its closure without writing; raises DataError."""
    master = read_master(inputs).without_marks()
    read_retired_things(inputs)
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
    master = read_master(inputs, [*others, path]).without_marks()
    focus = next(file for file in master.files if file.path == path)
    return find_defects(replace(master, focus=focus), [focus])[0]


def close_completed(stated: Iterable[Quad], store: Store, master: Master) -> ClosedGraph:
    """Return the closure of a master copy with the quads that a build adds.

    The `store` has the stated quads, and gets the others. Raises DataError for unfollowed axioms.
    """
    added = list(complete_statements(store))
    store.extend(with_union(added))
    completed = [*stated, *added]
    return ClosedGraph(completed, close_statements(completed, master), store)


def find_defects(
    master: Master, changed: Iterable[MasterFile]
) -> tuple[list[Finding], ClosedGraph]:
    """Return the defects of a master copy, and its closure.

    Shapes judge only what the changed files name. If the focus has defects, these are all.
    """
    stated = list(master.quads())
    store = memory_store(stated)
    findings = set(run_checks(store, "stated", master))
    graph = close_completed(stated, store, master)
    inferred = list(graph.kernel.inferred_quads())
    named = {
        node
        for quad in replace(master, files=tuple(changed)).quads()
        for node in (quad.subject, quad.object)
        if isinstance(node, NamedNode)
    }

    def select(quads: list[Quad]) -> list[Quad]:
        return [quad for quad in quads if quad.subject in named]

    checks = plan_checks(list(graph.stated), inferred, graph.kernel, master, select)
    findings.update(chain.from_iterable(check() for check in checks))
    own = {finding for finding in findings if master.focus and finding.path == master.focus.name}
    return sorted(own or findings), graph
