"""Reads expressions and property paths (SPARQL 1.1 Query, rules 88 to 98 and 110 to 128)."""

from __future__ import annotations

from typing import Final, TypeAlias

from pyoxigraph import NamedNode

from graph.errors import UnreadableQueryError
from graph.sparql.syntax import (
    Aggregate,
    Alternative,
    Call,
    Chain,
    Exists,
    Expression,
    Group,
    Inverse,
    Membership,
    NegatedSet,
    Path,
    Repeat,
    Sequence,
    Unary,
)
from graph.sparql.term import TermParser
from ontology.terms import RDF

AGGREGATES: Final = {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}
COMPARISONS: Final = ("=", "!=", "<", ">", "<=", ">=", "IN", "NOT IN")
PRECEDENCE: Final = (("*", "/"), ("+", "-"), COMPARISONS, ("&&",), ("||",))
"""The binary operators, the tightest first."""

OPERATORS: Final = tuple(sign for level in PRECEDENCE for sign in level)

Operand: TypeAlias = Expression | tuple[Expression, ...]
"""What stands beside an operator; to the right of IN, a list."""


class PathParser(TermParser):
    """Reads property paths."""

    def path(self) -> Path:
        """Read a path: branches of sequences."""
        branches = [self.sequence()]
        while self.take("|"):
            branches.append(self.sequence())
        return branches[0] if len(branches) == 1 else Alternative(tuple(branches))

    def sequence(self) -> Path:
        """Read steps joined by `/`."""
        steps = [self.step()]
        while self.take("/"):
            steps.append(self.step())
        return steps[0] if len(steps) == 1 else Sequence(tuple(steps))

    def step(self) -> Path:
        """Read one step, with its `^` and its `*`, `+` or `?`."""
        inverse = self.take("^")
        path = self.primary_path()
        if self.at("*", "+", "?"):
            path = Repeat(path, self.advance().text)
        return Inverse(path) if inverse else path

    def primary_path(self) -> Path:
        """Read an IRI, `a`, a negated set or a bracket."""
        if self.take("!"):
            return self.negated_set()
        if self.take("("):
            path = self.nested(self.path)
            self.expect(")")
            return path
        return self.predicate()

    def predicate(self) -> NamedNode:
        """Read an IRI or `a`."""
        if self.terminal.text == "a":
            self.advance()
            return RDF.TYPE
        return self.iri()

    def negated_set(self) -> NegatedSet:
        """Read what follows the `!`."""
        forward: list[NamedNode] = []
        backward: list[NamedNode] = []
        bracket = self.take("(")
        while not self.at(")"):
            (backward if self.take("^") else forward).append(self.predicate())
            if not (bracket and self.take("|")):
                break
        if bracket:
            self.expect(")")
        return NegatedSet(tuple(forward), tuple(backward))


class ExpressionParser(PathParser):
    """Reads expressions."""

    def group(self) -> Group:
        """Read a group graph pattern; the pattern parser says how."""
        raise NotImplementedError

    def expression(self) -> Expression:
        """Read operands and operators in a row, then fold them by precedence."""
        first = self.operand()
        rest: list[tuple[str, Operand]] = []
        while self.at(*OPERATORS) or self.at_word("IN", "NOT"):
            rest.append(self.operation())
        return fold(first, rest)

    def operation(self) -> tuple[str, Operand]:
        """Read an operator and what stands to its right."""
        operator = self.advance().text.upper()
        if operator == "NOT":
            self.expect_word("IN")
            return "NOT IN", self.arguments()
        return operator, self.arguments() if operator == "IN" else self.operand()

    def operand(self) -> Expression:
        """Read a primary expression with the sign that may stand before it."""
        if self.at("!", "-", "+"):
            operator = self.advance().text
            return Unary(operator, self.nested(self.operand))
        return self.primary()

    def primary(self) -> Expression:
        """Read a bracket, call, literal, IRI or variable."""
        if self.at("("):
            return self.bracketed()
        if self.terminal.kind == "variable":
            return self.variable()
        if self.at_literal():
            return self.literal()
        if self.at_iri():
            return self.iri_or_function()
        return self.built_in()

    def bracketed(self) -> Expression:
        """Read an expression in brackets."""
        self.expect("(")
        inner = self.nested(self.expression)
        self.expect(")")
        return inner

    def iri_or_function(self) -> Expression:
        """Read an IRI, or the call of the function that it names."""
        iri = self.iri()
        if not self.at("("):
            return iri
        distinct = self.following.text.upper() == "DISTINCT"
        return Call(iri, self.arguments(), distinct)

    def arguments(self) -> tuple[Expression, ...]:
        """Read a list of expressions in brackets, which may be empty."""
        self.expect("(")
        self.take_word("DISTINCT")
        listed: list[Expression] = []
        while not self.at(")"):
            listed.append(self.nested(self.expression))
            if not self.take(","):
                break
        self.expect(")")
        return tuple(listed)

    def built_in(self) -> Expression:
        """Read the call of a built-in, a set function or EXISTS."""
        if self.terminal.kind != "word":
            raise self.unreadable("an expression")
        word = self.advance().text.upper()
        if word == "NOT":
            self.expect_word("EXISTS")
            return Exists(self.group(), negated=True)
        if word == "EXISTS":
            return Exists(self.group(), negated=False)
        return self.aggregate(word) if word in AGGREGATES else Call(word, self.arguments())

    def aggregate(self, function: str) -> Aggregate:
        """Read the brackets of a set function."""
        self.expect("(")
        distinct = self.take_word("DISTINCT")
        argument = None if self.take("*") else self.nested(self.expression)
        separator = None
        if self.take(";"):
            self.expect_word("SEPARATOR")
            self.expect("=")
            separator = self.literal()
        self.expect(")")
        return Aggregate(function, argument, distinct, separator)

    def constraint(self) -> Expression:
        """Read what FILTER, HAVING and ORDER BY take without a bracket of their own."""
        if self.at("("):
            return self.bracketed()
        return self.iri_or_function() if self.at_iri() else self.built_in()


def fold(first: Operand, rest: list[tuple[str, Operand]]) -> Expression:
    """Return a row of operands as chains, the tightest operators innermost."""
    for level in PRECEDENCE:
        first, rest = fold_level(first, rest, level)
    if isinstance(first, tuple):
        raise UnreadableQueryError("IN without an operand")
    return first


def fold_level(
    first: Operand, rest: list[tuple[str, Operand]], level: tuple[str, ...]
) -> tuple[Operand, list[tuple[str, Operand]]]:
    """Return the row with the operators of one level folded away."""
    row: list[tuple[str, Operand]] = [("", first)]
    for operator, operand in rest:
        if operator not in level:
            row.append((operator, operand))
        else:
            outer, left = row.pop()
            row.append((outer, joined(left, operator, operand, level)))
    return row[0][1], row[1:]


def joined(left: Operand, operator: str, right: Operand, level: tuple[str, ...]) -> Expression:
    """Return one operation, as a longer chain where the left side is a chain of its level."""
    if isinstance(left, tuple):
        raise UnreadableQueryError("IN without an operand")
    if isinstance(right, tuple):
        return Membership(left, right, negated=operator == "NOT IN")
    if isinstance(left, Chain) and left.rest[0][0] in level and level is not COMPARISONS:
        return Chain(left.first, (*left.rest, (operator, right)))
    return Chain(left, ((operator, right),))
