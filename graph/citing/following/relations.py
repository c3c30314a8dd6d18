"""Answers the SELECTs of a query from a store, each with what its rows rest on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from itertools import chain
from typing import TypeVar

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Store,
    Variable,
)

from graph.citing.extending.absence import LACKING, asks_for, without_absences
from graph.citing.extending.extension import Extended, Extender, is_aggregate
from graph.citing.extending.plan import Inner, Need, Notes, Placed, Witness, free
from graph.citing.following.aggregate import Grouping
from graph.citing.following.asking import Asking
from graph.citing.following.membership import MOST_MEMBERS, Membership
from graph.citing.following.relation import Relation, Scanned, Tallied
from graph.citing.following.restriction import restricted
from graph.citing.following.solution import MOST_SOLUTIONS, UNBOUND, Key, Row, Solutions
from graph.citing.following.tracer import Tracer
from graph.citing.weighing.ledger import Needed, Traced
from graph.errors import QuerySyntaxError
from graph.reasoning.many.multitude import Multitudes
from graph.reasoning.rules.axiom import Term
from graph.reasoning.sets.support import NOTHING
from graph.sparql.scope import columns, has_exists, mentioned, replaced
from graph.sparql.syntax import Dataset, Form, Group, InGraph, Modifiers, Named, Query, Select
from ontology.namespace import INFERRED_GRAPH

F = TypeVar("F", bound=Form)


class Relations:
    """Answers the SELECTs of one query from a store, each with what its rows rest on."""

    def __init__(
        self,
        store: Store,
        multitudes: Multitudes,
        query: Query,
        bindings: Mapping[str, NamedNode | Literal],
    ) -> None:
        self.query = query
        default = tuple(name.value for name in query.dataset.default)
        restricted = query.dataset != Dataset()
        self.tracer = Tracer(multitudes, default if restricted else None, self.inner, self.witness)
        self.terms, self.ledger = self.tracer.terms, self.tracer.ledger
        self.asking = Asking(store, query, bindings, self.terms)
        self.notes = Notes()
        if INFERRED_GRAPH in default:
            self.notes.doubts.append("what is inferred depends on what is stated")
        if asks_for(query, multitudes.provenance.missing):
            self.notes.doubts.append(LACKING)
        self.inners: dict[tuple[Select, str | None], Relation] = {}
        self.witnesses: dict[tuple[Group, tuple[Term | None, ...], str | None], Traced] = {}

    def of(
        self,
        select: Select,
        wanted: Set[Key] | None = None,
        *,
        told: Set[Variable] | None = None,
    ) -> Relation:
        """Return the answer of a SELECT, its LIMIT and OFFSET left out, or only some rows of it.

        Of one with `told` each row is an answer for itself, or several, which all tell the values
        of these variables.
        """
        if wanted is not None:
            select = restricted(select, wanted, self.terms)
        found = self.grouped(select) if is_aggregate(select) else self.plain(select, wanted, told)
        if select.distinctness:
            found.rows = list(dict.fromkeys(found.rows))
        return found

    def plain(
        self,
        select: Select,
        wanted: Set[Key] | None = None,
        told: Set[Variable] | None = None,
    ) -> Relation:
        """Return the answer of a SELECT that groups nothing, its LIMIT and OFFSET left out."""
        shown = columns(select)
        as_they_are = set(shown)
        if select.projection is not None:
            as_they_are &= {n.variable for n in select.projection if n.variable == n.expression}
        if wanted is not None or select is self.query.form:
            told = as_they_are
        extender = Extender(
            select,
            as_they_are,
            counted=False,
            told=told,
        )
        extended = extender.group(select.where, None)
        relation = Relation(shown, self.ledger, notes=extender.notes)
        if has_exists(select.projection):
            relation.notes.doubts.append("EXISTS stands within an expression")
        known = self.known(select, extender) if wanted is None else None
        found, needs = known or (self.asked(select, extended), extended.needs)
        keys = relation.rows = list(found.rows(shown))
        if wanted is not None:
            found = found.where([key in wanted for key in keys])
            keys = [key for key in keys if key in wanted]
        if found.size > MOST_SOLUTIONS:
            relation.notes.doubts.append(f"only {MOST_SOLUTIONS} solutions were followed")
            found = found.where([place < MOST_SOLUTIONS for place in range(found.size)])
            keys = keys[:MOST_SOLUTIONS]
        all_shown = as_they_are.issuperset(mentioned(select.where))
        place = needs[0].place if len(needs) == 1 and isinstance(needs[0], Placed) else None
        if place is not None and select is self.query.form and all_shown:
            relation.solutions = Scanned(keys, found.column(place), self.ledger)
        else:
            relation.follow(keys, self.tracer.trace(needs, found))
        large, doubts = not self.ledger.is_small, relation.notes.doubts
        if told is not None and large and doubts and not self.notes.doubts:
            relation.everywhere = self.everywhere(select, set(keys))
        return relation

    def asked(self, select: Select, extended: Extended) -> Solutions:
        """Return the solutions of a SELECT that the store finds, with all that they rest on."""
        modifiers = Modifiers(order_by=select.modifiers.order_by, values=select.modifiers.values)
        projection = select.projection
        if projection is None:
            projection = tuple(Named(one, one) for one in columns(select))
        wider = with_hidden(projection, free(extended.needs))
        return self.asking.solutions(Select(wider, extended.group, modifiers))

    def known(self, select: Select, extender: Extender) -> tuple[Solutions, Sequence[Need]] | None:
        """Return the solutions of a SELECT that the index knows all by itself, else None.

        They are beside what they need.
        """
        modifiers, shown = select.modifiers, columns(select)
        computed = any(one.variable != one.expression for one in select.projection or ())
        if self.asking.bindings or modifiers.order_by or modifiers.values or computed:
            return None
        return self.tracer.known(select.where, shown, extender.fresh)

    def everywhere(self, select: Select, rows: Set[Key]) -> dict[Key, list[Needed]]:
        """Return the solutions that give rows where what must be absent is not looked for.

        None are returned where they are too many, or may be others than the whole dataset has.
        """
        where = without_absences(select.where)
        if where is None or where == select.where:
            return {}
        positive = restricted(replace(select, where=where), rows, self.terms)
        first = replace(whole(positive), projection=None, distinctness="")
        modifiers = replace(first.modifiers, limit=MOST_MEMBERS + 1)
        if self.asking.solutions(replace(first, modifiers=modifiers)).size > MOST_MEMBERS:
            return {}
        found = self.plain(positive, rows, set())
        return {} if found.notes.doubts else dict(found.solutions)

    def grouped(self, select: Select) -> Relation:
        """Return the answer of a SELECT that groups: a row rests on the members that it counts.

        What would be answered where nothing is known, such as a count of 0, rests on none of them.
        """
        grouping = Grouping(select, self.tracer)
        membership = Membership(self.asking, self.tracer, grouping)
        found, nothing = membership.found(), membership.nothing()
        members, counted = found.members, found.counted
        if len(members.groups) > 1 and not counted:
            grouping.expect(members)
        relation = Relation(columns(select), self.ledger, notes=grouping.notes)
        relation.rows = [key for key, _ in found.rows]
        relation.empty = {
            key
            for key, group in found.rows
            if group not in counted and (group not in members.groups or key in nothing)
        }
        if select is self.query.form and not counted and grouping.tallies(members):
            places = {key: members.placed(group) for key, group in found.rows}
            relation.solutions = Tallied(places, self.ledger)
            return relation
        for key, group in found.rows:
            if group in counted:
                relation.counted[key] = counted[group]
                traced = grouping.followed(members, group)
            else:
                traced = grouping.traced(members, group, key)
            relation.add(key, [(self.ledger.record(traced),)])
        return relation

    def inner(self, need: Inner, row: Row) -> Traced:
        """Return what a row rests on by what a subselect in it gives."""
        graph = self.tracer.graph(need.context, row)
        if graph == "":
            return Traced(NOTHING, sure=False)
        place = need.select, graph
        if place not in self.inners:
            relation = self.of(within(whole(need.select), graph))
            modifiers = need.select.modifiers
            if modifiers.limit is not None or modifiers.offset is not None:
                relation.notes.obstacles.append("a subselect has a LIMIT or an OFFSET")
            if self.asking.bindings.keys() & set(mentioned(need.select)):
                relation.notes.doubts.append("a parameter stands in a subselect")
            self.notes.add(relation.notes)
            self.inners[place] = relation
        relation = self.inners[place]
        return relation.find(tuple(row.get(one, UNBOUND) for one in relation.columns))

    def witness(self, need: Witness, row: Row) -> Traced:
        """Return what a row rests on by an EXISTS: any of the solutions that bear it out."""
        values = tuple(self.terms.named[row.get(one, UNBOUND)] for one in need.shared)
        graph = self.tracer.graph(need.context, row)
        if graph == "" or any(isinstance(value, BlankNode) for value in values):
            return Traced(NOTHING, sure=False)
        place = need.group, values, graph
        if place not in self.witnesses:
            bound = {v: term for v, term in zip(need.shared, values, strict=True) if term}
            group = replaced(need.group, bound)
            self.witnesses[place] = self.any_solution(within(Select(None, group), graph))
        return self.witnesses[place]

    def any_solution(self, select: Select) -> Traced:
        """Return what it rests on that a SELECT has a solution."""
        try:
            relation = self.plain(select)
        except QuerySyntaxError:  # a term stands where only a variable can, as in BIND
            return Traced(NOTHING, sure=False)
        self.notes.add(relation.notes)
        return self.ledger.any(list(chain.from_iterable(relation.solutions.values())))


def whole(form: F) -> F:
    """Return a query without its order, LIMIT and OFFSET: it answers the same rows, and others."""
    return replace(form, modifiers=replace(form.modifiers, order_by=(), limit=None, offset=None))


def within(select: Select, graph: str | None) -> Select:
    """Return a SELECT of which the pattern is matched in a graph; None is the default graph."""
    if graph is None:
        return select
    return replace(select, where=Group((InGraph(NamedNode(graph), select.where),)))


def with_hidden(
    projection: tuple[Named, ...], variables: Iterable[Variable]
) -> tuple[Named, ...] | None:
    """Return a projection that shows more variables; None, which is `*`, where it shows none."""
    shown = {named.variable for named in projection}
    more = dict.fromkeys(variable for variable in variables if variable not in shown)
    return (*projection, *(Named(variable, variable) for variable in more)) or None
