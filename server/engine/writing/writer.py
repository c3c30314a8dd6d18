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

from graph.errors import MigrationError
from server.engine.confinement import ignore_signals, widen_stack
from server.engine.framing import MAX_DELTA_BYTES, PeerClosedError, receive, send
from server.engine.handed import OpenStore
from server.engine.writing.delta import Delta

FAILURES: Final = (OSError, ValueError, SyntaxError, RuntimeError, MemoryError, MigrationError)
"""The errors of a full or read-only disk, and of a damaged store or one of another version."""


def obey(sock: socket.socket, directory: Path, open_store: OpenStore) -> None:
    """Apply one delta after another; answer each with its version once it is on disk.

    An order without a version only removes the generations that are not in use any more.
    """
    order, _ = receive(sock, 0)

    def fail(error: Exception) -> None:
        send(sock, {"failure": str(error).replace(str(directory), order["data_dir"])})

    try:
        generations, log = open_store(order, directory)
    except FAILURES as error:
        fail(error)
        return
    send(sock, {"version": generations.current.name})
    while True:
        header, body = receive(sock, MAX_DELTA_BYTES)
        try:
            delta, version = Delta.decode(header, body), str(header["version"])
            if version:
                delta.apply(generations.store, union=generations.union)
                log.append(version, delta)
            if delta.retires:
                generations.publish_anew(version)
                log.forget_retired(version)
            elif version:
                generations.publish(version)
        except FAILURES as error:
            fail(error)
            return
        send(sock, {"version": generations.current.name})
        generations.prune(set(header["in_use"]), log.last_retirement)
        log.prune()


def run(descriptor: int, directory: int, open_store: OpenStore) -> None:
    """Run the writer of a site at one end of a socket pair.

    The descriptor of the data directory leads to the same store wherever that is moved, and never
    to another one at its path, which a write would damage.
    """
    ignore_signals()
    widen_stack()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        obey(socket.socket(fileno=descriptor), Path(f"/proc/self/fd/{directory}"), open_store)
    except (PeerClosedError, BrokenPipeError):
        return
