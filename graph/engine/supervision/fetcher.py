"""The fetcher: a process that reads what a remote store holds, since reading takes memory.

It is a fresh interpreter at the other end of a socket, as the zygote is. It answers when it has the
quads, and then writes the files for download beside them.
"""

from __future__ import annotations

import socket
import sys
from contextlib import suppress
from pathlib import Path

from graph.dataset import graph_of
from graph.engine import wire
from graph.engine.confinement import outlive_signals
from graph.engine.framing import Header, PeerClosedError, receive, send
from graph.errors import CpecError, UnfollowedAxiomError
from graph.publishing.dump import write_dumps
from graph.remote.filling import Filling
from graph.remote.store import RemoteStore
from ontology.namespace import DATASET_GRAPH


def fetched(order: Header) -> tuple[Header, Filling | None]:
    """Return the folder of what a store holds, or the header of an error."""
    store = RemoteStore(**order["store"])
    try:
        filling = Filling.of(store, Path(order["within"]), int(order["most"]))
    except CpecError as error:
        return wire.header_of(error), None
    except OSError as error:
        return {"failure": str(error)}, None
    return {"folder": str(filling.folder), "version": filling.publication.version}, filling


def offer(filling: Filling) -> None:
    """Write the files for download, all of them or none."""
    quads = [quad for quad in filling.quads() if graph_of(quad) != DATASET_GRAPH]
    new = filling.folder / "new"
    new.mkdir()
    write_dumps(new, quads)
    new.rename(filling.dumps)


def main(descriptor: int) -> None:
    """Be a fetcher at the other end of a socket."""
    outlive_signals()
    sock = socket.socket(fileno=descriptor)
    try:
        order, _ = receive(sock, 0)
        answer, filling = fetched(order)
        send(sock, answer)
    except (PeerClosedError, BrokenPipeError):
        return
    if filling is not None and filling.quads_file.stat().st_size:
        with suppress(OSError, UnfollowedAxiomError):  # a disk is full, say: then there are none
            offer(filling)


if __name__ == "__main__":
    main(int(sys.argv[1]))
