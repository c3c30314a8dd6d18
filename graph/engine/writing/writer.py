"""The writer: the one process that owns the writable store.

It reads deltas, never a stranger's text. It is started as `python -P -m` this module with FD, its
end of a socket pair, and ends when the other end closes. Any failure ends it, and it says why: the
next one starts from what was published.
"""

from __future__ import annotations

import resource
import socket
import sys
from pathlib import Path
from typing import Final

from graph.engine.confinement import outlive_signals, widen_stack
from graph.engine.framing import MAX_DELTA, Header, PeerClosedError, receive, send
from graph.engine.location import Location
from graph.engine.writing.delta import Delta, apply
from graph.engine.writing.generation import Generations
from graph.errors import MigrationError

FAILURES: Final = (OSError, ValueError, SyntaxError, RuntimeError, MemoryError, MigrationError)
"""What a disk that is full or cannot be written raises, and a store that cannot be read here."""


def obey(sock: socket.socket) -> None:
    """Apply one delta after another, and tell the version of each when it is on disk."""
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
        header, body = receive(sock, MAX_DELTA)
        try:
            apply(Delta.of(header, body), generations.store, union=union)
            generations.publish(str(header["version"]))
        except FAILURES as error:
            send(sock, {"failure": str(error)})
            return
        send(sock, {"version": generations.current.name})
        generations.prune(set(header["read"]))


def source_of(settings: Header) -> Location | None:
    """Return the source that the settings name."""
    path, store = settings["source"], settings["store"]
    return None if path is None else Location(Path(path), store=Path(store) if store else None)


def main(descriptor: int) -> None:
    """Be the writer at the other end of a socket."""
    outlive_signals()
    widen_stack()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        obey(socket.socket(fileno=descriptor))
    except (PeerClosedError, BrokenPipeError):
        return


if __name__ == "__main__":
    main(int(sys.argv[1]))
