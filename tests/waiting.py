"""Waiting for a state: with a generous end, and a failure that says which state did not come.

No test passes or fails by how fast a machine is. A wait ends as soon as its state is there; its end
is so late that a slow machine reaches the state too, and only one that hangs does not.
"""

import asyncio
import time
from collections.abc import Callable
from threading import Thread
from typing import TypeVar

PATIENCE = 120.0
"""Seconds after which a state is taken never to come."""

COMMAND_TIME = 300.0
"""Seconds after which a command hangs, which may build the graph first."""

PAUSE = 0.02
"""Seconds between two looks."""

T = TypeVar("T")


def wait_until(probe: Callable[[], T], state: str, patience: float = PATIENCE) -> T:
    """Return the first true value of the probe; fail with the state's name after `patience`."""
    end = time.monotonic() + patience
    while not (value := probe()):
        assert time.monotonic() < end, f"not within {patience:.0f} s: {state}"
        time.sleep(PAUSE)
    return value


async def reach(probe: Callable[[], T], state: str, patience: float = PATIENCE) -> T:
    """Return the first true value of the probe, as `wait_until`, and let the loop run meanwhile."""
    end = time.monotonic() + patience
    while not (value := probe()):
        assert time.monotonic() < end, f"not within {patience:.0f} s: {state}"
        await asyncio.sleep(PAUSE)
    return value


def join(*threads: Thread, patience: float = PATIENCE) -> None:
    """Wait for the end of each thread; fail with the name of one that goes on."""
    for thread in threads:
        thread.join(patience)
        assert not thread.is_alive(), f"not ended within {patience:.0f} s: {thread.name}"
