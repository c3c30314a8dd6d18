"""The command `cpec snapshot check`: compares the files of a snapshot with its manifest."""

from __future__ import annotations

from pathlib import Path

import click

from graph.snapshot import FILES
from server.command.current_snapshot import describe_snapshot, whole_snapshot


@click.group(epilog="Example: cpec snapshot check /srv/cpec-graph/current")
def snapshot() -> None:
    """Check the files of a snapshot."""


@snapshot.command(epilog="Example: cpec snapshot check /srv/cpec-graph/current")
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def check(directory: Path) -> None:
    """Compare each file of the snapshot in DIR with its size and SHA-256 in the manifest.

    It prints the data, the version and the size of the snapshot. Exit status: 0, or 1 with the name
    of the file that is cut, changed or missing.
    """
    whole = whole_snapshot(directory)
    files = whole.manifest[FILES]
    size = sum(file["bytes"] for file in files.values())
    click.echo(f"{whole.path}: {describe_snapshot(whole)}, {len(files)} files, {size} bytes, whole")
