"""Finds the absences of solutions: groups that match nothing, though a match would change them.

An absence is asked twice. In the dataset, the negation of its group has to keep the solution; in a
store of the canonical match of the group, it has to lose it. So no absence is found for a MINUS
that shares no variable with the solution, for a disjunct without which its condition holds too, or
for a filter that nothing satisfies. This is provenance of negation, as why-not provenance has it
(Herschel, Diestelkämper and Ben Lahmar 2017): a solution depends on matches that are not there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations
from typing import Final, Self, TypeAlias

from pyoxigraph import Literal, NamedNode, Variable

from graph.citing.canonical import CanonicalMatch
from graph.citing.lineage import AbsenceAtom
from graph.citing.rewrite import TRUE, bracket_subselect
from graph.citing.run import MOST_VALUES, Run, is_named
from graph.citing.select_form import choose_hidden_prefix
from graph.citing.solution import Key, TermRow
from graph.dataset import memory_store
from graph.sparql.negation import list_alternatives
from graph.sparql.scope import (
    find_variables,
    make_variable,
    replace_expressions,
    replace_variables,
    walk_parts,
)
from graph.sparql.syntax import (
    Bind,
    Call,
    Element,
    Exists,
    Expression,
    Filter,
    Group,
    Minus,
    Node,
    OptionalPart,
    Select,
    Unary,
    Values,
)
from graph.wording.absence import Absence
from ontology.terms import XSD, RdfTerm

FALSE: Final = Literal("false", datatype=XSD.BOOLEAN)

MOST_JOINT: Final = 3
"""The groups of one condition that may have to match together to change a solution."""

MOST_ASKED: Final = 6
"""The triple patterns of a group with a negation or subselect: the match of more is not asked for.

