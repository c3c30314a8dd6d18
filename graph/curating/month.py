"""The first and last day of an event of which only the month is known: our own reckoning."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Quad, Store

from graph.curating.evidence import values
from ontology.namespace import EDITORIAL_GRAPH
from ontology.terms import CPEC, XSD

MONTHS = """
SELECT ?event (MIN(STR(?month)) AS ?first) (MAX(STR(?month)) AS ?last) WHERE {
  %s
  GRAPH ?graph { ?event cpec:date ?month }
  FILTER (DATATYPE(?month) = xsd:gYearMonth && REGEX(STR(?month), "^[0-9]{4}-(0[1-9]|1[0-2])$"))
  FILTER (STR(?month) >= "0001")
  FILTER NOT EXISTS {
    GRAPH ?other { ?event cpec:date ?day }
    FILTER (DATATYPE(?day) = xsd:date && STRSTARTS(STR(?day), STR(?month)))
  }
} GROUP BY ?event ORDER BY ?event
"""
"""A month of which a source knows the day needs no bounds."""


def month_bounds(store: Store, of: Iterable[NamedNode] | None = None) -> list[Quad]:
    """Return the earliest and latest day of each event that is known to the month, as editorial.

    Of all events, or of these. No source states these days, so `graph:editorial` does. Where
    sources give different months, the days bound them all.
    """
    touched = "" if of is None else f"VALUES ?event {{ {' '.join(map(str, of))} }}"
    return [
        Quad(NamedNode(event), NamedNode(CPEC + name), day(text), NamedNode(EDITORIAL_GRAPH))
        for event, first, last in values(store, MONTHS % touched)
        for name, text in (("earliest", days(first)[0]), ("latest", days(last)[1]))
    ]


def days(month: str) -> tuple[str, str]:
    """Return the first and last day of a month.

    >>> days("2028-02")
    ('2028-02-01', '2028-02-29')
    """
    year, number = map(int, month.split("-"))
    return f"{month}-01", f"{month}-{monthrange(year, number)[1]}"


def day(text: str) -> Literal:
    """Return a day as a literal of xsd:date."""
    return Literal(text, datatype=XSD.DATE)
