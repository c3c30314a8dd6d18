"""The index of things: finds the candidates for a name, ranked, each with its features."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, TypeAlias

from rapidfuzz import fuzz, process

from graph.reconciling.folding import UNWEIGHTED, split_words
from graph.reconciling.likeness import Likeness, compare_words
from graph.reconciling.thing import DRAFT, KINDS, LOCAL, Thing, ThingName

LEAST_SCORE: Final = 40.0
"""The score below which a thing is no candidate."""

NEAR_NAMES: Final = 60
"""The names of the index that are compared word by word, besides those that share a rare word."""

MOST_SHARING: Final = 200
"""A word of more names than these finds none: it is too common."""

CERTAIN_MARGIN: Final = 2.0
"""The distance to the next candidate below which none is certain."""

UNCERTAIN: Final = (DRAFT, LOCAL)
"""The kinds of names that are no match, however like: nobody else uses them."""

PROPERTIES_SHARE: Final = 0.2
"""The share of the given properties in a score."""

FeatureValue: TypeAlias = float | bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that a name may mean, by one of its names.

    `likeness` is None if only properties are given. `properties` has the likeness of each given
    property that the thing has, from 0 to 100.
    """

    thing: Thing
    name: ThingName
    likeness: Likeness | None
    properties: dict[str, float] = field(default_factory=dict)
    match: bool = False

    @property
    def score(self) -> float:
        """The score from 0 to 100, of the name and the given properties."""
        values = self.properties.values()
        mean = sum(values) / len(values) if values else 0.0
        if self.likeness is None:
            return mean
        own = self.likeness.score * KINDS[self.name.kind] / 100
        return (1 - PROPERTIES_SHARE) * own + PROPERTIES_SHARE * mean if values else own

    @property
    def is_certain(self) -> bool:
        """Whether it would be a match if it were the only candidate."""
        same = self.likeness is None or (
            self.likeness.is_certain and self.name.kind not in UNCERTAIN
        )
        return same and all(value >= 100 for value in self.properties.values())

    def list_features(self) -> dict[str, FeatureValue]:
        """Return the features that explain the score, by their names."""
        given = {f"property:{name}": round(value, 1) for name, value in self.properties.items()}
        if self.likeness is None:
            return {**given}
        return {
            "letters": round(self.likeness.letters, 1),
            "words": round(self.likeness.words, 1),
            "kind": KINDS[self.name.kind],
            "numbers": self.likeness.numbers,
            "exact": self.likeness.exact,
            **given,
        }


class ThingIndex:
    """The names of things, folded, with the weights of their words."""

    def __init__(self, things: Iterable[Thing]) -> None:
        self.things = {thing.iri: thing for thing in things}
        self.names = [(thing, name) for thing in self.things.values() for name in thing.names]
        self.words = [split_words(name.text) for _, name in self.names]
        self.keys = [" ".join(words) for words in self.words]
        self.counts = Counter(word for words in self.words for word in set(words))
        self.places: dict[str, list[int]] = defaultdict(list)
        for place, words in enumerate(self.words):
            for word in set(words):
                self.places[word].append(place)

    def weigh(self, word: str) -> float:
        """Return the weight of a word: its inverse document frequency, little for "of"."""
        if word in UNWEIGHTED:
            return 0.1
        return math.log(1 + (len(self.names) + 1) / (1 + self.counts.get(word, 0)))

    def find(self, text: str) -> list[Candidate]:
        """Return the things that a name may mean, the likest first; none is marked as a match."""
        words = split_words(text)
        if not words:
            return []
        weigh = lru_cache(None)(self.weigh)
        best: dict[str, Candidate] = {}
        for place in self.find_near(words):
            thing, name = self.names[place]
            likeness = compare_words(words, self.words[place], weigh)
            candidate = Candidate(thing, name, likeness)
            known = best.get(thing.iri)
            if candidate.score >= LEAST_SCORE and (known is None or rank(candidate) < rank(known)):
                best[thing.iri] = candidate
        return sorted(best.values(), key=rank)

    def complete(self, prefix: str, most: int) -> list[Thing]:
        """Return the things with a name that begins like a text, or has it, or is near."""
        asked = " ".join(split_words(prefix))
        begun = [
            (not key.startswith(asked), len(key), key, place)
            for place, key in enumerate(self.keys)
            if asked and (key.startswith(asked) or f" {asked}" in key)
        ]
        things = [self.names[place][0] for *_, place in sorted(begun)]
        things += [candidate.thing for candidate in self.find(prefix)]
        return list({thing.iri: thing for thing in things}.values())[:most]

    def find_near(self, words: Sequence[str]) -> set[int]:
        """Return the places of names that are near by their letters, or share a rare word."""
        near = process.extract(
            " ".join(words),
            self.keys,
            scorer=fuzz.ratio,
            limit=NEAR_NAMES,
            score_cutoff=LEAST_SCORE,
        )
        places = {place for *_, place in near}
        for word in sorted(set(words) - UNWEIGHTED, key=lambda word: self.counts.get(word, 0)):
            if 0 < self.counts.get(word, 0) <= MOST_SHARING:
                places.update(self.places[word])
        return places


def rank(candidate: Candidate) -> tuple[bool, float, float, str]:
    """Return the sort key of a candidate: the certain first, then by score."""
    return (
        not candidate.is_certain,
        -candidate.score,
        -candidate.likeness.letters if candidate.likeness else 0,
        candidate.thing.iri,
    )


def mark_match(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return ranked candidates, the first marked as a match if it alone is certain."""
    ranked = sorted(candidates, key=rank)
    if not ranked or not ranked[0].is_certain:
        return ranked
    rivals = [other for other in ranked[1:] if other.is_certain]
    if rivals and ranked[0].score - rivals[0].score < CERTAIN_MARGIN:
        return ranked
    return [replace(ranked[0], match=True), *ranked[1:]]
