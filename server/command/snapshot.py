"""The snapshot that a command works on, built first where there is none or it is behind."""

from __future__ import annotations

from pathlib import Path

import click
from pyoxigraph import Store

from graph.curating.master import Inputs, is_fresh
from graph.snapshot import BUILDS, Snapshot, current

out = click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=BUILDS,
    help="Where the snapshots stand.",
)


def fresh_snapshot(out: Path) -> Snapshot:
    """Return the current snapshot, built from the packaged data where it is behind."""
    snapshot = current(out)
    if snapshot is not None and is_fresh(snapshot, Inputs()):
        return snapshot
    from graph.build import build  # noqa: PLC0415 - slow to import, and rarely needed

    click.echo("building the graph ...", err=True)
    return build(Inputs(), out).snapshot


def open_snapshot(out: Path) -> Store:
    """Return the store of the current snapshot, read-only."""
    return fresh_snapshot(out).open()
