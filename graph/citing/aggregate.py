"""A SELECT that groups: each row rests on a basis, one support of every member that it counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pyoxigraph import BlankNode, Triple, Variable

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
from graph.sparql.scope import find_aggregates, walk_parts
from graph.sparql.syntax import (
    Aggregate,
    Bind,
    Call,
    Exists,
    Expression,
    Filter,
    Group,
    Minus,
    NamedExpression,
    OptionalPart,
    Select,
    TripleTerm,
    Unary,
)
from ontology.terms import RdfTerm

ORDERED = {"SAMPLE", "GROUP_CONCAT"}
"""The set functions whose value depends on the order of the members."""


@dataclass(frozen=True, slots=True)
class Basis:
    """The basis of a row that counts: graphs that suffice for it, and the query of its members.

    `graphs` hold one support of every member, None if the members are too many. `obstacle` says why
    the same members may give another row. `members` number the lineages of each member.
    """

    graphs: Graphs | None
    query: str
    triples: tuple[TermTriple, ...] = ()
    obstacle: str = ""
    members: Sequence[Monomial] = ()


class Grouping:
    """A SELECT that groups, as two queries: one for its rows, one for the members of its groups."""

    def __init__(self, select: Select) -> None:
        self.select = select
        self.rewriter = Rewriter(select, (), counted=True)
        self.binds: list[Bind] = []
        self.keys = tuple(map(self.name_key, select.modifiers.group_by))
        self.names = tuple(key.variable for key in self.keys if key.variable)
        where = relax_absences(select.where)
        rewritten, atoms = self.rewriter.rewrite_group(where)
        expressions = (select.projection, select.modifiers)
        self.atoms = (*atoms, *self.rewriter.find_exists_atoms(expressions, where, None))
        self.traced_members = Select(None, self.bind_keys(rewritten))
        self.members = Select(None, self.bind_keys(select.where))
        self.notes = self.rewriter.notes
        own = Rewriter(select, (), counted=True)
        own.hidden += self.rewriter.hidden  # a key has the name of a hidden variable
        rewritten, atoms = own.rewrite_group(select.where)
        self.absence_atoms = tuple(keep_absences(atoms))
        self.lacking_members = Select(None, self.bind_keys(rewritten))
        if where != select.where:
            self.notes.add(own.notes)
        used = find_aggregates((select.projection, select.modifiers.having))
        functions = [aggregate.function for aggregate in used if aggregate.function in ORDERED]
        self.obstacle = f"{functions[0]} chooses an order of its own" if functions else ""

    def name_key(self, named: NamedExpression) -> NamedExpression:
        """Return a condition of GROUP BY with a name, so that the members bind it too."""
        if named.expression == named.variable:
            return named
        if named.variable is None and isinstance(named.expression, Variable):
            return NamedExpression(named.expression, named.expression)
        variable = named.variable or self.rewriter.create_variable()
        self.binds.append(Bind(named.expression, variable))
        return NamedExpression(named.expression, variable)

    def bind_keys(self, group: Group) -> Group:
        """Return a group that also binds the keys of GROUP BY."""
        return Group((*bracket_subselect(group), *self.binds))

    def make_rows_query(self, values: Mapping[Aggregate, Variable]) -> Select:
        """Return the SELECT whose rows also show the keys of their groups, and some values."""
        projection = self.select.projection or ()
        shown = {named.variable for named in projection}
        names = [NamedExpression(name, name) for name in self.names if name not in shown]
        names += [NamedExpression(value, variable) for value, variable in values.items()]
        modifiers = replace(self.select.modifiers, group_by=self.keys, limit=None, offset=None)
        return Select((*projection, *names), self.select.where, modifiers)


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
                    isinstance(p, Minus | OptionalPart | Exists | Aggregate)
                    for p in walk_parts(atom)
                ):
                    yield atom


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
    filters = (Filter(equate(*pair)) for pair in zip(grouping.names, terms, strict=True))
    return run.write(replace(grouping.members, where=Group((*where, *filters))))


def quote_triple(triple: Triple) -> TripleTerm:
    """Return a triple term of the dataset as a query writes it."""
    subject, value = (
        quote_triple(end) if isinstance(end, Triple) else end
        for end in (triple.subject, triple.object)
    )
    return TripleTerm(subject, triple.predicate, value)


def equate(variable: Variable, term: RdfTerm | None) -> Expression:
    """Return the condition that a variable has a term, or is unbound, or is any blank node."""
    match term:
        case None:
            return Unary("!", Call("BOUND", (variable,)))
        case BlankNode():
            return Call("ISBLANK", (variable,))
        case Triple():
            quoted = quote_triple(term)
            if any(isinstance(part, BlankNode) for part in walk_parts(quoted)):
                return Call("ISTRIPLE", (variable,))
            return Call("SAMETERM", (variable, quoted))
    return Call("SAMETERM", (variable, term))
