"""The thresholds of reasoning and citing: the limits of searches and of answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Self


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Limits of searches; `rows` and `members` are published settings (docs/citations.md)."""

    rows: int = 20_000
    """Rows of an answer that are cited."""

    several: int = 50
    """Rows of an answer up to which each row has `proofs` proofs; in a longer answer it has one."""

    quoted: int = 200
    """Rows, and sources, up to which a source is quoted with the statements that are used alone."""

    proofs: int = 4
    """Proofs shown of a triple or a row; `more` tells that there are further proofs."""

    levels: int = 32
    """Levels shown of a proof; one step replaces the lower levels."""

    graphs: int = 32
    """Graphs of a proof up to which each is taken out to show that the proof needs it."""

    asks: int = 64
    """Parts of the dataset that are asked for one row."""

    all_asks: int = 20_000
    """Parts of the dataset that are asked for all rows of an answer."""

    members: int = 100_000
    """Solutions that the rows of a SELECT may count and be cited by."""

    derivations: int = 64
    """The derivations of a fact by one rule that a search follows."""

    in_all: int = 512
    """The derivations that a search follows."""

    alternatives: int = 16
    """The sets of several graphs that are kept of a fact while supports are combined."""

    first: int = 8
    """The divisor of the limits in the first search for supports, which is mostly enough."""

    closed: int = 4096
    """The most triples of graphs that are closed separately to settle a search."""

    def nearer(self) -> Self:
        """Return the thresholds of the first search for supports."""
        return replace(
            self,
            derivations=max(1, self.derivations // self.first),
            in_all=max(1, self.in_all // self.first),
            alternatives=max(1, self.alternatives // 2),
        )

    def lift_limits(self) -> Self:
        """Return the thresholds of a search among so few triples that it needs no limit."""
        return replace(self, derivations=self.closed**2, in_all=self.closed**2)


THRESHOLDS: Final = Thresholds()
