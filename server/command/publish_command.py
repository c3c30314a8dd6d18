"""The command `cpec publish`: copies the snapshot into another store."""

from __future__ import annotations

import os
from pathlib import Path

import click

from graph.remote.publish import Published
from graph.remote.publish import publish as publish_to_store
from graph.remote.store import AUTHORIZATION, RemoteStore
from graph.remote.target import CLEAR, LOAD, Files, GraphStore, Target
from server.command.current_snapshot import (
    SnapshotChoice,
    choose_served,
    describe_snapshot,
    snapshot_options,
)
from server.command.terminal_table import count_noun


@click.command(
    epilog="Example: cpec publish http://localhost:7878/query --graph-store http://localhost:7878/store",
)
@click.argument("address", metavar="URL")
@click.option(
    "--graph-store", metavar="URL", help="The Graph Store Protocol endpoint of the store."
)
@click.option(
    "--files",
    type=click.Path(file_okay=False, path_type=Path),
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
