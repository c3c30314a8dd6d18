"""The writer: the one process that owns the writable store.

It reads deltas, never a client's text. The fork server forks it, and it ends when the other end of
its socket closes. A failure ends it, after it has sent the reason; the next writer starts from the
last published generation.
"""

from __future__ import annotations

import resource
import socket
from pathlib import Path
from typing import Final

from graph.engine.confinement import ignore_signals, widen_stack
from graph.engine.framing import MAX_DELTA_BYTES, Header, PeerClosedError, receive, send
from graph.engine.location import Location
from graph.engine.writing.delta import Delta
from graph.engine.writing.generation import Generations
from graph.errors import MigrationError

FAILURES: Final = (OSError, ValueError, SyntaxError, RuntimeError, MemoryError, MigrationError)
"""The errors of a full or read-only disk, and of a damaged store or one of another version."""


def obey(sock: socket.socket) -> None:
    """Apply one delta after another; answer each with its version once it is on disk."""
    settings, _ = receive(sock, 0)
    union = bool(settings["union"])
    try:
        generations = Generations(Path(settings["data_dir"]), source_of(settings), union=union)
        generations.require_vocabulary()
    except FAILURES as error:
        send(sock, {"failure": str(error)})
        return
    send(sock, {"version": generations.current.name})
    while True:
        header, body = receive(sock, MAX_DELTA_BYTES)
        try:
            Delta.decode(header, body).apply(generations.store, union=union)
            generations.publish(str(header["version"]))
        except FAILURES as error:
            send(sock, {"failure": str(error)})
            return
        send(sock, {"version": generations.current.name})
        generations.prune(set(header["in_use"]))


def source_of(settings: Header) -> Location | None:
    """Return the location that the settings name, or None for an empty dataset."""
    path, store = settings["source"], settings["store"]
    return None if path is None else Location(Path(path), store=Path(store) if store else None)


def main(descriptor: int, _lock: int) -> None:
    """Run the writer at one end of a socket pair; its copy of the lock ends with it."""
    ignore_signals()
    widen_stack()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        obey(socket.socket(fileno=descriptor))
    except (PeerClosedError, BrokenPipeError):
        return
