"""The commands `cpec reconcile`, `decide` and `link`: names and things matched without a server."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any, Final

import click
from pyoxigraph import Literal, NamedNode, Quad, Store

from graph.errors import LimitError
from graph.progress import bar
from graph.publishing.csv_table import guard_cell
from graph.reconciling.decision import (
    ACCEPTED,
    CHOICES,
    PROPOSER,
    REJECTED,
    UNSURE,
    Decisions,
    MatchDecision,
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
from graph.reconciling.matching import ThingIndex, mark_match
from graph.reconciling.reconciliation import Reconciliation, find_thing
from graph.reconciling.table import DelimitedTable, name_things, read_list, read_quads, read_table
from graph.reconciling.vocabulary import expand_term
from server.command.current_snapshot import SnapshotChoice, fresh_snapshot, snapshot_options
from server.command.output import STDOUT, write_output
from server.remote.store import RemoteStore

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
WRITTEN = click.Path(dir_okay=False, path_type=Path)

MOST_DISTINCT: Final = 100_000
"""The most different names of a column."""

MOST_PROPOSED: Final = 3
"""The candidates of an uncertain name that are proposed."""

NAMES: Final = "names"
"""The predicate of a decision on a name."""

ADDED: Final = ("thing", "thing label", "thing score", "thing decision")
"""The columns that are added to a table."""


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


def decisions_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add --decisions to a command."""
    words = "The file of decisions: read, and written anew with the proposals."
    return click.option("--decisions", type=WRITTEN, metavar="FILE", help=words)(command)


@click.command(epilog="Example: cpec reconcile bodies.csv --column Body --decisions bodies.tsv")
@click.argument("file", type=FILE)
@click.option("--column", required=True, metavar="NAME", help="The column of names.")
@click.option("--type", "type_", metavar="CLASS", help="Things of this class alone: Country.")
@click.option(
    "--against",
    type=FILE,
    help="A list of others in the place of the graph: a table, or RDF by its suffix.",
)
@click.option("--id-column", default="", help="Its identifiers.", show_default="its first column")
@click.option("--name-column", multiple=True, help="Its names; repeatable; else its second column.")
@decisions_option
@click.option("-o", "--output", type=WRITTEN, default=STDOUT, help="The table with new columns.")
@snapshot_options
def reconcile(
    file: Path,
    column: str,
    *,
    decisions: Path | None,
    output: Path,
    choice: SnapshotChoice,
    **options: Any,
) -> None:
    """Match a column of names with the things of the graph, or of any list.

    The table is written with four columns more: thing, its label, the score, and the decision.
    A certain name is accepted, others are unsure: you decide in the file of decisions, or with
    `cpec decide`. The last line on a pair counts; a rejected pair is never proposed again.
    """
    table = read_table(file)
    place = table.find_column(column)
    names = list_names(table, place)
    index, class_ = read_index(choice, options)
    known = Decisions.read(decisions) if decisions else Decisions()
    decided = known.by_subject()
    result = known.propose(
        own for name in bar(names, "names") for own in propose_things(index, name, class_, decided)
    )
    if decisions:
        write_output(decisions, result.write())
    chosen = choose_things(result)
    write_output(output, write_table(table, place, chosen))
    kinds = [chosen[name].decision for name in names if name in chosen]
    counts = [kinds.count(kind) for kind in (ACCEPTED, UNSURE)]
    click.echo(
        f"{len(names)} names: {counts[0]} accepted, {counts[1]} unsure, "
        f"{len(names) - sum(counts)} without a candidate",
        err=True,
    )


def read_index(choice: SnapshotChoice, options: dict[str, Any]) -> tuple[ThingIndex, str]:
    """Return the index of the graph or of another list, and the IRI of the class, or ""."""
    class_ = options["type_"] or ""
    if options["against"]:
        things = read_list(options["against"], options["id_column"], options["name_column"])
        return ThingIndex(things), expand_term(class_) if class_ else ""
    own = Reconciliation(fresh_snapshot(choice).open())
    return own.things, own.vocabulary.find_class("--type", class_) if class_ else ""


