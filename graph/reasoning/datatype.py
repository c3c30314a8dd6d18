"""The datatypes of XSD: which texts are theirs, and which values a property may have."""

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
"""The texts of a datatype (https://www.w3.org/TR/xmlschema11-2/)."""

DATED: Final = frozenset({XSD + "date", XSD + "dateTime"})
"""The datatypes whose texts begin with a day of the calendar."""

BASES: Final = {
    "decimal": "integer long int short byte nonNegativeInteger positiveInteger nonPositiveInteger"
    " negativeInteger unsignedLong unsignedInt unsignedShort unsignedByte",
    "string": "normalizedString token language NMTOKEN Name NCName",
}
"""The datatypes of XSD that others are derived from."""

INTEGERS: Final = frozenset(XSD + name for name in BASES["decimal"].split())


@dataclass(frozen=True, slots=True)
class Datatypes:
    """The datatypes that the ontology gives properties as their ranges."""

    ranges: dict[Term, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, ontology: Iterable[Triple]) -> Self:
        """Return the ranges of an ontology that are datatypes."""
        ranges: dict[Term, list[str]] = defaultdict(list)
        for triple in ontology:
            kind = triple.object
            if triple.predicate.value == RDFS + "range" and is_datatype(kind):
                ranges[triple.subject].append(kind.value)  # type: ignore[index, union-attr]
        return cls(dict(ranges))

    def faults(self, triple: Triple) -> Iterator[str]:
        """Yield what is wrong with the datatype of the object of a triple."""
        value, name = triple.object, text(triple.predicate)
        if isinstance(value, Literal) and not is_well_formed(value):
            yield f'"{value.value}" is not an {text(value.datatype)}'
        for expected in self.ranges.get(triple.predicate, ()):
            wanted = text(expected)
            if not isinstance(value, Literal):
                yield f"{text(value)} is no literal: {name} takes {wanted}"
            elif expected != RDFS + "Literal" and not share_values(value.datatype.value, expected):
                yield f'"{value.value}" is of {text(value.datatype)}: {name} takes {wanted}'


def is_well_formed(literal: Literal) -> bool:
    """Return whether the text of a literal is one of its datatype, as far as that is known."""
    kind = literal.datatype.value
    pattern = PATTERNS.get(XSD + "integer" if kind in INTEGERS else kind)
    if pattern is None:
        return True
    written = literal.value.strip()
    if not pattern.fullmatch(written):
        return False
    if kind not in DATED or not written[:4].isdigit() or written[4] != "-":
        return True
    try:
        date.fromisoformat(written[:10])
    except ValueError:
        return False
    return True


def share_values(datatype: str, other: str) -> bool:
    """Return whether two datatypes have values in common."""
    return base_of(datatype) == base_of(other)


def base_of(datatype: str) -> str:
    """Return the datatype of XSD that one is derived from, with which it shares its values."""
    name = datatype.removeprefix(XSD)
    return next((XSD + base for base, names in BASES.items() if name in names.split()), datatype)
