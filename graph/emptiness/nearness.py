"""Nearness: names that the graph does not know, and the names and texts that were meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, Store
from rapidfuzz import process
from rapidfuzz.distance import Indel, JaroWinkler

from graph.answering.name import HOMES, strip_home
from graph.citing.index import EvidenceIndex
from graph.emptiness.query_part import is_text
from graph.wording.literal import LiteralWords
from ontology.terms import RDFS, RdfTerm

MOST_SCANNED: Final = 50_000
"""The statements in which near names and texts are looked for, without an index of names."""

MOST_NEAR: Final = 20
"""The near names of which the first that fits is proposed."""

LEAST_LIKE: Final = 0.75
LEAST_COMMON: Final = 0.5
"""The similarities, from 0 to 1, that a near name has at least: that of Jaro and Winkler, and the
share of the characters of both names that are in both in the same order."""


def find_near_name(
    store: Store, index: EvidenceIndex | None, name: NamedNode, fits: Callable[[NamedNode], bool]
) -> str:
    """Return the IRI of the nearest name that fits, "" if none is near.

    A name of the project is compared with all its names, another with its own namespace.
    """
    iri = name.value
    home = iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
    homes = HOMES if iri.startswith(HOMES) else (home,)
    names = {known for known in list_names(store, index) if known.startswith(homes)}
    local = {known: strip_home(known).removeprefix(home) for known in sorted(names)}
    near = rank_near(strip_home(iri).removeprefix(home), local)
    return next((known for known in near if fits(NamedNode(known))), "")


def list_names(store: Store, index: EvidenceIndex | None) -> Iterator[str]:
    """Yield the IRIs of the statements of a store: all with an index, else of the first ones."""
    if index is not None:
        terms: Iterable[object] = index.kernel.lexicon.names
    else:
        quads = islice(store.quads_for_pattern(None, None, None), MOST_SCANNED)
        terms = (term for quad in quads for term in quad.triple)
    yield from (term.value for term in terms if isinstance(term, NamedNode))
    yield from (graph.value for graph in store.named_graphs() if isinstance(graph, NamedNode))


def rank_near(text: str, choices: Mapping[str, str]) -> list[str]:
    """Return the keys of the texts that are like another, the most like first.

    Of texts that differ in case alone, the text with the same case comes first.
    """
    scorer = JaroWinkler.normalized_similarity
    near = process.extract(
        text,
        choices,
        scorer=scorer,
        processor=str.casefold,
        score_cutoff=LEAST_LIKE,
        limit=MOST_NEAR,
    )
    near.sort(key=lambda match: (match[1], scorer(text, match[0])), reverse=True)
    # Jaro and Winkler weigh a common beginning: India would be near to Industrialisation
    common = partial(Indel.normalized_similarity, text, processor=str.casefold)
    return [key for near_text, _, key in near if common(near_text) >= LEAST_COMMON]


def list_meant(
    words: LiteralWords, literal: Literal, predicates: Iterable[NamedNode]
) -> Iterator[RdfTerm]:
    """Yield the terms of a graph that a literal may mean, the surest first.

    They have its characters or number, or its characters as a name, or the nearest text of those
    that the properties have; STR and LCASE ask for a text without a tag.
    """
    yield from words.find_alike(literal)
    if not is_text(literal):
        return
    for label in (literal, *words.find_alike(literal)):
        quads = words.store.quads_for_pattern(None, RDFS.LABEL, label, DefaultGraph())
        yield from (quad.subject for quad in quads if isinstance(quad.subject, NamedNode))
    for predicate in predicates:
        quads = islice(words.store.quads_for_pattern(None, predicate, None), MOST_SCANNED)
        own = (quad.object for quad in quads)
        values = {str(value): value for value in own if isinstance(value, Literal)}
        texts = {key: values[key].value for key in sorted(values)}
        for key in rank_near(literal.value, texts)[:1]:
            yield from (values[key], Literal(texts[key]), Literal(literal.value.lower()))
