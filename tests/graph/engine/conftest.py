"""An engine in the process of its tests has threads, which must not find what others left."""

from __future__ import annotations

import gc

import pytest


@pytest.fixture(scope="module", autouse=True)
def no_solutions_left() -> None:
    """Drop what hangs together in cycles: pyoxigraph's solutions must die in their own thread."""
    gc.collect()
