"""The undertakings and agreements as a table with the columns of AidData's projects.

`ontology/aiddata.sssom.tsv` maps our terms to their fields, and lists the fields without a match.
No cell holds data of theirs: each comes from statements of sources, which its row names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Final

from pyoxigraph import NamedNode, Quad

from graph.publishing.csv_table import write_csv
from graph.publishing.reading_order import natural_key
from graph.publishing.statement_table import STATED, Row
from graph.wording.display_name import read_text
from graph.wording.label import ENGLISH, Labels
from graph.wording.quotation import BETWEEN
from ontology.aiddata import map_values
from ontology.namespace import shorten
from ontology.terms import CPEC, RDF, SCHEMA

PROV: Final = "http://www.w3.org/ns/prov#"
YEAR: Final = 4
"""The digits of a year, with which a date, a month and a year begin."""

COMPLETED: Final = (CPEC + "Completed", CPEC + "HandedOver")
OWN_COLUMNS: Final = ("thing", "status", "modalities", "sentences", "quotes")
"""The columns beside theirs: the IRI, our status, and the statements of the row."""


class Statements:
    """The statements of sources by subject and object, and the classes of each thing.

    `mentions` has the first statement about each thing, or with it as object.
    """

    def __init__(self, rows: Iterable[Row], quads: Iterable[Quad]) -> None:
        self.by_subject: dict[tuple[str, str], list[Row]] = defaultdict(list)
        self.by_object: dict[tuple[str, str], list[Row]] = defaultdict(list)
        self.mentions: dict[str, Row] = {}
        self.classes: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            if row.stated == STATED:
                subject, predicate, value = map(read_text, row.triple)
                self.by_subject[subject, predicate].append(row)
                self.by_object[value, predicate].append(row)
                self.mentions.setdefault(subject, row)
                self.mentions.setdefault(value, row)
        for quad in quads:
            if quad.predicate == RDF.TYPE and isinstance(quad.subject, NamedNode):
                self.classes[quad.subject.value].add(read_text(quad.object))

    def is_a(self, thing: str, *names: str) -> bool:
        """Return whether a thing is of one of the classes of our vocabulary."""
        return any(CPEC + name in self.classes[thing] for name in names)


class Project:
    """An undertaking with the agreements that provide for it, or an agreement by itself.

    `used` are the statements from which cells were filled, in the order of their use.
    """

    def __init__(self, things: list[str], statements: Statements, labels: Labels) -> None:
        self.things = things
        self.statements = statements
        self.labels = labels
        self.used: dict[Row, None] = {}

    def find(self, predicate: str, subjects: Iterable[str] = ()) -> list[Row]:
        """Return the statements of the project, or of other subjects, with a property."""
        subjects = list(subjects) or self.things
        return [row for thing in subjects for row in self.statements.by_subject[thing, predicate]]

    def take(self, rows: Iterable[Row]) -> list[str]:
        """Return the objects of statements once each, and record the statements as used."""
        rows = list(rows)
        self.used.update(dict.fromkeys(rows))
        return list(dict.fromkeys(read_text(row.triple.object) for row in rows))

    def name(self, rows: Iterable[Row]) -> str:
        """Return the English labels of the objects of statements."""
        rows = list(rows)
        self.take(rows)
        names = (self.labels.name_in_english(row.triple.object) for row in rows)
        return BETWEEN.join(dict.fromkeys(names))

    def label(self, iri: str) -> str:
        """Return the English label of an IRI, or its short name; other text stays as it is."""
        names = (self.labels.find(iri, language) for language in ENGLISH)
        return next(filter(None, names), "") or shorten(iri).strip("<>")

    def select(self, predicate: str, *names: str) -> list[Row]:
        """Return the statements with a property whose object is of one of these classes."""
        rows = self.find(predicate)
        return [row for row in rows if self.statements.is_a(read_text(row.triple.object), *names)]

    @cached_property
    def changes(self) -> list[tuple[str, str, list[Row]]]:
        """The changes of status: the day, the status and the statements of each, by day."""
        changes = list[tuple[str, str, list[Row]]]()
        for thing in self.things:
            for tie in self.statements.by_object[thing, CPEC + "statusOf"]:
                change = [read_text(tie.triple.subject)]
                dates = self.find(CPEC + "date", change) or self.find(CPEC + "latest", change)
                for row in self.find(CPEC + "newStatus", change):
                    day = min((read_text(date.triple.object) for date in dates), default="")
                    changes.append((day, read_text(row.triple.object), [tie, row, *dates]))
        return sorted(changes, key=lambda change: change[:2])

    def first_year(self, *statuses: str, events: Iterable[Row] = ()) -> str:
        """Return the first year of a change to one of the statuses, or of dated events."""
        dated = [rows for _, status, rows in self.changes if status in statuses]
        dated += [[row] for row in events]
        years = {
            read_text(row.triple.object)[:YEAR]: rows
            for rows in dated
            for row in rows
            if row.triple.predicate.value == CPEC + "date"
        }
        years = {year: rows for year, rows in years.items() if year.isdecimal()}
        if not years:
            return ""
        self.take(years[min(years)])
        return min(years)

    def last_statuses(self) -> list[str]:
        """Return the statuses of the latest day by their texts; several are contested."""
        last = max((day for day, _, _ in self.changes), default="")
        latest = [change for change in self.changes if change[0] == last]
        for _, _, rows in latest:
            self.take(rows)
        return list(dict.fromkeys(status for _, status, _ in latest))

    def list_signings(self) -> Iterator[Row]:
        """Yield the dates of the signings of the agreements."""
        for thing in self.things:
            for signing in self.statements.by_object[thing, CPEC + "signs"]:
                yield from self.find(CPEC + "date", [read_text(signing.triple.subject)])

    def take_agents(self, *roles: str) -> list[Row]:
        """Return the statements that name the agents in one of these roles."""
        ties = [
            *self.find(PROV + "qualifiedAssociation"),
            *self.find(PROV + "qualifiedAttribution"),
        ]
        agents = list[Row]()
        for tie in ties:
            part = [read_text(tie.triple.object)]
            played = self.find(PROV + "hadRole", part)
            if any(read_text(row.triple.object) in roles for row in played):
                self.take([tie, *played])
                agents += self.find(PROV + "agent", part)
        return agents

    @cached_property
    def amounts(self) -> list[tuple[str, str]]:
        """The amounts in a currency: the number and the currency of each."""
        ties = [*self.find(CPEC + "hasAmount"), *self.find(CPEC + "hasPlannedAmount")]
        amounts = list[tuple[str, str]]()
        for tie in ties:
            amount = [read_text(tie.triple.object)]
            values, currencies = (
                self.find(SCHEMA + name, amount) for name in ("value", "currency")
            )
            if values and currencies:
                self.take([tie])
                amounts.append((self.take(values)[0], self.take(currencies)[0]))
        return list(dict.fromkeys(amounts))


def name_flows(project: Project) -> str:
    """Return the kinds of the agreements of a project."""
    kinds = map_values("Flow Type")
    classes = {shorten(c) for thing in project.things for c in project.statements.classes[thing]}
    return BETWEEN.join(kinds[name] for name in sorted(classes & set(kinds)))


def name_statuses(project: Project) -> str:
    """Return AidData's status of a project, if the latest status has one."""
    statuses = map_values("Status")
    names = [statuses.get(shorten(status), "") for status in project.last_statuses()]
    return BETWEEN.join(dict.fromkeys(filter(None, names)))


