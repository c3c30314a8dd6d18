"""Asks stores one query, or parts of it, with its parameters bound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    Store,
    Variable,
)

from graph.citing.following.solution import Key, Numbering, Solutions
from graph.evaluation import results
from graph.sparql.printer import print_query
from graph.sparql.scope import columns
from graph.sparql.syntax import Form, Query, Select


class Asking:
    """Asks a store, or others, a query in other forms; the terms of answers become numbers."""

    def __init__(
        self,
        store: Store,
        query: Query,
        bindings: Mapping[str, NamedNode | Literal],
        terms: Numbering,
    ) -> None:
        self.store = store
        self.query = query
        self.bindings = {Variable(name): term for name, term in bindings.items()}
        self.terms = terms

    def written(self, form: Form) -> str:
        """Return the query in another form, as text."""
        return print_query(replace(self.query, form=form))

    def run(self, store: Store, form: Form) -> QuerySolutions | QueryBoolean | QueryTriples:
        """Return the answer of a store to a query, with the parameters bound."""
        bindings = {variable.value: term for variable, term in self.bindings.items()}
        return results(store, self.written(form), bindings)

    def rows(self, store: Store, select: Select) -> list[Key]:
        """Return the rows that a store answers to a SELECT."""
        found = self.run(store, select)
        assert isinstance(found, QuerySolutions)  # noqa: S101 - a SELECT
        return list(Solutions.read(found, self.terms).rows(columns(select)))

    def solutions(self, select: Select, store: Store | None = None) -> Solutions:
        """Return the solutions of a SELECT, of this store or another."""
        shown = set(columns(select))
        bindings = {v.value: term for v, term in self.bindings.items() if v in shown}
        found = results(self.store if store is None else store, self.written(select), bindings)
        assert isinstance(found, QuerySolutions)  # noqa: S101 - a SELECT
        return Solutions.read(found, self.terms)
