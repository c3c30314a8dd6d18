"""The search for a name: the things that a draft takes it for, then those with a near name."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Final, NamedTuple

from pyoxigraph import NamedNode, Store

from graph.curating.master import Master
from graph.dataset import is_source_graph, memory_store
from graph.drafting.lexicon import NameLexicon, tidy
from graph.publishing.reading_order import natural_key
from graph.reconciling.folding import split_words
from graph.reconciling.matching import ThingIndex
from graph.reconciling.thing import read_things
from ontology.namespace import ID

NEAR: Final = 60.0
"""The score, of 100, from which a name is near."""


class FoundThing(NamedTuple):
    """A thing with a name: its local name, class and label, and the sentences that speak of it.

    `score` is 100 where a draft takes the name for the thing, and less for a near name.
    """

    name: str
    kind: str
    label: str
    score: float
    sentences: tuple[str, ...]


def search_name(master: Master, text: str, most: int) -> list[FoundThing]:
    """Return the things that a name may mean, those that a draft takes it for first."""
    quads = list(master.quads())
    store, lexicon = memory_store(quads), NameLexicon.read(quads)
    scores = dict.fromkeys(sorted(lexicon.names.get(tidy(split_words(text)), ())), 100.0)
    index = ThingIndex(read_things(store))
    for candidate in index.find(text):
        if candidate.score >= NEAR:
            scores.setdefault(candidate.thing.iri.removeprefix(ID), candidate.score)
    return [
        FoundThing(
            name,
            lexicon.find_kind(name),
            lexicon.labels.get(name) or lexicon.countries.get(name, name),
            score,
            list_sentences(store, ID + name),
        )
        for name, score in islice(scores.items(), most)
    ]


def list_sentences(store: Store, iri: str) -> tuple[str, ...]:
    """Return the graphs of the sources that state something of a thing, in order."""
    node = NamedNode(iri)
    patterns: Sequence[tuple[NamedNode | None, NamedNode | None]] = ((node, None), (None, node))
    graphs = {
        quad.graph_name.value
        for subject, value in patterns
        for quad in store.quads_for_pattern(subject, None, value)
        if isinstance(quad.graph_name, NamedNode) and is_source_graph(quad.graph_name.value)
    }
    return tuple(sorted(graphs, key=natural_key))
