"""The snapshot that a command reads: the current one, rebuilt if the packaged data changed."""

from __future__ import annotations

import os
from errno import EACCES
from pathlib import Path

import click
from pyoxigraph import Store

from graph.cache_folder import cache_folder
from graph.curating.master import Inputs, is_fresh
from graph.snapshot import Snapshot, current_snapshot

out_option = click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    show_default="in a cache directory of the user's",
    help="The folder of the snapshots.",
)


def fresh_snapshot(out: Path | None) -> Snapshot:
    """Return the current snapshot, rebuilt if the packaged data changed.

    Raises NoCacheError, and click.ClickException for a folder that cannot be written.
    """
    builds = out or cache_folder()
    snapshot = current_snapshot(builds)
    if snapshot is not None and is_fresh(snapshot, Inputs()):
        return snapshot
    require_folder(builds)
    from graph.build import build  # noqa: PLC0415 - slow to import, and rarely needed

    click.echo("building the graph ...", err=True)
    return build(Inputs(), builds).snapshot


def whole_snapshot(path: Path) -> Snapshot:
    """Return the snapshot in a folder; raises click.ClickException and MigrationError."""
    snapshot = Snapshot(path.resolve())
    try:
        snapshot.require_intact()
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}") from None
    snapshot.require_vocabulary()
    return snapshot


def open_snapshot(out: Path | None) -> Store:
    """Return the read-only store of the current snapshot; if it is damaged, a store in memory."""
    snapshot = fresh_snapshot(out)
    try:
        return snapshot.open()
    except OSError as error:
        click.echo(f"cpec: {snapshot.store} is unusable: {error.strerror}", err=True)
        return snapshot.load()


def require_folder(builds: Path) -> None:
    """Make the folder of the snapshots if it is missing; raises click.ClickException."""
    try:
        builds.mkdir(parents=True, exist_ok=True)
        fault = None if os.access(builds, os.W_OK | os.X_OK) else os.strerror(EACCES)
    except OSError as error:
        fault = error.strerror
    if fault:
        raise click.ClickException(
            f"no snapshot can be written to {builds}: {fault}; choose another folder with --out"
        )
