"""The lineage of solutions: the supports of each atom of the query.

A `QueryAtom` is a part of the query that reads the dataset. For each atom the tracer finds in each
solution a `Lineage`: the minimal witnesses of why-provenance (Buneman, Khanna and Tan 2001), with a
named graph as the unit instead of a tuple. Sets of graphs under union and minimal sets are the
semiring of positive Boolean expressions (Green, Karvounarakis and Tannen 2007): a conjunction
multiplies lineages (`join_lineages`), a disjunction adds them (`unite_lineages`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from math import prod
from typing import Final, TypeAlias

from pyoxigraph import Literal, NamedNode, Variable

from graph.reasoning.alternatives import by_size
from graph.reasoning.closure import EMPTY, Graphs
from graph.sparql import syntax
from graph.sparql.scope import find_variables, select_columns, walk_parts
from graph.wording.absence import Absence
from ontology.terms import RdfTerm

Context: TypeAlias = syntax.Name | None
"""The graph in which a pattern is matched; None is the default graph."""

TermTriple: TypeAlias = tuple[RdfTerm, RdfTerm, RdfTerm]
"""A triple of the dataset, as its terms."""


@dataclass(frozen=True, slots=True)
class PatternAtom:
    """A triple pattern in its context, or a path from subject to object."""

    pattern: syntax.TriplePattern
    context: Context

    @property
    def is_triple(self) -> bool:
        """Whether the pattern matches one triple, not a path."""
        return isinstance(self.pattern.predicate, NamedNode | Variable)


@dataclass(frozen=True, slots=True)
class BranchAtom:
    """An OPTIONAL or a branch of a UNION, in the solutions that bind its marker.

    A solution of an `optional` branch that leaves the marker unbound has to be verified, and has
    the `absence` of the branch.
    """

    marker: Variable
    atoms: tuple[QueryAtom, ...]
    optional: bool
    absence: AbsenceAtom | AnswerAtom | None = None


@dataclass(frozen=True, slots=True)
class SubselectAtom:
    """A row of a subselect that is traced by itself, and that passes the `tests` of filters."""

    select: syntax.Select
    context: Context
    tests: tuple[syntax.Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class ExistsAtom:
    """A solution of the group of an EXISTS, for the values of the variables that it shares.

    It is not `required` if the EXISTS is a part of an expression, which may hold without it.
    """

    group: syntax.Group
    shared: tuple[Variable, ...]
    context: Context
    required: bool


@dataclass(frozen=True, slots=True)
class AbsenceAtom:
    """A MINUS, an OPTIONAL, or a condition or value with EXISTS, if its group matches nothing.

    A solution gives the values of the `shared` variables. An OPTIONAL of which filters alone use
    the variables matters as far as these `tests` fail if it matches.
    """

    element: syntax.Minus | syntax.OptionalPart | syntax.Filter | syntax.Bind
    shared: tuple[Variable, ...]
    context: Context
    tests: tuple[syntax.Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class GraphAtom:
    """A named graph that has to be present."""

    name: syntax.Name


@dataclass(frozen=True, slots=True)
class Answered(syntax.Values):
    """VALUES with the answer of another endpoint; `service` is its IRI, after SILENT if it failed.

    Its text is `{ VALUES ... FILTER("SERVICE <iri>") }`, which the engine reads as the VALUES.
    """

    service: str

    @classmethod
    def read(cls, part: object) -> syntax.Group | None:
        """Return a group with the answer that a part of a query writes, None for any other part."""
        match part:
            case syntax.Group((syntax.Values(variables, rows), syntax.Filter(Literal(value=mark)))):
                before, is_marked, service = mark.partition("SERVICE ")
                is_answer = is_marked and not before
                return syntax.Group((cls(variables, rows, service),)) if is_answer else None
        return None


@dataclass(frozen=True, slots=True)
class AnswerAtom:
    """The answers of other endpoints, on which a solution rests."""

    services: tuple[str, ...]

    @classmethod
    def read(cls, part: object) -> AnswerAtom | None:
        """Return the answers in a part of a query, None if there are none."""
        services = (inner.service for inner in walk_parts(part) if isinstance(inner, Answered))
        return cls(own) if (own := tuple(dict.fromkeys(services))) else None


QueryAtom: TypeAlias = (
    PatternAtom | BranchAtom | SubselectAtom | ExistsAtom | AbsenceAtom | GraphAtom | AnswerAtom
)


def find_free_variables(part: object) -> Iterator[Variable]:
    """Yield the variables of atoms, without those inside subselects and EXISTS."""
    for atom in walk_parts(part):
        match atom:
            case PatternAtom():
                yield from find_variables(atom)
            case BranchAtom(marker):
                yield marker
            case GraphAtom(name) if isinstance(name, Variable):
                yield name
            case SubselectAtom(select, context):
                yield from select_columns(select)
                yield from find_variables(context)
            case ExistsAtom(_, shared, context) | AbsenceAtom(_, shared, context):
                yield from shared
                yield from find_variables(context)
            case _:
                pass


@dataclass(slots=True)
class Notes:
    """Remarks on all rows of a query.

    A `caveat` is a reason to verify a proof before it is cited; an `obstacle`, a reason why no
    verification could settle it. A query is `collective` if a row is a function of several rows of
    a subselect: a count, a sum.
    """

    caveats: list[str] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)
    collective: bool = False

    def add(self, other: Notes) -> None:
        """Take over the remarks of another query."""
        self.caveats += other.caveats
        self.obstacles += other.obstacles
        self.collective |= other.collective


@dataclass(frozen=True, slots=True)
class AllOf:
    """The conjunction of several lineages."""

    lineages: tuple[Lineage, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The disjunction of several lineages."""

    lineages: tuple[Lineage, ...]


