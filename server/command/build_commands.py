"""The commands on the master copy and its snapshot: build, validate, verify, snapshot, publish."""

from __future__ import annotations

import os
from collections import Counter
from functools import partial
from pathlib import Path

import click

from graph.curating.check import write_share
from graph.curating.evidence import read_article_file
from graph.curating.master import DATA, Inputs, read_master
from graph.curating.verification import ARCHIVE, TextMatch
from graph.curating.verification import verify as verify_evidence
from graph.current_snapshot import cache_folder
from graph.dataset import memory_store
from graph.errors import DataError
from graph.snapshot import FILES
from server.command.current_snapshot import (
    DataFolder,
    SnapshotChoice,
    choose_served,
    describe_snapshot,
    require_folder,
    snapshot_options,
    whole_snapshot,
)
from server.command.terminal import count_noun
from server.remote.publish import CLEAR, LOAD, Files, GraphStore, Published, Target
from server.remote.publish import publish as publish_to_store
from server.remote.store import AUTHORIZATION, RemoteStore

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
    "--engine",
    type=click.Choice(["memory", "duckdb"]),
    default="memory",
    show_default=True,
    help="Close the graph in memory, or on disk in DuckDB.",
)
@click.option(
    "--on", "cluster", metavar="ADDRESS", help="A Spark cluster: spark://HOST:PORT, local[*]."
)
@click.option("--wait", type=float, default=60, help="Seconds to wait for a worker of Spark.")
def build(
    choice: SnapshotChoice, archive: Path, engine: str, cluster: str | None, wait: float
) -> None:
    """Validate, verify, close, and write the snapshot.

    A snapshot of other data in the folder of --out is replaced if --data names the new ones.
    """
    from graph.build import build as build_snapshot  # noqa: PLC0415 - slow to import

    inputs, replace = Inputs(choice.data or DATA), choice.data is not None
    builds = choice.out or cache_folder(inputs.own_data)
    require_folder(builds)
    if cluster:
        from server.scaling.building import build_in_tables  # noqa: PLC0415 - slow to import
        from server.scaling.cluster import SparkCluster, open_spark  # noqa: PLC0415

        spark = partial(open_spark, SparkCluster(cluster, wait))
        summary = build_in_tables(spark, inputs, builds, archive, replace=replace)
    elif engine == "duckdb":
        from server.scaling.building import build_in_tables  # noqa: PLC0415 - slow to import
        from server.scaling.tables import open_duck  # noqa: PLC0415

        summary = build_in_tables(open_duck, inputs, builds, archive, replace=replace)
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

    It shows how much of each article its quotes or anchors cover.
    The FILE may be outside the master copy, which is then taken with it.
    """
    from graph.validation import validate as validate_master  # noqa: PLC0415 - slow to import
    from graph.validation import validate_file  # noqa: PLC0415

    if file is None:
        validate_master(Inputs(data))
    elif findings := validate_file(Inputs(data), file):
        raise DataError(findings)
    for path in [file] if file else sorted(data.glob("articles/*.trig")):
        for article in read_article_file(path):
            click.echo(write_share(article))
    click.echo("valid")


@click.command(epilog="Example: cpec verify --archive ~/articles")
@data_option
@click.option(
    "--archive",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="The folder of the articles' texts, {article}.txt or {article}.html.",
)
def verify(data: Path, archive: Path) -> None:
    """Compare each sentence, quote and anchor with the archived text.

    A text is plain, or the HTML of its page, which needs an extra: pip install cpec-graph[html]. It
    prints a line a sentence: exact, moved, changed with the words at fault, gone, or no text here.
    The last line counts the quotes and anchors.
    """
    store = memory_store(read_master(Inputs(data)).quads())
    lines = verify_evidence(store, archive)
    for line in lines:
        click.echo(str(line))
    counts = Counter(own.status for line in lines for own in line.words)
    words = ", ".join(f"{counts[status]} {status}" for status in TextMatch if counts[status])
    click.echo(f"quotes and anchors: {words or 'no text here'}")
    if any(line.status not in {TextMatch.EXACT, TextMatch.NO_TEXT} for line in lines):
        raise SystemExit(1)


@click.group(epilog="Example: cpec snapshot check /srv/cpec-graph/current")
def snapshot() -> None:
    """Check the files of a snapshot."""


@snapshot.command(epilog="Example: cpec snapshot check /srv/cpec-graph/current")
@click.argument("directory", metavar="DIR", type=FOLDER)
def check(directory: Path) -> None:
    """Compare each file of the snapshot in DIR with its size and SHA-256 in the manifest.

    It prints the data, the version and the size of the snapshot. Exit status: 0, or 1 with the name
    of the file that is cut, changed or missing.
    """
    whole = whole_snapshot(directory)
    files = whole.manifest[FILES]
    size = sum(file["bytes"] for file in files.values())
    click.echo(f"{whole.path}: {describe_snapshot(whole)}, {len(files)} files, {size} bytes, whole")


@click.command(
    epilog="Example: cpec publish http://localhost:7878/query --graph-store http://localhost:7878/store",
)
@click.argument("address", metavar="URL")
@click.option(
    "--graph-store", metavar="URL", help="The Graph Store Protocol endpoint of the store."
)
@click.option(
    "--files",
    type=FOLDER,
    help="Write files for the loader of the store to this folder instead.",
)
@click.option("--snapshot", type=click.Path(path_type=Path), help="Publish this snapshot.")
@snapshot_options
def publish(
    address: str,
    *,
    graph_store: str | None,
    files: Path | None,
    snapshot: Path | None,
    choice: SnapshotChoice,
) -> None:
    """Copy the snapshot into another store, and verify the copy.

    URL is the query endpoint of the store. The union of the graphs becomes its default graph, or
    with ?default-graph-uri=IRI the graph of that name. The command writes only graphs that differ,
    reads each one back, and writes the version last. Without --graph-store and --files it compares
    the store, and writes nothing. CPEC_STORE_AUTHORIZATION is the Authorization header for the
    store.
    """
    if graph_store is not None and files is not None:
        raise click.UsageError("--graph-store excludes --files")
    authorization = os.environ.get(AUTHORIZATION, "")
    store = RemoteStore.from_address(address, authorization)
    target: Target | None = Files(files) if files else None
    if graph_store is not None:
        target = GraphStore(RemoteStore.from_address(graph_store, authorization))
    served = choose_served(snapshot, choice)
    click.echo(describe_snapshot(served), err=True)
    result = publish_to_store(served, store, target)
    click.echo(summarise(result, store, files))
    if not result.verified:
        raise SystemExit(1)


def summarise(result: Published, store: RemoteStore, files: Path | None) -> str:
    """Return the result as a line; unless it is verified, with the graphs that differ."""
    differ = f"{len(result.replaced)} replaced, {len(result.dropped)} dropped"
    head = f"{store.name}: version {result.version}, {count_noun(result.graphs, 'graph')}"
    if result.verified:
        return f"{head}, {differ}; verified"
    if files is not None:
        return f"{head}, {differ} by {files}: run {CLEAR}, load {LOAD}, and publish again to verify"
    names = "".join(f"\n  <{name}>" for name in (*result.replaced, *result.dropped))
    return f"{head}: not published, {len(result.replaced) + len(result.dropped)} differ{names}"
