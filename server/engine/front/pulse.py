"""The pulse of a front: whether its loop turns, by its beats and by the kernel's view of it."""

from __future__ import annotations

import contextlib
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LOOK: Final = 1.0
"""The seconds between two looks at a front, which beats as often."""

HANG: Final = 4.0
"""The seconds without a beat after which a front hangs: asleep, or of its processor time.

The time that it waits for a processor or a disk does not count: a busy machine kills no front.
"""

WAITING: Final = frozenset("RD")
"""The states of a thread that runs, or waits for a processor or a disk (proc_pid_stat(5))."""

STOPPED: Final = "T"
"""The state of a thread that a signal has stopped."""


@dataclass(slots=True)
class Pulse:
    """The seconds of a front since its last beat: `asleep`, and its processor time at that beat.

    Before the first beat the front is starting, and `processor` is None.
    """

    asleep: float = 0.0
    processor: float | None = None

    def stops(self, beats: bool, states: Set[str], processor: float) -> bool:
        """Return whether a front is stopped or hangs, at one look.

        `beats`: a beat came since the last look; `states`: the states of the threads; `processor`:
        the processor time of the front in seconds.
        """
        if beats:
            self.asleep, self.processor = 0.0, processor
        if self.processor is None:
            return STOPPED in states
        if not states & WAITING:
            self.asleep += LOOK
        return STOPPED in states or self.asleep + processor - self.processor >= HANG


def thread_states(pid: int) -> set[str]:
    """Return the states of the threads of a process; none if it has ended."""
    states = set()
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            stat = (thread / "stat").read_text("utf-8", "replace")
            states.add(stat.rpartition(")")[2].split()[0])
    return states
