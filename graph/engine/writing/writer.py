"""The writer: the one process that owns the writable store.

It reads deltas, never a client's text. The fork server forks it, and it ends when the other end of
its socket closes. A failure ends it, after it has sent the reason; the next writer starts from the
last published generation.
"""

from __future__ import annotations

import resource
import socket
from typing import Final

from graph.engine.confinement import ignore_signals, widen_stack
from graph.engine.engine_settings import EngineSettings
from graph.engine.framing import MAX_DELTA_BYTES, PeerClosedError, receive, send
from graph.engine.location import Location
from graph.engine.writing.change_folder import ChangeFolder
from graph.engine.writing.delta import Delta
from graph.engine.writing.generation import Generations
from graph.errors import MigrationError

FAILURES: Final = (OSError, ValueError, SyntaxError, RuntimeError, MemoryError, MigrationError)
"""The errors of a full or read-only disk, and of a damaged store or one of another version."""


def obey(sock: socket.socket) -> None:
    """Apply one delta after another; answer each with its version once it is on disk."""
    settings = EngineSettings.from_json(receive(sock, 0)[0])
    assert settings.data_dir is not None  # noqa: S101 - the supervisor has a folder to write to
    source = Location(settings.source, store=settings.store) if settings.source else None
    try:
        generations = Generations(settings.data_dir, source, union=settings.union)
        generations.require_vocabulary()
        changes = ChangeFolder(settings.data_dir, settings.log_bytes, generations.current.name)
    except FAILURES as error:
        send(sock, {"failure": str(error)})
        return
    send(sock, {"version": generations.current.name})
    while True:
        header, body = receive(sock, MAX_DELTA_BYTES)
        try:
            delta, version = Delta.decode(header, body), str(header["version"])
            delta.apply(generations.store, union=settings.union)
            changes.append(version, delta)
            generations.publish(version)
        except FAILURES as error:
            send(sock, {"failure": str(error)})
            return
        send(sock, {"version": generations.current.name})
        generations.prune(set(header["in_use"]))
        changes.prune()


def main(descriptor: int, _lock: int) -> None:
    """Run the writer at one end of a socket pair; its copy of the lock ends with it."""
    ignore_signals()
    widen_stack()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        obey(socket.socket(fileno=descriptor))
    except (PeerClosedError, BrokenPipeError):
        return
