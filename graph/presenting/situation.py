"""Situations of a thing as tables: its changes of status, the roles in it, its amounts.

A situation is a node that ties several things together (W3C, Defining N-ary Relations, pattern 1).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, compress, islice
from typing import Final, TypeAlias

from pyoxigraph import BlankNode, NamedNode, Triple

from graph.presenting.claim import Claim, Claims
from graph.presenting.line import GROUP_RANK, Lines, Mention, Quote, Step
from graph.wording.display_name import DisplayName, read_text
from graph.wording.sentence import AMOUNTS, PARTICIPATION, STATUS, STATUS_OF, name_terms
from ontology.outline import packaged_outline
from ontology.terms import CPEC, RdfTerm

DAYS: Final = name_terms("cpec", "date", "earliest", "latest")
"""The day, month or year, then its bounds, which are shown where it is not known."""

MEANT: Final = frozenset({*PARTICIPATION, *AMOUNTS, STATUS})
"""The properties by whose statements a situation is meant as done, or only aimed at."""

MOST_VALUES: Final = 12
"""The values of a property of a situation."""

Value: TypeAlias = tuple[str, DisplayName]
"""A value with the local name of its property."""

Values: TypeAlias = list[tuple[Triple, RdfTerm]]
"""The triples of a column, each with the term that it shows."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the values of properties of a situation, in the order of the properties.

    `joint` separates two values. The properties `of` tie other things to the situation: then the
    column has the values of these things, or, without properties, the things themselves.
    """

    heading: str
    properties: tuple[NamedNode, ...]
    joint: str = ", "
    of: tuple[NamedNode, ...] = ()


@dataclass(frozen=True, slots=True)
class SituationKind:
    """A kind of situation: the properties that tie one to a thing, and the columns of its table.

    The situation is the subject of these properties if it `points` at the thing. The rows are in
    the order of the column `order`. A table is on the page of the thing, or of the situation alone.
    """

    heading: str
    ties: tuple[NamedNode, ...]
    columns: tuple[Column, ...]
    points: bool = False
    order: int = 0
    is_alone: bool = False

    def list_properties(self) -> list[NamedNode]:
        """Return the properties of the situation itself that have a column."""
        return [term for column in self.columns if not column.of for term in column.properties]


ROLE: Final = Column("Role", name_terms("prov", "hadRole"))
AGENT: Final = Column("Who", name_terms("prov", "agent"))
EVENT: Final = Column("In", (), of=PARTICIPATION)
EVENT_DAY: Final = Column("When", DAYS, of=PARTICIPATION)
NUMBER: Final = Column(
    "Amount",
    (*name_terms("cpec", "bound"), *name_terms("schema", "value", "unitText", "currency")),
    " ",
)
COUNTED: Final = (
    Column("Of", name_terms("cpec", "amountOf")),
    Column("Years", name_terms("schema", "startDate", "endDate"), "–"),
)

SITUATION_KINDS: Final = (
    SituationKind(
        "Status",
        (STATUS_OF,),
        (
            Column("Status", (STATUS,)),
            Column("When", DAYS),
            Column("Set for", name_terms("cpec", "plannedFor")),
            Column("Reason", name_terms("cpec", "reason")),
        ),
        points=True,
        order=1,
    ),
    SituationKind("Who takes part", PARTICIPATION, (ROLE, AGENT, EVENT_DAY)),
    SituationKind(
        "Takes part in", AGENT.properties, (ROLE, EVENT, EVENT_DAY), points=True, order=2
    ),
    SituationKind("Participation", PARTICIPATION, (ROLE, AGENT, EVENT, EVENT_DAY), is_alone=True),
    SituationKind("Amounts", AMOUNTS, (NUMBER, *COUNTED), order=1),
    SituationKind(
        "Amount", AMOUNTS, (NUMBER, *COUNTED, Column("For", (), of=AMOUNTS)), is_alone=True
    ),
)


@dataclass(slots=True)
class SituationRow:
    """A situation: its modality, the values of each column, and the numbers of its sources."""

    modality: str
    cells: list[list[Value]]
    numbers: list[int] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    proofs: list[Step] = field(default_factory=list)


@dataclass(slots=True)
class SituationTable:
    """The situations of one kind; `columns` are pairs: a heading, and the joint of its values."""

    heading: str
    columns: list[tuple[str, str]]
    rows: list[SituationRow]


class Situations:
    """Writes the tables of a thing; tables and lines share the numbers of sources."""

    def __init__(self, claims: Claims, lines: Lines) -> None:
        self.claims, self.lines, self.store = claims, lines, claims.store

    def write_tables(
        self, this: NamedNode, claims: Iterable[Claim]
    ) -> tuple[list[SituationTable], list[Claim]]:
        """Return the tables of a thing, and its other claims."""
        tying: dict[int, dict[NamedNode, list[Claim]]] = defaultdict(lambda: defaultdict(list))
        remaining: list[Claim] = []
        for claim in claims:
            place, node = find_situation(this, claim.triple)
            if node is None or claim.follows:
                remaining.append(claim)
            else:
                tying[place][node].append(claim)
        kinds = [SITUATION_KINDS[place] for place in sorted(tying)]
        tables = [self.write_table(SITUATION_KINDS[place], tying[place]) for place in sorted(tying)]
        shown = {term for kind in kinds if kind.is_alone for term in kind.list_properties()}
        return tables, [
            claim
            for claim in remaining
            if claim.triple.subject != this or claim.triple.predicate not in shown
        ]

    def write_table(
        self, kind: SituationKind, tying: dict[NamedNode, list[Claim]]
    ) -> SituationTable:
        """Return the table of situations, each with the claims that tie it to the thing.

        A column without a value is left out.
        """
        values = {
            node: [spare_bounds(list(self.find_values(node, column))) for column in kind.columns]
            for node in tying
        }
        order = sorted(tying, key=lambda node: rank_values(values[node][kind.order]))
        used = [any(own[place] for own in values.values()) for place in range(len(kind.columns))]
        return SituationTable(
            kind.heading,
            [(column.heading, column.joint) for column in compress(kind.columns, used)],
            [
                self.write_row(node, tying[node], list(compress(values[node], used)))
                for node in order
            ],
        )

    def write_row(self, node: NamedNode, tying: list[Claim], values: list[Values]) -> SituationRow:
        """Return the row of a situation, with the words of all its sources."""
        names = self.lines.names
        triples = {triple: [triple] for triple, _ in chain.from_iterable(values)}
        claims = [*tying, *self.claims.make_claims(triples)]
        modalities = (claim.modality for claim in claims if claim.triple.predicate in MEANT)
        modality = min(modalities, key=lambda iri: GROUP_RANK.get(iri, len(GROUP_RANK)), default="")
        row = SituationRow(
            modality.removeprefix(CPEC),
            [list_cell((triple.predicate, names(term)) for triple, term in own) for own in values],
        )
        mention = Mention(names(node))
        self.lines.attest(row, ((claim, mention) for claim in claims))
        row.numbers = mention.numbers
        return row

    def find_values(self, node: NamedNode, column: Column) -> Iterator[tuple[Triple, RdfTerm]]:
        """Yield the triples of a column of a situation, each with the term that it shows."""
        of = [triple for tie in column.of for triple in self.find_triples(None, tie, node)]
        if not column.properties:
            yield from ((triple, triple.subject) for triple in of)
        subjects = dict.fromkeys(triple.subject for triple in of) if column.of else [node]
        for subject in subjects:
            for predicate in column.properties:
                for triple in self.find_triples(subject, predicate, None):
                    yield triple, triple.object

    def find_triples(
        self,
        subject: NamedNode | BlankNode | Triple | None,
        predicate: NamedNode,
        value: NamedNode | None,
    ) -> list[Triple]:
        """Return the stated triples of a pattern, sorted: at most `MOST_VALUES`."""
        quads = islice(self.store.quads_for_pattern(subject, predicate, value), 4 * MOST_VALUES)
        stated = {quad.triple for quad in quads if self.claims.find_sources(quad.triple)}
        return sorted(stated, key=str)[:MOST_VALUES]


def find_situation(this: NamedNode, triple: Triple) -> tuple[int, NamedNode | None]:
    """Return the kind of a situation that a triple ties to a thing, and the situation, if any."""
    for place, kind in enumerate(SITUATION_KINDS):
        thing, node = (triple.object, triple.subject)[:: 1 if kind.points else -1]
        is_own = this == (node if kind.is_alone else thing)
        if triple.predicate in kind.ties and is_own and isinstance(node, NamedNode):
            return place, node
    return 0, None


def rank_values(values: Values) -> tuple[int, str]:
    """Return the sort key of a column: in the order of the ontology, or by its text."""
    return packaged_outline().rank(read_text(values[0][1]) if values else "")


def spare_bounds(values: Values) -> Values:
    """Return the values of a column, without the bounds of a known date."""
    dates = [value for value in values if value[0].predicate == DAYS[0]]
    return dates or values


def list_cell(values: Iterable[tuple[NamedNode, DisplayName]]) -> list[Value]:
    """Return distinct values, each with the local name of its property."""
    distinct = {name.iri or name.text: (predicate.value, name) for predicate, name in values}
    return [(predicate.removeprefix(CPEC), name) for predicate, name in distinct.values()]
