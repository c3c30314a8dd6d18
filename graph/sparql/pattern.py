"""Reads triples and graph patterns (SPARQL 1.1 Query, rules 52 to 87 and 98 to 109).

Reified triples and annotations (SPARQL 1.2) become triples about their reifiers.
"""

from __future__ import annotations

from functools import partial

from pyoxigraph import BlankNode, Literal, NamedNode, Variable

from graph.errors import UnreadableQueryError
from graph.sparql import syntax
from graph.sparql.expression import ExpressionParser
from ontology.terms import RDF


class TriplesParser(ExpressionParser):
    """Reads triples; lists and property lists become triples about blank nodes."""

    def read_triples(self) -> tuple[syntax.TriplePattern, ...]:
        """Read triples, as long as the cursor is at a subject."""
        patterns: list[syntax.TriplePattern] = []
        while self.is_at_subject():
            is_described = self.is_at("[", "(", "<<") and self.next_token.text not in "])"
            subject = self.read_graph_node(patterns)
            if not (is_described and self.is_at(".", "}")):
                self.read_property_list(subject, patterns)
            if not self.take("."):
                if self.is_at_subject():
                    raise self.complain('"." or ";"')
                break
        return tuple(patterns)

    def is_at_subject(self) -> bool:
        """Return whether the cursor is at the subject of triples."""
        kind = self.token.kind
        return (
            kind in {"variable", "blank"}
            or self.is_at_iri()
            or self.is_at_literal()
            or self.is_at("[", "(", "<<")
        )

    def read_graph_node(self, patterns: list[syntax.TriplePattern]) -> syntax.Node:
        """Read a node; a collection or property list adds its own triples to `patterns`."""
        if self.take("["):
            return self.nest(lambda: self.read_blank_node(patterns))
        if self.take("("):
            return self.nest(lambda: self.read_collection(patterns))
        if self.is_at("<<") and self.next_token.text != "(":
            return self.nest(lambda: self.read_reified_triple(patterns))
        return self.read_node()

    def read_reified_triple(self, patterns: list[syntax.TriplePattern]) -> syntax.Node:
        """Read `<< s p o ~ reifier >>`; return the reifier."""
        self.expect("<<")
        subject, predicate = self.read_graph_node(patterns), self.read_simple_verb()
        term = syntax.TripleTerm(subject, predicate, self.read_graph_node(patterns))
        reifier = self.read_reifier() if self.take("~") else self.make_blank_node()
        self.expect(">>")
        patterns.append(syntax.TriplePattern(reifier, RDF.REIFIES, term))
        return reifier

    def read_reifier(self) -> syntax.Node:
        """Read the name of a reifier after its `~`; one without a name is a blank node."""
        is_named = self.token.kind in {"variable", "blank"} or self.is_at_iri() or self.is_at("[")
        return self.read_node() if is_named else self.make_blank_node()

    def read_annotations(
        self, pattern: syntax.TriplePattern, patterns: list[syntax.TriplePattern]
    ) -> None:
        """Read the reifiers and `{| |}` blocks after a triple; a block describes a reifier."""
        reifier: syntax.Node | None = None
        while self.is_at("~", "{|"):
            is_block = self.is_at("{|")
            if not is_block or reifier is None:
                reifier = self.read_reifier() if self.take("~") else self.make_blank_node()
                if not isinstance(pattern.predicate, syntax.Name):
                    raise UnreadableQueryError("a path has no reifier")
                term = syntax.TripleTerm(pattern.subject, pattern.predicate, pattern.object)
                patterns.append(syntax.TriplePattern(reifier, RDF.REIFIES, term))
            if is_block:
                self.nest(partial(self.read_annotation, reifier, patterns))
                reifier = None

    def read_annotation(self, reifier: syntax.Node, patterns: list[syntax.TriplePattern]) -> None:
        """Read a `{| |}` block about a reifier."""
        self.expect("{|")
        self.read_property_list(reifier, patterns)
        self.expect("|}")

    def read_blank_node(self, patterns: list[syntax.TriplePattern]) -> BlankNode:
        """Read a property list in square brackets."""
        subject = self.make_blank_node()
        if not self.is_at("]"):
            self.read_property_list(subject, patterns)
        self.expect("]")
        return subject

    def read_collection(self, patterns: list[syntax.TriplePattern]) -> syntax.Node:
        """Read the members of a list; an empty one is rdf:nil."""
        members: list[syntax.Node] = []
        while not self.take(")"):
            members.append(self.read_graph_node(patterns))
        cells: list[syntax.Node] = [*(self.make_blank_node() for _ in members), RDF.NIL]
        for cell, member, rest in zip(cells, members, cells[1:], strict=False):
            patterns.append(syntax.TriplePattern(cell, RDF.FIRST, member))
            patterns.append(syntax.TriplePattern(cell, RDF.REST, rest))
        return cells[0]

    def read_property_list(
        self, subject: syntax.Node, patterns: list[syntax.TriplePattern]
    ) -> None:
        """Read the predicates and objects of one subject."""
        while True:
            predicate = self.read_verb()
            self.read_object(subject, predicate, patterns)
            while self.take(","):
                self.read_object(subject, predicate, patterns)
            if not self.take(";"):
                return
            while self.take(";"):
                pass
            if self.is_at(".", "]", "}", "|}") or self.token.kind == "end" or not self.is_at_verb():
                return

    def read_object(
        self,
        subject: syntax.Node,
        predicate: syntax.Path | Variable,
        patterns: list[syntax.TriplePattern],
    ) -> None:
        """Read an object and its annotations."""
        pattern = syntax.TriplePattern(subject, predicate, self.read_graph_node(patterns))
        patterns.append(pattern)
        self.read_annotations(pattern, patterns)

    def is_at_verb(self) -> bool:
        """Return whether the cursor is at a predicate."""
        return (
            self.token.kind == "variable"
            or self.token.text == "a"
            or self.is_at_iri()
            or self.is_at("^", "!", "(")
        )

    def read_verb(self) -> syntax.Path | Variable:
        """Read a variable or a path."""
        return self.read_variable() if self.token.kind == "variable" else self.read_path()


