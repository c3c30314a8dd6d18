"""The dumper: a process that writes the downloads of one version of a writable store.

    data_dir/dumps/000000007-3f9c…/      the dumps of that version, and its description

The fork server forks it, at the first request for a dump of the version. The kernel kills it when
the server ends.
"""

from __future__ import annotations

import os
import resource
import shutil
import socket
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from pyoxigraph import DefaultGraph, Store

from graph.publishing.dump import write_downloads
from server.engine.confinement import ignore_signals
from server.engine.framing import PeerClosedError, receive, send
from server.engine.worker import end_with
from server.engine.writing.store_folder import DUMPS, list_dumped

DRAFT: Final = ".new-"
MAX_KEPT: Final = 2
"""The versions whose dumps are kept: a client may still fetch the files of the one before."""

NICENESS: Final = 10
FAILURES: Final = (OSError, ValueError, RuntimeError, MemoryError)


def write_version(data_dir: Path, version: str) -> None:
    """Write the downloads of a version of a store from its generation, and remove older ones."""
    folder = data_dir / DUMPS
    folder.mkdir(mode=0o700, exist_ok=True)
    for abandoned in folder.glob(f"{DRAFT}*"):
        shutil.rmtree(abandoned)
    store = Store.read_only(str(data_dir / "generations" / version))
    quads = [quad for quad in store if not isinstance(quad.graph_name, DefaultGraph)]
    with TemporaryDirectory(prefix=DRAFT, dir=folder) as draft:
        new = Path(draft) / version
        new.mkdir()
        write_downloads(new, sorted(quads, key=str), version)
        new.rename(folder / version)
    for old in list_dumped(data_dir)[:-MAX_KEPT]:
        shutil.rmtree(old)


def main(descriptor: int, directory: int) -> None:
    """Write the version that is ordered over a socket, and answer.

    The descriptor of the data directory leads to the same store wherever that is moved.
    """
    ignore_signals()
    os.nice(NICENESS)
    sock = socket.socket(fileno=descriptor)
    try:
        order, _ = receive(sock, 0)
        end_with(sock)
        resource.setrlimit(resource.RLIMIT_AS, (order["memory"], order["memory"]))
        try:
            write_version(Path(f"/proc/self/fd/{directory}"), order["version"])
        except FAILURES as error:
            send(sock, {"failure": str(error) or type(error).__name__})
        else:
            send(sock, {})
    except (PeerClosedError, BrokenPipeError):
        return
