"""pyoxigraph's evaluator, with the prefixes of the project and its unknown functions.

The engine sorts the variables of `SELECT *`: here they get their order of appearance. It aborts if
its order of the values of ORDER BY is not total: here the keys of such a query are made so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any, Final

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store, Variable

from graph.errors import LimitError, UnreadableQueryError
from graph.sparql.parser import parse_query
from graph.sparql.printer import print_query
from graph.sparql.scope import change_parts, replace_expressions, select_columns
from graph.sparql.syntax import Modifiers, Select
from graph.sparql.token import locate, scan_top_level
from ontology.namespace import PREFIXES

MAX_SCANNED_CHARACTERS: Final = 1 << 14
"""The characters of a text up to which looking for prefixes costs less than handing over all."""

WRITTEN: Final = tuple((f"{name}:", name, namespace) for name, namespace in PREFIXES.items())

UNKNOWN: Final = re.compile("The custom function <(.*)> is not supported")
"""How pyoxigraph refuses a query for a function, one at a time."""

ARGUMENTS: Final = " arguments, but "
"""What it says of a function that it knows, called with too few arguments or too many."""

MOST_UNKNOWN: Final = 16
"""The maximum of unknown functions in one query: each one restarts it."""


def run_query(
    store: Store, text: str, base: str | None, **options: Any
) -> QuerySolutions | QueryBoolean | QueryTriples:
    """Return the answer of a store to a text, with the options of pyoxigraph's `Store.query`.

    A call of an unknown function is an error of its expression, not of the query (SPARQL
    1.1 Query, sections 17.2 and 17.6). Raises LimitError for too many of them, and SyntaxError,
    ValueError and RuntimeError as pyoxigraph does.
    """
    prefixes = select_prefixes(text)
    unknown: dict[NamedNode, Callable[..., Any]] = {}
    while True:
        try:
            return store.query(
                text, base_iri=base, prefixes=prefixes, custom_functions=unknown, **options
            )
        except RuntimeError as error:
            if ARGUMENTS in str(error):
                raise ValueError(str(error)) from None
            refused = UNKNOWN.fullmatch(str(error))
            if refused is None:
                raise
            if len(unknown) == MOST_UNKNOWN:
                place = max(text.find(refused[1]), 0)
                raise LimitError("unknown functions", MOST_UNKNOWN, *locate(text, place)) from None
            unknown[NamedNode(refused[1])] = fail


def fail(*_arguments: object) -> None:
    """Return no term, which is how a function of pyoxigraph raises an error in its expression."""


def select_prefixes(text: str) -> dict[str, str]:
    """Return the prefixes of the project that a text may use: the engine reads each one anew."""
    if len(text) > MAX_SCANNED_CHARACTERS:
        return PREFIXES
    return {name: namespace for written, name, namespace in WRITTEN if written in text}


BEFORE: Final = ("SELECT", "DISTINCT", "REDUCED")
"""The words before the star of a SELECT."""


def name_columns(text: str, base: str | None = None) -> str:
    """Return a query with the names of its variables in place of an outermost `SELECT *`.

    Any other text is returned unchanged, and so is one beyond the parser.

    >>> name_columns("SELECT * { ?s ?p ?o }")
    'SELECT ?s ?p ?o { ?s ?p ?o }'
    """
    if "*" not in text:
        return text
    star = next(
        (
            token.start
            for before, token in pairwise(scan_top_level(text))
            if token.text == "*" and before.text.upper() in BEFORE
        ),
        None,
    )
    if star is None:
        return text
    try:
        form = parse_query(text, base).form
    except (UnreadableQueryError, RecursionError):
        return text
    if not isinstance(form, Select) or form.modifiers.group_by:
        return text
    return text[:star] + (" ".join(map(str, select_columns(form))) or "*") + text[star + 1 :]


TOTAL_ORDER: Final = """SELECT * {} ORDER BY
  (IF(isLITERAL(?key),
      IF(isNumeric(?key), "0", CONCAT(STR(DATATYPE(?key)), COALESCE(SUBSTR(TZ(?key), 9), " "))),
      IF(isIRI(?key) || isBLANK(?key), "", "~")))
  (IF(isNumeric(?key), xsd:double(?key),
      COALESCE(IF(TZ(?key) = "", STRDT(CONCAT(STR(?key), "Z"), DATATYPE(?key)), ?key),
               IF(DATATYPE(?key) = xsd:duration, STR(?key), ?key), ?key)))
  (CONCAT(STR(DATATYPE(?key)), COALESCE(TZ(?key), "")))
  ?key"""
"""Keys in place of a key of ORDER BY, by which any terms have one order.

The engine compares literals of two datatypes as text, but numbers by their value; times with and
without a zone as text, but others by their value; so for three it may say a < b < c < a. The first
key parts the numbers, and each other datatype, its ill-typed literals last, which have no time zone
(SUBSTR is "" for any zone). The second orders each part: an integer and a double as doubles, a time
without a zone as of UTC, where it is whenever XML Schema has an order of the two, and durations,
which have a partial order only, as text. The last two part equal values.
"""


def order_totally(text: str, base: str | None = None) -> str:
    """Return a query with a total order in each ORDER BY, unchanged if it is beyond the parser.

    The order extends SPARQL's (SPARQL 1.1 Query, section 15.1) where that leaves one open.
    """
    keys = parse_query(TOTAL_ORDER).form.modifiers.order_by

    def extend(part: object) -> Modifiers | None:
        if not isinstance(part, Modifiers) or not part.order_by:
            return None
        ordered = [
            replace(
                replace_expressions(key, {Variable("key"): old.expression}),
                descending=old.descending,
            )
            for old in part.order_by
            for key in keys
        ]
        return replace(part, order_by=tuple(ordered))

    try:
        return print_query(change_parts(parse_query(text, base), extend))
    except (UnreadableQueryError, RecursionError):
        return text
