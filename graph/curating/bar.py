"""A bar on the terminal while something takes more than two seconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from tqdm import tqdm

Item = TypeVar("Item")


def bar(items: Sequence[Item], name: str) -> Iterable[Item]:
    """Return the items; while they are gone through, stderr shows how far, if it is a terminal."""
    return tqdm(items, desc=name, delay=2, disable=None, leave=False)
