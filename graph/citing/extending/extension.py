"""Extends a query so that each solution tells what it rests on.

Blank nodes become hidden variables, `p/q` and `^p` become triple patterns, each OPTIONAL and each
branch of a UNION binds a marker, and subselects that only project show their hidden variables too.
None of this changes the solutions, so rows and citations come from the same run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Variable

from graph.citing.extending.absence import MINUS, NOT_EXISTS, is_asked_with
from graph.citing.extending.plan import (
    Context,
    Edge,
    Inner,
    Need,
    Notes,
    Part,
    Presence,
    Walk,
    Witness,
    free,
)
from graph.sparql.printer import print_expression, print_group
from graph.sparql.scope import (
    aggregates,
    certain,
    has_exists,
    mentioned,
    parts,
    visible,
)
from graph.sparql.syntax import (
    Alternative,
    Bind,
    Chain,
    Element,
    Exists,
    Expression,
    Filter,
    Group,
    InGraph,
    Inverse,
    Minus,
    Named,
    NegatedSet,
    Node,
    OptionalPart,
    Path,
    Select,
    Sequence,
    TriplePattern,
    Triples,
    Union,
)
from graph.sparql.term import XSD
from ontology.namespace import INFERRED_GRAPH

TRUE: Final = Literal("true", datatype=NamedNode(XSD + "boolean"))


@dataclass(frozen=True, slots=True)
class Extended:
    """A group that binds what its solutions rest on, and the plan to follow it."""

    group: Group
    needs: tuple[Need, ...]


class Extender:
    """Extends the groups of one SELECT.

    `shown` are the variables that its rows show as they are; where `counted`, it also matters how
    often a solution comes. `told` are the variables of which every row of the answer tells the
    value; None where a row is no answer for itself.
    """

    def __init__(
        self,
        select: Select,
        shown: Iterable[Variable],
        counted: bool,
        told: Set[Variable] | None = None,
    ) -> None:
        self.select = select
        self.shown = frozenset(shown)
        self.counted = counted
        self.told = told
        self.notes = Notes()
        self.mentions = mentions(select)
        self.prefix = hidden_prefix(select)
        self.hidden: list[Variable] = []
        self.blanks: dict[BlankNode, Variable] = {}

    def fresh(self) -> Variable:
        """Return a variable that the query does not use."""
        self.hidden.append(Variable(f"{self.prefix}{len(self.hidden)}"))
        return self.hidden[-1]

    def group(self, group: Group, context: Context) -> Extended:
        """Return a group extended."""
        elements: list[Element] = []
        needs: list[Need] = []
        for place, element in enumerate(group.elements):
            more, found = self.element(element, group.elements[:place], group, context)
            elements.append(more)
            needs.extend(found)
        return Extended(Group(tuple(elements)), tuple(needs))

    def element(  # noqa: PLR0911 - a case for each kind
        self, element: Element, before: tuple[Element, ...], group: Group, context: Context
    ) -> tuple[Element, Iterable[Need]]:
        """Return an element extended, and what its solutions rest on."""
        match element:
            case Triples(patterns):
                return self.triples(patterns, context)
            case OptionalPart(inner):
                settled = group is self.select.where and self.settles(inner, before)
                return self.optional(element, inner, before, context, settled=settled)
            case Union(branches):
                marked = [self.marked(branch, context, optional=False) for branch in branches]
                return Union(tuple(one for one, _ in marked)), [part for _, part in marked]
            case InGraph(name, inner):
                return self.in_graph(name, inner)
            case Group():
                extended = self.group(element, context)
                return extended.group, extended.needs
            case Select():
                return self.subselect(element, context)
            case Filter(expression):
                return element, list(self.filtered(expression, group, context))
            case Minus(inner):
                self.minus(inner, before, group)
        if has_exists(element):
            self.notes.doubts.append("EXISTS stands within an expression")
        return element, ()

    def triples(
        self, patterns: tuple[TriplePattern, ...], context: Context
    ) -> tuple[Element, Iterable[Need]]:
        """Return triple patterns without blank nodes, sequences and inverses."""
        simple = [
            step
            for pattern in patterns
            for step in self.steps(
                self.variable(pattern.subject), pattern.predicate, self.variable(pattern.object)
            )
        ]
        return Triples(tuple(simple)), [need_of(pattern, context) for pattern in simple]

    def variable(self, node: Node) -> Node:
        """Return a node, a hidden variable for a blank one."""
        if not isinstance(node, BlankNode):
            return node
        if node not in self.blanks:
            self.blanks[node] = self.fresh()
        return self.blanks[node]

    def steps(self, subject: Node, path: Path | Variable, value: Node) -> Iterator[TriplePattern]:
        """Yield the patterns that a path is short for (SPARQL 1.1 Query, section 18.2.2.4)."""
        match path:
            case Inverse(inner):
                yield from self.steps(value, inner, subject)
            case Sequence(steps):
                ends = [subject, *(self.fresh() for _ in steps[1:]), value]
                for start, step, end in zip(ends, steps, ends[1:], strict=False):
                    yield from self.steps(start, step, end)
            case _:
                if self.counted and any(
                    isinstance(p, Alternative | NegatedSet) for p in parts(path)
                ):
                    self.notes.doubts.append("a path that may be found twice is counted")
                yield TriplePattern(subject, path, value)

    def settles(self, inner: Group, before: tuple[Element, ...]) -> bool:
        """Whether a row by which an OPTIONAL did not match is one by what comes before it alone.

        That is so where it asks for triples only, and the row shows all that it is asked with: no
        part of the dataset matches then what the whole does not, whatever the solution.
        """
        return self.told is not None and is_asked_with(inner, before, self.shown)

    def minus(self, inner: Group, before: tuple[Element, ...], group: Group) -> None:
        """Note what a MINUS must not find."""
        self.notes.absences.append(f"MINUS {print_group(inner)}")
        if not self.stays_absent(inner, before, group):
            self.notes.doubts.append(MINUS)

    def stays_absent(self, inner: Group, before: tuple[Element, ...], group: Group) -> bool:
        """Whether what a row found absent is so in every part of the dataset.

        That is so where triples only are asked for, with what every row tells: what is nowhere in
        the whole for a row is in no part of it, whatever the solution that gives the row there.
        """
        if self.told is None or group is not self.select.where:
            return False
        return is_asked_with(inner, before, self.told)

    def optional(
        self,
        element: Element,
        inner: Group,
        before: tuple[Element, ...],
        context: Context,
        *,
        settled: bool,
    ) -> tuple[Element, Iterable[Need]]:
        """Return an OPTIONAL with its marker; one that changes no row needs none."""
        added = set(visible(inner.elements)) - certain(before)
        within = Counter(mentioned(inner))
        tested = any(self.mentions[variable] > within[variable] for variable in added)
        if not (tested or self.counted or added & self.shown):
            return element, ()
        if tested or self.counted:
            self.notes.doubts.append("what is OPTIONAL is tested, joined or counted")
        elif self.told is None:
            self.notes.doubts.append("what is OPTIONAL may not be shown in the end")
        elif added.isdisjoint(self.shown & certain(inner.elements)):
            self.notes.doubts.append("what is OPTIONAL may match and show nothing")
        group, part = self.marked(inner, context, optional=not settled)
        return OptionalPart(group), [part]

    def marked(self, group: Group, context: Context, *, optional: bool) -> tuple[Group, Part]:
        """Return a group that binds a marker, and the part that it marks.

        Where it is optional, other solutions may need less than one that does not bind it.
        """
        extended = self.group(group, context)
        marker = self.fresh()
        return Group((*separate(extended.group), Bind(TRUE, marker))), Part(
            marker, extended.needs, optional
        )

    def in_graph(self, name: NamedNode | Variable, inner: Group) -> tuple[Element, Iterable[Need]]:
        """Return a GRAPH extended."""
        if name not in self.shown and isinstance(name, Variable):
            self.notes.doubts.append("the rows do not show which graph was matched")
        if isinstance(name, NamedNode) and name.value == INFERRED_GRAPH:
            self.notes.doubts.append("what is inferred depends on what is stated")
        extended = self.group(inner, name)
        return InGraph(name, extended.group), [Presence(name), *extended.needs]

    def subselect(self, select: Select, context: Context) -> tuple[Element, Iterable[Need]]:
        """Return a subselect that shows its hidden variables, or that is answered by itself."""
        if not is_plain(select):
            if is_aggregate(select):
                self.notes.doubts.append("a subselect counts")
            return select, [Inner(select, context)]
        first = len(self.hidden)
        extended = self.group(select.where, context)
        shown = tuple(Named(variable, variable) for variable in self.hidden[first:])
        for named in select.projection or ():
            if has_exists(named.expression):
                self.notes.doubts.append("EXISTS stands within an expression")
        projection = None if select.projection is None else (*select.projection, *shown)
        needs = extended.needs
        if projection is not None:
            missing = set(free(needs)) - {named.variable for named in projection}
            projection += tuple(Named(variable, variable) for variable in sorted(missing, key=str))
        return replace(select, where=extended.group, projection=projection), needs

    def filtered(self, expression: Expression, group: Group, context: Context) -> Iterator[Need]:
        """Yield the witness of each EXISTS that must hold, and note what must not."""
        for condition in conjuncts(expression):
            if isinstance(condition, Exists) and condition.negated:
                self.notes.absences.append(print_expression(condition))
                if not self.stays_absent(condition.group, group.elements, group):
                    self.notes.doubts.append(NOT_EXISTS)
            elif isinstance(condition, Exists):
                self.notes.doubts.append("EXISTS may be witnessed by other graphs")
                mentions = set(mentioned(condition.group))
                shared = tuple(v for v in visible(group.elements) if v in mentions)
                yield Witness(condition.group, shared, context)
            elif has_exists(condition):
                self.notes.doubts.append("EXISTS stands within an expression")


def need_of(pattern: TriplePattern, context: Context) -> Need:
    """Return what a solution of a pattern rests on."""
    subject, predicate, value = pattern.subject, pattern.predicate, pattern.object
    if isinstance(predicate, NamedNode | Variable):
        return Edge(subject, predicate, value, context)
    return Walk(subject, predicate, value, context)


def conjuncts(expression: Expression) -> Iterator[Expression]:
    """Yield the conditions that must all hold."""
    if isinstance(expression, Chain) and expression.rest[0][0] == "&&":
        for one in (expression.first, *(operand for _, operand in expression.rest)):
            yield from conjuncts(one)
    else:
        yield expression


def separate(group: Group) -> tuple[Element, ...]:
    """Return the elements of a group; a subselect gets brackets, so that more may follow."""
    alone = len(group.elements) == 1 and isinstance(group.elements[0], Select)
    return (group,) if alone else group.elements


def mentions(select: Select) -> Counter[Variable]:
    """Count the mentions that may test a variable: not to show it, and not to order by it."""
    shown = [n.expression for n in select.projection or () if n.expression != n.variable]
    modifiers = select.modifiers
    tested = (select.where, tuple(shown), modifiers.group_by, modifiers.having, modifiers.values)
    return Counter(mentioned(tested))


def hidden_prefix(part: object) -> str:
    """Return how hidden variables begin: as no variable of the query does."""
    prefix = "_"
    while any(variable.value.startswith(prefix) for variable in mentioned(part)):
        prefix += "_"
    return prefix


def is_plain(select: Select) -> bool:
    """Whether a SELECT only projects, so that its solutions can be seen from outside."""
    modifiers = select.modifiers
    limited = modifiers.limit is not None or modifiers.offset is not None
    return not (select.distinctness or limited or is_aggregate(select))


def is_aggregate(select: Select) -> bool:
    """Whether a SELECT groups its solutions."""
    shown = tuple(named.expression for named in select.projection or ())
    modifiers = select.modifiers
    return bool(modifiers.group_by or modifiers.having or any(map(aggregates, shown)))
