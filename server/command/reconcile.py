"""The commands `cpec reconcile` and `cpec decide`: a column of names, matched without a server."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any, Final

import click

from graph.errors import LimitError
from graph.progress import bar
from graph.publishing.csv_table import guard_cell
from graph.reconciling.decision import (
    ACCEPTED,
    CHOICES,
    PROPOSER,
    REJECTED,
    UNSURE,
    Decision,
    Decisions,
    write_cell,
    write_evidence,
)
from graph.reconciling.matching import ThingIndex, mark_match
from graph.reconciling.reconciliation import Reconciliation, find_thing
from graph.reconciling.table import DelimitedTable, read_list, read_table
from graph.reconciling.vocabulary import expand_term
from server.command.current_snapshot import SnapshotChoice, fresh_snapshot, snapshot_options
from server.command.output import STDOUT, write_output

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
) -> list[Decision]:
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
        Decision(
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


def choose_things(decisions: Decisions) -> dict[str, Decision]:
    """Return the decision on each name: the accepted thing, or else the likest."""
    last: dict[tuple[str, str], Decision] = {line.pair: line for line in decisions.lines}
    chosen: dict[str, Decision] = {}
    for line in sorted(last.values(), key=lambda own: (own.is_proposal, -read_score(own))):
        accepted = chosen.get(line.subject)
        if line.decision != REJECTED and (
            accepted is None or (line.decision == ACCEPTED and accepted.decision != ACCEPTED)
        ):
            chosen[line.subject] = line
    return chosen


def read_score(decision: Decision) -> float:
    """Return the score of a decision, 0 if a person wrote something else."""
    try:
        return float(decision.score)
    except ValueError:
        return 0.0


def write_table(table: DelimitedTable, place: int, chosen: Mapping[str, Decision]) -> bytes:
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
    pairs = {line.pair for line in decisions.lines}
    subjects = (write_cell(subject), find_thing(subject))
    pair = next(iter(find_pairs(pairs, subjects, (thing, find_thing(thing)))), (subject, thing))
    day = datetime.now(UTC).date()
    write_output(file, decisions.decide(*pair, decision, write_cell(by), day).write())


def find_pairs(
    pairs: Iterable[tuple[str, str]], subjects: tuple[str, ...], things: tuple[str, ...]
) -> list[tuple[str, str]]:
    """Return the pairs of one of the subjects and one of the things."""
    return [pair for pair in pairs if pair[0] in subjects and pair[1] in things]
