"""The bounds of SERVICE."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServiceBounds:
    """What one SERVICE may bring, and how many queries may wait for other endpoints at once.

    `given` are the rows of this dataset that are sent along with it to narrow it.
    """

    rows: int = 10_000
    bytes: int = 4 << 20
    given: int = 1_000
    at_once: int = 16
