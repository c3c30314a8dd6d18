"""The commands that make and check the graph: build, validate, verify."""

from __future__ import annotations

from pathlib import Path

import click

from graph.cache_folder import cache_folder
from graph.curating.master import DATA, Inputs, read_master
from graph.curating.verification import ARCHIVE, Status
from graph.curating.verification import verify as verify_evidence
from graph.dataset import memory_store
from server.command.snapshot import out, require_folder
from server.command.table import counted

FOLDER = click.Path(file_okay=False, path_type=Path)

data = click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=DATA,
    show_default="the packaged graph/data",
    help="The master copy.",
)


@click.command(epilog="Example: cpec build --out /srv/cpec")
@data
@out
@click.option("--archive", type=FOLDER, default=ARCHIVE, help="The articles' texts.")
@click.option(
    "--on", "cluster", metavar="ADDRESS", help="A Spark cluster: spark://HOST:PORT, local[*]."
)
@click.option("--wait", type=float, default=60, help="Seconds for which Spark may have no worker.")
def build(data: Path, out: Path | None, archive: Path, cluster: str | None, wait: float) -> None:
    """Validate, verify, close, and write the snapshot."""
    from graph.build import build as build_snapshot  # noqa: PLC0415 - slow to import

    builds = out or cache_folder()
    require_folder(builds)
    if cluster:
        from graph.distributing.building import build_on  # noqa: PLC0415 - slow to import
        from graph.distributing.cluster import SparkCluster  # noqa: PLC0415

        summary = build_on(SparkCluster(cluster, wait), Inputs(data), builds, archive)
    else:
        summary = build_snapshot(Inputs(data), builds, archive)
    click.echo(
        f"{summary.snapshot.path}: {counted(summary.articles, 'article')}, "
        f"{summary.sentences} sentences, {summary.statements} statements, "
        f"{summary.inferred} inferred, {summary.links} links ({summary.seconds:.1f} s)"
    )


@click.command(epilog="Example: cpec validate --data graph/data")
@data
def validate(data: Path) -> None:
    """Hold the master copy and what follows from it to checks and shapes."""
    from graph.build import validate as validate_master  # noqa: PLC0415 - slow to import

    validate_master(Inputs(data))
    click.echo("valid")


@click.command(epilog="Example: cpec verify --archive ~/articles")
@data
@click.option(
    "--archive",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="The folder of the articles' texts, {article}.txt.",
)
def verify(data: Path, archive: Path) -> None:
    """Hold each sentence and quote to the archived text, a line a sentence."""
    store = memory_store(read_master(Inputs(data)).quads())
    lines = verify_evidence(store, archive)
    for line in lines:
        click.echo(str(line))
    if any(line.status in {Status.MOVED, Status.MISSING} for line in lines):
        raise SystemExit(1)
