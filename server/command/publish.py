"""The command that makes the snapshot the content of another store."""

from __future__ import annotations

import os
from pathlib import Path

import click

from graph.remote.publish import Published
from graph.remote.publish import publish as publish_to_store
from graph.remote.store import AUTHORIZATION, RemoteStore
from graph.remote.target import CLEAR, LOAD, Files, GraphStore, Target
from server.command.snapshot import fresh_snapshot, out, whole_snapshot
from server.command.table import counted


@click.command(
    epilog="Example: cpec publish http://localhost:7878/query --graph-store http://localhost:7878/store",
)
@click.argument("address", metavar="URL")
@click.option(
    "--graph-store", metavar="URL", help="Where the Graph Store Protocol takes graphs of the store."
)
@click.option(
    "--files",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for what the loader of the store is to clear and load instead.",
)
@click.option(
    "--snapshot", type=click.Path(path_type=Path), help="A snapshot that was built elsewhere."
)
@out
def publish(
    address: str,
    *,
    graph_store: str | None,
    files: Path | None,
    snapshot: Path | None,
    out: Path | None,
) -> None:
    """Make the snapshot the content of another store, and verify it.

    URL is where the store answers queries; with ?default-graph-uri=IRI the union of the graphs is
    written to the graph of that name, otherwise to the default graph. Only graphs that differ are
    written. The version is written last, when each graph has been read back. Without --graph-store
    and --files the store is compared only. CPEC_STORE_AUTHORIZATION is said to the store in the
    header Authorization.
    """
    if graph_store is not None and files is not None:
        raise click.UsageError("--graph-store goes not with --files")
    authorization = os.environ.get(AUTHORIZATION, "")
    store = RemoteStore.of(address, authorization)
    target: Target | None = Files(files) if files else None
    if graph_store is not None:
        target = GraphStore(RemoteStore.of(graph_store, authorization))
    served = whole_snapshot(snapshot) if snapshot else fresh_snapshot(out)
    done = publish_to_store(served, store, target)
    click.echo(told(done, store, files))
    if not done.verified:
        raise SystemExit(1)


def told(done: Published, store: RemoteStore, files: Path | None) -> str:
    """Return what was done, as a line."""
    differ = f"{len(done.replaced)} replaced, {len(done.dropped)} dropped"
    head = f"{store.name}: version {done.version}, {counted(done.graphs, 'graph')}"
    if done.verified:
        return f"{head}, {differ}; verified"
    if files is not None:
        return f"{head}, {differ} by {files}: run {CLEAR}, load {LOAD}, and publish again to verify"
    names = "".join(f"\n  <{name}>" for name in (*done.replaced, *done.dropped))
    return f"{head}: not published, {len(done.replaced) + len(done.dropped)} differ{names}"
