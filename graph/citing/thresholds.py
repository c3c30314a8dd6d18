"""The thresholds of citing: how much is looked at before an answer says that it stopped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


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
    """Proofs of one row."""

    graphs: int = 32
    """Graphs of a proof up to which each is taken out to show that the proof needs it."""

    asks: int = 64
    """Parts of the dataset that are asked for one row."""

    all_asks: int = 20_000
    """Parts of the dataset that are asked for all rows of an answer."""

    members: int = 100_000
    """Solutions that the rows of a SELECT may count and be cited by."""


THRESHOLDS: Final = Thresholds()
