"""The command `cpec migrate`: migrates a writable store to this version of the vocabulary."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from pyoxigraph import Quad, RdfFormat, serialize

from graph.dataset import graph_of
from graph.engine.writing.generation import sync
from graph.engine.writing.migration import (
    Migration,
    open_store,
    plan_migration,
    publish_migration,
)
from graph.errors import shorten_triple
from ontology.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH, shorten
from server.command.terminal_table import count_noun


@click.command(epilog="Example: cpec migrate --dry-run /srv/cpec/store")
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
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
    infers anew. It names each statement without a successor, graph and triple, and then writes
    nothing, unless --set-aside names a file for these. The old store stays in a folder of DIR. Exit
    status: 0, 1 (not carried over) or 2 (usage).
    """
    with open_store(directory) as generations:
        migration = plan_migration(generations)
        for line in lines_of(migration, directory):
            click.echo(line)
        if migration.left and set_aside is None:
            raise click.ClickException(
                "nothing was written: mend these statements with the release that has "
                f"{migration.before}, or have them taken out with --set-aside FILE"
            )
        if dry_run or migration.before == migration.after:
            return
        if set_aside is not None and migration.left:
            write_aside(set_aside, migration.left)
        kept = publish_migration(generations, migration)
        click.echo(f"carried over: {generations.current.name}; the store of before stays in {kept}")


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
    for line in migration.unasserted:
        yield f"  {line}"
    for message in migration.contradictions:
        yield f"  contradiction: {message}"
    for quad in migration.left:
        yield f"  not carried over: {shorten(graph_of(quad))} {shorten_triple(quad.triple)}"


def write_aside(file: Path, quads: tuple[Quad, ...]) -> None:
    """Write quads to a file; returns when they are on disk."""
    file.write_bytes(serialize(quads, format=RdfFormat.N_QUADS) or b"")
    sync(file)
