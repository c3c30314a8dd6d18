"""A build beyond memory: articles become fragments, and an engine of SQL closes their quads.

Of the articles a process holds some at a time; in memory is the rest of the data, and of each thing
what the shapes see of it.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TypeAlias

from pyoxigraph import Quad

from graph.build import (
    Summary,
    Task,
    WriteDumps,
    close_statements,
    count_contents,
    place_contradiction,
    plan_judges,
    plan_origin,
    require_no_findings,
    require_sound,
    write_build,
    write_quads,
)
from graph.curating.aligned import find_misreadings
from graph.curating.check import run_checks
from graph.curating.master import Inputs, Master, hash_files, read_retired_things
from graph.curating.period import compute_period_bounds
from graph.curating.shapes import find_violations
from graph.curating.verification import ARCHIVE
from graph.dataset import canonicalise, graph_of, memory_store, sort_n_quads
from graph.progress import Stages
from graph.publishing.rdf_export import MOST_ARRANGED
from graph.reasoning.kernel import Kernel
from graph.snapshot_folder import lock_folder
from ontology.namespace import ONTOLOGY_GRAPH
from ontology.terms import CPEC, RDF
from server.scaling.closing import Closing, spell
from server.scaling.dumping import parse_rows, write_large
from server.scaling.fragment import Fragments
from server.scaling.tables import Tables

OpenTables: TypeAlias = Callable[[Path], AbstractContextManager[Tables]]
"""A function that opens tables in a folder."""


def build_in_tables(
    open_tables: OpenTables,
    inputs: Inputs,
    builds: Path,
    archive: Path = ARCHIVE,
    most: int = MOST_ARRANGED,
    *,
    replace: bool = True,
) -> Summary:
    """Build the snapshot of the master copy in the tables of an engine, and return its summary.

    More than `most` quads are never in memory together. Raises DataError, OtherDataError unless it
    may `replace` a snapshot of other data, OSError for a full disk, and the errors of the engine.
    """
    stages = Stages(6)
    builds = builds.absolute()  # Spark takes a relative path for one of its own file system
    (builds / "fragments").mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix=".new-", dir=builds) as folder,
        lock_folder(builds / "fragments"),
        open_tables(Path(folder)) as tables,
    ):
        scratch = Path(folder)
        with stages.stage("read"):
            origin = plan_origin(inputs, builds, replace=replace)
            retired = read_retired_things(inputs)
            archive = archive.absolute()
            fragments = Fragments.open(builds / "fragments", inputs, archive, origin.code)
            entries = fragments.read(tables, scratch)
            articles = [fragments.path(entry.fragment) for entry in entries]
        with stages.stage("check"):
            base = fragments.base
            stated = canonicalise(base.quads())
            own = scratch / "base.nq"
            own.write_bytes(sort_n_quads(stated))
            counts = Counter(count_contents(memory_store(stated), stated))
            for entry in entries:
                counts.update(entry.counts)
            tables.read_lines("line", [*articles, own])
            named = select_lines(tables, f"<{RDF.TYPE.value}> <{CPEC}NewsArticle>")
            require_no_findings(run_checks(memory_store([*stated, *named]), "batch", base))
            dates = select_lines(tables, f"<{CPEC}date>")
            stated += compute_period_bounds(memory_store([*stated, *dates]))
            stated += retired
        with stages.stage("close"):
            kernel = close_statements(select_ontology(stated), base)
            own.write_bytes(sort_n_quads(stated))
            key = hash_files(" ".join((origin.code, *map(str, articles))), [own])
            tables.resume(fragments.tables / key)
            closing = Closing(tables, kernel)
            closing.number([*articles, own])
            closing.close()
            counts["inferred"] = closing.keep(scratch / "inferred")
        with stages.stage("judge"):
            judge(closing, stated, base)
        (size,) = next(tables.rows("SELECT count(*) FROM whole"))
        if size > most:
            write: WriteDumps = partial(write_large, closing, stated, articles, scratch)
        else:
            write = partial(
                write_quads, list(parse_rows(tables.rows(spell("SELECT * FROM whole", "spog"))))
            )
        summary = write_build(write, counts, stages, builds, origin, replace=replace)
        fragments.sweep(entries)
        return summary


def select_lines(tables: Tables, text: str) -> list[Quad]:
    """Return the quads whose lines have a text between two spaces."""
    return list(parse_rows(tables.rows(f"SELECT line FROM line WHERE instr(line, ' {text} ') > 0")))


def select_ontology(quads: list[Quad]) -> list[Quad]:
    """Return the quads of the ontology."""
    return [quad for quad in quads if graph_of(quad) == ONTOLOGY_GRAPH]


def judge(closing: Closing, stated: list[Quad], base: Master) -> None:
    """Check a closure, and look for contradictions in it; raises DataError."""
    kernel = Kernel([*stated, *closing.find_violating_facts()])
    ontology = select_ontology(stated)
    rest, witnesses = closing.select_rest(base.shapes), closing.select_witnesses()
    cycles = memory_store([*ontology, *closing.select_cycles()])
    checks: list[Task] = [
        partial(find_violations, rest, base),
        partial(find_misreadings, [*ontology, *witnesses], base),
        partial(run_checks, cycles, "closed", base),
        partial(
            run_checks, memory_store([*ontology, *closing.select_crossing()]), "crossing", base
        ),
        lambda: [place_contradiction(fault, kernel, base) for fault in kernel.contradictions()],
    ]
    require_sound(checks, plan_judges(stated, kernel, base))
