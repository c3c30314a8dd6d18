"""A build on a cluster: its hosts process the articles, the driver everything smaller."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import Quad, RdfFormat, parse

from graph.build import (
    Draft,
    Summary,
    close_statements,
    count_contents,
    plan_checks,
    plan_judges,
    plan_origin,
    require_no_findings,
    require_retired,
    require_sound,
    write_build,
)
from graph.curating.check import run_checks
from graph.curating.master import Inputs, Master, list_data_files, read_master
from graph.curating.period import compute_period_bounds
from graph.curating.shapes import divide_rest
from graph.curating.verification import ARCHIVE
from graph.dataset import memory_store
from graph.distributing.article_rows import (
    ROW_SCHEMA,
    is_article,
    quad_rows,
    read_articles,
    type_articles,
)
from graph.distributing.closing import Rounds
from graph.distributing.cluster import SparkCluster, open_session
from graph.distributing.constraint import find_violating_facts
from graph.errors import Finding
from graph.progress import Stages
from graph.publishing.rdf_export import MOST_ARRANGED
from graph.reasoning.kernel import Kernel
from ontology.namespace import EVIDENCE_GRAPH, INFERRED_GRAPH
from ontology.terms import CPEC, RDF

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

TASKS_PER_PROCESSOR: Final = 4
"""The tasks for each processor of a cluster: Spark repeats a lost task, so small ones cost less."""


def build_on_cluster(
    cluster: SparkCluster,
    inputs: Inputs,
    builds: Path,
    archive: Path = ARCHIVE,
    most: int = MOST_ARRANGED,
    *,
    replace: bool = True,
) -> Summary:
    """Build the snapshot of the master copy on a cluster, and return its summary.

    The hosts of the cluster read, check and close the articles; all of them need the folders at
    the same paths. Up to `most` quads, the driver looks for contradictions. Raises DataError,
    OtherDataError unless it may `replace` a snapshot of other data, and ClusterError if the cluster
    does not answer.
    """
    stages = Stages(6)
    builds = builds.absolute()  # Spark takes a relative path for one of its own file system
    builds.mkdir(parents=True, exist_ok=True)
    with (
        open_session(cluster) as spark,
        tempfile.TemporaryDirectory(prefix=".new-", dir=builds) as to,
    ):
        with stages.stage("read"):
            origin = plan_origin(inputs, builds, replace=replace)
            require_retired(inputs)
            paths = [path for path in list_data_files(inputs.data) if is_article(path, inputs.data)]
            base = read_master(inputs, [*{*list_data_files(inputs.data)} - {*paths}])
            stated = list(base.quads())
            rows, counts = read_on_cluster(spark, paths, base, archive.absolute(), to)
            counts.update(count_contents(memory_store(stated), stated))
        with stages.stage("check"):
            require_no_findings(check_base(stated, rows, base))
            stated += compute_period_bounds(memory_store([*stated, *select_dates(rows)]))
        with stages.stage("close"):
            small = rows.count() <= most
            inferred, against = close_on_cluster(spark, stated, rows, base, to, check=not small)
            stated += parse_rows(rows)
    with stages.stage("judge"):
        judge_on_driver(stated, inferred, stated if small else [*base.quads()], against, base)
    all_counts = {**counts, "inferred": len(inferred)}
    return write_build([*stated, *inferred], Draft(builds, origin, all_counts, replace), stages)


def read_on_cluster(
    spark: SparkSession, paths: list[Path], base: Master, archive: Path, to: str
) -> tuple[DataFrame, Counter[str]]:
    """Return the rows of the articles' quads and the counts of the articles; raises DataError."""
    context = spark.sparkContext
    known = context.broadcast((base, type_articles(paths)))
    tasks = max(1, min(len(paths), context.defaultParallelism * TASKS_PER_PROCESSOR))
    read = context.parallelize([str(path.absolute()) for path in paths], tasks).mapPartitions(
        lambda some: read_articles(some, known.value[0], known.value[1], archive)
    )
    file = f"file://{to}/stated"
    spark.createDataFrame(read, ROW_SCHEMA).write.parquet(file)
    rows = spark.read.parquet(file)
    findings = [
        Finding(row.s, int(row.p) if row.p else None, row.o)
        for row in rows.where("kind = 'finding'").collect()
    ]
    require_no_findings(
        sorted(findings, key=lambda fault: (fault.path, fault.line or 0, fault.message))
    )
    counts: Counter[str] = Counter()
    for row in rows.where("kind = 'count'").collect():
        counts.update(json.loads(row.s))
    return rows.where("kind = 'quad'"), counts


def close_on_cluster(
    spark: SparkSession, stated: list[Quad], rows: DataFrame, base: Master, to: str, *, check: bool
) -> tuple[list[Quad], list[Quad]]:
    """Return the inferences from statements and rows, and the facts that violate a constraint.

    Without `check` no violation is looked for.
    """
    kernel = close_statements(stated, base)
    spelt = spark.createDataFrame(list(quad_rows(stated)), ROW_SCHEMA)
    facts = rows.union(spelt).where("part").select("s", "p", "o").distinct()
    following = Rounds(spark, kernel, f"file://{to}").close(facts)
    violating = find_violating_facts(facts.union(following), kernel) if check else ()
    closure = parse_triples(following.toLocalIterator(), INFERRED_GRAPH)
    inferred = [quad for quad in closure if kernel.tbox.materialises(*quad.triple)]
    return inferred, parse_triples(violating, EVIDENCE_GRAPH)


def judge_on_driver(
    stated: list[Quad], inferred: list[Quad], judged: list[Quad], against: list[Quad], base: Master
) -> None:
    """Check the statements and inferences, and look for contradictions in those to be judged.

    `against` are the facts that violate a constraint. Raises DataError.
    """
    kernel = Kernel([*judged, *against])
    judging = plan_judges(judged, kernel, base)
    require_sound(plan_checks(stated, inferred, kernel, base, divide_rest), judging)


def check_base(stated: list[Quad], rows: DataFrame, base: Master) -> list[Finding]:
    """Return the findings about the master copy without its articles, whose names it may use."""
    named = rows.where((rows.p == f"<{RDF.TYPE.value}>") & (rows.o == f"<{CPEC}NewsArticle>"))
    return run_checks(memory_store([*stated, *parse_rows(named)]), "stated", base)


def select_dates(rows: DataFrame) -> list[Quad]:
    """Return the quads of the dates of events."""
    return parse_rows(rows.where(rows.p == f"<{CPEC}date>"))


def parse_rows(rows: DataFrame) -> list[Quad]:
    """Return the quads of rows."""
    lines = (f"{row.s} {row.p} {row.o} {row.g} .\n" for row in rows.toLocalIterator())
    return list(parse("".join(lines), RdfFormat.N_QUADS))


def parse_triples(triples: Iterable[Sequence[str]], graph: str) -> list[Quad]:
    """Return triples of N-Triples terms as quads of a graph."""
    lines = (f"{' '.join(triple)} <{graph}> .\n" for triple in triples)
    return list(parse("".join(lines), RdfFormat.N_QUADS))
