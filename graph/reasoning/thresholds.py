"""The thresholds of reasoning and citing: the limits of searches and of answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Self


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Limits of searches; `rows` and `members` are published settings (docs/citations.md)."""

    rows: int = 20_000
    """Rows of an answer that are cited."""

    rows_with_proofs: int = 50
    """Rows of an answer up to which each row has `proofs` proofs; in a longer answer it has one."""

    quoted_rows: int = 200
    """Rows, and sources, up to which a source is quoted with the statements that are used alone."""

    proofs: int = 4
    """Proofs shown of a triple or a row; `more` tells that there are further proofs."""

    solutions: int = 16
    """Solutions of a row that are traced: the lineage of a row with more is not complete."""

    tree_levels: int = 32
    """Levels shown of a proof; one step replaces the lower levels."""

    shrunk_graphs: int = 32
    """Graphs of a proof up to which each is taken out to show that the proof needs it."""

    row_queries: int = 64
    """Parts of the dataset that are asked for one row."""

    answer_queries: int = 20_000
    """Parts of the dataset that are asked for all rows of an answer."""

    members: int = 100_000
    """Solutions that the rows of a SELECT may count and be cited by."""

    rule_derivations: int = 64
    """The derivations of a fact by one rule that a search follows."""

    search_derivations: int = 512
    """The derivations that a search follows."""

    alternatives: int = 16
    """The sets of several graphs that are kept of a fact while supports are combined."""

    first_divisor: int = 8
    """The divisor of the limits in the first search for supports, which is mostly enough."""

    closed_triples: int = 4096
    """The most triples of graphs that are closed separately to settle a search."""

    def reduce(self) -> Self:
        """Return the thresholds of the first search for supports."""
        return replace(
            self,
            rule_derivations=max(1, self.rule_derivations // self.first_divisor),
            search_derivations=max(1, self.search_derivations // self.first_divisor),
            alternatives=max(1, self.alternatives // 2),
        )

    def lift_limits(self) -> Self:
        """Return the thresholds of a search among so few triples that it needs no limit."""
        return replace(
            self, rule_derivations=self.closed_triples**2, search_derivations=self.closed_triples**2
        )


THRESHOLDS: Final = Thresholds()
