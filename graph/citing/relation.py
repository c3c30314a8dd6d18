"""The rows of a SELECT, each with the lineage of its solutions or of its members.

A row depends on any of its solutions, a solution on all its atoms: the lineage of a row is a
provenance polynomial, a sum of monomials (Green, Karvounarakis and Tannen 2007). A row that groups
depends on all its members at once, and has a basis (`aggregate`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from itertools import chain, compress
from operator import not_

from pyoxigraph import Literal, NamedNode, Store, Variable

from graph.citing.absence import AbsenceFinder, forbid_group
from graph.citing.aggregate import (
    Basis,
    Grouping,
    find_basis,
    list_ordered,
    sort_members,
    write_members_query,
)
from graph.citing.index import EvidenceIndex, Search
from graph.citing.lineage import (
    GIVEN,
    UNKNOWN,
    AbsenceAtom,
    AnswerAtom,
    AnyOf,
    ExistsAtom,
    GraphAtom,
    Lineage,
    Members,
    Notes,
    PatternAtom,
    QueryAtom,
    SubselectAtom,
    find_free_variables,
    unite_lineages,
)
from graph.citing.rewrite import INFERRED, Rewriter
from graph.citing.run import Run, is_named, join_values, restrict_rows
from graph.citing.select_form import (
    ask_in_graph,
    drop_order_and_limit,
    is_aggregate,
    show_variables,
)
from graph.citing.solution import UNBOUND, Key, TermNumbers
from graph.citing.threshold import GroupConditions
from graph.citing.trace import InnerAtom, Monomial, Tracer
from graph.errors import QuerySyntaxError
from graph.sparql.scope import find_variables, matched_variables, select_columns
from graph.sparql.syntax import (
    Ask,
    Expression,
    Group,
    Modifiers,
    NamedExpression,
    QueryDataset,
    QueryUnit,
    Select,
)
from graph.wording.absence import Absence
from ontology.namespace import INFERRED_GRAPH, REIFIERS

LACKING = "the dataset lacks triples that follow from it"


@dataclass(slots=True)
class Relation:
    """The rows of a SELECT, with the monomial of each solution that gives it.

    Rows that group have a `basis` instead of solutions; `empty` rows count no member. All
    monomials of a row begin with the same `required` lineages, since the row shows their variables.
    A triple of every solution mentions each value of the `anchored` columns. Rows that are `cut`
    have solutions that were not traced. `select` shows all that its `atoms` name, in each
    solution; it is None for rows that group.
    """

    columns: tuple[Variable, ...]
    tracer: Tracer
    notes: Notes
    rows: list[Key] = field(default_factory=list)
    solutions: dict[Key, list[Monomial]] = field(default_factory=dict)
    basis: dict[Key, Basis] = field(default_factory=dict)
    empty: set[Key] = field(default_factory=set)
    cut: set[Key] = field(default_factory=set)
    absences: dict[Key, dict[Absence, None]] = field(default_factory=lambda: defaultdict(dict))
    required: int = 0
    anchored: tuple[int, ...] = ()
    select: Select | None = None
    atoms: tuple[QueryAtom, ...] = ()

    @property
    def most_solutions(self) -> int:
        """The solutions of a row that are traced."""
        return self.tracer.index.thresholds.solutions

    def add(self, keys: Iterable[Key], monomials: Iterable[Monomial]) -> None:
        """Add solutions, each with the row that it gives."""
        solutions, most = self.solutions, self.most_solutions
        for key, monomial in zip(keys, monomials, strict=True):
            polynomial = solutions.get(key)
            if polynomial is None:
                solutions[key] = [monomial]
            elif len(polynomial) < most or monomial not in polynomial:
                polynomial.append(monomial)

    def is_cut(self, key: Key) -> bool:
        """Return whether a row may rest on a solution that no lineage has."""
        return key in self.cut or len(self.solutions.get(key, ())) > self.most_solutions

    def find_lineage(self, key: Key, most: int | None = None) -> Lineage:
        """Return the lineage of a row: of a disjunction of its solutions, or of its basis."""
        if key in self.empty:
            return replace(GIVEN, sound=False, absences=self.list_absences(key))
        if (basis := self.basis.get(key)) is not None:
            sets = () if basis.graphs is None else (basis.graphs,)
            is_sound = basis.sorted_row is None and not self.notes.caveats
            members, absences = Members(basis.members), self.list_absences(key)
            return Lineage(sets, False, is_sound, composition=members, absences=absences)
        polynomial = list(dict.fromkeys(self.solutions.get(key, ())))
        if not polynomial:
            return UNKNOWN
        most = most or self.tracer.most
        first = unite_lineages(
            (self.tracer.join(monomial, most) for monomial in polynomial[: self.most_solutions]),
            most,
        )
        if not self.is_cut(key) or first.sets[:1] == (frozenset(),):
            return first
        return replace(first, complete=False, composition=AnyOf((first, UNKNOWN)))

    def list_parts(self, key: Key) -> Iterator[Lineage]:
        """Yield what the query matches for a row, in all its solutions (`Tracer.list_parts`).

        UNKNOWN is among them if a solution was not traced.
        """
        basis, solutions = self.basis.get(key), self.solutions.get(key, ())
        if self.is_cut(key) or (basis is not None and basis.graphs is None):
            yield UNKNOWN
        monomials = solutions if basis is None else basis.members
        yield from self.tracer.list_parts(chain.from_iterable(monomials))

    def list_absences(self, key: Key) -> tuple[Absence, ...]:
        """Return the absences of all traced solutions of a row."""
        numbers = chain.from_iterable(self.solutions.get(key, ()))
        absences = dict(self.absences.get(key, ()))
        return tuple(absences | dict.fromkeys(self.tracer.list_absences(numbers)))

    def list_common_absences(self, key: Key) -> tuple[Absence, ...]:
        """Return the absences that all solutions of a row have: one without is enough."""
        if self.is_cut(key):
            return ()
        listed = map(self.tracer.list_absences, self.solutions[key])
        first, *rest = map(dict.fromkeys, listed)
        return tuple(absence for absence in first if all(absence in other for other in rest))


def find_required_atoms(
    atoms: Iterable[QueryAtom], shown: Set[Variable]
) -> list[PatternAtom | GraphAtom]:
    """Return the triples and graphs that every proof of a row needs.

    An atom with shown variables alone is the same in all solutions of a row.
    """
    return [
        atom
        for atom in atoms
        if isinstance(atom, GraphAtom) or (isinstance(atom, PatternAtom) and atom.is_triple)
        if shown >= set(find_free_variables(atom))
    ]


def choose_solutions(keys: Iterable[Key], rows: int, most: int) -> list[bool]:
    """Choose the solutions to trace for so many rows: the first few of each, and one more."""
    met: dict[Key, int] = {}
    chosen = []
    for key in keys:
        count = met.get(key, 0)
        is_chosen = count <= most and (count > 0 or len(met) < rows)
        if is_chosen:
            met[key] = count + 1
        chosen.append(is_chosen)
    return chosen


class Relations:
    """Answers the SELECTs of one query, each with the lineage of its rows."""

    def __init__(
        self,
        store: Store,
        index: EvidenceIndex,
        query: QueryUnit,
        bindings: Mapping[str, NamedNode | Literal],
    ) -> None:
        self.query = query
        self.thresholds = index.thresholds
        default = tuple(name.value for name in query.dataset.default)
        graphs = None if query.dataset == QueryDataset() else default
        self.terms = TermNumbers()
        local = store if isinstance(store, Store) else index.store  # a remote store gives rows only
        beside = (REIFIERS,) if query.version else ()
        self.answers = AnswerAtom.read(query)
        self.tracer = Tracer(local, index, self.terms, graphs, beside, self.trace_inner_rows)
        self.run = Run(store, query, bindings, self.terms)
        caveats = {INFERRED: INFERRED_GRAPH in default, LACKING: index.lacks}
        self.notes = Notes(caveats=[caveat for caveat, holds in caveats.items() if holds])
        about = local.quads_for_pattern(NamedNode(INFERRED_GRAPH), None, None, None)
        self.described = frozenset(quad.predicate for quad in about)

    def trace(
        self,
        select: Select,
        wanted: Set[Key] | None = None,
        identified: Set[Variable] | None = None,
        tests: tuple[Expression, ...] = (),
    ) -> Relation:
        """Return the relation of a SELECT without its LIMIT and OFFSET, or some of its rows.

        If `identified` is given, a row of the SELECT is a row of the answer, or several with the
        same values of these variables; otherwise only a part of such a row. Its rows pass some
        `tests`.
        """
        if wanted is not None and not list_ordered(select.projection):
            select = restrict_rows(select, wanted, self.terms)
        if is_aggregate(select):
            relation = self.trace_groups(select, tests)
        else:
            relation = self.trace_solutions(select, wanted, identified)
        if select.distinctness:
            relation.rows = list(dict.fromkeys(relation.rows))
        return relation

    def trace_solutions(
        self,
        select: Select,
        wanted: Set[Key] | None = None,
        identified: Set[Variable] | None = None,
    ) -> Relation:
        """Return the relation of a SELECT that does not group."""
        shown = select_columns(select)
        unchanged = set(shown)
        if select.projection is not None:
            unchanged &= {n.variable for n in select.projection if n.variable == n.expression}
        is_answer = wanted is not None or select is self.query.form
        if is_answer:  # each row of the answer shows these values itself
            identified = unchanged
        given = set(map(Variable, self.run.bindings))
        rewriter = Rewriter(
            select, unchanged, identified=identified, described=self.described, given=given
        )
        where, group_atoms = rewriter.rewrite_group(select.where)
        required = find_required_atoms(group_atoms, unchanged)
        exists = rewriter.rewrite_projection(select, None)
        atoms = (*required, *(atom for atom in group_atoms if atom not in required), *exists)
        # a value that only VALUES or BIND gives need not occur in the graphs of a proof
        by_triples = unchanged & matched_variables(select) - given
        modifiers = Modifiers(order_by=select.modifiers.order_by, values=select.modifiers.values)
        projection = select.projection or tuple(NamedExpression(v, v) for v in shown)
        traced = Select(show_variables(projection, find_free_variables(atoms)), where, modifiers)
        limited = replace(modifiers, limit=select.modifiers.limit)
        solutions = self.run.find_solutions(replace(traced, modifiers=limited))
        relation = Relation(shown, self.tracer, rewriter.notes, required=len(required))
        relation.select, relation.atoms = traced, atoms
        relation.anchored = tuple(n for n, variable in enumerate(shown) if variable in by_triples)
        relation.rows = keys = list(solutions.rows(shown))
        if wanted is not None:
            solutions = solutions.filter([key in wanted for key in keys])
            keys = [key for key in keys if key in wanted]
        # any row of a subselect may be a part of a row that is cited, so all of them are traced
        rows = self.thresholds.rows if is_answer else len(keys)
        chosen = choose_solutions(keys, rows, self.thresholds.solutions)
        relation.cut.update(compress(keys, map(not_, chosen)))
        solutions, keys = solutions.filter(chosen), list(compress(keys, chosen))
        self.tracer.limit_search(len({*keys}))
        relation.add(keys, self.tracer.trace(atoms, solutions))
        return relation

    def trace_groups(self, select: Select, tests: tuple[Expression, ...] = ()) -> Relation:
        """Return the relation of a SELECT that groups: a row rests on the members of its group.

        Its rows pass some `tests`, beside those of HAVING.
        """
        grouping = Grouping(select)
        relation = Relation(select_columns(select), self.tracer, grouping.notes)
        limit = Modifiers(limit=self.thresholds.members + 1)
        members = self.run.find_solutions(replace(grouping.traced_members, modifiers=limit))
        is_whole = members.size <= self.thresholds.members
        # a basis needs one support of each member, and need not be minimal
        search, self.tracer.search = self.tracer.search, Search.BASIS
        monomials = list(self.tracer.trace(grouping.atoms, members)) if is_whole else []
        absences = self.trace_member_absences(grouping) if is_whole else {}
        self.tracer.search = search
        groups = members.group(grouping.names) if is_whole else {}
        conditions = GroupConditions.read(grouping, tests)
        sorted_rows: dict[Key, Key] = {}
        if list_ordered(select.projection):
            listed = self.run.find_solutions(
                sort_members(grouping.make_rows_query({}), self.run.bindings)
            )
            pairs = zip(listed.rows(grouping.names), listed.rows(relation.columns), strict=True)
            sorted_rows.update(pairs)
        rows = self.run.find_solutions(grouping.make_rows_query(conditions.columns))
        relation.rows = list(rows.rows(relation.columns))
        for key, group in zip(relation.rows, rows.rows(grouping.names), strict=True):
            numbers = groups.get(group, [])
            relation.absences[key] |= absences.get(group, {})
            if is_whole and not numbers:
                relation.empty.add(key)
                relation.absences[key] |= dict.fromkeys(self.find_unsaid(select.where))
            elif key not in relation.basis:
                of_members = [monomials[number] for number in numbers]
                lineages = map(self.tracer.lineages.__getitem__, {*chain.from_iterable(of_members)})
                graphs, triples = find_basis(lineages) if is_whole else (None, ())
                query = write_members_query(grouping, group, self.run)
                sorted_row = sorted_rows.get(group)
                relation.basis[key] = Basis(graphs, query, triples, of_members, sorted_row)
        for number, absence in () if self.answers else conditions.find_absences(self.run, rows):
            relation.absences[relation.rows[number]][absence] = None
        return relation

    def trace_member_absences(self, grouping: Grouping) -> dict[Key, dict[Absence, None]]:
        """Return the absences of the members of each group."""
        if not grouping.absence_atoms:
            return {}
        members = self.run.find_solutions(grouping.lacking_members)
        monomials = list(self.tracer.trace(grouping.absence_atoms, members))
        groups = members.group(grouping.names)
        return {
            group: dict.fromkeys(
                self.tracer.list_absences(chain.from_iterable(map(monomials.__getitem__, numbers)))
            )
            for group, numbers in groups.items()
        }

    def find_unsaid(self, group: Group) -> tuple[Absence, ...]:
        """Return the absences of a group, none if it has a solution, or beside other endpoints."""
        if self.answers or self.run.find_rows(Ask(group, Modifiers())):
            return ()
        return AbsenceFinder.make(self.run, forbid_group(group)).find_all()

    def trace_inner_rows(
        self, atom: InnerAtom, rows: Collection[Key], graph: str | None
    ) -> dict[Key, Lineage]:
        """Return the lineages of the rows of an inner atom that solutions join with.

        One query asks for all of them. A row of an EXISTS or absence without lineage is omitted.
        """
        if isinstance(atom, SubselectAtom):
            relation = self.trace_subselect(atom, rows, graph)
            return {row: relation.find_lineage(row) for row in rows}
        if isinstance(atom, AbsenceAtom):
            absences = AbsenceFinder.make(self.run, atom, graph).find(rows)
            return {row: replace(GIVEN, absences=tuple(own)) for row, own in absences.items()}
        lineages: dict[Key, Lineage] = {}
        by_bound: dict[Key, dict[Key, Key]] = defaultdict(dict)
        for row in rows:  # an unbound variable is free within the EXISTS
            bound = tuple(column for column, value in enumerate(row) if value != UNBOUND)
            by_bound[bound][tuple(row[column] for column in bound)] = row
        for bound, own in by_bound.items():
            narrow = replace(atom, shared=tuple(atom.shared[column] for column in bound))
            if exists := self.trace_exists(narrow, own, graph):
                common = exists.list_common_absences if atom.required else lambda _: ()
                for key in exists.solutions.keys() & own.keys():
                    lineage = replace(exists.find_lineage(key), absences=common(key))
                    lineages[own[key]] = lineage
        return lineages

    def trace_subselect(
        self, atom: SubselectAtom, rows: Collection[Key], graph: str | None
    ) -> Relation:
        """Return some rows of a subselect in a graph, without its LIMIT and OFFSET."""
        modifiers = atom.select.modifiers
        # LIMIT may drop a row on a part of the dataset that the whole keeps: hence the caveat below
        select = replace(atom.select, modifiers=drop_order_and_limit(modifiers))
        select = ask_in_graph(restrict_rows(select, rows, self.terms), graph)
        relation = self.trace(select, tests=atom.tests)
        if modifiers.limit is not None or modifiers.offset is not None:
            relation.notes.caveats.append("a subselect has a LIMIT or an OFFSET")
        if self.run.bindings.keys() & {v.value for v in find_variables(atom.select)}:
            relation.notes.caveats.append("a parameter occurs in a subselect")
        self.notes.add(relation.notes)
        return relation

    def trace_exists(
        self, atom: ExistsAtom, rows: Iterable[Key], graph: str | None
    ) -> Relation | None:
        """Return the solutions of an EXISTS by its shared values, None if it cannot be asked.

        A query cannot name a blank node, so values with a blank node are omitted.
        """
        named = [row for row in map(self.terms.row, rows) if all(map(is_named, row))]
        if not named:
            return None
        select = join_values(ask_in_graph(Select(None, atom.group), graph), atom.shared, named)
        shown = tuple(NamedExpression(variable, variable) for variable in atom.shared)
        try:
            relation = self.trace_solutions(replace(select, projection=shown))
        except QuerySyntaxError:  # a variable occurs where the engine allows none, as in BIND
            return None
        self.notes.add(relation.notes)
        return relation
