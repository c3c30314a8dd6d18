"""The likeness of two names: features from 0 to 100, and the score that they make.

Words are paired as in SoftTFIDF (Cohen, Ravikumar, Fienberg, "A Comparison of String Distance
Metrics for Name-Matching Tasks", 2003): equal words first, then the likest, and a rare word counts
for more. A score ranks; whether a candidate is certain is a rule of its own (`is_certain`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from graph.reconciling.folding import UNWEIGHTED

LETTERS_SHARE: Final = 0.35
"""The share of the letters in a score; the words have the rest."""

LEAST_ALIKE: Final = 70.0
"""The likeness from which two different words are a pair."""

LONG_WORD: Final = 7
"""The letters from which one may be wrong in a certain match: "Chiba" is not a misspelt "China"."""

MOST_EDITS: Final = 2
"""The most wrong letters of a certain match, in all its words."""

Weigh = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like two names are.

    `letters` and `words` are from 0 to 100. `numbers` says that they have the same numbers,
    `exact` that they have the same letters or the same words, `edits` how many letters differ in
    long words if each word has its pair, else -1.
    """

    letters: float
    words: float
    numbers: bool
    exact: bool
    edits: int

    @property
    def score(self) -> float:
        """The score of a label, from 0 to 100."""
        return LETTERS_SHARE * self.letters + (1 - LETTERS_SHARE) * self.words

    @property
    def is_certain(self) -> bool:
        """Whether the names are the same, but for word order and a letter of a long word."""
        return self.numbers and (self.exact or 0 <= self.edits <= MOST_EDITS)


def compare_words(left: Sequence[str], right: Sequence[str], weigh: Weigh) -> Likeness:
    """Return the likeness of two names by their folded words."""
    joined = "".join(left), "".join(right)
    numbers = list_numbers(left) == list_numbers(right)
    if joined[0] == joined[1] and joined[0]:
        return Likeness(100.0, 100.0, numbers, exact=True, edits=0)
    letters = max(fuzz.ratio(" ".join(left), " ".join(right)), fuzz.ratio(*joined))
    pairs, loose = pair_words(left, right)
    weights = [max(weigh(a), weigh(b)) for a, b, _ in pairs]
    matched = sum(2 * own * alike for own, (*_, alike) in zip(weights, pairs, strict=True))
    total = 2 * sum(weights) * 100 + sum(map(weigh, loose)) * 100
    words = 100 * matched / total if total else 0.0
    edits = count_edits(pairs) if not set(loose) - UNWEIGHTED and pairs else -1
    # Ideographs in another order are another name: 中国 and 国中.
    exact = edits == 0 and all(word.isascii() or len(word) > 1 for word, *_ in pairs)
    return Likeness(letters, words, numbers, exact, edits if exact or edits else -1)


def list_numbers(words: Sequence[str]) -> list[str]:
    """Return the numbers among words, sorted."""
    return sorted(word for word in words if word.isdigit())


def pair_words(
    left: Sequence[str], right: Sequence[str]
) -> tuple[list[tuple[str, str, float]], list[str]]:
    """Return the pairs of words with their likeness, from 70 to 100, and the words without one."""
    counts, other_counts = Counter(left), Counter(right)
    same = counts & other_counts
    pairs = [(word, word, 100.0) for word in same.elements()]
    rest = list((counts - same).elements())
    other_rest = list((other_counts - same).elements())
    nearly = sorted(
        (
            (fuzz.ratio(word, other), word, other)
            for word in rest
            for other in other_rest
            if min(len(word), len(other)) > 2 and not (word + other).isdigit()
        ),
        reverse=True,
    )
    for alike, word, other in nearly:
        if alike >= LEAST_ALIKE and word in rest and other in other_rest:
            pairs.append((word, other, alike))
            rest.remove(word)
            other_rest.remove(other)
    return pairs, rest + other_rest


def count_edits(pairs: Sequence[tuple[str, str, float]]) -> int:
    """Return the wrong letters in pairs of words; -1 for two in a word, or one in a short word."""
    edits = 0
    for word, other, alike in pairs:
        if alike < 100:
            distance = OSA.distance(word, other)
            if distance > 1 or min(len(word), len(other)) < LONG_WORD:
                return -1
            edits += distance
    return edits
