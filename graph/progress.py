"""Progress: the stages of a build, and its tasks in forks, with a bar after two seconds.

The forks share this process's memory, one process a processor.
"""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Never, TypeVar

if TYPE_CHECKING:
    from tqdm import tqdm
import ctypes
import gc
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any, Final

from graph.errors import BuildError

Item = TypeVar("Item")


def bar(items: Sequence[Item], name: str) -> Iterable[Item]:
    """Return the items; iterating over them shows a bar on stderr, if it is a terminal."""
    from tqdm import tqdm  # noqa: PLC0415 - slow to import, and a server has no bar

    return tqdm(items, desc=name, delay=2, disable=None, leave=False)


@dataclass(frozen=True, slots=True)
class Timing:
    """A finished stage: elapsed and processor seconds, and the peak memory until then in bytes."""

    name: str
    seconds: float
    busy: float
    peak: int


@dataclass(slots=True)
class Stages:
    """The `total` stages of a build; `over` has the timings of the finished ones."""

    total: int
    over: list[Timing] = field(default_factory=list)
    line: tqdm[Never] = field(init=False)

    def __post_init__(self) -> None:
        from tqdm import tqdm  # noqa: PLC0415 - slow to import, and a server has no bar

        self.line = tqdm(total=self.total, delay=2, disable=None, leave=False)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Run the block as a stage, with its name on the terminal."""
        self.line.set_description_str(name, refresh=False)
        self.line.update(0)
        start, busy = time.monotonic(), processor_time()
        try:
            yield
        except BaseException:
            self.line.close()
            raise
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        self.over.append(Timing(name, time.monotonic() - start, processor_time() - busy, peak))
        self.line.update()
        if len(self.over) == self.total:
            self.line.close()


def processor_time() -> float:
    """Return the processor seconds of this process and its finished children."""
    return sum(os.times()[:4])


PR_SET_PDEATHSIG: Final = 1
"""Sets the signal that a process gets when its parent ends (prctl(2))."""

FORK_TASKS: Final[list[Callable[[], Any]]] = []
"""The tasks of a fork, inherited from its parent: closures cannot be pickled."""


def run_in_forks(tasks: Sequence[Callable[[], Any]], name: str) -> list[Any]:
    """Run tasks in parallel, started in their order, under a bar, and return their results.

    A fork has none of this process's threads, so a task must not use a store on disk, which needs
    them. Raises BuildError if a fork is killed.
    """
    workers = max(1, min(len(tasks), len(os.sched_getaffinity(0))))
    try:
        with ProcessPoolExecutor(workers, get_context("fork"), start_fork, (tasks,)) as pool:
            with interrupts_blocked():
                results = pool.map(run_task, range(len(tasks)))
                progress = bar(tasks, name)
            return [result for _, result in zip(progress, results, strict=True)]
    except BrokenProcessPool:
        raise BuildError("a process of the build was killed") from None


@contextmanager
def interrupts_blocked() -> Iterator[None]:
    """Delay SIGINT in this block: a fork of it must not raise KeyboardInterrupt too.

    Neither must a callback of an import, in which Python would drop it.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def start_fork(tasks: Sequence[Callable[[], Any]]) -> None:
    """Prepare a fork for its tasks; the kernel kills it when its parent ends, and at SIGINT.

    It must not free the garbage of its parent: a store on disk would wait for its lost threads.
    """
    gc.freeze()
    FORK_TASKS.extend(tasks)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def run_task(number: int) -> Any:
    """Return the result of a task of this fork."""
    return FORK_TASKS[number]()
