"""The heap of the zygote, laid out so that its forks go on sharing its pages (glibc).

Loading a dataset leaves a hundred thousand free holes among the data. A worker that fills them with
its own small objects copies page after page, and reads cold memory ever after.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import resource
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

from server.engine.confinement import STACK_BYTES
from server.engine.process_tree import Memory

T = TypeVar("T")

KEPT_BYTES: Final = 32 << 20
"""The free memory that malloc keeps, and the largest block that it takes from the heap.

Memory returned to the system faults in page by page when it is taken again, which costs more than
filling it.
"""

MEASURE_STEP: Final = 8 << 20
"""The bytes of page faults after which a fork measures its own memory again."""

HUGE_PAGE: Final = 2 << 20
"""The bytes of a huge page."""

MADV_COLLAPSE: Final = 25

FRONT_KEPT_BYTES: Final = 1 << 20
"""The same bound for a front, whose longest blocks are answers that wait for their clients.

A front that kept them as the zygote does would keep 2.9 GiB after 160 clients who read nothing.
"""

M_TRIM_THRESHOLD: Final = -1
M_MMAP_THRESHOLD: Final = -3
"""The parameters of mallopt(3)."""

TUNABLES: Final = ":".join(
    f"glibc.malloc.{name}={value}"
    for name, value in (
        ("tcache_count", 127),
        ("mmap_threshold", KEPT_BYTES),
        ("trim_threshold", KEPT_BYTES),
    )
)
"""malloc caches 127 freed pieces of each small size for reuse, in the place of seven.

The engine takes and frees some hundred a query. Another C library than glibc ignores it.
https://sourceware.org/glibc/manual/latest/html_node/Memory-Allocation-Tunables.html
"""


def run_in_thread(work: Callable[[], T]) -> T:
    """Return the result of a function, executed in a thread that ends with it.

    glibc gives a thread an arena of its own. Nobody fills the holes that the function leaves there,
    and the later objects of the main thread lie close together.
    """
    threading.stack_size(STACK_BYTES)
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(work).result()


def trim_heap() -> None:
    """Return free memory to the system (malloc_trim(3)), if the C library can."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def keep_little_memory() -> None:
    """Have malloc return free memory of this process to the system early, if the C library can."""
    with contextlib.suppress(AttributeError):
        for parameter in (M_TRIM_THRESHOLD, M_MMAP_THRESHOLD):
            ctypes.CDLL(None).mallopt(parameter, FRONT_KEPT_BYTES)


def use_huge_pages() -> None:
    """Put this process's memory into huge pages: fork(2) then copies one table entry, not 512.

    A kernel without MADV_COLLAPSE (before Linux 6.1, madvise(2)) ignores the call.
    """
    madvise = ctypes.CDLL(None).madvise
    for line in Path("/proc/self/maps").read_text("ascii").splitlines():
        addresses, permissions, _, _, inode, *name = line.split()
        start, end = (int(address, 16) for address in addresses.split("-"))
        start, end = -(-start // HUGE_PAGE) * HUGE_PAGE, end // HUGE_PAGE * HUGE_PAGE
        if permissions == "rw-p" and inode == "0" and name != ["[stack]"] and start < end:
            madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), MADV_COLLAPSE)


class OwnMemory:
    """The memory that a fork does not share with its parent: the pages that it has written on.

    It is made before `confine`, after which no file can be opened (proc_pid_smaps(5)).
    """

    def __init__(self) -> None:
        self._file = os.open("/proc/self/smaps_rollup", os.O_RDONLY)
        self._faults = fault_bytes()
        self._bytes = 0

    def measure(self) -> int:
        """Return the bytes of it, after a collection of cycles.

        The last measure is returned until MEASURE_STEP bytes of pages have been written on.
        """
        if fault_bytes() - self._faults > MEASURE_STEP:
            gc.collect()
            self._bytes = Memory.parse(os.pread(self._file, 1 << 16, 0)).private
            self._faults = fault_bytes()
        return self._bytes


def fault_bytes() -> int:
    """Return the bytes of the pages that this process has taken or copied since its start."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt * resource.getpagesize()
