"""A SELECT that groups: its rows rest on a basis, one support of every member that is counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pyoxigraph import BlankNode, Variable

from graph.citing.lineage import TermTriple
from graph.citing.rewrite import Rewriter, bracket_subselect, relax_absences
from graph.citing.run import Run
from graph.citing.solution import Key, Term
from graph.citing.trace import Needs, Tracer
from graph.reasoning.closure import Graphs
from graph.sparql.scope import find_aggregates
from graph.sparql.syntax import (
    Bind,
    Call,
    Expression,
    Filter,
    Group,
    NamedExpression,
    Select,
    Unary,
)

ORDERED = {"SAMPLE", "GROUP_CONCAT"}
"""The set functions that choose an order of their own."""


@dataclass(frozen=True, slots=True)
class Basis:
    """The graphs that suffice for a row that counts, and the query that lists its members.

    It holds one support of every member; `graphs` are None where the members are too many. An
    `obstacle` says why the row may be another with the same members. `members` are the lineages
    that each member needs, by their numbers.
    """

    graphs: Graphs | None
    query: str
    triples: tuple[TermTriple, ...] = ()
    obstacle: str = ""
    members: Sequence[Needs] = ()


class Grouping:
    """A SELECT that groups: the query of its rows, that of its members, and what these use."""

    def __init__(self, select: Select) -> None:
        self.select = select
        self.rewriter = Rewriter(select, (), counted=True)
        self.binds: list[Bind] = []
        self.keys = tuple(map(self.name_key, select.modifiers.group_by))
        self.names = tuple(key.variable for key in self.keys if key.variable)
        where = relax_absences(select.where)
        rewritten, uses = self.rewriter.rewrite_group(where)
        expressions = (select.projection, select.modifiers)
        self.uses = (*uses, *self.rewriter.find_exists_uses(expressions, where, None))
        self.traced_members = Select(None, self.bind_keys(rewritten))
        self.members = Select(None, self.bind_keys(select.where))
        self.notes = self.rewriter.notes
        if where != select.where:
            noted = Rewriter(select, (), counted=True)
            noted.rewrite_group(select.where)
            self.notes.add(noted.notes)
        used = find_aggregates((select.projection, select.modifiers.having))
        functions = [aggregate.function for aggregate in used if aggregate.function in ORDERED]
        self.obstacle = f"{functions[0]} chooses an order of its own" if functions else ""

    def name_key(self, named: NamedExpression) -> NamedExpression:
        """Return a condition of GROUP BY with a name, which the members bind too."""
        if named.expression == named.variable:
            return named
        if named.variable is None and isinstance(named.expression, Variable):
            return NamedExpression(named.expression, named.expression)
        variable = named.variable or self.rewriter.create_variable()
        self.binds.append(Bind(named.expression, variable))
        return NamedExpression(named.expression, variable)

    def bind_keys(self, group: Group) -> Group:
        """Return a group that also binds the values that it is grouped by."""
        return Group((*bracket_subselect(group), *self.binds))

    def make_rows_query(self) -> Select:
        """Return the SELECT whose rows also show what they are grouped by."""
        projection = self.select.projection or ()
        shown = {named.variable for named in projection}
        names = (NamedExpression(name, name) for name in self.names if name not in shown)
        modifiers = replace(self.select.modifiers, group_by=self.keys, limit=None, offset=None)
        return Select((*projection, *names), self.select.where, modifiers)


def find_basis(
    tracer: Tracer, numbers: Iterable[int]
) -> tuple[Graphs | None, tuple[TermTriple, ...]]:
    """Return one support of each of these lineages together, and the triples of them.

    A lineage that holds in graphs which are there already needs no others. There are no graphs
    where one has no support.
    """
    lineages = sorted(
        (tracer.lineages[number] for number in set(numbers)), key=lambda lineage: len(lineage.sets)
    )
    graphs: set[int] = set()
    triples: list[TermTriple] = []
    for lineage in lineages:
        if not lineage.sets:
            return None, ()
        triples.extend(lineage.triples)
        if not any(graphs.issuperset(chosen) for chosen in lineage.sets):
            graphs |= lineage.sets[0]
    return frozenset(graphs), tuple(triples)


def write_members_query(grouping: Grouping, group: Key, run: Run) -> str:
    """Return the query that lists the members of a group; a blank node has no name in it."""
    where = bracket_subselect(grouping.members.where)
    terms = run.terms.row(group)
    filters = (Filter(equate(*pair)) for pair in zip(grouping.names, terms, strict=True))
    return run.write(replace(grouping.members, where=Group((*where, *filters))))


def equate(variable: Variable, term: Term | None) -> Expression:
    """Return the condition that a variable has a term, or none; a blank node has no name."""
    match term:
        case None:
            return Unary("!", Call("BOUND", (variable,)))
        case BlankNode():
            return Call("ISBLANK", (variable,))
    return Call("SAMETERM", (variable, term))  # type: ignore[arg-type]
