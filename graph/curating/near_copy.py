"""Near-copies: pairs of texts that share most of their shingles, of which a person decides.

Resemblance and containment are those of Broder, "On the resemblance and containment of documents"
(1997). All pairs are compared: a hundred articles have 4,950 pairs, which take a second.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

from graph.errors import DataError, Finding

MIN_CONTAINMENT: Final = 0.3
"""The share of the shorter text that is in the other one, from which a pair is proposed."""

DECISIONS_FILE: Final = "near-copies.tsv"
"""The file of the decisions in the master copy, which is not part of the graph."""

DECISIONS: Final = ("derived", "independent")


@dataclass(frozen=True, slots=True, order=True)
class Resemblance:
    """Two articles and the likeness of their texts, from 0 to 1."""

    first: str
    second: str
    resemblance: float
    containment: float


def compare_texts(texts: Mapping[str, str]) -> Iterator[Resemblance]:
    """Yield the pairs of texts that may be near-copies, by their names."""
    shingles = {name: split_shingles(text) for name, text in sorted(texts.items())}
    for first, second in combinations(shingles, 2):
        left, right = shingles[first], shingles[second]
        containment = measure_containment(left, right)
        if containment >= MIN_CONTAINMENT:
            resemblance = len(left & right) / len(left | right)
            yield Resemblance(first, second, resemblance, containment)


def read_decisions(path: Path) -> dict[frozenset[str], str]:
    """Return the decisions on pairs of articles; raises DataError for a line of another form."""
    decisions: dict[frozenset[str], str] = {}
    findings: list[Finding] = []
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    for number, line in enumerate(lines[1:], 2):
        first, second, decision, *reasons = (*line.split("\t"), "", "")
        if decision not in DECISIONS or not reasons[0] or first == second:
            form = "first, second, derived or independent, reason: four columns"
            findings.append(Finding(str(path), number, f"is no decision ({form})"))
        decisions[frozenset((first, second))] = decision
    if findings:
        raise DataError(findings)
    return decisions


def list_undecided(
    pairs: Iterable[Resemblance], decisions: Mapping[frozenset[str], str]
) -> list[Resemblance]:
    """Return the pairs without a decision."""
    return [pair for pair in pairs if frozenset((pair.first, pair.second)) not in decisions]


SHINGLE_WORDS: Final = 3
"""Words in a shingle."""

WORD: Final = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+")
"""A word, or an ideograph: Chinese is written without spaces between words."""


def split_shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Return the runs of three words of a text, in lower case; a shorter text has none."""
    words = WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return frozenset(
        tuple(words[at : at + SHINGLE_WORDS]) for at in range(len(words) - SHINGLE_WORDS + 1)
    )


def measure_containment(
    left: frozenset[tuple[str, ...]], right: frozenset[tuple[str, ...]]
) -> float:
    """Return the share of the shorter text's shingles that the other text has, from 0 to 1."""
    shorter = min(len(left), len(right))
    return len(left & right) / shorter if shorter else 0.0
