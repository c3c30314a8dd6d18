"""The datatypes of XSD: their lexical forms, and the datatypes that properties range over."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Self

from pyoxigraph import Literal, Triple

from graph.reasoning.axiom import is_datatype
from graph.reasoning.rule import Term, text
from ontology.terms import RDFS, XSD

ZONE: Final = r"(Z|[+-](0\d|1[0-4]):[0-5]\d)?"
MONTH: Final = r"(0[1-9]|1[0-2])"
TIME: Final = r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?|24:00:00"
DAY: Final = r"(0[1-9]|[12]\d|3[01])"

PATTERNS: Final = {
    XSD + name: re.compile(pattern)
    for name, pattern in {
        "integer": r"[+-]?\d+",
        "decimal": r"[+-]?(\d+(\.\d*)?|\.\d+)",
        "double": r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?INF|NaN",
        "float": r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?INF|NaN",
        "boolean": r"true|false|1|0",
        "gYear": rf"-?\d{{4,}}{ZONE}",
        "gYearMonth": rf"-?\d{{4,}}-{MONTH}{ZONE}",
        "gMonth": rf"--{MONTH}{ZONE}",
        "gMonthDay": rf"--{MONTH}-{DAY}{ZONE}",
        "gDay": rf"---{DAY}{ZONE}",
        "date": rf"-?\d{{4,}}-{MONTH}-{DAY}{ZONE}",
        "dateTime": rf"-?\d{{4,}}-{MONTH}-{DAY}T({TIME}){ZONE}",
        "time": rf"({TIME}){ZONE}",
    }.items()
}
"""The lexical forms of a datatype (https://www.w3.org/TR/xmlschema11-2/)."""

DATED: Final = frozenset({XSD + "date", XSD + "dateTime"})
"""The datatypes whose lexical forms begin with a day of the calendar."""

BASES: Final = {
    "decimal": "integer long int short byte nonNegativeInteger positiveInteger nonPositiveInteger"
    " negativeInteger unsignedLong unsignedInt unsignedShort unsignedByte",
    "string": "normalizedString token language NMTOKEN Name NCName",
}
"""The primitive datatypes of XSD, each with the datatypes derived from it."""

INTEGERS: Final = frozenset(XSD + name for name in BASES["decimal"].split())


@dataclass(frozen=True, slots=True)
class Datatypes:
    """The datatypes that are ranges of properties in the ontology."""

    ranges: dict[Term, list[str]] = field(default_factory=dict)

    @classmethod
    def from_triples(cls, ontology: Iterable[Triple]) -> Self:
        """Return the ranges of an ontology that are datatypes."""
        ranges: dict[Term, list[str]] = defaultdict(list)
        for triple in ontology:
            kind = triple.object
            if triple.predicate.value == RDFS + "range" and is_datatype(kind):
                ranges[triple.subject].append(kind.value)  # type: ignore[index, union-attr]
        return cls(dict(ranges))

    def faults(self, triple: Triple) -> Iterator[str]:
        """Yield the errors in the datatype of the object of a triple, in words."""
        value, name = triple.object, text(triple.predicate)
        if isinstance(value, Literal) and not is_well_formed(value):
            yield f'"{value.value}" is not an {text(value.datatype)}'
        for expected in self.ranges.get(triple.predicate, ()):
            range_name = text(expected)
            if not isinstance(value, Literal):
                yield f"{text(value)} is no literal: {name} takes {range_name}"
            elif expected != RDFS + "Literal" and not share_values(value.datatype.value, expected):
                yield f'"{value.value}" is of {text(value.datatype)}: {name} takes {range_name}'


def is_well_formed(literal: Literal) -> bool:
    """Return whether a literal has a lexical form of its datatype; an unknown datatype has any."""
    kind = literal.datatype.value
    pattern = PATTERNS.get(XSD + "integer" if kind in INTEGERS else kind)
    if pattern is None:
        return True
    lexical = literal.value.strip()
    if not pattern.fullmatch(lexical):
        return False
    if kind not in DATED or not lexical[:4].isdigit() or lexical[4] != "-":
        return True
    try:
        date.fromisoformat(lexical[:10])
    except ValueError:
        return False
    return True


def share_values(datatype: str, other: str) -> bool:
    """Return whether two datatypes have values in common."""
    return base_of(datatype) == base_of(other)


def base_of(datatype: str) -> str:
    """Return the primitive datatype that a datatype of XSD is derived from, or else itself."""
    name = datatype.removeprefix(XSD)
    return next((XSD + base for base, names in BASES.items() if name in names.split()), datatype)
