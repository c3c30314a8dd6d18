"""The fetcher: a process that copies a remote store into files, since parsing takes memory.

The fork server forks it, as it does the zygote. It answers when it has written the quads, and then
writes the dumps beside them.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path

from graph.dataset import graph_of
from graph.engine.confinement import ignore_signals
from graph.engine.framing import Header, PeerClosedError, encode_error, receive, send
from graph.errors import CpecError, UnfollowedAxiomError
from graph.publishing.dump import write_dumps
from graph.remote.filling import Filling
from graph.remote.store import RemoteStore
from graph.snapshot import FILES, Snapshot, write_manifest
from ontology.namespace import DATASET_GRAPH


def fetch(order: Header) -> tuple[Header, Filling | None]:
    """Copy a store into a folder; return the answer to the order, and the copy."""
    store = RemoteStore(**order["store"])
    try:
        filling = Filling.fetch(store, Path(order["within"]), int(order["max_quads"]))
    except CpecError as error:
        return encode_error(error), None
    except OSError as error:
        return {"failure": str(error)}, None
    return {"folder": str(filling.folder), "version": filling.publication.version}, filling


def write_downloads(filling: Filling) -> None:
    """Write the dumps of a copy, all of them or none, with their hashes in a manifest."""
    quads = [quad for quad in filling.quads() if graph_of(quad) != DATASET_GRAPH]
    new = filling.folder / "new"
    new.mkdir()
    files = {
        f"dumps/{dump.name}": {"bytes": dump.size, "hash": dump.sha256}
        for dump in write_dumps(new, quads)
    }
    write_manifest(Snapshot(filling.folder).manifest_file, {FILES: files})
    new.rename(filling.dumps)


def main(descriptor: int) -> None:
    """Run a fetcher at one end of a socket pair."""
    ignore_signals()
    sock = socket.socket(fileno=descriptor)
    try:
        order, _ = receive(sock, 0)
        answer, filling = fetch(order)
        send(sock, answer)
    except (PeerClosedError, BrokenPipeError):
        return
    if filling is not None and filling.quads_file.stat().st_size:
        with suppress(OSError, UnfollowedAxiomError):  # such as a full disk: there are no dumps
            write_downloads(filling)