def list_names(table: DelimitedTable, place: int) -> list[str]:
    """Return the different names of a column, in order; raises LimitError for too many."""
    names = list(dict.fromkeys(filter(None, (write_cell(row[place]) for row in table.rows))))
    if len(names) > MOST_DISTINCT:
        raise LimitError("different names in a column", MOST_DISTINCT)
    return names


def propose_things(
    index: ThingIndex, name: str, class_: str, decided: Mapping[str, Mapping[str, str]]
) -> list[MatchDecision]:
    """Return the proposals for a name: the certain thing, or the likest ones that are open."""
    own = decided.get(name, {})
    if ACCEPTED in own.values():
        return []
    candidates = mark_match([
        candidate
        for candidate in index.find(name)
        if (not class_ or class_ in candidate.thing.types)
        and own.get(candidate.thing.iri) != REJECTED
    ])  # fmt: skip
    today = datetime.now(UTC).date().isoformat()
    certain = [candidate for candidate in candidates if candidate.match]
    return [
        MatchDecision(
            name,
            NAMES,
            candidate.thing.iri,
            write_cell(candidate.thing.find_label()),
            f"{candidate.score:.1f}",
            ACCEPTED if candidate.match else UNSURE,
            today,
            PROPOSER,
            write_evidence(candidate.list_features()),
        )
        for candidate in (certain or candidates[:MOST_PROPOSED])
    ]


def choose_things(decisions: Decisions) -> dict[str, MatchDecision]:
    """Return the decision on each name: the accepted thing, or else the likest."""
    last: dict[tuple[str, str], MatchDecision] = {line.pair: line for line in decisions.lines}
    chosen: dict[str, MatchDecision] = {}
    for line in sorted(last.values(), key=lambda own: (own.is_proposal, -read_score(own))):
        accepted = chosen.get(line.subject)
        if line.decision != REJECTED and (
            accepted is None or (line.decision == ACCEPTED and accepted.decision != ACCEPTED)
        ):
            chosen[line.subject] = line
    return chosen


def read_score(decision: MatchDecision) -> float:
    """Return the score of a decision, 0 if a person wrote something else."""
    try:
        return float(decision.score)
    except ValueError:
        return 0.0


def write_table(table: DelimitedTable, place: int, chosen: Mapping[str, MatchDecision]) -> bytes:
    """Return a table in CSV with the things of the names in a column."""
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*table.columns, *ADDED])
    for row in table.rows:
        own = chosen.get(write_cell(row[place]))
        cells = [own.object, guard_cell(own.label), own.score, own.decision] if own else [""] * 4
        writer.writerow([*row, *cells])
    return text.getvalue().encode(errors="replace")


@click.command(epilog="Example: cpec decide bodies.tsv 'H.E. Council' HEC rejected --by 'A. Saba'")
@click.argument("file", type=FILE)
@click.argument("subject")
@click.argument("thing")
@click.argument("decision", type=click.Choice(CHOICES))
@click.option("--by", default="person", help="Who decides.")
def decide(file: Path, subject: str, thing: str, decision: str, by: str) -> None:
    """Add a decision of today to a FILE of decisions, on a pair that is in it.

    SUBJECT is the name, or our thing of a link; THING is an IRI or a local name. A later decision
    on the same pair takes its place, and the earlier one stays in the file.
    """
    if by == PROPOSER:
        raise click.UsageError(f"{PROPOSER} proposes: --by is a person")
    decisions = Decisions.read(file)
    subjects, things = (write_cell(subject), find_thing(subject)), (thing, find_thing(thing))
    pairs = {line.pair for line in decisions.lines}
    known = (pair for pair in pairs if pair[0] in subjects and pair[1] in things)
    pair = next(known, (subject, thing))
    day = datetime.now(UTC).date()
    write_output(file, decisions.decide(*pair, decision, write_cell(by), day).write())


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


def write_link(own: ProposedLink, threshold: int) -> MatchDecision:
    """Return a link as a proposal."""
    return MatchDecision(
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
