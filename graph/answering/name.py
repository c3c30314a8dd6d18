"""Names that people write for IRIs: local, prefixed or whole."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from typing import Final

from pyoxigraph import Literal, NamedNode, Store

from graph.answering.evaluation import run_select
from graph.errors import ParameterError, UnknownNameError
from graph.written_value import ECHO, require_name
from ontology.namespace import GRAPH, ID, PREFIXES, shorten
from ontology.terms import CPEC

HOMES: Final = (ID, CPEC, GRAPH)
"""The namespaces in which a local name is looked for, in this order."""

KNOWN_NAMES: Final = """
SELECT DISTINCT ?name {
  { ?name ?p ?o } UNION { ?s ?p ?name FILTER (isIRI(?name)) } UNION { GRAPH ?name { } }
}
"""


def resolve_name(text: str, known: Collection[str]) -> NamedNode:
    """Return the IRI of a name.

    `Pakistan`, `aimsAt` and `inp-wealthpk-2026-04-29/s08` are looked for in the namespaces of the
    project; `id:Pakistan` is read by its prefix; `https://...` and `<https://...>` are themselves.
    `known` are the IRIs that the graph speaks of (`names`). Raises UnknownNameError where the
    project's own namespaces have no such name, and ParameterError for a text too long for a name.
    """
    iri = expand_name(require_name(text))
    if iri is not None and not iri.startswith(HOMES):
        return make_iri(iri)
    for candidate in list_candidates(text):
        if candidate in known:
            return NamedNode(candidate)
    raise UnknownNameError(f"no {text[:ECHO]!r} in the graph" + suggest_name(text, known))


def list_candidates(text: str) -> list[str]:
    """Return the IRIs of the project that a name may abbreviate; the first known one counts.

    >>> [iri.rpartition("/")[2] for iri in list_candidates("HEC")]
    ['HEC', 'ontology#HEC', 'HEC']
    """
    iri = expand_name(text)
    if iri is not None:
        return [iri] if iri.startswith(HOMES) else []
    return [home + text for home in HOMES if text]


def expand_name(text: str) -> str | None:
    """Return the IRI of a name that is whole or has a known prefix, or None."""
    if text.startswith("<") and text.endswith(">"):
        return text[1:-1]
    if "://" in text:
        return text
    prefix, colon, local = text.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else None


def make_iri(iri: str) -> NamedNode:
    """Return the IRI as a term; raises UnknownNameError where it is not one (RFC 3987)."""
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise UnknownNameError(f"{iri[:ECHO]!r} is not an IRI: {error}") from None


def make_literal(text: str) -> Literal:
    """Return a text as a term; raises ParameterError where it was no UTF-8."""
    try:
        return Literal(text)
    except ValueError:
        raise ParameterError(f"{text[:ECHO]!r} is not UTF-8") from None


def find_names(store: Store) -> set[str]:
    """Return every IRI of the project that the store speaks of."""
    iris = (row["name"] for row in run_select(store, KNOWN_NAMES))
    return {iri.value for iri in iris if isinstance(iri, NamedNode) and iri.value.startswith(HOMES)}


def is_known(store: Store, name: NamedNode) -> bool:
    """Return whether a statement has an IRI, or a graph its name."""
    patterns = (
        store.quads_for_pattern(name, None, None),
        store.quads_for_pattern(None, name, None),
        store.quads_for_pattern(None, None, name),
    )
    return store.contains_named_graph(name) or any(
        next(iter(quads), None) is not None for quads in patterns
    )


def suggest_name(text: str, known: Collection[str]) -> str:
    """Return the question whether a near name was meant, or nothing."""
    local = {strip_home(iri): iri for iri in known}
    near = difflib.get_close_matches(strip_home(expand_name(text) or text), sorted(local), 1, 0.7)
    return f"; did you mean {near[0]}?" if any(near) else ""


def strip_home(iri: str) -> str:
    """Return the local name of an IRI of the project, or the IRI."""
    return next((iri.removeprefix(home) for home in HOMES if iri.startswith(home)), iri)


def abbreviate(iri: str) -> str:
    """Return an IRI as a person types it: by its local name, by its prefix, or whole."""
    local = strip_home(iri)
    return local if local != iri else shorten(iri).strip("<>")
