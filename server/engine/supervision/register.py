"""The register: the state of the dataset that new requests see, in memory that all fronts share.

Only the supervisor writes it. A front reads it when a request arrives, without a lock, and lets no
worker of an earlier epoch answer. Since the supervisor advances the register before any worker of
the new epoch is forked, and before it acknowledges the write, the fronts together are one atomic
register (Lamport, On Interprocess Communication, 1986).

    cell    the number of the last state, 8 bytes
    slots   the last two states as JSON, by the parity of their numbers
"""

from __future__ import annotations

import json
import mmap
import os
import threading
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

EMPTY: Final = "empty"
"""The version of no dataset."""

MAX_FAULT: Final = 500
"""The characters of a fault that are published. In JSON one takes up to twelve bytes."""

CELL_BYTES: Final = 8
SLOT_BYTES: Final = 8192
SLOTS: Final = 2
REGISTER_BYTES: Final = CELL_BYTES + SLOTS * SLOT_BYTES


@dataclass(frozen=True, slots=True)
class DatasetState:
    """The dataset that new requests see."""

    version: str = EMPTY
    epoch: int = 0
    """The number of versions so far, and of moves of the dataset from disk into memory."""
    in_memory: bool = True
    """Whether new workers read from memory, and not from disk."""
    fault: str = ""
    """The reason why a remote store is not copied, or the writable one is lost, or ""."""
    answers: bool = True
    """Whether the server is to be asked: a remote store answers, or is answered for; the writable
    one is there."""


class Register:
    """The register of one server, in the supervisor or in a front; safe for threads."""

    def __init__(self, descriptor: int) -> None:
        """Map the memory of a descriptor."""
        self.descriptor = descriptor
        self._memory = mmap.mmap(descriptor, REGISTER_BYTES)
        self._cell = memoryview(self._memory)[:CELL_BYTES].cast("q")
        self._last = -1, DatasetState()
        self._lock = threading.Lock()

    @classmethod
    def create(cls) -> Register:
        """Return a new register, with the supervisor's descriptor."""
        descriptor = os.memfd_create("register")
        os.truncate(descriptor, REGISTER_BYTES)
        register = cls(descriptor)
        register.publish()
        return register

    def read(self) -> DatasetState:
        """Return the present state.

        A slot is written while the cell names the other one, so it is whole if the cell names it
        before and after it is read.
        """
        last = self._last
        while (number := self._cell[0]) != last[0]:
            start = CELL_BYTES + number % SLOTS * SLOT_BYTES
            slot = self._memory[start : start + SLOT_BYTES]
            if self._cell[0] == number:
                last = self._last = number, DatasetState(**json.loads(slot.rstrip(b"\0")))
        return last[1]

    def publish(self, **changes: Any) -> None:
        """Show new requests a state with other values of some fields of DatasetState."""
        with self._lock:
            state = replace(self._last[1], **changes)
            number = self._cell[0] + 1
            start = CELL_BYTES + number % SLOTS * SLOT_BYTES
            slot = json.dumps(asdict(state)).encode().ljust(SLOT_BYTES, b"\0")
            self._memory[start : start + SLOT_BYTES] = slot
            self._cell[0] = number
            self._last = number, state

    def close(self) -> None:
        """Close the descriptor; the memory stays as long as a process maps it."""
        os.close(self.descriptor)
