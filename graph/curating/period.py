"""The first and last day of an event whose month or year is known and whose day is not."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Quad, Store

from graph.curating.evidence import select_values
from graph.written_value import period_days
from ontology.namespace import EDITORIAL
from ontology.terms import CPEC, XSD

PERIODS = """
SELECT ?event (MIN(STR(?period)) AS ?first) (MAX(STR(?period)) AS ?last) WHERE {
  %s
  GRAPH ?graph { ?event cpec:date ?period }
  FILTER (DATATYPE(?period) IN (xsd:gYearMonth, xsd:gYear))
  FILTER (REGEX(STR(?period), "^[0-9]{4}(-(0[1-9]|1[0-2]))?$") && STR(?period) >= "0001")
  FILTER NOT EXISTS {
    GRAPH ?other { ?event cpec:date ?within }
    FILTER (STRLEN(STR(?within)) > STRLEN(STR(?period)) && STRSTARTS(STR(?within), STR(?period)))
  }
} GROUP BY ?event ORDER BY ?event
"""
"""If a source gives a day or a month within the period, the period needs no bounds."""


def compute_period_bounds(store: Store, events: Iterable[NamedNode] | None = None) -> list[Quad]:
    """Return the earliest and latest day of events that are known to the month or the year.

    The default is all events. No source states these days: they belong to `graph:editorial`. If
    sources give different periods, the days bound all of them.
    """
    selection = "" if events is None else f"VALUES ?event {{ {' '.join(map(str, events))} }}"
    return [
        Quad(NamedNode(event), NamedNode(CPEC + name), Literal(day, datatype=XSD.DATE), EDITORIAL)
        for event, first, last in select_values(store, PERIODS % selection)
        for name, day in (("earliest", period_days(first)[0]), ("latest", period_days(last)[1]))
    ]