def name_recipient_codes(project: Project) -> str:
    """Return the ISO 3166-1 alpha-3 codes of the recipients that are countries."""
    countries = project.take(project.select(CPEC + "recipient", "Country"))
    return BETWEEN.join(project.take(project.find(CPEC + "iso3", countries))) if countries else ""


def name_agents(project: Project, tie: str, *roles: str) -> str:
    """Return the agents in one of these roles, and the agents to which a property ties."""
    tied = project.select(CPEC + tie, "Agent") if tie else []
    return project.name([*project.take_agents(*(CPEC + role for role in roles)), *tied])


CELLS: Final[dict[str, Callable[[Project], str]]] = {
    "Title": lambda project: project.label(project.things[0]),
    "Financier Country": lambda project: project.name(project.select(CPEC + "donor", "Country")),
    "Recipient": lambda project: project.name(project.select(CPEC + "recipient", "Country")),
    "Recipient ISO-3": name_recipient_codes,
    "Commitment Year": lambda project: project.first_year(
        CPEC + "Agreed", events=project.list_signings()
    ),
    "Implementation Start Year": lambda project: project.first_year(CPEC + "Begun"),
    "Completion Year": lambda project: project.first_year(*COMPLETED),
    "Status": name_statuses,
    "Flow Type": name_flows,
    "Flow Class": lambda _: "",
    "Amount (Original Currency)": lambda project: BETWEEN.join(
        value for value, _ in project.amounts
    ),
    "Original Currency": lambda project: BETWEEN.join(currency for _, currency in project.amounts),
    "Funding Agencies": lambda project: name_agents(project, "donor", "Funder"),
    "Direct Receiving Agencies": lambda project: name_agents(project, "recipient", "Recipient"),
    "Implementing Agencies": lambda project: name_agents(project, "", "Implementer", "Contractor"),
}
"""The cell of each of AidData's fields that is filled, and of Flow Class, which is not."""


def write_project_table(rows: Iterable[Row], quads: Iterable[Quad], labels: Labels) -> bytes:
    """Return the undertakings and agreements as CSV, by the names of their IRIs."""
    statements = Statements(rows, quads)
    table = [
        write_project(Project(things, statements, labels)) for things in list_projects(statements)
    ]
    return write_csv([*CELLS, "Source URLs", *OWN_COLUMNS], table)


def list_projects(statements: Statements) -> list[list[str]]:
    """Return the undertakings, each with its agreements, then the other agreements by themselves.

    An agreement and its undertaking are one project: two rows would count one commitment twice.
    """
    things = sorted(statements.classes, key=natural_key)
    providing = CPEC + "providesFor"
    undertakings = [
        [thing, *(read_text(row.triple.subject) for row in statements.by_object[thing, providing])]
        for thing in things
        if statements.is_a(thing, "Undertaking")
    ]
    taken = {thing for project in undertakings for thing in project}
    agreements = [
        [thing] for thing in things if statements.is_a(thing, "Agreement") and thing not in taken
    ]
    return [*([*dict.fromkeys(project)] for project in undertakings), *agreements]


def write_project(project: Project) -> list[str]:
    """Return the cells of a project: AidData's fields, then our own columns.

    A project of which no statement fills a cell has the first statement that mentions it.
    """
    cells = [fill(project) for fill in CELLS.values()]
    mentions = project.statements.mentions
    rows = list(project.used) or [mentions[thing] for thing in project.things if thing in mentions]
    names = [project.label(status) for status in project.last_statuses()]

    def join(values: Iterable[str], separator: str) -> str:
        return separator.join(dict.fromkeys(filter(None, values)))

    return [
        *cells,
        join((row.address.partition("#")[0] for row in rows), BETWEEN),
        project.things[0],
        join(names, BETWEEN),
        join(sorted(row.modality for row in rows), BETWEEN),
        join((row.sentence for row in rows), " "),
        join((row.quote for row in rows), BETWEEN),
    ]
