"""The ledger of promises: plans, aims, tasks and proposals, each with all that is said of it since.

The questions `what-became` and `silent-since` have its steps and its silence; nothing is judged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import NamedNode, QuerySolution, Store, Triple

from graph.answering.binding import load_questions
from graph.answering.evaluation import run_select
from graph.explaining.status import list_statuses
from graph.presenting.line import Lines, StatementLine
from graph.wording.display_name import DisplayName, read_text
from graph.wording.record import Record
from graph.wording.source_reference import References
from ontology.terms import CPEC, RDF, RdfTerm

STEPS: Final = load_questions()["what-became"].text
SILENCE: Final = load_questions()["silent-since"].text
"""The questions, read at import: a worker can open no file."""

LAST_ARTICLE: Final = "SELECT (MAX(?d) AS ?last) { ?article a cpec:NewsArticle ; dcterms:date ?d }"

FACTS: Final = frozenset(("Background", "Reported", "Ongoing"))
"""The modalities of deeds; another step is still a word about a plan."""

TIED: Final = {
    "who": NamedNode(CPEC + "Agent"),
    "area": NamedNode(CPEC + "Area"),
    "country": NamedNode(CPEC + "Country"),
}
"""The classes of the things that statements tie to a promise, by which it may be chosen."""

CONTINUES: Final = NamedNode(CPEC + "continues")
AMOUNT: Final = NamedNode(CPEC + "hasAmount")
PLANNED_AMOUNT: Final = NamedNode(CPEC + "hasPlannedAmount")
AMOUNT_OF: Final = NamedNode(CPEC + "amountOf")


@dataclass(slots=True)
class LedgerStep:
    """A statement of a sentence, published on a day; of an amount, `of` are those planned.

    `modality` is a local name, `meant` its name; a fact is no mere word about a plan.
    """

    day: str
    modality: str
    meant: str
    is_fact: bool
    line: StatementLine
    of: list[DisplayName] = field(default_factory=list)


@dataclass(slots=True)
class Promise:
    """A thing that is planned, aimed at, given as a task or proposed, and the steps of its life.

    No sentence after the day `last` speaks of it: so many `later` articles do not. `keys` has what
    it may be chosen by: its last statuses, people and bodies, areas, countries.
    """

    name: DisplayName
    first: str
    last: str
    later: int
    steps: list[LedgerStep]
    keys: dict[str, list[DisplayName]]


@dataclass(slots=True)
class Ledger:
    """The promises, that of the latest word last, and the day of the last article."""

    promises: list[Promise]
    last: str


def view_ledger(store: Store) -> Ledger:
    """Return the ledger of a dataset."""
    lines = Lines(References(store))
    rows: dict[RdfTerm, list[QuerySolution]] = defaultdict(list)
    for row in run_select(store, STEPS):
        rows[row["promise"]].append(row)
    promises = [
        Promise(
            lines.names(row["promise"]),
            read_text(row["first"]),
            read_text(row["last"]),
            int(row["later"].value),
            write_steps(rows[row["promise"]], lines),
            {
                key: sorted(map(lines.names, things), key=lambda name: name.text)
                for key, things in find_keys(store, row["promise"], rows[row["promise"]]).items()
            },
        )
        for row in run_select(store, SILENCE)
    ]
    (last,) = run_select(store, LAST_ARTICLE)
    return Ledger(promises, read_text(last["last"]) if last["last"] else "")


def write_steps(rows: Sequence[QuerySolution], lines: Lines) -> list[LedgerStep]:
    """Return the steps of a promise: an amount with those that were planned of the same things."""
    store, steps = lines.references.evidence.store, []
    planned: dict[RdfTerm, dict[RdfTerm, None]] = defaultdict(dict)
    for row in rows:
        if row["step"] == PLANNED_AMOUNT:
            for counted in list_counted(store, row["object"]):
                planned[counted][row["object"]] = None
    for row in rows:
        line = lines.write_statement(find_record(row, lines))
        modality, meant = row["modality"].value.removeprefix(CPEC), lines.names(row["modality"])
        counted_things = list_counted(store, row["object"]) if row["step"] == AMOUNT else []
        of = [lines.names(amount) for thing in counted_things for amount in planned[thing]]
        day = read_text(row["published"])
        steps.append(LedgerStep(day, modality, meant.text, modality in FACTS, line, of))
    return steps


def list_counted(store: Store, amount: RdfTerm) -> list[RdfTerm]:
    """Return the things that an amount counts."""
    if not isinstance(amount, NamedNode):
        return []
    quads = store.quads_for_pattern(amount, AMOUNT_OF, None)
    return list(dict.fromkeys(quad.object for quad in quads))


def find_record(row: QuerySolution, lines: Lines) -> Record:
    """Return the record of a step, with the words of all records of its statement."""
    triple, source = Triple(row["subject"], row["step"], row["object"]), row["sentence"].value
    records = lines.references.evidence.records
    unasserted = (
        record
        for record in records.list_records(source)
        if not record.is_asserted
        and (record.triple, record.modality) == (triple, row["modality"].value)
    )
    return next(unasserted, None) or records.find(triple, source)


def find_keys(
    store: Store, promise: NamedNode, rows: Iterable[QuerySolution]
) -> dict[str, set[RdfTerm]]:
    """Return the last statuses of a promise and its deeds, and the things tied to it by kind."""
    things = dict.fromkeys([promise, *(row["subject"] for row in rows if row["step"] == CONTINUES)])
    ends = {row[end] for row in rows for end in ("subject", "object", "by")}
    ends |= {quad.object for quad in store.quads_for_pattern(promise, None, None)}
    ends |= {quad.subject for quad in store.quads_for_pattern(None, None, promise)}
    keys: dict[str, set[RdfTerm]] = {
        key: {end for end in ends if isinstance(end, NamedNode) and is_of_kind(store, end, kind)}
        for key, kind in TIED.items()
    }
    keys["status"] = {own.status for thing in things for own in list_statuses(store, thing)}
    return keys


def is_of_kind(store: Store, thing: NamedNode, kind: NamedNode) -> bool:
    """Return whether a thing is of a class."""
    return any(store.quads_for_pattern(thing, RDF.TYPE, kind))
