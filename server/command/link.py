"""The command `cpec link`: it proposes links to another graph, and checks the graph's links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click
from pyoxigraph import Literal, NamedNode, Quad, Store

from graph.errors import LimitError
from graph.reconciling.decision import (
    ACCEPTED,
    PROPOSER,
    UNSURE,
    Decision,
    Decisions,
    write_cell,
    write_evidence,
)
from graph.reconciling.linking import (
    THRESHOLD,
    ProposedLink,
    check_links,
    propose_links,
    read_linkables,
    read_targets,
)
from graph.reconciling.table import name_things, read_quads
from graph.remote.store import RemoteStore
from server.command.current_snapshot import SnapshotChoice, fresh_snapshot, snapshot_options
from server.command.output import STDOUT, write_output
from server.command.reconcile import decisions_option

MOST_LABELS: Final = 400
"""The labels of one query to an endpoint."""

MOST_ROWS: Final = 100_000
"""The most rows of an endpoint about the things that have our labels."""

SECONDS: Final = 60.0
"""The seconds of one query to an endpoint."""

DESCRIPTION: Final = """
SELECT DISTINCT ?s ?p ?o {{
  {{ SELECT DISTINCT ?s {{ VALUES ?name {{ {names} }} ?s ?property ?name }} LIMIT 5000 }} ?s ?p ?o
}} LIMIT {most}
"""
"""The query for the things that have one of our names."""


@click.command(epilog="Example: cpec link sdg-codes.ttl --decisions sdg-links.tsv")
@click.argument("source", metavar="FILE|ENDPOINT")
@click.option("--check", is_flag=True, help="Check the links that the graph has to it.")
@click.option("--threshold", type=click.IntRange(1, 100), default=THRESHOLD, help="To accept.")
@click.option("--id-column", default="", help="The IRIs of a table.", show_default="the first")
@click.option("--name-column", multiple=True, help="Names in a table; repeatable.")
@click.option("--code-column", multiple=True, help="Codes in a table; repeatable.")
@decisions_option
@snapshot_options
def link(
    source: str,
    *,
    check: bool,
    threshold: int,
    decisions: Path | None,
    choice: SnapshotChoice,
    **columns: Any,
) -> None:
    """Propose links from our things to another graph, as a file of decisions.

    FILE is RDF or a table, ENDPOINT the address of a SPARQL endpoint. A link needs more evidence
    than one name: a second language, a code, a third identifier, or a neighbour. With --check, each
    link whose target no longer has the label that it had is reported, with exit status 1.
    """
    store = fresh_snapshot(choice).open()
    quads = read_source(store, source, columns)
    if check:
        report_changes(store, quads)
        return
    ours = read_linkables(store)
    links = propose_links(ours, read_targets(quads))
    known = Decisions.read(decisions) if decisions else Decisions()
    result = known.propose(write_link(own, threshold) for own in links)
    write_output(decisions or STDOUT, result.write())
    accepted = {own.subject for own in links if own.score >= threshold}
    unsure = {own.subject for own in links} - accepted
    click.echo(
        f"{len(ours)} things: {len(accepted)} linked, {len(unsure)} unsure, "
        f"{len(ours) - len(accepted) - len(unsure)} unresolved",
        err=True,
    )


def read_source(store: Store, source: str, columns: dict[str, Any]) -> list[Quad]:
    """Return the quads of a file, or the quads of an endpoint about things with our names."""
    if source.startswith(("http://", "https://")):
        names = [name for own in read_linkables(store) for name in own.thing.names]
        texts = list(dict.fromkeys((name.text, name.language) for name in names))
        return ask_endpoint(RemoteStore.from_address(source, seconds=SECONDS), texts)
    path = Path(source)
    if not path.is_file():
        raise click.UsageError(f"{source} is neither a file nor the address of an endpoint")
    return read_quads(path, columns["id_column"], columns["name_column"], columns["code_column"])


def ask_endpoint(remote: RemoteStore, texts: Sequence[tuple[str, str]]) -> list[Quad]:
    """Return the quads of an endpoint about things with these names; raises EndpointError."""
    literals = [
        str(Literal(form, language=language) if language else Literal(form))
        for text, own in texts
        for form in dict.fromkeys((text, text.lower(), text.capitalize(), text.title()))
        for language in dict.fromkeys((own, ""))
    ]
    quads: dict[Quad, None] = {}
    for start in range(0, len(literals), MOST_LABELS):
        names = " ".join(literals[start : start + MOST_LABELS])
        text = DESCRIPTION.format(names=names, most=MOST_ROWS + 1)
        rows = [(row["s"], row["p"], row["o"]) for row in remote.solutions(text)]
        quads |= {Quad(*row): None for row in rows if isinstance(row[0], NamedNode)}
        if len(rows) > MOST_ROWS or len(quads) > MOST_ROWS:
            raise LimitError(f"rows of {remote.name}", MOST_ROWS)
    return list(quads)


def write_link(own: ProposedLink, threshold: int) -> Decision:
    """Return a link as a proposal."""
    return Decision(
        own.subject,
        own.predicate,
        own.target.iri,
        write_cell(own.target.find_label()),
        str(own.score),
        ACCEPTED if own.score >= threshold else UNSURE,
        datetime.now(UTC).date().isoformat(),
        PROPOSER,
        write_evidence(dict(own.points)),
    )


def report_changes(store: Store, quads: Sequence[Quad]) -> None:
    """Print the links whose targets have another label or are gone, and exit with 1 if any."""
    links = check_links(store, name_things(quads))
    changed = [own for own in links if not own.is_same]
    for own in changed:
        names = " | ".join(own.names[:5]) or "is not there"
        click.echo("\t".join(map(write_cell, (own.subject, own.target, own.label, names))))
    click.echo(f"{len(links)} links checked, {len(changed)} with another label", err=True)
    if changed:
        raise click.exceptions.Exit(1)
