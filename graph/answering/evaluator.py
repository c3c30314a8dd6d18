"""pyoxigraph's evaluator, with the prefixes of the project and its unknown functions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store

from graph.errors import LimitError
from graph.sparql.token import locate
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
