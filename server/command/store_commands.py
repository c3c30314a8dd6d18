"""The commands on a writable store: `cpec backup`, `cpec restore` and `cpec migrate`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from pyoxigraph import RdfFormat, serialize

from graph.curating.master import Inputs, read_retired_things
from graph.curating.master_file import read_master_file
from graph.dataset import graph_of
from ontology.namespace import (
    INFERRED_GRAPH,
    ONTOLOGY_GRAPH,
    RETIRED_GRAPH,
    shorten,
    shorten_triple,
)
from server.command.terminal import count_noun
from server.engine.writing.store_folder import IDENTITY, Identity, sync
from server.writing.backup import back_up
from server.writing.backup import restore as restore_store
from server.writing.migration import Migration, open_store, plan_migration, publish_migration

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command(epilog="Example: cpec backup /srv/cpec/store /srv/cpec/backup-monday")
@click.argument("directory", metavar="DIR", type=FOLDER)
@click.argument("copy", metavar="COPY", type=FOLDER)
def backup(directory: Path, copy: Path) -> None:
    """Copy a writable store, while a server writes to it.

    DIR is the --data-dir of the server; run the command as its user. COPY is a new folder, which
    then has each write that was acknowledged before, and none in part. On the same file system its
    files are links, which take no room. COPY/backup.json and a file in DIR/backups note the store,
    its version, the path and the articles in the backup: remove the latter with the last copy. Exit
    status: 0, or 1 (not copied).
    """
    made = back_up(directory, copy)
    articles = count_noun(len(made.articles), "article")
    click.echo(f"{copy}: version {made.version} of the store {made.store}, {articles}")


@click.command(epilog="Example: cpec restore backup-monday /srv/cpec/store")
@click.argument("copy", metavar="COPY", type=FOLDER)
@click.argument("directory", metavar="DIR", type=FOLDER)
@click.option(
    "--retired",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file that retires articles too, such as graph:retired of the store of before.",
)
def restore(copy: Path, directory: Path, retired: Path | None) -> None:
    """Make a writable store of a backup.

    COPY is a folder of `cpec backup`, which stays as it is. DIR is new: a folder that holds a store
    is refused. The new store has an id of its own, and the file DIR/identity names the store and
    the version that it comes from. Serve it without --new. Articles that the data of this release
    or --retired retire are removed, and named. Exit status: 0, or 1 (not restored).
    """
    quads = [*read_retired_things(Inputs())]
    if retired is not None:
        quads += read_master_file(retired, RETIRED_GRAPH).quads
    identity, removed = restore_store(copy, directory, quads)
    click.echo(f"{directory}: the store {identity.id}, restored from {copy}")
    for article in removed:
        click.echo(f"removed {shorten(article)}, which is retired")


@click.command(epilog="Example: cpec migrate --dry-run /srv/cpec/store")
@click.argument("directory", metavar="DIR", type=FOLDER)
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.option(
    "--set-aside",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Move statements without a successor from the store to a file of N-Quads.",
)
def migrate(directory: Path, *, dry_run: bool, set_aside: Path | None) -> None:
    """Carry a writable store over to this version of the vocabulary.

    DIR is the --data-dir of a server that does not run. The command replaces the vocabulary, keeps
    the axioms that you added, gives retired terms and things the names of their successors, and
    infers anew. A store of an earlier release gets an id, without which no server takes it. It
    names each thing that you have to state anew, and each statement without a successor, graph and
    triple; then it writes nothing, unless --set-aside names a file for these. The old store stays
    in a folder of DIR. Exit status: 0, 1 (not carried over) or 2 (usage).
    """
    with open_store(directory) as generations:
        migration = plan_migration(generations)
        for line in lines_of(migration, directory):
            click.echo(line)
        if is_nameless := not (directory / IDENTITY).exists():
            click.echo("  id: it has none, as stores of earlier releases, and gets one")
        if migration.left and set_aside is None:
            raise click.ClickException(
                "nothing was written: mend these statements with the release that has "
                f"{migration.before}, or have them taken out with --set-aside FILE"
            )
        if dry_run:
            return
        if migration.before != migration.after:
            if set_aside is not None and migration.left:
                set_aside.write_bytes(serialize(migration.left, format=RdfFormat.N_QUADS) or b"")
                sync(set_aside)
            kept = publish_migration(generations, migration)
            done = f"carried over: {generations.current.name}"
            click.echo(f"{done}; the store of before stays in {kept}")
        if is_nameless:
            Identity().write(directory)


def lines_of(migration: Migration, directory: Path) -> Iterator[str]:
    """Yield the lines that report a migration."""
    if migration.before == migration.after:
        yield f"{directory}: version {migration.after} of the vocabulary, nothing to carry over"
        return
    yield f"{directory}: version {migration.before} of the vocabulary, to {migration.after}"
    for name, graph in (("vocabulary", ONTOLOGY_GRAPH), ("inferred", INFERRED_GRAPH)):
        gone, come = migration.count(graph)
        yield f"  {name}: {gone} statements go, {come} come"
    for quad in migration.own:
        yield f"  your own axiom stays: {shorten_triple(quad.triple)}"
    for (name, newer), count in sorted(migration.renamed.items()):
        yield f"  {shorten(name)} becomes {shorten(newer)} in {count_noun(count, 'statement')}"
    for line in migration.unsettled:
        yield f"  to be stated anew: {line}"
    for message in migration.contradictions:
        yield f"  contradiction: {message}"
    for quad in migration.left:
        yield f"  not carried over: {shorten(graph_of(quad))} {shorten_triple(quad.triple)}"
