"""The command `cpec export`: the graph as RDF, tables or a network."""

from __future__ import annotations

from pathlib import Path

import click

from graph.answering.format import GRAPHS
from graph.answering.name import find_names, resolve_name
from graph.dataset import graph_of
from graph.excluding.exclusion import Exclusion
from graph.publishing.plain_export import PLAIN, export_plain
from graph.publishing.rdf_export import export_rdf
from server.command.current_snapshot import (
    SnapshotChoice,
    exclude_sources,
    exclusion_options,
    fresh_snapshot,
    snapshot_options,
)
from server.command.output import STDOUT, write_output


@click.command(epilog="Example: cpec export --format csv -o statements.csv")
@click.option("--format", "form", type=click.Choice([*GRAPHS, *PLAIN]), required=True)
@click.option("--graph", metavar="IRI", help="One named graph, as inp-wealthpk-2026-04-29/s08.")
@click.option("--evidence", is_flag=True, help="RDF 1.2: reify each statement, with its quote.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    default=STDOUT,
    help="A file, or - for stdout.",
)
@exclusion_options
@snapshot_options
def export(
    form: str,
    graph: str | None,
    *,
    evidence: bool,
    output: Path,
    exclusion: Exclusion,
    choice: SnapshotChoice,
) -> None:
    """Write the graph, or one named graph.

    ttl, nt and rdf hold the union of the graphs; trig, nq and jsonld keep every named graph. csv
    has a row for each statement with its sentence and quote. nodes and edges are tables of the
    network of things, graphml is the network in one file.
    """
    snapshot = fresh_snapshot(choice)
    name = None if graph is None else resolve_name(graph, find_names(snapshot.open())).value
    quads = snapshot.quads()
    if exclusion:
        store = snapshot.load()
        exclude_sources(store, exclusion)
        quads = [quad for quad in store if graph_of(quad)]
    if form in PLAIN:
        body = export_plain(quads, PLAIN[form], name, evidence=evidence)
    else:
        edition = str(snapshot.manifest.get("edition", ""))
        body = export_rdf(quads, GRAPHS[form], name, evidence=evidence, edition=edition)
    write_output(output, body)