In the worst case n patterns of one property have n ** n candidates in their canonical match.
"""

MOST_TRIALS: Final = 10_000
"""The combinations of terms that are tried for the variables that conditions test."""

Rows: TypeAlias = Mapping[int, TermRow]
"""Rows of values by number."""

MatchTerms: TypeAlias = Mapping[Node, RdfTerm]
"""The terms of a canonical match, by variable or blank node."""


@dataclass(frozen=True, slots=True)
class AbsenceFinder:
    """Finds the absences of one atom, for solutions in one graph; None is the default graph."""

    run: Run
    atom: AbsenceAtom
    graph: NamedNode | None

    @classmethod
    def make(cls, run: Run, atom: AbsenceAtom, graph: str | None = None) -> Self:
        """Return the finder of an atom in a graph, with the parameters of the query bound."""
        terms = {Variable(name): term for name, term in run.bindings.items()}
        own = {variable: term for variable, term in terms.items() if variable not in atom.shared}
        bound = replace(atom, element=replace_variables(atom.element, own))
        return cls(run, bound, None if graph is None else NamedNode(graph))

    def find(self, keys: Collection[Key]) -> dict[Key, list[Absence]]:
        """Return the absences by the values that solutions share with the atom, if there are any.

        A query cannot name a blank node, so no absence is found for a solution with one.
        """
        absences: dict[Key, list[Absence]] = defaultdict(list)
        numbered = list(keys)
        for start in range(0, len(numbered), MOST_VALUES):
            chunk = numbered[start : start + MOST_VALUES]
            rows = dict(enumerate(map(self.run.terms.row, chunk)))
            named = {
                n: row for n, row in rows.items() if all(t is None or is_named(t) for t in row)
            }
            for number, absence in self.find_absences(named):
                absences[chunk[number]].append(absence)
        return absences

    def find_absences(self, rows: Rows) -> Iterator[tuple[int, Absence]]:
        """Yield the absences of rows, each with the number of its row."""
        for negations in list_negations(self.atom.element):
            explained: set[int] = set()
            for groups, guards in negations:
                absent = self.ask(self.run, guards, rows)
                explained |= absent.keys()
                for group in list_alternatives(join_groups(groups, self.atom.shared)):
                    for number, row in self.find_decided(group, absent).items():
                        yield number, self.make_absence(group, row)
            # several groups explain a row only if no single group does
            rows = {number: row for number, row in rows.items() if number not in explained}

    def make_absence(self, group: Group, row: TermRow) -> Absence:
        """Return the absence of a group with the values of a row."""
        within = set(find_variables(group))
        values = zip(self.atom.shared, row, strict=True)
        bound = tuple((v, term) for v, term in values if term is not None and v in within)
        is_optional = isinstance(self.atom.element, OptionalPart) and not self.atom.tests
        return Absence(group, bound, self.graph, is_optional=is_optional)

    def find_decided(self, group: Group, rows: Rows) -> Rows:
        """Return the rows that a match of a group would change.

        A canonical match is a match (Chandra and Merlin 1977). It is asked for only where it might
        not be: a negation in it may deny one of its triples, and a subselect may count or cut.
        """
        decided: dict[int, TermRow] = {}
        for match in chain.from_iterable(
            CanonicalMatch.list_all(group, self.graph, optionals=own) for own in (False, True)
        ):
            rest = {number: row for number, row in rows.items() if number not in decided}
            matches = dict(self.make_matches(match, rest))
            lost = {number: rest[number] for number in matches if self.is_joined(rest[number])}
            if lost and negates(group):
                if len(match.patterns) > MOST_ASKED:
                    return decided
                quads = (match.write(terms, self.run.query.dataset) for terms in matches.values())
                run = replace(self.run, store=memory_store(chain.from_iterable(quads)))
                kept = self.ask(run, negate(self.atom.element, group), lost)
                lost = {number: row for number, row in lost.items() if number not in kept}
            decided |= self.test(match, matches, lost) if self.atom.tests else lost
        return decided

    def is_joined(self, row: TermRow) -> bool:
        """Return whether a match changes a row: a MINUS has to share a bound variable with it."""
        return not isinstance(self.atom.element, Minus) or any(term is not None for term in row)

    def make_matches(self, match: CanonicalMatch, rows: Rows) -> Iterator[tuple[int, MatchTerms]]:
        """Yield the terms of a canonical match for each row to which a source could state one."""
        shared, mentioned = self.atom.shared, {*find_variables(match.conditions)}
        tested = match.list_tested(shared)
        shown = tuple(v for v in match.variables if v in mentioned and v not in shared)
        alike: dict[TermRow, list[int]] = defaultdict(list)
        for number, row in rows.items():
            same = (term for v, term in zip(shared, row, strict=True) if v in mentioned)
            alike[tuple(same) if tested else (Literal(number),)].append(number)
        firsts = {numbers[0]: numbers for numbers in alike.values()}
        for first, chosen in self.choose_terms(match, tested, shown, {n: rows[n] for n in firsts}):
            for number in firsts[first]:
                known = dict(zip((*shared, *shown), (*rows[number], *chosen), strict=True))
                terms = match.name_terms(known, number)
                if match.write(terms, self.run.query.dataset):
                    yield number, terms

    def choose_terms(
        self,
        match: CanonicalMatch,
        tested: Sequence[Variable],
        shown: tuple[Variable, ...],
        rows: Rows,
    ) -> Iterator[tuple[int, TermRow]]:
        """Yield rows by number, with terms for the shown variables that satisfy the conditions."""
        shared, join = self.atom.shared, self.run.join_rows
        if not match.conditions:
            yield from ((number, ()) for number in rows)
        elif not tested:
            yield from dict(join(shared, rows, match.conditions, shown, self.graph)).items()
        else:
            most = int(MOST_TRIALS ** (1 / len(tested)))
            for number, row in rows.items():
                values = [term for term in row if term is not None]
                choices: list[Element] = [
                    Values((v,), tuple((t,) for t in match.list_candidates(v, values)[:most]))  # type: ignore[misc]
                    for v in tested
                ]
                elements = (*choices, *match.conditions)
                yield from join(shared, {number: row}, elements, shown, self.graph, limit=1)

    def test(self, match: CanonicalMatch, matches: Mapping[int, MatchTerms], rows: Rows) -> Rows:
        """Return the rows for which a filter on an OPTIONAL fails if its group matches."""
        shared = self.atom.shared
        added = tuple(v for v in match.variables if v not in shared)
        wider = {n: (*row, *map(matches[n].__getitem__, added)) for n, row in rows.items()}
        variables, tests = (*shared, *added), tuple(map(Filter, self.atom.tests))
        kept = {n for n, _ in self.run.join_rows(variables, wider, tests, graph=self.graph)}
        return {number: row for number, row in rows.items() if number not in kept}

    def ask(self, run: Run, elements: Sequence[Element], rows: Rows) -> Rows:
        """Return the rows that elements of a group keep."""
        joined = run.join_rows(self.atom.shared, rows, elements, graph=self.graph)
        kept = {number for number, _ in joined}
        return {number: row for number, row in rows.items() if number in kept}

    def find_all(self) -> tuple[Absence, ...]:
        """Return the absences of a forbidden group that shares no variable and has no solution.

        That is not asked again: within a FILTER the engine may take twenty times as long.
        """
        (exists,) = list_exists(self.atom.element)
        decided = ((g, self.find_decided(g, {0: ()})) for g in list_alternatives(exists.group))
        return tuple(self.make_absence(g, row) for g, rows in decided for row in rows.values())


def forbid_group(group: Group, shared: tuple[Variable, ...] = ()) -> AbsenceAtom:
    """Return the atom of a group that has no solution with the values of shared variables."""
    return AbsenceAtom(Filter(Exists(group, negated=True)), shared, None)


def negates(group: Group) -> bool:
    """Return whether a group may lose a solution by more triples: by a negation or a subselect."""
    return any(isinstance(part, Minus | Exists | Select) for part in walk_parts(group))


def list_negations(
    element: Element,
) -> Iterator[list[tuple[tuple[Group, ...], tuple[Element, ...]]]]:
    """Yield the negations of an element, by the number of groups that have to match together.

    Each has its groups, and elements that keep a row if they match nothing and would change it.
    """
    match element:
        case Minus(group) | OptionalPart(group):
            yield [((group,), negate(element, group))]
        case Filter(condition) | Bind(condition):
            groups = list(dict.fromkeys(exists.group for exists in list_exists(condition)))
            for size in range(1, min(len(groups), MOST_JOINT) + 1):
                yield [negate_exists(element, chosen) for chosen in combinations(groups, size)]


def list_exists(part: Expression | Element) -> list[Exists]:
    """Return each EXISTS of a part, without those within another EXISTS."""
    return [exists for exists in walk_parts(part, (Exists,)) if isinstance(exists, Exists)]


def negate_exists(
    element: Filter | Bind, groups: tuple[Group, ...]
) -> tuple[tuple[Group, ...], tuple[Element, ...]]:
    """Return groups of EXISTS in an element, and the elements that negate them."""
    expression = element.expression
    values = {e: FALSE if e.negated else TRUE for e in list_exists(expression) if e.group in groups}
    matched = replace_expressions(expression, values)
    absent = (Filter(Exists(group, negated=True)) for group in groups)
    if isinstance(element, Filter):
        changed = refuse(matched)
    else:
        error = Literal("error")
        pair = (Call("COALESCE", (value, error)) for value in (expression, matched))
        changed = refuse(Call("SAMETERM", tuple(pair)))
    return groups, (*absent, changed)


def refuse(condition: Expression) -> Filter:
    """Return the filter that keeps the solutions which a filter by a condition drops."""
    return Filter(Unary("!", Call("COALESCE", (Call("IF", (condition, TRUE, FALSE)), FALSE))))


def negate(element: Element, group: Group) -> tuple[Element, ...]:
    """Return the elements that keep a row if a group matches nothing, as in an element."""
    match element:
        case Minus():
            return (Minus(group),)
        case OptionalPart():
            marker = Variable(choose_hidden_prefix(group) + "matched")
            optional = OptionalPart(Group((*bracket_subselect(group), Bind(TRUE, marker))))
            return optional, Filter(Unary("!", Call("BOUND", (marker,))))
    return (Filter(Exists(group, negated=True)),)


def join_groups(groups: Sequence[Group], shared: Sequence[Variable]) -> Group:
    """Return a group that matches if several do, with the same values of shared variables."""
    if len(groups) == 1:
        return groups[0]
    taken = Counter(find_variables((tuple(groups), tuple(shared))))
    own = [dict.fromkeys(v for v in find_variables(g) if v not in shared) for g in groups]
    return Group(
        tuple(
            replace_variables(group, {v: make_variable(v, taken) for v in variables})
            for group, variables in zip(groups, own, strict=True)
        )
    )