@dataclass(frozen=True, slots=True)
class Members:
    """The solutions that a row counts, each as the numbers of its lineages."""

    monomials: Sequence[tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Walk:
    """A path between two terms in a graph, None for the default graph; `back` from end to start."""

    start: RdfTerm
    path: syntax.Path | Variable
    end: RdfTerm
    back: bool
    graph: str | None


Composition: TypeAlias = AllOf | AnyOf | Members | Walk


@dataclass(frozen=True, slots=True, eq=False)
class Lineage:
    """The supports of a triple, path or inner row: a strongest first, then the smallest.

    It is `complete` if it has all minimal supports, and `sound` if each set suffices; a proof by a
    lineage that is not sound must be verified. `triples` are the triple itself, or the steps of a
    path. Only the lineage of one triple or graph has no `composition`. `absences` are those of all
    its solutions.
    """

    sets: tuple[Graphs, ...]
    complete: bool = True
    sound: bool = True
    triples: tuple[TermTriple, ...] = ()
    composition: Composition | None = None
    absences: tuple[Absence, ...] = ()


GIVEN: Final = Lineage((EMPTY,))
"""The lineage of an axiom: the ontology is taken as given."""

NOTHING: Final = Lineage(())
"""The lineage of a triple that no graph gives."""

UNKNOWN: Final = Lineage((), complete=False, sound=False)
"""The lineage of a solution that only verification can decide."""

MOST_PRODUCTS: Final = 64
"""The combinations of supports that one join examines."""


def join_lineages(lineages: Iterable[Lineage], most: int) -> Lineage:
    """Return the lineage of a conjunction: unions of one support of each lineage.

    Every minimal support of the conjunction is such a union, so the product is complete if no
    combination was cut off; unions that contain another are no minimal ones.
    """
    factors = [lineage for lineage in dict.fromkeys(lineages) if lineage is not GIVEN]
    if len(factors) <= 1:
        return factors[0] if factors else GIVEN
    choices = product(*(lineage.sets[:most] for lineage in factors))
    chosen = list(islice(choices, MOST_PRODUCTS))
    sets = keep_minimal(EMPTY.union(*choice) for choice in chosen)
    strongest = EMPTY.union(*chosen[0]) if chosen else EMPTY
    sets.sort(key=lambda graphs: graphs != strongest)
    size = prod(len(lineage.sets) for lineage in factors)
    return combine_lineages(AllOf(tuple(factors)), sets, most, complete=len(chosen) == size)


def unite_lineages(lineages: Iterable[Lineage], most: int) -> Lineage:
    """Return the lineage of a disjunction: a support of any part supports the whole."""
    branches = list(dict.fromkeys(lineages))
    if len(branches) == 1:
        return branches[0]
    sets = keep_minimal(graphs for lineage in branches for graphs in lineage.sets)
    strongest = {lineage.sets[0] for lineage in branches if lineage.sets}
    sets.sort(key=lambda graphs: graphs not in strongest)
    return combine_lineages(AnyOf(tuple(branches)), sets, most, complete=True)


def combine_lineages(
    composition: AllOf | AnyOf, sets: Sequence[Graphs], most: int, *, complete: bool
) -> Lineage:
    """Return lineages as one, with at most so many of these supports.

    A path among them leaves it unsound: a triple of another way is not among its triples.
    """
    parts = composition.lineages
    return Lineage(
        tuple(sets[:most]),
        complete and len(sets) <= most and all(lineage.complete for lineage in parts),
        all(lineage.sound and not isinstance(lineage.composition, Walk) for lineage in parts),
        tuple(dict.fromkeys(triple for lineage in parts for triple in lineage.triples)),
        composition,
        tuple(dict.fromkeys(absence for lineage in parts for absence in lineage.absences)),
    )


def keep_minimal(sets: Iterable[Graphs]) -> list[Graphs]:
    """Return the sets that contain no other set (an antichain), the smallest first."""
    minimal: list[Graphs] = []
    for graphs in sorted(dict.fromkeys(sets), key=by_size):
        if not any(smaller <= graphs for smaller in minimal):
            minimal.append(graphs)
    return minimal
