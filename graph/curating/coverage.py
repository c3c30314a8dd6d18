"""How much of a sentence its quotes and anchors repeat: the text is its publisher's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import permutations
from typing import Final

from pyoxigraph import Store

from graph.curating.evidence import Sentence, read_articles
from graph.curating.master import Master
from graph.errors import Finding
from graph.wording.quotation import drop_nested
from ontology.namespace import EVIDENCE_GRAPH, shorten

SHORT_SENTENCE: Final = 120
"""The characters up to which a sentence may be quoted as far as its facts need."""

MIN_OVERLAP: Final = 4
"""The characters that two quotes share at least where they overlap."""


def find_overquoted(store: Store, master: Master) -> list[Finding]:
    """Return the sentences whose quotes cover more than three quarters; headlines are exempt."""
    return [
        master.finding(
            f"the quotes of {shorten(sentence.iri)} cover {covered} of its {length} characters: "
            f"three quarters, {most}, is the most that may be quoted",
            EVIDENCE_GRAPH,
            sentence.iri,
        )
        for article in read_articles(store)
        for sentence in article.sentences
        if sentence.position > 0
        and (length := sentence.end - sentence.start) > SHORT_SENTENCE
        and (covered := min(length, measure_coverage(sentence))) > (most := 3 * length // 4)
    ]


def measure_coverage(sentence: Sentence) -> int:
    """Return the number of characters that the quotes or the anchors of a sentence cover."""
    ranges = [part for anchor in sentence.anchors for part in anchor.ranges]
    ranges += [(quote.start, quote.end) for quote in sentence.quotes if quote.start >= 0]
    unplaced = [quote.words for quote in sentence.quotes if quote.start < 0]
    return sum(map(len, merge_quotes(unplaced))) + measure_union(ranges)


def merge_quotes(quotes: Sequence[str]) -> list[str]:
    """Return the pieces that quotes of one sentence make, of which each covers its own characters.

    These quotes have no offsets, and the text is not here: two overlap if the end of one is the
    beginning of the other, the longest overlap first (a greedy shortest common superstring).

    >>> merge_quotes(["moved forward on CPEC", "on CPEC Phase II", "Phase II"])
    ['moved forward on CPEC Phase II']
    """
    pieces = drop_nested(quotes)
    while overlaps := [
        (shared, left, right)
        for left, right in permutations(pieces, 2)
        if (shared := measure_overlap(left, right)) >= MIN_OVERLAP
    ]:
        shared, left, right = max(overlaps)
        merged = left + right[shared:]
        pieces = drop_nested([*(piece for piece in pieces if piece not in {left, right}), merged])
    return pieces


def measure_overlap(left: str, right: str) -> int:
    """Return the length of the longest end of one text with which another begins."""
    longest = min(len(left), len(right))
    return next((size for size in range(longest, 0, -1) if left.endswith(right[:size])), 0)


def measure_union(ranges: Iterable[tuple[int, int]]) -> int:
    """Return the number of positions in the union of ranges."""
    return len({position for start, end in ranges for position in range(start, end)})
