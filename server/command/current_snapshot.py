"""The snapshot that a command reads: the options that choose it and exclude sources from it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from errno import EACCES
from functools import wraps
from pathlib import Path
from typing import Any

import click
from pyoxigraph import Store

from graph.curating.master import DATA
from graph.current_snapshot import choose_snapshot
from graph.errors import NoKernelError
from graph.excluding.exclusion import Exclusion, require_past
from graph.snapshot import PACKAGED, Snapshot
from server.command.bound import check_value
from server.writing.materialisation import Materialisation


class DataFolder(click.Path):
    """A folder of data; the word `packaged` names the data of the package."""

    def __init__(self) -> None:
        super().__init__(exists=True, file_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the folder; raises click.BadParameter."""
        return DATA if value == PACKAGED else Path(os.fsdecode(super().convert(value, param, ctx)))


@dataclass(frozen=True, slots=True)
class SnapshotChoice:
    """The values of --data and --out."""

    data: Path | None
    out: Path | None

    def __bool__(self) -> bool:
        """Return whether an option is given."""
        return bool(self.data or self.out)


def snapshot_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --data and --out to a command, which gets their values as `choice`."""

    @click.option(
        "--data",
        type=DataFolder(),
        show_default="packaged",
        help="The folder of the data, the master copy.",
    )
    @click.option(
        "--out",
        type=click.Path(file_okay=False, path_type=Path),
        show_default="in a cache directory of the user's",
        help="The folder of the snapshots.",
    )
    @wraps(command)
    def with_choice(*arguments: Any, data: Path | None, out: Path | None, **named: Any) -> None:
        command(*arguments, choice=SnapshotChoice(data, out), **named)

    return with_choice


def fresh_snapshot(choice: SnapshotChoice) -> Snapshot:
    """Return the current snapshot, rebuilt if its data or the code changed.

    It is named on stderr if an option chooses it. Raises the errors of choose_snapshot, and
    click.ClickException for a folder that cannot be written.
    """
    snapshot = choose_snapshot(choice.out, choice.data, begin_build)
    if choice:
        click.echo(describe_snapshot(snapshot), err=True)
    return snapshot


def choose_served(folder: Path | None, choice: SnapshotChoice) -> Snapshot:
    """Return the snapshot in a folder as it is, or else the current one of --data and --out.

    Raises click.UsageError if both are given, and the errors of whole_snapshot and choose_snapshot.
    """
    if folder is None:
        return choose_snapshot(choice.out, choice.data, begin_build)
    if choice:
        raise click.UsageError("--snapshot excludes --data and --out")
    return whole_snapshot(folder)


def begin_build(builds: Path) -> None:
    """Report a build to the user; raises click.ClickException if the folder cannot be written."""
    require_folder(builds)
    click.echo("building the graph ...", err=True)


def describe_snapshot(snapshot: Snapshot) -> str:
    """Return the data and the version of a snapshot in words."""
    return f"{snapshot.origin or 'unknown data'}, version {snapshot.version}"


def whole_snapshot(path: Path) -> Snapshot:
    """Return the snapshot in a folder; raises OSError with a damaged file, and MigrationError."""
    snapshot = Snapshot(path.resolve())
    snapshot.require_intact()
    snapshot.require_vocabulary()
    return snapshot


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


def exclusion_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options to a command, which gets their values as `exclusion`."""

    @click.option(
        "--without",
        metavar="IRI",
        multiple=True,
        help="Exclude a source: a sentence, an article, a publisher, a background source or "
        "another named graph; can be given several times.",
    )
    @click.option("--only", metavar="IRI", multiple=True, help="Exclude all sources but this one.")
    @click.option(
        "--as-of",
        metavar="DAY",
        default="",
        callback=check_value(lambda day: day and require_past(day)),
        help="Exclude all that was published after this day, YYYY-MM-DD.",
    )
    @wraps(command)
    def with_exclusion(
        *arguments: Any, without: tuple[str, ...], only: tuple[str, ...], as_of: str, **named: Any
    ) -> None:
        command(*arguments, exclusion=Exclusion(without, only, as_of), **named)

    return with_exclusion


def exclude_sources(store: Store, exclusion: Exclusion) -> None:
    """Remove sources from a store in memory, with the inferences that follow from them alone.

    Raises ParameterError for an IRI that is no source, and NoKernelError for an ontology with an
    axiom that no rule follows.
    """
    materialisation = Materialisation.build(store)
    if materialisation.kernel is None:
        raise NoKernelError(f"a source cannot be excluded: {materialisation.reason}")
    kernel = materialisation.kernel
    removal = exclusion.removal(store)
    materialisation.exclude(store, kernel, removal, union=True).apply(store, union=True)
