"""The commands build, validate and verify."""

from __future__ import annotations

from pathlib import Path

import click

from graph.cache_folder import cache_folder
from graph.curating.master import DATA, Inputs, read_master
from graph.curating.verification import ARCHIVE, TextMatch
from graph.curating.verification import verify as verify_evidence
from graph.dataset import memory_store
from graph.errors import DataError
from server.command.current_snapshot import (
    DataFolder,
    SnapshotChoice,
    require_folder,
    snapshot_options,
)
from server.command.terminal_table import count_noun

FOLDER = click.Path(file_okay=False, path_type=Path)

data_option = click.option(
    "--data",
    type=DataFolder(),
    default=DATA,
    show_default="packaged",
    help="The folder of the data, the master copy.",
)


@click.command(epilog="Example: cpec build --out /srv/cpec")
@snapshot_options
@click.option("--archive", type=FOLDER, default=ARCHIVE, help="The folder of the articles' texts.")
@click.option(
    "--on", "cluster", metavar="ADDRESS", help="A Spark cluster: spark://HOST:PORT, local[*]."
)
@click.option("--wait", type=float, default=60, help="Seconds to wait for a worker of Spark.")
def build(choice: SnapshotChoice, archive: Path, cluster: str | None, wait: float) -> None:
    """Validate, verify, close, and write the snapshot.

    A snapshot of other data in the folder of --out is replaced if --data names the new ones.
    """
    from graph.build import build as build_snapshot  # noqa: PLC0415 - slow to import

    inputs, replace = Inputs(choice.data or DATA), choice.data is not None
    builds = choice.out or cache_folder(inputs.own_data)
    require_folder(builds)
    if cluster:
        from graph.distributing.building import build_on_cluster  # noqa: PLC0415 - slow to import
        from graph.distributing.cluster import SparkCluster  # noqa: PLC0415

        summary = build_on_cluster(
            SparkCluster(cluster, wait), inputs, builds, archive, replace=replace
        )
    else:
        summary = build_snapshot(inputs, builds, archive, replace=replace)
    click.echo(
        f"{summary.snapshot.path}: {count_noun(summary.articles, 'article')}, "
        f"{summary.sentences} sentences, {summary.statements} statements, "
        f"{summary.inferred} inferred, {summary.links} links ({summary.seconds:.1f} s)"
    )


@click.command(epilog="Example: cpec validate graph/data/articles/example-2026-05-01.trig")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@data_option
def validate(file: Path | None, data: Path) -> None:
    """Check the master copy, or a FILE of it, and name all defects.

    The FILE may be outside the master copy, which is then taken with it.
    """
    from graph.validation import validate as validate_master  # noqa: PLC0415 - slow to import
    from graph.validation import validate_file  # noqa: PLC0415

    if file is None:
        validate_master(Inputs(data))
    elif findings := validate_file(Inputs(data), file):
        raise DataError(findings)
    click.echo("valid")


@click.command(epilog="Example: cpec verify --archive ~/articles")
@data_option
@click.option(
    "--archive",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="The folder of the articles' texts, {article}.txt.",
)
def verify(data: Path, archive: Path) -> None:
    """Compare each sentence and quote with the archived text.

    It prints a line a sentence: exact, moved, missing, or no text here.
    """
    store = memory_store(read_master(Inputs(data)).quads())
    lines = verify_evidence(store, archive)
    for line in lines:
        click.echo(str(line))
    if any(line.status in {TextMatch.MOVED, TextMatch.MISSING} for line in lines):
        raise SystemExit(1)
