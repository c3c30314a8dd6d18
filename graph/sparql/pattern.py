"""Reads triples and graph patterns (SPARQL 1.1 Query, rules 52 to 87 and 98 to 109)."""

from __future__ import annotations

from pyoxigraph import BlankNode, Literal, NamedNode, Variable

from graph.errors import UnreadableQueryError
from graph.sparql.expression import ExpressionParser
from graph.sparql.syntax import (
    Bind,
    Element,
    Filter,
    Group,
    InGraph,
    Minus,
    Node,
    OptionalPart,
    Path,
    Select,
    Service,
    TriplePattern,
    Triples,
    Union,
    Values,
)
from ontology.terms import RDF


class TriplesParser(ExpressionParser):
    """Reads triples; lists and property lists become triples about blank nodes."""

    def triples(self) -> tuple[TriplePattern, ...]:
        """Read triples up to what cannot start one."""
        found: list[TriplePattern] = []
        while self.at_subject():
            described = self.at("[", "(") and self.following.text not in "])"
            subject = self.collected(found)
            if not (described and self.at(".", "}")):
                self.properties(subject, found)
            if not self.take("."):
                break
        return tuple(found)

    def at_subject(self) -> bool:
        """Whether triples start here."""
        kind = self.terminal.kind
        return (
            kind in {"variable", "blank"} or self.at_iri() or self.at_literal() or self.at("[", "(")
        )

    def collected(self, found: list[TriplePattern]) -> Node:
        """Read a node; what its brackets say is added to the triples found."""
        if self.take("["):
            return self.nested(lambda: self.described(found))
        if self.take("("):
            return self.nested(lambda: self.listed(found))
        return self.node()

    def described(self, found: list[TriplePattern]) -> BlankNode:
        """Read a property list in square brackets."""
        subject = self.anonymous()
        if not self.at("]"):
            self.properties(subject, found)
        self.expect("]")
        return subject

    def listed(self, found: list[TriplePattern]) -> Node:
        """Read the members of a list; an empty one is rdf:nil."""
        members: list[Node] = []
        while not self.take(")"):
            members.append(self.collected(found))
        cells: list[Node] = [*(self.anonymous() for _ in members), RDF.NIL]
        for cell, member, rest in zip(cells, members, cells[1:], strict=False):
            found.append(TriplePattern(cell, RDF.FIRST, member))
            found.append(TriplePattern(cell, RDF.REST, rest))
        return cells[0]

    def properties(self, subject: Node, found: list[TriplePattern]) -> None:
        """Read predicates and objects of one subject."""
        while True:
            predicate = self.verb()
            found.append(TriplePattern(subject, predicate, self.collected(found)))
            while self.take(","):
                found.append(TriplePattern(subject, predicate, self.collected(found)))
            if not self.take(";"):
                return
            while self.take(";"):
                pass
            if self.at(".", "]", "}") or self.terminal.kind == "end" or not self.at_verb():
                return

    def at_verb(self) -> bool:
        """Whether a predicate starts here."""
        return (
            self.terminal.kind == "variable"
            or self.terminal.text == "a"
            or self.at_iri()
            or self.at("^", "!", "(")
        )

    def verb(self) -> Path | Variable:
        """Read a variable or a path."""
        return self.variable() if self.terminal.kind == "variable" else self.path()


class PatternParser(TriplesParser):
    """Reads graph patterns."""

    def select(self) -> Select:
        """Read a SELECT; the query parser says how."""
        raise NotImplementedError

    def group(self) -> Group:
        """Read a group graph pattern."""
        self.expect("{")
        group = self.nested(self.elements)
        self.expect("}")
        return group

    def elements(self) -> Group:
        """Read the elements of a group, in the order written."""
        if self.at_word("SELECT"):
            return Group((self.select(),))
        found: list[Element] = []
        while not self.at("}"):
            found.append(self.element())
            self.take(".")
        return Group(tuple(found))

    def element(self) -> Element:
        """Read one element of a group."""
        if self.at("{"):
            return self.group_or_union()
        if self.terminal.kind == "word" and not self.at_literal():
            return self.keyword(self.advance().text.upper())
        patterns = self.triples()
        if not patterns:
            raise self.unreadable("a graph pattern")
        return Triples(patterns)

    def group_or_union(self) -> Element:
        """Read groups joined by UNION, or one group, or a subselect."""
        branches = [self.group()]
        while self.take_word("UNION"):
            branches.append(self.group())
        if len(branches) > 1:
            return Union(tuple(branches))
        return branches[0]

    def keyword(self, word: str) -> Element:  # noqa: PLR0911 - a case for each keyword
        """Read what follows the keyword of an element."""
        match word:
            case "OPTIONAL":
                return OptionalPart(self.group())
            case "MINUS":
                return Minus(self.group())
            case "GRAPH":
                return InGraph(self.name(), self.group())
            case "SERVICE":
                silent = self.take_word("SILENT")
                return Service(self.name(), self.group(), silent)
            case "FILTER":
                return Filter(self.constraint())
            case "BIND":
                return self.bind()
            case "VALUES":
                return self.values()
        raise UnreadableQueryError(f"no graph pattern of SPARQL 1.1 starts with {word}")

    def bind(self) -> Bind:
        """Read what follows BIND."""
        self.expect("(")
        expression = self.expression()
        self.expect_word("AS")
        variable = self.variable()
        self.expect(")")
        return Bind(expression, variable)

    def values(self) -> Values:
        """Read what follows VALUES."""
        if self.terminal.kind == "variable":
            variables: tuple[Variable, ...] = (self.variable(),)
            self.expect("{")
            rows = []
            while not self.take("}"):
                rows.append((self.value(),))
            return Values(variables, tuple(rows))
        self.expect("(")
        several = []
        while not self.take(")"):
            several.append(self.variable())
        self.expect("{")
        return Values(tuple(several), self.value_rows())

    def value_rows(self) -> tuple[tuple[NamedNode | Literal | None, ...], ...]:
        """Read rows of values up to the closing bracket."""
        rows = []
        while not self.take("}"):
            self.expect("(")
            row = []
            while not self.take(")"):
                row.append(self.value())
            rows.append(tuple(row))
        return tuple(rows)

    def value(self) -> NamedNode | Literal | None:
        """Read a term of VALUES; UNDEF is None."""
        if self.take_word("UNDEF"):
            return None
        return self.literal() if self.at_literal() else self.iri()
