"""The first and last day of an event whose month is known and whose day is not."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Quad, Store

from graph.curating.evidence import select_values
from ontology.namespace import EDITORIAL
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
"""If a source gives a day of the month, the month needs no bounds."""


def compute_month_bounds(store: Store, events: Iterable[NamedNode] | None = None) -> list[Quad]:
    """Return the earliest and latest day of events that are known to the month.

    The default is all events. No source states these days: they belong to `graph:editorial`. If
    sources give different months, the days bound all of them.
    """
    selection = "" if events is None else f"VALUES ?event {{ {' '.join(map(str, events))} }}"
    return [
        Quad(NamedNode(event), NamedNode(CPEC + name), Literal(day, datatype=XSD.DATE), EDITORIAL)
        for event, first, last in select_values(store, MONTHS % selection)
        for name, day in (("earliest", month_days(first)[0]), ("latest", month_days(last)[1]))
    ]


def month_days(month: str) -> tuple[str, str]:
    """Return the first and last day of a month.

    >>> month_days("2028-02")
    ('2028-02-01', '2028-02-29')
    """
    year, number = map(int, month.split("-"))
    return f"{month}-01", f"{month}-{monthrange(year, number)[1]}"
