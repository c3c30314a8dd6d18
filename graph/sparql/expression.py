"""Reads expressions and property paths (SPARQL 1.1 Query, rules 88 to 98 and 110 to 128)."""

from __future__ import annotations

from typing import Final, TypeAlias

from pyoxigraph import NamedNode

from graph.errors import UnreadableQueryError
from graph.sparql import syntax
from graph.sparql.term import TermParser
from ontology.terms import RDF

AGGREGATES: Final = {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}
COMPARISONS: Final = ("=", "!=", "<", ">", "<=", ">=", "IN", "NOT IN")
PRECEDENCE: Final = (("*", "/"), ("+", "-"), COMPARISONS, ("&&",), ("||",))
"""The binary operators, the tightest first."""

OPERATORS: Final = tuple(sign for level in PRECEDENCE for sign in level)

Operand: TypeAlias = syntax.Expression | tuple[syntax.Expression, ...]
"""An operand; the right one of IN is a list."""


class PathParser(TermParser):
    """Reads property paths."""

    def read_path(self) -> syntax.Path:
        """Read a path: branches of sequences."""
        branches = [self.read_sequence()]
        while self.take("|"):
            branches.append(self.read_sequence())
        return branches[0] if len(branches) == 1 else syntax.Alternative(tuple(branches))

    def read_sequence(self) -> syntax.Path:
        """Read steps joined by `/`."""
        steps = [self.read_step()]
        while self.take("/"):
            steps.append(self.read_step())
        return steps[0] if len(steps) == 1 else syntax.Sequence(tuple(steps))

    def read_step(self) -> syntax.Path:
        """Read a step with its `^` and its `*`, `+` or `?` (rules 91 to 93)."""
        inverse = self.take("^")
        path = self.read_primary_path()
        if self.is_at("*", "+", "?"):
            path = syntax.Repeat(path, self.advance().text)
        return syntax.Inverse(path) if inverse else path

    def read_primary_path(self) -> syntax.Path:
        """Read an IRI, `a`, a negated set or a bracket."""
        if self.take("!"):
            return self.read_negated_set()
        if self.take("("):
            path = self.nest(self.read_path)
            self.expect(")")
            return path
        return self.read_predicate()

    def read_predicate(self) -> NamedNode:
        """Read an IRI or `a`."""
        if self.token.text == "a":
            self.advance()
            return RDF.TYPE
        return self.read_iri()

    def read_negated_set(self) -> syntax.NegatedSet:
        """Read a negated set after its `!`."""
        forward: list[NamedNode] = []
        backward: list[NamedNode] = []
        bracket = self.take("(")
        while not self.is_at(")"):
            (backward if self.take("^") else forward).append(self.read_predicate())
            if not (bracket and self.take("|")):
                break
        if bracket:
            self.expect(")")
        return syntax.NegatedSet(tuple(forward), tuple(backward))


