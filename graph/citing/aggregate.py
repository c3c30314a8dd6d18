"""A SELECT that groups: each row rests on a basis, one support of every member that it counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple, Variable

from graph.citing.lineage import (
    AbsenceAtom,
    BranchAtom,
    ExistsAtom,
    Lineage,
    QueryAtom,
    SubselectAtom,
    TermTriple,
)
from graph.citing.rewrite import Rewriter, bracket_subselect, relax_absences
from graph.citing.run import Run
from graph.citing.solution import Key
from graph.citing.trace import Monomial
from graph.reasoning.closure import Graphs
from graph.sparql import syntax
from graph.sparql.scope import find_aggregates, walk_parts
from ontology.terms import RdfTerm

ORDERED: Final = frozenset({"SAMPLE", "GROUP_CONCAT"})
"""The set functions whose value depends on the order of the members, which the engine chooses."""

SEPARATOR: Final = Literal("\x01")
"""The separator of sorted members: a character that no XML, and so no ordinary literal, has."""


@dataclass(frozen=True, slots=True)
class Basis:
    """The basis of a row that counts: graphs that suffice for it, and the query of its members.

    `graphs` hold one support of every member, None if the members are too many. `members` number
    the lineages of each member. If a value of the row depends on the order of the members,
    `sorted_row` is the row with the sorted members in its place.
    """

    graphs: Graphs | None
    query: str
    triples: tuple[TermTriple, ...] = ()
    members: Sequence[Monomial] = ()
    sorted_row: Key | None = None


class Grouping:
    """A SELECT that groups, as a query of its rows, and queries of the members of its groups.

    The solutions of `traced_members` bind the variables of the `atoms`, from which the basis of a
    row comes. They are the `members` that a row counts, and the counterexamples by which a negation
    excludes others: a part of the dataset with all of them counts the same members.
    """

    def __init__(self, select: syntax.Select) -> None:
        self.select = select
        self.rewriter = Rewriter(select, (), counted=True)
        self.notes = self.rewriter.notes
        self.binds: list[syntax.Bind] = []
        self.keys = tuple(map(self.name_key, select.modifiers.group_by))
        self.names = tuple(key.variable for key in self.keys if key.variable)
        self.members = syntax.Select(None, self.bind_keys(select.where))
        self.traced_members, self.atoms = self.trace_members()
        self.lacking_members, self.absence_atoms = self.trace_lacks()
        for call in list_ordered(select.modifiers.having):
            self.notes.obstacles.append(f"HAVING tests a {call.function}, which has any order")

    def trace_members(self) -> tuple[syntax.Select, tuple[QueryAtom, ...]]:
        """Return the query of the members and counterexamples, and the atoms of both."""
        where = relax_absences(self.select.where)
        rewritten, atoms = self.rewriter.rewrite_group(where)
        expressions = self.select.projection, self.select.modifiers
        atoms += tuple(self.rewriter.find_exists_atoms(expressions, where, None))
        return syntax.Select(None, self.bind_keys(rewritten)), atoms

    def trace_lacks(self) -> tuple[syntax.Select, tuple[QueryAtom, ...]]:
        """Return the query of the members alone, and the atoms of the absences that they rest on.

        `trace_members` notes no negation, since it has an OPTIONAL in the place of each.
        """
        where = self.select.where
        rewriter = Rewriter(self.select, (), counted=True)
        rewriter.hidden += self.rewriter.hidden  # a key has the name of a hidden variable
        rewritten, atoms = rewriter.rewrite_group(where)
        if relax_absences(where) != where:
            self.notes.add(rewriter.notes)
        return syntax.Select(None, self.bind_keys(rewritten)), tuple(keep_absences(atoms))

    def name_key(self, named: syntax.NamedExpression) -> syntax.NamedExpression:
        """Return a condition of GROUP BY with a name, so that the members bind it too."""
        if named.expression == named.variable:
            return named
        if named.variable is None and isinstance(named.expression, Variable):
            return syntax.NamedExpression(named.expression, named.expression)
        variable = named.variable or self.rewriter.create_variable()
        self.binds.append(syntax.Bind(named.expression, variable))
        return syntax.NamedExpression(named.expression, variable)

    def bind_keys(self, group: syntax.Group) -> syntax.Group:
        """Return a group that also binds the keys of GROUP BY."""
        return syntax.Group((*bracket_subselect(group), *self.binds))

    def make_rows_query(self, values: Mapping[syntax.Aggregate, Variable]) -> syntax.Select:
        """Return the SELECT whose rows also show the keys of their groups, and some values."""
        projection = self.select.projection or ()
        shown = {named.variable for named in projection}
        names = [syntax.NamedExpression(name, name) for name in self.names if name not in shown]
        names += [syntax.NamedExpression(value, variable) for value, variable in values.items()]
        modifiers = replace(self.select.modifiers, group_by=self.keys, limit=None, offset=None)
        return syntax.Select((*projection, *names), self.select.where, modifiers)


def keep_absences(atoms: Iterable[QueryAtom]) -> Iterator[QueryAtom]:
    """Yield the atoms that may have absences, without those that may not."""
    for atom in atoms:
        match atom:
            case AbsenceAtom():
                yield atom
            case BranchAtom(marker, inner, _, absence):
                kept = tuple(keep_absences(inner))
                if kept or absence:
                    yield BranchAtom(marker, kept, optional=False, absence=absence)
            case SubselectAtom() | ExistsAtom(required=True):
                if any(
                    isinstance(
                        p, syntax.Minus | syntax.OptionalPart | syntax.Exists | syntax.Aggregate
                    )
                    for p in walk_parts(atom)
                ):
                    yield atom


def list_ordered(part: object) -> list[syntax.Aggregate]:
    """Return the set functions whose value depends on the order of the members, outside EXISTS."""
    conditions = [
        condition for condition in walk_parts(part) if isinstance(condition, syntax.Exists)
    ]
    inner = find_aggregates(conditions)
    calls = (call for call in find_aggregates(part) if call.function in ORDERED)
    return [call for call in calls if call not in inner]


def sort_members(
    select: syntax.Select, bindings: Mapping[str, NamedNode | Literal]
) -> syntax.Select:
    """Return a SELECT that lists sorted members in the place of values that depend on their order.

    GROUP_CONCAT takes the members in the order of the solutions, here of a subselect with ORDER BY:
    so rows of two datasets are equal if they have the same members.
    """
    ordered = list_ordered(select.projection)
    if not ordered:
        return select
    modifiers = select.modifiers
    order = tuple(syntax.Ordering(write_text(call.argument), descending=False) for call in ordered)
    values = syntax.Values(tuple(map(Variable, bindings)), (tuple(bindings.values()),))
    where = (*bracket_subselect(select.where), *([values] if bindings else []))
    members = syntax.Select(
        None, syntax.Group(where), syntax.Modifiers(order_by=order, values=modifiers.values)
    )
    projection = tuple(map(list_members, select.projection or ()))
    return replace(
        select,
        projection=projection,
        where=syntax.Group((members,)),
        modifiers=replace(modifiers, values=None),
    )


def list_members(named: syntax.NamedExpression) -> syntax.NamedExpression:
    """Return a column that lists the members on whose order the value of a column depends.

    The values of its other set functions follow.
    """
    ordered = list_ordered(named.expression)
    if not ordered:
        return named
    lists = [
        syntax.Aggregate("GROUP_CONCAT", write_text(call.argument), call.distinct, SEPARATOR)
        for call in ordered
    ]
    others = [call for call in find_aggregates(named.expression) if call not in ordered]
    return replace(named, expression=syntax.Call("CONCAT", (*lists, *map(write_text, others))))


def write_text(expression: syntax.Expression | None) -> syntax.Expression:
    """Return an expression as a string, empty for a blank node and for an error."""
    return syntax.Call("COALESCE", (syntax.Call("STR", (expression or Literal(""),)), Literal("")))


def find_basis(lineages: Iterable[Lineage]) -> tuple[Graphs | None, tuple[TermTriple, ...]]:
    """Return one support of each lineage, united, and all triples; None if one has no support.

    Lineages with the fewest supports come first: they leave the least choice, and a later lineage
    that already holds in the graphs needs no more of them. A least union would be a set cover.
    """
    graphs: set[int] = set()
    triples: list[TermTriple] = []
    for lineage in sorted(lineages, key=lambda lineage: len(lineage.sets)):
        if not lineage.sets:
            return None, ()
        triples.extend(lineage.triples)
        if not any(graphs.issuperset(chosen) for chosen in lineage.sets):
            graphs |= lineage.sets[0]
    return frozenset(graphs), tuple(triples)


def write_members_query(grouping: Grouping, group: Key, run: Run) -> str:
    """Return the query that lists the members of a group; it cannot name a blank node."""
    where = bracket_subselect(grouping.members.where)
    terms = run.terms.row(group)
    filters = (syntax.Filter(equate(*pair)) for pair in zip(grouping.names, terms, strict=True))
    return run.write(replace(grouping.members, where=syntax.Group((*where, *filters))))


def quote_triple(triple: Triple) -> syntax.TripleTerm:
    """Return a triple term of the dataset as a query writes it."""
    subject, value = (
        quote_triple(end) if isinstance(end, Triple) else end
        for end in (triple.subject, triple.object)
    )
    return syntax.TripleTerm(subject, triple.predicate, value)


def equate(variable: Variable, term: RdfTerm | None) -> syntax.Expression:
    """Return the condition that a variable has a term, or is unbound, or is any blank node."""
    match term:
        case None:
            return syntax.Unary("!", syntax.Call("BOUND", (variable,)))
        case BlankNode():
            return syntax.Call("ISBLANK", (variable,))
        case Triple():
            quoted = quote_triple(term)
            if any(isinstance(part, BlankNode) for part in walk_parts(quoted)):
                return syntax.Call("ISTRIPLE", (variable,))
            return syntax.Call("SAMETERM", (variable, quoted))
    return syntax.Call("SAMETERM", (variable, term))
