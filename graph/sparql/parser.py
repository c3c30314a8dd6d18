"""Reads a whole SPARQL 1.1 query (rules 1 to 28)."""

from __future__ import annotations

from pyoxigraph import NamedNode

from graph.sparql.pattern import PatternParser
from graph.sparql.syntax import (
    Ask,
    Construct,
    Describe,
    Expression,
    Form,
    Group,
    Modifiers,
    Named,
    Ordering,
    QueryDataset,
    QueryUnit,
    Select,
    TriplePattern,
    Triples,
)
from ontology.namespace import PREFIXES


def parse_query(text: str, base: str | None = None) -> QueryUnit:
    """Return the query that a text writes; raises UnreadableQueryError.

    The prefixes of the project are known. The engine is the judge of what is SPARQL: a text that it
    accepts reads as what it means, a text that it refuses may read as something.
    """
    return QueryParser(text, base, PREFIXES).query()


class QueryParser(PatternParser):
    """Reads queries."""

    def query(self) -> QueryUnit:
        """Read a query up to the end of the text."""
        self.prologue()
        word = self.terminal.text.upper()
        if word == "SELECT":
            form: Form
            form, dataset = self.selected()
        elif self.take_word("CONSTRUCT"):
            form, dataset = self.construct()
        elif self.take_word("DESCRIBE"):
            form, dataset = self.describe()
        elif self.take_word("ASK"):
            dataset = self.dataset()
            form = Ask(self.where(), self.modifiers())
        else:
            raise self.unreadable("SELECT, CONSTRUCT, DESCRIBE or ASK")
        if self.terminal.kind != "end":
            raise self.unreadable("the end")
        return QueryUnit(form, dataset, self.base)

    def select(self) -> Select:
        """Read a subselect."""
        return self.selected()[0]

    def selected(self) -> tuple[Select, QueryDataset]:
        """Read a SELECT with its dataset."""
        self.expect_word("SELECT")
        distinctness = ""
        if self.at_word("DISTINCT", "REDUCED"):
            distinctness = self.advance().text.upper()
        projection = None if self.take("*") else self.projection()
        dataset = self.dataset()
        return Select(projection, self.where(), self.modifiers(), distinctness), dataset

    def projection(self) -> tuple[Named, ...]:
        """Read the variables and expressions of a SELECT."""
        named: list[Named] = []
        while self.terminal.kind == "variable" or self.at("("):
            named.append(self.named())
        if not named:
            raise self.unreadable("a variable")
        return tuple(named)

    def named(self) -> Named:
        """Read a variable, or an expression in brackets with the AS that may stand in it."""
        if not self.take("("):
            variable = self.variable()
            return Named(variable, variable)
        expression = self.expression()
        variable_or_none = self.variable() if self.take_word("AS") else None
        self.expect(")")
        return Named(expression, variable_or_none)

    def construct(self) -> tuple[Construct, QueryDataset]:
        """Read a CONSTRUCT, in its long or its short form (section 16.2.4)."""
        if self.at("{"):
            template = self.template()
            dataset = self.dataset()
            where = self.where()
        else:
            dataset = self.dataset()
            self.take_word("WHERE")
            template = self.template()
            where = Group((Triples(template),) if template else ())
        return Construct(template, where, self.modifiers()), dataset

    def template(self) -> tuple[TriplePattern, ...]:
        """Read triples in braces."""
        self.expect("{")
        triples = self.triples()
        self.expect("}")
        return triples

    def describe(self) -> tuple[Describe, QueryDataset]:
        """Read a DESCRIBE."""
        targets = []
        if not self.take("*"):
            while self.terminal.kind == "variable" or self.at_iri():
                targets.append(self.name())
        dataset = self.dataset()
        where = self.where() if self.at("{") or self.at_word("WHERE") else None
        return Describe(tuple(targets) or None, where, self.modifiers()), dataset

    def dataset(self) -> QueryDataset:
        """Read FROM and FROM NAMED clauses."""
        default: list[NamedNode] = []
        named: list[NamedNode] = []
        while self.take_word("FROM"):
            (named if self.take_word("NAMED") else default).append(self.iri())
        return QueryDataset(tuple(default), tuple(named))

    def where(self) -> Group:
        """Read a group with the WHERE that may stand before it."""
        self.take_word("WHERE")
        return self.group()

    def modifiers(self) -> Modifiers:
        """Read what follows the WHERE clause."""
        group_by = self.conditions() if self.take_word("GROUP") else ()
        having = self.constraints() if self.take_word("HAVING") else ()
        order_by = self.orderings() if self.take_word("ORDER") else ()
        limit = offset = None
        while self.at_word("LIMIT", "OFFSET"):
            if self.advance().text.upper() == "LIMIT":
                limit = self.count()
            else:
                offset = self.count()
        values = self.values() if self.take_word("VALUES") else None
        return Modifiers(group_by, having, order_by, limit, offset, values)

    def conditions(self) -> tuple[Named, ...]:
        """Read the conditions of GROUP BY."""
        self.expect_word("BY")
        found: list[Named] = []
        while not found or self.at("(") or self.terminal.kind == "variable" or self.at_call():
            bare = self.at_call()
            found.append(Named(self.constraint(), None) if bare else self.named())
        return tuple(found)

    def constraints(self) -> tuple[Expression, ...]:
        """Read the conditions of HAVING."""
        found: list[Expression] = []
        while not found or self.at("(") or self.at_call():
            found.append(self.constraint())
        return tuple(found)

    def orderings(self) -> tuple[Ordering, ...]:
        """Read the conditions of ORDER BY."""
        self.expect_word("BY")
        found: list[Ordering] = []
        while not found or self.at("(") or self.terminal.kind == "variable" or self.at_call():
            found.append(self.ordering())
        return tuple(found)

    def ordering(self) -> Ordering:
        """Read one condition of ORDER BY."""
        if self.at_word("ASC", "DESC"):
            descending = self.advance().text.upper() == "DESC"
            return Ordering(self.bracketed(), descending)
        if self.terminal.kind == "variable":
            return Ordering(self.variable(), descending=False)
        return Ordering(self.constraint(), descending=False)

    def at_call(self) -> bool:
        """Whether the call of a function starts here."""
        ends = self.at_word("HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
        return self.at_iri() or (self.terminal.kind == "word" and not ends)

    def count(self) -> int:
        """Read the number of LIMIT or OFFSET."""
        terminal = self.advance()
        if terminal.kind != "integer":
            raise self.unreadable("a whole number")
        return int(terminal.text)