class PatternParser(TriplesParser):
    """Reads graph patterns."""

    def read_subselect(self) -> syntax.Select:
        """Read a subselect; QueryParser implements it."""
        raise NotImplementedError

    def read_group(self) -> syntax.Group:
        """Read a group graph pattern."""
        self.expect("{")
        group = self.nest(self.read_elements)
        self.expect("}")
        return group

    def read_elements(self) -> syntax.Group:
        """Read the elements of a group, in the order written."""
        if self.is_at_word("SELECT"):
            return syntax.Group((self.read_subselect(),))
        elements: list[syntax.Element] = []
        while not self.is_at("}"):
            if self.token.kind == "end":
                raise self.complain("}")
            elements.append(self.read_element())
            self.take(".")
        return syntax.Group(tuple(elements))

    def read_element(self) -> syntax.Element:
        """Read one element of a group."""
        if self.is_at("{"):
            return self.read_group_or_union()
        if self.token.kind == "word" and not self.is_at_literal():
            return self.read_keyword_pattern(self.advance().text.upper())
        patterns = self.read_triples()
        if not patterns:
            raise self.complain("a graph pattern")
        return syntax.Triples(patterns)

    def read_group_or_union(self) -> syntax.Element:
        """Read groups joined by UNION, or one group, or a subselect."""
        branches = [self.read_group()]
        while self.take_word("UNION"):
            branches.append(self.read_group())
        if len(branches) > 1:
            return syntax.Union(tuple(branches))
        return branches[0]

    def read_keyword_pattern(self, word: str) -> syntax.Element:  # noqa: PLR0911 - a case for each keyword
        """Read the element that a keyword began."""
        match word:
            case "OPTIONAL":
                return syntax.OptionalPart(self.read_group())
            case "MINUS":
                return syntax.Minus(self.read_group())
            case "GRAPH":
                return syntax.InGraph(self.read_name(), self.read_group())
            case "SERVICE":
                silent = self.take_word("SILENT")
                return syntax.Service(self.read_name(), self.read_group(), silent)
            case "FILTER":
                return syntax.Filter(self.read_constraint())
            case "BIND":
                return self.read_bind()
            case "VALUES":
                return self.read_values()
        start = self.tokens[self.index - 1].start
        raise UnreadableQueryError(f"SPARQL 1.1 has no graph pattern {word}", start)

    def read_bind(self) -> syntax.Bind:
        """Read a BIND after its keyword."""
        self.expect("(")
        expression = self.read_expression()
        self.expect_word("AS")
        variable = self.read_variable()
        self.expect(")")
        return syntax.Bind(expression, variable)

    def read_values(self) -> syntax.Values:
        """Read a VALUES after its keyword."""
        if self.token.kind == "variable":
            variables: tuple[Variable, ...] = (self.read_variable(),)
            self.expect("{")
            rows = []
            while not self.take("}"):
                rows.append((self.read_value(),))
            return syntax.Values(variables, tuple(rows))
        self.expect("(")
        several = []
        while not self.take(")"):
            several.append(self.read_variable())
        self.expect("{")
        return syntax.Values(tuple(several), self.read_value_rows())

    def read_value_rows(self) -> tuple[tuple[NamedNode | Literal | None, ...], ...]:
        """Read rows of values up to the closing bracket."""
        rows = []
        while not self.take("}"):
            self.expect("(")
            row = []
            while not self.take(")"):
                row.append(self.read_value())
            rows.append(tuple(row))
        return tuple(rows)

    def read_value(self) -> NamedNode | Literal | None:
        """Read a term of VALUES; UNDEF is None."""
        if self.take_word("UNDEF"):
            return None
        return self.read_literal() if self.is_at_literal() else self.read_iri()
