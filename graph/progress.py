"""Progress: the stages of a build, and a bar on the terminal after two seconds."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Never, TypeVar

if TYPE_CHECKING:
    from tqdm import tqdm

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
