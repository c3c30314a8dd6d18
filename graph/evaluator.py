"""pyoxigraph's evaluator, told what the project knows beside the text: its prefixes."""

from __future__ import annotations

from typing import Any, Final

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, Store

from ontology.namespace import PREFIXES

SHORT: Final = 1 << 14
"""The characters of a text up to which looking for prefixes costs less than handing over all."""

WRITTEN: Final = tuple((f"{name}:", name, namespace) for name, namespace in PREFIXES.items())


def ask(
    store: Store, text: str, base: str | None, **options: Any
) -> QuerySolutions | QueryBoolean | QueryTriples:
    """Return what a store answers to a text, with the options of pyoxigraph's `Store.query`.

    Raises SyntaxError, ValueError and RuntimeError, as that does.
    """
    return store.query(text, base_iri=base, prefixes=prefixes_for(text), **options)


def prefixes_for(text: str) -> dict[str, str]:
    """Return the prefixes of the project that a text may use: the engine reads each one anew."""
    if len(text) > SHORT:
        return PREFIXES
    return {name: namespace for written, name, namespace in WRITTEN if written in text}
