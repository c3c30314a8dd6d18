"""An engine in the process of its tests has threads, which must not collect others' solutions."""

import gc

import pytest


@pytest.fixture(scope="module", autouse=True)
def no_solutions_left() -> None:
    """Collect cycles: pyoxigraph's solutions must be dropped in the thread that made them."""
    gc.collect()
