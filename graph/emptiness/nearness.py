"""Nearness: names that the graph does not know, and the names and texts that were meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from pyoxigraph import Literal, NamedNode, Store
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from graph.answering.name import HOMES, strip_home
from graph.citing.index import EvidenceIndex

MOST_SCANNED: Final = 50_000
"""The statements in which near names and texts are looked for, without an index of names."""

LEAST_LIKE: Final = 0.75
"""The similarity of Jaro and Winkler, from 0 to 1, that a near name has at least."""


def find_near_name(store: Store, index: EvidenceIndex | None, name: NamedNode) -> str:
    """Return the IRI of the nearest name, "" if none is near.

    A name of the project is compared with all its names, another with its own namespace.
    """
    iri = name.value
    home = iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
    homes = HOMES if iri.startswith(HOMES) else (home,)
    names = {known for known in list_names(store, index) if known.startswith(homes)}
    local = {known: strip_home(known).removeprefix(home) for known in sorted(names)}
    near = find_nearest(strip_home(iri).removeprefix(home), local)
    return near or ""


def list_names(store: Store, index: EvidenceIndex | None) -> Iterator[str]:
    """Yield the IRIs of the statements of a store: all with an index, else of the first ones."""
    if index is not None:
        terms: Iterable[object] = index.kernel.lexicon.names
    else:
        quads = islice(store.quads_for_pattern(None, None, None), MOST_SCANNED)
        terms = (term for quad in quads for term in quad.triple)
    yield from (term.value for term in terms if isinstance(term, NamedNode))
    yield from (graph.value for graph in store.named_graphs() if isinstance(graph, NamedNode))


def find_nearest(text: str, choices: Mapping[str, str]) -> str | None:
    """Return the key of the text that is most like another, None if none is like it.

    Of texts that differ in case alone, the text with the same case comes first.
    """
    scorer = JaroWinkler.normalized_similarity
    near = process.extract(
        text, choices, scorer=scorer, processor=str.casefold, score_cutoff=LEAST_LIKE, limit=5
    )
    best = max(near, key=lambda match: (match[1], scorer(text, match[0])), default=None)
    return None if best is None else best[2]


def find_near_literal(store: Store, predicate: NamedNode, literal: Literal) -> Literal | None:
    """Return the value of a property with the same text, or else with the nearest text."""
    quads = islice(store.quads_for_pattern(None, predicate, None), MOST_SCANNED)
    values = sorted({quad.object for quad in quads if isinstance(quad.object, Literal)}, key=str)
    same = [value for value in values if value.value == literal.value]
    if same:
        return same[0]
    texts = {str(value): value for value in values}
    near = find_nearest(literal.value, {key: value.value for key, value in texts.items()})
    return None if near is None else texts[near]
