"""The thresholds of reasoning and citing: how much is looked at before it is said to stop."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Self


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How much is looked at; `rows` and `members` are published settings (docs/citations.md)."""

    rows: int = 20_000
    """Rows of an answer that are cited."""

    several: int = 50
    """Rows of an answer up to which each is given up to `proofs` proofs; past that it is one."""

    quoted: int = 200
    """Rows, and sources, up to which a source is quoted with the statements that are used alone."""

    proofs: int = 4
    """Proofs that are shown of one triple or row; `more` says that there are others."""

    levels: int = 32
    """Levels of a proof that are shown; one step stands for those below."""

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
    """How many times less far the first search for supports goes; it is mostly enough."""

    closed: int = 4096
    """The triples of graphs up to which these are closed by themselves to settle a search."""

    def nearer(self) -> Self:
        """Return the thresholds of the first search for supports."""
        return replace(
            self,
            derivations=max(1, self.derivations // self.first),
            in_all=max(1, self.in_all // self.first),
            alternatives=max(1, self.alternatives // 2),
        )


THRESHOLDS: Final = Thresholds()
