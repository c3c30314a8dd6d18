"""A front as the supervisor knows it: its channel, the versions that it reads, and its counts."""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from typing import Final

from graph.engine.supervision.channel import ChannelMessage, Counts, send_message

PRESENT: Final = frozenset({"idle", "queue", "quick", "long", "parked", "cache_bytes"})
"""The names of the counts that end with their front; the others are totals."""


@dataclass(slots=True, eq=False)
class FrontPeer:
    """A front at the other end of a channel."""

    sock: socket.socket
    in_use: set[str] = field(default_factory=set)
    counts: Counts = field(default_factory=dict)
    has_counts: threading.Event = field(default_factory=threading.Event)

    def answer(self, message: ChannelMessage, descriptors: tuple[int, ...] = ()) -> None:
        """Answer an order, unless the front is gone; waits while the line is full."""
        with contextlib.suppress(OSError):
            send_message(self.sock, message, descriptors)

    def notify(self, message: ChannelMessage) -> None:
        """Send a message that the front can do without, unless the line is full."""
        with contextlib.suppress(OSError):
            send_message(self.sock, message, flags=socket.MSG_DONTWAIT)

    def cut_off(self) -> None:
        """Close the channel; the front then ends."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)


def keep_totals(counts: Counts) -> Counts:
    """Return the counts that a front adds to those of its server after its end."""
    return {
        part: {name: count for name, count in numbers.items() if name not in PRESENT}
        for part, numbers in counts.items()
    }
