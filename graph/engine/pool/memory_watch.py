"""The private memory of a front and its workers: measured each second, and given back."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterable
from typing import Final

from graph.engine.account import Accounts
from graph.engine.heap import MEASURE_STEP, fault_bytes, keep_little_memory, trim_heap
from graph.engine.pool.lanes import Lanes
from graph.engine.process_tree import read_memory

INTERVAL: Final = 1.0
"""The seconds between two measurements, at least."""

SHARE: Final = 0.05
"""The part of its time that a front measures, at most: the kernel walks over the pages."""

IDLE_BYTES: Final = 32 << 20
"""The private memory with which an idle worker stays; a fork of 8 ms replaces a larger one."""


async def watch_memory(lanes: Lanes, accounts: Accounts) -> None:
    """Record the private memory of this process and its workers, and return what is free."""
    keep_little_memory()
    faults = fault_bytes()
    while True:
        start = time.perf_counter()
        if fault_bytes() - faults > MEASURE_STEP:
            await asyncio.to_thread(trim_heap)
            faults = fault_bytes()
        sizes = await asyncio.to_thread(measure_processes, [os.getpid(), *lanes.processes()])
        accounts.set_private_memory(sum(sizes.values()))
        lanes.end_heavy(sizes, IDLE_BYTES)
        await asyncio.sleep(max(INTERVAL, (time.perf_counter() - start) / SHARE))


def measure_processes(pids: Iterable[int]) -> dict[int, int]:
    """Return the bytes of private memory of processes."""
    return {pid: read_memory(pid).private for pid in pids}
