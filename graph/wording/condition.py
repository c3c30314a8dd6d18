"""A condition of a query in words: the country is not Pakistan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode, Variable

from graph.sparql import syntax
from graph.wording.text import clean_text
from ontology.terms import XSD

COMPARISONS: Final = {
    "=": ("is", "is not"),
    "!=": ("is not", "is"),
    "<": ("is less than", "is not less than"),
    ">": ("is greater than", "is not greater than"),
    "<=": ("is at most", "is not at most"),
    ">=": ("is at least", "is not at least"),
}
"""The words of comparisons, and of their opposites."""

MIRRORED: Final = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
"""The comparisons with exchanged operands."""

IN_TIME: Final = {
    "<": ("is before", "is not before"),
    ">": ("is after", "is not after"),
    "<=": ("is not after", "is after"),
    ">=": ("is not before", "is before"),
}
"""The words of comparisons with a time, and of their opposites."""

TESTS: Final = {
    "BOUND": ("is given", "is not given"),
    "ISIRI": ("is a thing with a name", "is not a thing with a name"),
    "ISURI": ("is a thing with a name", "is not a thing with a name"),
    "ISBLANK": ("is a thing without a name", "is not a thing without a name"),
    "ISLITERAL": ("is a text or number", "is not a text or number"),
    "ISNUMERIC": ("is a number", "is not a number"),
    "SAMETERM": ("is", "is not"),
    "CONTAINS": ("contains", "does not contain"),
    "STRSTARTS": ("begins with", "does not begin with"),
    "STRENDS": ("ends with", "does not end with"),
    "REGEX": ("matches", "does not match"),
    "LANGMATCHES": ("is", "is not"),
}
"""The words of functions with a truth value, and of their opposites, between their arguments."""

TIMES: Final = frozenset(XSD.IRI + name for name in ("date", "dateTime", "gYear", "gYearMonth"))
"""The datatypes that are compared as times."""

NOUNS: Final = {
    "STR": "the text of",
    "LANG": "the language of",
    "DATATYPE": "the datatype of",
    "STRLEN": "the length of",
    "COUNT": "the number of",
    "SUM": "the sum of",
    "MIN": "the least of",
    "MAX": "the greatest of",
    "AVG": "the mean of",
    "LCASE": "the small letters of",
    "UCASE": "the capitals of",
}
"""The words of functions with another value."""


@dataclass(frozen=True, slots=True)
class ConditionWords:
    """Puts conditions in words, with the words of nodes and of the groups of EXISTS."""

    name: Callable[[syntax.Node], str]
    say_exists: Callable[[syntax.Group, bool], str]

    def write(  # noqa: PLR0911 - a case for each kind
        self, condition: syntax.Expression, *, holds: bool = True
    ) -> str:
        """Return a condition as a clause, or its opposite."""
        match condition:
            case syntax.Unary("!", inner):
                return self.write(inner, holds=not holds)
            case syntax.Chain(first, (("&&" | "||" as operator, _), *_) as rest):
                word = " and " if (operator == "&&") == holds else " or "
                parts = (first, *(operand for _, operand in rest))
                return word.join(self.write(part, holds=holds) for part in parts)
            case syntax.Chain(syntax.Call("DATATYPE", (first,)), (("=" | "!=" as operator, kind),)):
                verb = COMPARISONS[operator][not holds]
                noun = "a day" if kind == XSD.DATE else f"of the type {self.write_noun(kind)}"
                return f"{self.write_noun(first)} {verb} {noun}"
            case syntax.Chain(Literal() as first, ((operator, second),)) if (
                operator in MIRRORED and not isinstance(second, Literal)
            ):
                return self.write(syntax.Chain(second, ((MIRRORED[operator], first),)), holds=holds)
            case syntax.Chain(first, ((operator, second),)) if operator in COMPARISONS:
                is_time = isinstance(second, Literal) and second.datatype.value in TIMES
                verb = ((is_time and IN_TIME.get(operator)) or COMPARISONS[operator])[not holds]
                return f"{self.write_noun(first)} {verb} {self.write_noun(second)}"
            case syntax.Membership(operand, choices, negated):
                listed = " or ".join(map(self.write_noun, choices)) or "nothing"
                verb = "is" if holds != negated else "is not"
                return f"{self.write_noun(operand)} {verb} {listed}"
            case syntax.Exists(group, negated):
                return self.say_exists(group, holds != negated)
            case syntax.Call(str(function), (first, *more)) if function in TESTS:
                words = [self.write_noun(first), TESTS[function][not holds]]
                return " ".join([*words, *map(self.write_noun, more[:1])])
        return f"{self.write_noun(condition)} is {'true' if holds else 'false'}"

    def write_noun(  # noqa: PLR0911 - a case for each kind
        self, expression: syntax.Expression
    ) -> str:
        """Return an expression as a noun."""
        match expression:
            case Variable() | NamedNode() | Literal():
                return self.name(expression)
            case syntax.Call("STR", (Literal() as literal,)):
                return f"“{clean_text(literal.value)}”"
            case syntax.Chain(first, rest):
                tail = (f" {operator} {self.write_noun(operand)}" for operator, operand in rest)
                return self.write_noun(first) + "".join(tail)
            case syntax.Unary(operator, inner):
                return f"{operator}{self.write_noun(inner)}"
            case syntax.Aggregate(function, argument):
                counted = "solutions" if argument is None else self.write_noun(argument)
                return f"{NOUNS.get(function, function.lower() + ' of')} {counted}"
            case syntax.Call(function, arguments):
                return (
                    f"{self.name_function(function)} {', '.join(map(self.write_noun, arguments))}"
                )
        return f"whether {self.write(expression)}"

    def name_function(self, function: str | NamedNode) -> str:
        """Return the words before the arguments of a function."""
        if isinstance(function, NamedNode):
            return f"{self.name(function)} of"
        return NOUNS.get(function, f"{function.lower()} of")
