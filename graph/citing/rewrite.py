"""Rewrites a query so that each solution shows its atoms.

Blank nodes become hidden variables, `p/q` and `^p` become triple patterns, each OPTIONAL and each
branch of a UNION binds a marker, and subselects that only project show their hidden variables too.
None of this changes the solutions, so rows and citations come from the same run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Set
from dataclasses import replace
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Variable

from graph.citing.lineage import (
    AbsenceAtom,
    AnswerAtom,
    Answered,
    BranchAtom,
    Context,
    ExistsAtom,
    GraphAtom,
    Notes,
    PatternAtom,
    QueryAtom,
    SubselectAtom,
    find_free_variables,
)
from graph.citing.select_form import (
    choose_hidden_prefix,
    count_having,
    count_mentions,
    is_aggregate,
    is_plain,
)
from graph.sparql.negation import split_conjunction
from graph.sparql.scope import (
    certain_variables,
    find_variables,
    has_exists,
    required_patterns,
    select_columns,
    visible_variables,
    walk_parts,
)
from graph.sparql.syntax import (
    Alternative,
    Bind,
    Element,
    Exists,
    Expression,
    Filter,
    Group,
    InGraph,
    Inverse,
    Minus,
    NamedExpression,
    NegatedSet,
    Node,
    OptionalPart,
    Path,
    Select,
    Sequence,
    TriplePattern,
    Triples,
    TripleTerm,
    Union,
    Values,
)
from ontology.terms import XSD

TRUE: Final = Literal("true", datatype=XSD.BOOLEAN)

NEGATION: Final = "it depends on an absence"
OPTIONAL: Final = "it depends on whether an OPTIONAL matches"
EXISTS: Final = "an EXISTS is a part of an expression"
ANONYMOUS: Final = "its rows do not show which graph was matched"
INFERRED: Final = "graph:inferred depends on all that is stated"
AGGREGATED: Final = "it counts what a subselect counts"
PATH: Final = "a path leads there in several ways"
"""The caveats: reasons to verify the proof of a row."""


class Rewriter:
    """Rewrites the groups of one SELECT.

    Its rows show the `shown` variables unchanged; if `counted`, the multiplicity of a solution
    matters too. Every row of the answer shows the values of the `identified` variables; they are
    None if a row is only a part of a row of the answer. `described` are the predicates by which the
    dataset describes graph:inferred itself, `given` the bound parameters.
    """

    def __init__(
        self,
        select: Select,
        shown: Iterable[Variable],
        *,
        counted: bool = False,
        identified: Set[Variable] | None = None,
        described: Set[NamedNode] = frozenset(),
        given: Set[Variable] = frozenset(),
    ) -> None:
        self.select = select
        self.described, self.given = described, given
        self.shown = frozenset(shown)
        self.counted = counted
        self.identified = identified
        self.notes = Notes()
        self.mentions = count_mentions(select)
        self.conditions = list(list_conditions(select.where))
        self.prefix = choose_hidden_prefix(select)
        self.hidden: list[Variable] = []
        self.blanks: dict[BlankNode, Variable] = {}

    def create_variable(self) -> Variable:
        """Return a variable that the query does not use."""
        self.hidden.append(Variable(f"{self.prefix}{len(self.hidden)}"))
        return self.hidden[-1]

    def rewrite_group(
        self, group: Group, context: Context = None
    ) -> tuple[Group, tuple[QueryAtom, ...]]:
        """Return a group that binds all variables of its atoms, and these atoms."""
        elements: list[Element] = []
        atoms: list[QueryAtom] = []
        for number, element in enumerate(group.elements):
            rewritten, more = self.rewrite_element(element, group.elements[:number], group, context)
            elements.append(rewritten)
            atoms.extend(more)
        return Group(tuple(elements)), tuple(atoms)

    def rewrite_element(  # noqa: PLR0911 - a case for each kind
        self, element: Element, before: tuple[Element, ...], group: Group, context: Context
    ) -> tuple[Element, Iterable[QueryAtom]]:
        """Return an element rewritten, and its atoms."""
        match element:
            case Triples(patterns):
                return self.rewrite_triples(patterns, context)
            case OptionalPart(inner):
                settled = self.stays_absent(inner, before, group)
                return self.rewrite_optional(element, before, context, settled=settled)
            case Union(branches):
                marked = [self.mark(branch, context, optional=False) for branch in branches]
                return Union(tuple(branch for branch, _ in marked)), [atom for _, atom in marked]
            case InGraph(name, inner):
                return self.rewrite_graph(name, inner)
            case Group():
                return self.rewrite_group(element, context)
            case Select():
                return self.rewrite_subselect(element, context)
            case Filter(expression):
                return element, list(self.rewrite_filter(expression, group, context))
            case Minus():
                return element, list(self.rewrite_minus(element, before, group, context))
            case Answered(service=service):
                return element, [AnswerAtom((service,))]
        atoms = self.find_exists_atoms(element, group, context)
        return element, [*atoms, *self.find_bind_absences(element, before, context)]

    def rewrite_triples(
        self, patterns: tuple[TriplePattern, ...], context: Context
    ) -> tuple[Element, Iterable[QueryAtom]]:
        """Return triple patterns without blank nodes, sequences and inverses."""
        simple = [
            step
            for pattern in patterns
            for step in self.expand(
                self.name_blank(pattern.subject), pattern.predicate, self.name_blank(pattern.object)
            )
        ]
        return Triples(tuple(simple)), [PatternAtom(pattern, context) for pattern in simple]

    def name_blank(self, node: Node) -> Node:
        """Return a node, a hidden variable for a blank one."""
        if isinstance(node, TripleTerm):
            ends = self.name_blank(node.subject), self.name_blank(node.object)
            return replace(node, subject=ends[0], object=ends[1])
        if not isinstance(node, BlankNode):
            return node
        if node not in self.blanks:
            self.blanks[node] = self.create_variable()
        return self.blanks[node]

    def expand(self, subject: Node, path: Path | Variable, value: Node) -> Iterator[TriplePattern]:
        """Yield the patterns that a path abbreviates (SPARQL 1.1 Query, section 18.2.2.4)."""
        match path:
            case Inverse(inner):
                yield from self.expand(value, inner, subject)
            case Sequence(steps):
                ends = [subject, *(self.create_variable() for _ in steps[1:]), value]
                for start, step, end in zip(ends, steps, ends[1:], strict=False):
                    yield from self.expand(start, step, end)
            case _:
                if self.is_ambiguous(path):
                    self.notes.caveats.append(PATH)
                yield TriplePattern(subject, path, value)

    def is_ambiguous(self, path: Path | Variable) -> bool:
        """Whether a path may reach a node over several triples of one step, all counted."""
        branching = Alternative | NegatedSet
        return self.counted and any(isinstance(part, branching) for part in walk_parts(path))

    def stays_absent(self, inner: Group, before: tuple[Element, ...], group: Group) -> bool:
        """Whether a group that matches nothing in the dataset matches nothing in any part of it.

        A group of triples and filters is monotone, so a part gives it no match, provided that the
        row shows all variables that the group shares: a part then asks with the same values.
        """
        if self.identified is None or group is not self.select.where:
            return False
        asked_with = set(find_variables(inner)) & set(visible_variables(before))
        return is_monotone(inner) and asked_with <= self.identified & certain_variables(before)

    def check_absence(self, inner: Group, before: tuple[Element, ...], group: Group) -> None:
        """Note a caveat unless a group that matches nothing stays without a match."""
        if not self.stays_absent(inner, before, group):
            self.notes.caveats.append(NEGATION)

    def rewrite_minus(
        self, minus: Minus, before: tuple[Element, ...], group: Group, context: Context
    ) -> Iterator[QueryAtom]:
        """Yield the absence of the group of a MINUS, if it shares a variable."""
        self.check_absence(minus.group, before, group)
        shared = {*visible_variables(before)} & {*visible_variables(minus.group.elements)}
        if shared:
            yield make_absence(minus, shared, context)

    def find_bind_absences(
        self, element: Element, before: Iterable[Element], context: Context
    ) -> Iterator[QueryAtom]:
        """Yield the absences of the value of a BIND that a row shows or something tests."""
        if isinstance(element, Bind):
            variable = element.variable
            if self.mentions[variable] > 1 or variable in self.shown:
                yield from self.find_value_absences(element, before, context)

    def find_value_absences(
        self, bind: Bind, before: Iterable[Element], context: Context
    ) -> Iterator[QueryAtom]:
        """Yield the absences of a value, which each EXISTS in it may change."""
        if has_exists(bind.expression):
            shared = {*visible_variables(before)} & {*find_variables(bind.expression)}
            yield make_absence(bind, shared, context)

    def rewrite_optional(
        self, part: OptionalPart, before: tuple[Element, ...], context: Context, *, settled: bool
    ) -> tuple[Element, Iterable[QueryAtom]]:
        """Return an OPTIONAL with its marker; without, if it changes no row.

        Fewer graphs may undo its match. That matters if a filter tests its variables, or if the row
        does not show whether it matched; then the row has to be verified.
        """
        inner = part.group
        added = set(visible_variables(inner.elements)) - certain_variables(before) - self.given
        within = Counter(find_variables(inner))
        tested = any(self.mentions[variable] > within[variable] for variable in added)
        if not (tested or self.counted or added & self.shown):
            return part, ()
        hides = added.isdisjoint(self.shown & certain_variables(inner.elements))
        if tested or (not self.counted and (self.identified is None or hides)):
            self.notes.caveats.append(OPTIONAL)
        group, atom = self.mark(inner, context, optional=not (settled or self.counted))
        absence = self.find_optional_absence(part, before, added, context)
        if (
            not isinstance(absence, AbsenceAtom) or absence.tests
        ):  # without the match, the row may be the same
            kept = tuple(own for own in atom.atoms if not isinstance(own, AbsenceAtom))
            atom = replace(atom, atoms=kept)
        return OptionalPart(group), [replace(atom, absence=absence)]

    def find_optional_absence(
        self,
        part: OptionalPart,
        before: tuple[Element, ...],
        added: Set[Variable],
        context: Context,
    ) -> AbsenceAtom | AnswerAtom | None:
        """Return the absence of an OPTIONAL, None if no row shows and no condition tests it."""
        own = {*list_conditions(part)}
        tests = tuple(
            test for test in self.conditions if test not in own and added & {*find_variables(test)}
        )
        within, tested = Counter(find_variables(part)), Counter(find_variables(tests))
        # a threshold is an absence of its own
        elsewhere = self.mentions - within - tested - count_having(self.select)
        shared = {*visible_variables(before)} & within.keys()
        if added & (self.shown | elsewhere.keys()):
            return make_absence(part, shared, context)
        shared |= {*visible_variables(self.select.where.elements)} & tested.keys()
        return make_absence(part, shared - added, context, tests) if tests else None

    def mark(self, group: Group, context: Context, *, optional: bool) -> tuple[Group, BranchAtom]:
        """Return a group that binds a marker, and the atom of the branch that it marks."""
        rewritten, atoms = self.rewrite_group(group, context)
        marker = self.create_variable()
        elements = (*bracket_subselect(rewritten), Bind(TRUE, marker))
        return Group(elements), BranchAtom(marker, atoms, optional)

    def rewrite_graph(
        self, name: NamedNode | Variable, inner: Group
    ) -> tuple[Element, Iterable[QueryAtom]]:
        """Return a GRAPH rewritten; a graph without a triple pattern inside has to be present."""
        if isinstance(name, Variable) and not self.counted and name not in self.shown:
            about = {p.predicate for p in required_patterns(self.select.where) if p.subject == name}
            if not any(isinstance(predicate, NamedNode) for predicate in about - self.described):
                self.notes.caveats.append(ANONYMOUS)
        rewritten, atoms = self.rewrite_group(inner, name)
        if any(isinstance(u, PatternAtom) and u.is_triple and u.context == name for u in atoms):
            return InGraph(name, rewritten), atoms  # a graph with the triple is present
        return InGraph(name, rewritten), [GraphAtom(name), *atoms]

    def rewrite_subselect(
        self, select: Select, context: Context
    ) -> tuple[Element, Iterable[QueryAtom]]:
        """Return a subselect that shows its hidden variables, or is traced by itself."""
        if not is_plain(select):
            if is_aggregate(select):
                self.notes.collective = True
                if self.counted:
                    self.notes.caveats.append(AGGREGATED)
            columns = {*select_columns(select)}
            tests = [test for test in self.conditions if columns.issuperset(find_variables(test))]
            return select, [SubselectAtom(select, context, tuple(tests))]
        first = len(self.hidden)
        where, atoms = self.rewrite_group(select.where, context)
        atoms += tuple(self.rewrite_projection(select, context))
        shown = tuple(NamedExpression(variable, variable) for variable in self.hidden[first:])
        projection = None if select.projection is None else (*select.projection, *shown)
        if projection is not None:
            missing = set(find_free_variables(atoms)) - {named.variable for named in projection}
            projection += tuple(NamedExpression(v, v) for v in sort_variables(missing))
        return replace(select, where=where, projection=projection), atoms

    def rewrite_filter(
        self, expression: Expression, group: Group, context: Context
    ) -> Iterator[QueryAtom]:
        """Yield the atom of each EXISTS that must hold, and the absences of all others."""
        for condition in split_conjunction(expression):
            match condition:
                case Exists(inner, False):
                    yield self.make_exists_atom(inner, group, context, required=True)
                    continue
                case Exists(inner):
                    self.check_absence(inner, group.elements, group)
                case _:
                    yield from self.find_exists_atoms(condition, group, context)
            if has_exists(condition):
                shared = {*visible_variables(group.elements)} & {*find_variables(condition)}
                yield make_absence(Filter(condition), shared, context)

    def rewrite_projection(self, select: Select, context: Context) -> Iterator[QueryAtom]:
        """Yield the atoms of each EXISTS in the values that a SELECT shows, and their absences."""
        yield from self.find_exists_atoms(select.projection, select.where, context)
        for named in select.projection or ():
            if named.variable is not None:
                bind = Bind(named.expression, named.variable)
                yield from self.find_value_absences(bind, select.where.elements, context)

    def find_exists_atoms(
        self, part: object, group: Group, context: Context
    ) -> Iterator[QueryAtom]:
        """Yield the atom of each EXISTS in an expression, which verification has to settle."""
        for exists in walk_parts(part):
            if isinstance(exists, Exists):
                self.notes.caveats.append(EXISTS)
                yield self.make_exists_atom(exists.group, group, context, required=False)

    def make_exists_atom(
        self, inner: Group, group: Group, context: Context, *, required: bool
    ) -> ExistsAtom:
        """Return the atom of the group of an EXISTS."""
        within = set(find_variables(inner))
        shared = tuple(v for v in visible_variables(group.elements) if v in within)
        return ExistsAtom(inner, shared, context, required)


def make_absence(
    element: Minus | OptionalPart | Filter | Bind,
    shared: Set[Variable],
    context: Context,
    tests: tuple[Expression, ...] = (),
) -> AbsenceAtom | AnswerAtom:
    """Return the absence of an element; the answers in it, for what they lack no source lacks."""
    return AnswerAtom.read(element) or AbsenceAtom(element, sort_variables(shared), context, tests)


def list_conditions(part: object) -> Iterator[Expression]:
    """Yield the conditions of the filters in a part, but not in its subselects and EXISTS."""
    for inner in walk_parts(part, (Exists, Select)):
        if isinstance(inner, Filter):
            yield from split_conjunction(inner.expression)


def sort_variables(variables: Iterable[Variable]) -> tuple[Variable, ...]:
    """Return variables in the order of their names."""
    return tuple(sorted(variables, key=str))


def is_monotone(group: Group) -> bool:
    """Whether a group has triples, VALUES and filters: fewer triples give no new solution."""
    kinds = Triples | Values | Filter
    return all(isinstance(e, kinds) and not has_exists(e) for e in group.elements)


def relax_absences(group: Group) -> Group:
    """Return a group with each MINUS and NOT EXISTS as an OPTIONAL, and no filter on optionals.

    Its solutions are the kept ones, and the excluded ones with their counterexamples: a basis has
    both, so that no part of the dataset with the basis counts a further member.
    """
    elements: list[Element] = []
    fixed = certain_variables(group.elements)
    for element in group.elements:
        match element:
            case Minus(inner):
                elements.append(OptionalPart(inner))
            case Filter(expression):
                for condition in split_conjunction(expression):
                    if isinstance(condition, Exists) and condition.negated:
                        elements.append(OptionalPart(condition.group))
                    elif has_exists(condition) or fixed.issuperset(find_variables(condition)):
                        elements.append(Filter(condition))
            case _:
                elements.append(element)
    return Group(tuple(elements))


def bracket_subselect(group: Group) -> tuple[Element, ...]:
    """Return the elements of a group; a lone subselect in brackets, so that more may follow."""
    alone = len(group.elements) == 1 and isinstance(group.elements[0], Select)
    return (group,) if alone else group.elements
