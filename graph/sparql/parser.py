"""Reads a whole SPARQL 1.1 query (rules 1 to 28), with the triple terms of SPARQL 1.2."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from graph.errors import UnreadableQueryError
from graph.sparql import syntax
from graph.sparql.pattern import PatternParser
from graph.sparql.triple_term import VERSION, uses_triple_terms
from ontology.namespace import PREFIXES

MOST_DIGITS: Final = 20
"""The digits of the greatest LIMIT that the engine takes, 2^64 - 1."""


def parse_query(text: str, base: str | None = None) -> syntax.QueryUnit:
    """Return the query of a text as data; raises UnreadableQueryError.

    The prefixes of the project need no declaration. The engine judges the syntax: of a text that it
    refuses this parser may return a query all the same.
    """
    query = QueryParser(text, base, PREFIXES).read_query()
    return replace(query, version=VERSION) if uses_triple_terms(text) else query


def read_asked_triple(text: str) -> Triple | None:
    """Return the triple of an ASK that has no variable and no other pattern, else None."""
    try:
        form = parse_query(text).form
    except (UnreadableQueryError, RecursionError):
        return None
    elements = form.where.elements if isinstance(form, syntax.Ask) else ()
    patterns = [e.patterns if isinstance(e, syntax.Triples) else () for e in elements]
    if len(patterns) != 1 or len(patterns[0]) != 1:
        return None
    ((pattern,),) = patterns
    subject, predicate, value = pattern.subject, pattern.predicate, pattern.object
    if not (isinstance(subject, NamedNode) and isinstance(predicate, NamedNode)):
        return None
    return Triple(subject, predicate, value) if isinstance(value, NamedNode | Literal) else None


class QueryParser(PatternParser):
    """Reads queries."""

    def read_query(self) -> syntax.QueryUnit:
        """Read a query up to the end of the text."""
        self.read_prologue()
        word = self.token.text.upper()
        if word == "SELECT":
            form: syntax.Form
            form, dataset = self.read_select_query()
        elif self.take_word("CONSTRUCT"):
            form, dataset = self.read_construct()
        elif self.take_word("DESCRIBE"):
            form, dataset = self.read_describe()
        elif self.take_word("ASK"):
            dataset = self.read_dataset()
            form = syntax.Ask(self.read_where(), self.read_modifiers())
        else:
            raise self.complain("SELECT, CONSTRUCT, DESCRIBE or ASK")
        if self.token.kind != "end":
            raise self.complain("the end")
        return syntax.QueryUnit(form, dataset, self.base)

    def read_subselect(self) -> syntax.Select:
        """Read a subselect."""
        return self.read_select_query()[0]

    def read_select_query(self) -> tuple[syntax.Select, syntax.QueryDataset]:
        """Read a SELECT with its dataset."""
        self.expect_word("SELECT")
        distinctness = ""
        if self.is_at_word("DISTINCT", "REDUCED"):
            distinctness = self.advance().text.upper()
        projection = None if self.take("*") else self.read_projection()
        dataset = self.read_dataset()
        return syntax.Select(
            projection, self.read_where(), self.read_modifiers(), distinctness
        ), dataset

    def read_projection(self) -> tuple[syntax.NamedExpression, ...]:
        """Read the variables and expressions of a SELECT."""
        named: list[syntax.NamedExpression] = []
        while self.token.kind == "variable" or self.is_at("("):
            named.append(self.read_column())
        if not named:
            raise self.complain("a variable")
        return tuple(named)

    def read_column(self) -> syntax.NamedExpression:
        """Read a variable, or an expression in brackets with an optional AS."""
        if not self.take("("):
            variable = self.read_variable()
            return syntax.NamedExpression(variable, variable)
        expression = self.read_expression()
        variable_or_none = self.read_variable() if self.take_word("AS") else None
        self.expect(")")
        return syntax.NamedExpression(expression, variable_or_none)

    def read_construct(self) -> tuple[syntax.Construct, syntax.QueryDataset]:
        """Read a CONSTRUCT, in its long or its short form (section 16.2.4)."""
        if self.is_at("{"):
            template = self.read_template()
            dataset = self.read_dataset()
            where = self.read_where()
        else:
            dataset = self.read_dataset()
            self.take_word("WHERE")
            template = self.read_template()
            where = syntax.Group((syntax.Triples(template),) if template else ())
        return syntax.Construct(template, where, self.read_modifiers()), dataset

    def read_template(self) -> tuple[syntax.TriplePattern, ...]:
        """Read triples in braces."""
        self.expect("{")
        triples = self.read_triples()
        self.expect("}")
        return triples

    def read_describe(self) -> tuple[syntax.Describe, syntax.QueryDataset]:
        """Read a DESCRIBE."""
        targets = []
        if not self.take("*"):
            while self.token.kind == "variable" or self.is_at_iri():
                targets.append(self.read_name())
        dataset = self.read_dataset()
        where = self.read_where() if self.is_at("{") or self.is_at_word("WHERE") else None
        return syntax.Describe(tuple(targets) or None, where, self.read_modifiers()), dataset

    def read_dataset(self) -> syntax.QueryDataset:
        """Read FROM and FROM NAMED clauses."""
        default: list[NamedNode] = []
        named: list[NamedNode] = []
        while self.take_word("FROM"):
            (named if self.take_word("NAMED") else default).append(self.read_iri())
        return syntax.QueryDataset(tuple(default), tuple(named))

    def read_where(self) -> syntax.Group:
        """Read a group after an optional WHERE."""
        self.take_word("WHERE")
        return self.read_group()

    def read_modifiers(self) -> syntax.Modifiers:
        """Read the modifiers after a WHERE clause (rule 18)."""
        group_by = self.read_group_by() if self.take_word("GROUP") else ()
        having = self.read_having() if self.take_word("HAVING") else ()
        order_by = self.read_order_by() if self.take_word("ORDER") else ()
        limit = offset = None
        while self.is_at_word("LIMIT", "OFFSET"):
            if self.advance().text.upper() == "LIMIT":
                limit = self.read_count()
            else:
                offset = self.read_count()
        values = self.read_values() if self.take_word("VALUES") else None
        return syntax.Modifiers(group_by, having, order_by, limit, offset, values)

    def read_group_by(self) -> tuple[syntax.NamedExpression, ...]:
        """Read the conditions of GROUP BY."""
        self.expect_word("BY")
        conditions: list[syntax.NamedExpression] = []
        while (
            not conditions or self.is_at("(") or self.token.kind == "variable" or self.is_at_call()
        ):
            bare = self.is_at_call()
            conditions.append(
                syntax.NamedExpression(self.read_constraint(), None) if bare else self.read_column()
            )
        return tuple(conditions)

    def read_having(self) -> tuple[syntax.Expression, ...]:
        """Read the conditions of HAVING."""
        conditions: list[syntax.Expression] = []
        while not conditions or self.is_at("(") or self.is_at_call():
            conditions.append(self.read_constraint())
        return tuple(conditions)

    def read_order_by(self) -> tuple[syntax.Ordering, ...]:
        """Read the conditions of ORDER BY."""
        self.expect_word("BY")
        conditions: list[syntax.Ordering] = []
        while (
            not conditions or self.is_at("(") or self.token.kind == "variable" or self.is_at_call()
        ):
            conditions.append(self.read_order_condition())
        return tuple(conditions)

    def read_order_condition(self) -> syntax.Ordering:
        """Read one condition of ORDER BY."""
        if self.is_at_word("ASC", "DESC"):
            descending = self.advance().text.upper() == "DESC"
            return syntax.Ordering(self.read_bracketed(), descending)
        if self.token.kind == "variable":
            return syntax.Ordering(self.read_variable(), descending=False)
        return syntax.Ordering(self.read_constraint(), descending=False)

    def is_at_call(self) -> bool:
        """Return whether the cursor is at the call of a function."""
        ends = self.is_at_word("HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
        return self.is_at_iri() or (self.token.kind == "word" and not ends)

    def read_count(self) -> int:
        """Read the integer of a LIMIT or OFFSET, as far as the engine's numbers go."""
        if self.token.kind != "integer":
            raise self.complain("a whole number")
        digits = self.token.text.lstrip("0") or "0"
        if len(digits) > MOST_DIGITS or int(digits) >> 64:
            raise self.complain("a whole number below 2^64")
        self.advance()
        return int(digits)
