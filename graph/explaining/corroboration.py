"""How many independent sources state a triple; a text that was copied counts once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Final

from pyoxigraph import NamedNode, Store, Triple

from graph.answering.evaluation import run_select
from graph.explaining.shingle import measure_containment, split_shingles

COPY: Final = 0.8
"""The share of its quoted shingles from which on a sentence is taken for a copy of another."""

ENOUGH: Final = 5
"""Shingles that quotes must have to be compared: a phrase of a few words is anybody's."""

WITNESSES: Final = """
SELECT ?sentence ?article ?publisher ?sha256 ?quote WHERE {
  VALUES ?sentence { %s }
  GRAPH graph:evidence {
    ?sentence a cpec:Sentence ; oa:hasSource ?article ; schema:sha256 ?sha256 ;
      oa:hasSelector/oa:exact ?quote .
    ?article dcterms:publisher ?publisher ; dcterms:date ?date .
  }
}
ORDER BY ?date ?sentence
"""


@dataclass(frozen=True, slots=True)
class Witness:
    """A sentence that states a triple, with the shingles of its quotes."""

    sentence: str
    article: str
    publisher: str
    sha256: str
    shingles: frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Corroboration:
    """Who states a triple independently: IRIs, the earliest first, copies left out of the counts.

    `copies` are pairs of sentences, the copy and the earliest that it was taken for a copy of.
    """

    sentences: tuple[str, ...]
    articles: tuple[str, ...]
    publishers: tuple[str, ...]
    copies: tuple[tuple[str, str], ...]


def corroborate(store: Store, triple: Triple) -> Corroboration:
    """Return who states the triple; nobody where no sentence does.

    A sentence is a copy of one of an earlier article if its hash is the same, or if the quotes of
    the one are nearly all in those of the other. An article that only copies is no source.
    """
    found = find_witnesses(store, triple)
    copies: dict[str, str] = {}
    for earlier, later in combinations(found, 2):
        if earlier.article != later.article and is_copy(later, earlier):
            copies.setdefault(later.sentence, earlier.sentence)
    original = [one for one in found if one.sentence not in copies]
    return Corroboration(
        tuple(one.sentence for one in found),
        tuple(dict.fromkeys(one.article for one in original)),
        tuple(dict.fromkeys(one.publisher for one in original)),
        tuple(copies.items()),
    )


def is_copy(later: Witness, earlier: Witness) -> bool:
    """Return whether one sentence repeats the text of another."""
    if later.sha256 == earlier.sha256:
        return True
    enough = min(len(later.shingles), len(earlier.shingles)) >= ENOUGH
    return enough and measure_containment(later.shingles, earlier.shingles) >= COPY


def find_witnesses(store: Store, triple: Triple) -> list[Witness]:
    """Return the sentences that state the triple, those of the earliest article first."""
    quads = store.quads_for_pattern(triple.subject, triple.predicate, triple.object)
    graphs = " ".join(
        str(quad.graph_name) for quad in quads if isinstance(quad.graph_name, NamedNode)
    )
    found: dict[tuple[str, str, str, str], frozenset[tuple[str, ...]]] = {}
    for row in run_select(store, WITNESSES % graphs):
        sentence, article, publisher, sha256, quote = (getattr(one, "value", "") for one in row)
        who = sentence, article, publisher, sha256
        found[who] = found.get(who, frozenset()) | split_shingles(quote)
    return [Witness(*who, own) for who, own in found.items()]