class ExpressionParser(PathParser):
    """Reads expressions."""

    def read_group(self) -> syntax.Group:
        """Read a group graph pattern; PatternParser implements it."""
        raise NotImplementedError

    def read_expression(self) -> syntax.Expression:
        """Read a sequence of operands and operators, and fold it by precedence."""
        first = self.read_operand()
        rest: list[tuple[str, Operand]] = []
        while self.is_at(*OPERATORS) or self.is_at_word("IN", "NOT"):
            rest.append(self.read_operation())
        return fold_operands(first, rest)

    def read_operation(self) -> tuple[str, Operand]:
        """Read an operator and its right operand."""
        operator = self.advance().text.upper()
        if operator == "NOT":
            self.expect_word("IN")
            return "NOT IN", self.read_arguments()
        return operator, self.read_arguments() if operator == "IN" else self.read_operand()

    def read_operand(self) -> syntax.Expression:
        """Read a primary expression after an optional `!`, `-` or `+`."""
        if self.is_at("!", "-", "+"):
            operator = self.advance().text
            return syntax.Unary(operator, self.nest(self.read_operand))
        return self.read_primary()

    def read_primary(self) -> syntax.Expression:
        """Read a bracket, call, literal, IRI or variable."""
        if self.is_at("("):
            return self.read_bracketed()
        if self.is_at("<<"):
            return self.read_triple_term()
        if self.token.kind == "variable":
            return self.read_variable()
        if self.is_at_literal():
            return self.read_literal()
        if self.is_at_iri():
            return self.read_iri_or_function()
        return self.read_built_in()

    def read_bracketed(self) -> syntax.Expression:
        """Read an expression in brackets."""
        self.expect("(")
        inner = self.nest(self.read_expression)
        self.expect(")")
        return inner

    def read_iri_or_function(self) -> syntax.Expression:
        """Read an IRI, or a call of the function with that IRI."""
        iri = self.read_iri()
        if not self.is_at("("):
            return iri
        distinct = self.next_token.text.upper() == "DISTINCT"
        return syntax.Call(iri, self.read_arguments(), distinct)

    def read_arguments(self) -> tuple[syntax.Expression, ...]:
        """Read a list of expressions in brackets; it may be empty."""
        self.expect("(")
        self.take_word("DISTINCT")
        arguments: list[syntax.Expression] = []
        while not self.is_at(")"):
            arguments.append(self.nest(self.read_expression))
            if not self.take(","):
                break
        self.expect(")")
        return tuple(arguments)

    def read_built_in(self) -> syntax.Expression:
        """Read the call of a built-in, a set function or EXISTS."""
        if self.token.kind != "word":
            raise self.complain("an expression")
        word = self.advance().text.upper()
        if word == "NOT":
            self.expect_word("EXISTS")
            return syntax.Exists(self.read_group(), negated=True)
        if word == "EXISTS":
            return syntax.Exists(self.read_group(), negated=False)
        return (
            self.read_aggregate(word)
            if word in AGGREGATES
            else syntax.Call(word, self.read_arguments())
        )

    def read_aggregate(self, function: str) -> syntax.Aggregate:
        """Read the brackets of a set function."""
        self.expect("(")
        distinct = self.take_word("DISTINCT")
        argument = None if self.take("*") else self.nest(self.read_expression)
        separator = None
        if self.take(";"):
            self.expect_word("SEPARATOR")
            self.expect("=")
            separator = self.read_literal()
        self.expect(")")
        return syntax.Aggregate(function, argument, distinct, separator)

    def read_constraint(self) -> syntax.Expression:
        """Read a constraint of FILTER, HAVING or ORDER BY (rule 69)."""
        if self.is_at("("):
            return self.read_bracketed()
        return self.read_iri_or_function() if self.is_at_iri() else self.read_built_in()


def fold_operands(first: Operand, rest: list[tuple[str, Operand]]) -> syntax.Expression:
    """Return a sequence of operands as chains, the tightest operators innermost."""
    for level in PRECEDENCE:
        first, rest = fold_level(first, rest, level)
    if isinstance(first, tuple):
        raise UnreadableQueryError("IN needs an operand on its left")
    return first


def fold_level(
    first: Operand, rest: list[tuple[str, Operand]], level: tuple[str, ...]
) -> tuple[Operand, list[tuple[str, Operand]]]:
    """Return the sequence after its operators of one precedence are folded into chains."""
    folded: list[tuple[str, Operand]] = [("", first)]
    for operator, operand in rest:
        if operator not in level:
            folded.append((operator, operand))
        else:
            outer, left = folded.pop()
            folded.append((outer, join_operands(left, operator, operand, level)))
    return folded[0][1], folded[1:]


def join_operands(
    left: Operand, operator: str, right: Operand, level: tuple[str, ...]
) -> syntax.Expression:
    """Return one operation; a chain of the same precedence on its left becomes longer by it."""
    if isinstance(left, tuple):
        raise UnreadableQueryError("IN needs an operand on its left")
    if isinstance(right, tuple):
        return syntax.Membership(left, right, negated=operator == "NOT IN")
    if isinstance(left, syntax.Chain) and left.rest[0][0] in level and level is not COMPARISONS:
        return syntax.Chain(left.first, (*left.rest, (operator, right)))
    return syntax.Chain(left, ((operator, right),))
