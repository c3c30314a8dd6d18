"""The memory of a process that is forked: laid out so that its forks go on sharing it (glibc).

What loading a dataset leaves free is a hundred thousand holes among the data. A worker that fills
them for its small change copies page after page, and goes through cold memory for good.
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

from graph.engine.confinement import STACK

T = TypeVar("T")

KEPT: Final = 32 << 20
"""The bytes of memory that a process keeps when they are free, and of the largest piece of it.

What is given back to the system is taken anew page by page, which costs more than to fill it.
"""

LITTLE: Final = 8 << 20
"""The bytes that a fork writes on before it is looked at what it has made its own."""

HUGE: Final = 2 << 20
"""The bytes of a huge page."""

MADV_COLLAPSE: Final = 25

TUNABLES: Final = ":".join(
    f"glibc.malloc.{name}={value}"
    for name, value in (("tcache_count", 127), ("mmap_threshold", KEPT), ("trim_threshold", KEPT))
)
"""Small pieces that are given back are kept for the next who asks, so many of each size, not seven.

The engine takes and frees some hundred a question. Another C library than glibc ignores it.
https://sourceware.org/glibc/manual/latest/html_node/Memory-Allocation-Tunables.html
"""


def apart(work: Callable[[], T]) -> T:
    """Return what the work returns, done in a thread that has ended by then.

    glibc gives a thread an arena of its own. The holes that the work leaves there are filled by
    nobody, and what the main thread needs later lies close together.
    """
    threading.stack_size(STACK)
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(work).result()


def give_back() -> None:
    """Return to the system the memory that is free here (malloc_trim(3)).

    A C library without that call keeps it.
    """
    gc.collect()
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def collapse() -> None:
    """Have the memory of this process in huge pages: a fork copies one entry where it copied 512.

    A kernel that knows no MADV_COLLAPSE (madvise(2), Linux 6.1) leaves it as it is.
    """
    madvise = ctypes.CDLL(None).madvise
    for line in Path("/proc/self/maps").read_text("ascii").splitlines():
        addresses, permissions, _, _, inode, *name = line.split()
        start, end = (int(address, 16) for address in addresses.split("-"))
        start, end = -(-start // HUGE) * HUGE, end // HUGE * HUGE
        if permissions == "rw-p" and inode == "0" and name != ["[stack]"] and start < end:
            madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), MADV_COLLAPSE)


class OwnMemory:
    """The memory that a fork has made its own: a page that it writes on is shared no longer.

    It is opened before the fork may open nothing (proc_pid_smaps(5)).
    """

    def __init__(self) -> None:
        self._file = os.open("/proc/self/smaps_rollup", os.O_RDONLY)
        self._faults = faults()
        self._bytes = 0

    def tidied(self) -> int:
        """Return the bytes of it, without objects in cycles that nothing refers to any more.

        Little is looked at where little was written on.
        """
        if faults() - self._faults > LITTLE:
            gc.collect()
            lines = os.pread(self._file, 1 << 16, 0).splitlines()[1:]
            sizes = dict(line.split(b":") for line in lines)
            kinds = b"Private_Clean", b"Private_Dirty"
            self._bytes = sum(int(sizes[kind].split()[0]) << 10 for kind in kinds)
            self._faults = faults()
        return self._bytes


def faults() -> int:
    """Return the bytes of the pages that this process has taken or copied so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt * resource.getpagesize()
