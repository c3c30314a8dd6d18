"""Forks: tasks in child processes that share this one's memory, one process a processor."""

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
"""Sets the signal that a process gets when its parent ends (prctl(2))."""

TASKS: Final[list[Callable[[], Any]]] = []
"""The tasks of a fork, inherited from its parent: closures cannot be pickled."""


def run_in_forks(tasks: Sequence[Callable[[], Any]], name: str) -> list[Any]:
    """Run tasks in parallel, started in their order, under a bar, and return their results.

    A fork has none of this process's threads, so a task must not use a store on disk, which needs
    them. Raises BuildError if a fork is killed.
    """
    workers = max(1, min(len(tasks), len(os.sched_getaffinity(0))))
    try:
        with ProcessPoolExecutor(workers, get_context("fork"), start_fork, (tasks,)) as pool:
            results = pool.map(run_task, range(len(tasks)))
            return [result for _, result in zip(bar(tasks, name), results, strict=True)]
    except BrokenProcessPool:
        raise BuildError("a process of the build was killed") from None


def start_fork(tasks: Sequence[Callable[[], Any]]) -> None:
    """Prepare a fork for its tasks; the kernel kills it when its parent ends.

    It must not free the garbage of its parent: a store on disk would wait for its lost threads.
    """
    gc.freeze()
    TASKS.extend(tasks)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL)


def run_task(number: int) -> Any:
    """Return the result of a task of this fork."""
    return TASKS[number]()
