"""Forks: processes that share what this one holds, as many at a time as there are processors."""

from __future__ import annotations

import ctypes
import gc
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from signal import SIGKILL
from typing import Any, Final

from graph.errors import BuildError
from graph.progress import bar

PR_SET_PDEATHSIG: Final = 1
"""Names the signal that a process gets when its parent ends: prctl(2)."""

TASKS: Final[list[Callable[[], Any]]] = []
"""The tasks of a fork, which has them from the process that it is a fork of."""


def side_by_side(tasks: Sequence[Callable[[], Any]], name: str) -> list[Any]:
    """Return the results of tasks, the first of which are begun first; a bar shows how far.

    A fork has no threads of this process: what rests on them, as a store on disk does, is no task.
    Raises BuildError where a fork is killed.
    """
    workers = max(1, min(len(tasks), len(os.sched_getaffinity(0))))
    try:
        with ProcessPoolExecutor(workers, get_context("fork"), begin, (tasks,)) as pool:
            results = pool.map(result, range(len(tasks)))
            return [found for _, found in zip(bar(tasks, name), results, strict=True)]
    except BrokenProcessPool:
        raise BuildError("a process of the build was killed") from None


def begin(tasks: Sequence[Callable[[], Any]]) -> None:
    """Be a fork that has tasks, and that ends when its parent does, though that is killed.

    It frees no garbage of its parent: a store on disk would end threads that are not here.
    """
    gc.freeze()
    TASKS.extend(tasks)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL)


def result(number: int) -> Any:
    """Return the result of a task of this fork."""
    return TASKS[number]()
