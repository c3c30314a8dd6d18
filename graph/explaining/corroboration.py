"""How many independent sources state a triple; a text that was copied or passed on counts once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Final

from pyoxigraph import NamedNode, Store, Triple

from graph.answering.evaluation import run_select
from graph.curating.near_copy import measure_containment, split_shingles
from graph.excluding.exclusion import ORIGIN

MIN_COPIED_SHARE: Final = 0.8
"""The least share of its quoted shingles that a copy of a sentence has from it."""

MIN_SHINGLES: Final = 5
"""The shingles that quotes need for a comparison: anybody may use a phrase of a few words."""

WITNESSES: Final = f"""
SELECT ?sentence ?article ?publisher ?sha256 ?origin ?quote WHERE {{
  VALUES ?sentence {{ %(graphs)s }}
  GRAPH graph:evidence {{
    ?sentence a cpec:Sentence ; oa:hasSource ?article ; schema:sha256 ?sha256 .
    ?article dcterms:publisher ?publisher ; dcterms:date ?date .
    OPTIONAL {{ ?sentence oa:hasSelector/oa:exact ?quote }}
  }}
  {ORIGIN}
  OPTIONAL {{
    VALUES ?passing {{ %(graphs)s }}
    ?text dcterms:publisher ?agency . ?passing oa:hasSource?/cpec:derivedFrom+ ?agency
  }}
  BIND (COALESCE(?agency, ?text) AS ?origin)
}}
ORDER BY ?date ?sentence
"""


@dataclass(frozen=True, slots=True)
class Witness:
    """A sentence that states a triple, with the shingles of its quotes.

    `origin` is the first text or agency whose words it or its article passes on, or else the
    article, or its publisher if another sentence passes on the publisher's words.
    """

    sentence: str
    article: str
    publisher: str
    sha256: str
    origin: str
    shingles: frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Corroboration:
    """Who states a triple independently: IRIs, the earliest first, copies left out of the counts.

    Articles that pass on the words of one origin count as one origin. `copies` are pairs of
    sentences: a copy, and the earliest sentence that it copies.
    """

    sentences: tuple[str, ...]
    articles: tuple[str, ...]
    publishers: tuple[str, ...]
    origins: tuple[str, ...]
    copies: tuple[tuple[str, str], ...]


def corroborate(store: Store, triple: Triple) -> Corroboration:
    """Return the sentences, articles and publishers that state the triple, without copies.

    A sentence copies a sentence of an earlier article if both have the same hash, or if nearly all
    quotes of the shorter are in the longer. An article that only copies is no source.
    """
    witnesses = find_witnesses(store, triple)
    copies: dict[str, str] = {}
    for earlier, later in combinations(witnesses, 2):
        if earlier.article != later.article and is_copy(later, earlier):
            copies.setdefault(later.sentence, earlier.sentence)
    originals = [witness for witness in witnesses if witness.sentence not in copies]
    return Corroboration(
        tuple(witness.sentence for witness in witnesses),
        tuple(dict.fromkeys(witness.article for witness in originals)),
        tuple(dict.fromkeys(witness.publisher for witness in originals)),
        tuple(dict.fromkeys(witness.origin for witness in originals)),
        tuple(copies.items()),
    )


def is_copy(later: Witness, earlier: Witness) -> bool:
    """Return whether one sentence repeats the text of another."""
    if later.sha256 == earlier.sha256:
        return True
    enough = min(len(later.shingles), len(earlier.shingles)) >= MIN_SHINGLES
    return enough and measure_containment(later.shingles, earlier.shingles) >= MIN_COPIED_SHARE


def find_witnesses(store: Store, triple: Triple) -> list[Witness]:
    """Return the sentences that state the triple, by the date of their article."""
    quads = store.quads_for_pattern(triple.subject, triple.predicate, triple.object)
    graphs = " ".join(
        str(quad.graph_name) for quad in quads if isinstance(quad.graph_name, NamedNode)
    )
    witnesses: dict[str, Witness] = {}
    for row in run_select(store, WITNESSES % {"graphs": graphs}):
        *names, quote = (getattr(term, "value", "") for term in row)
        sentence, article, publisher, sha256, origin = names
        known = witnesses.get(sentence)
        shingles = split_shingles(quote) | (known.shingles if known else frozenset())
        witnesses[sentence] = Witness(sentence, article, publisher, sha256, origin, shingles)
    return list(witnesses.values())
