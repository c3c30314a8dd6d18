"""The zygote: a process that loads the dataset and forks the workers, which share its memory.

The fork server forks it. It obeys one order after another, and ends when the other end of its
socket closes. It has a single thread whenever it forks: a fork copies no other thread, and the
locks of a lost one stay locked.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
from pathlib import Path
from typing import NoReturn

from server.engine.confinement import confine, ignore_signals, widen_stack
from server.engine.engine_settings import EngineSettings
from server.engine.fork_server import set_name
from server.engine.framing import FORKED, MAX_DELTA_BYTES, PeerClosedError, receive, send
from server.engine.handed import Dataset, OpenDataset
from server.engine.heap import OwnMemory, run_in_thread, trim_heap, use_huge_pages
from server.engine.location import check_store
from server.engine.pool.worker_handle import NICENESS
from server.engine.worker import end_with, serve
from server.engine.writing.delta import Delta


class Zygote:
    """The dataset, and the orders to fork a worker and to apply a delta."""

    def __init__(self, sock: socket.socket, open_dataset: OpenDataset) -> None:
        self._sock = sock
        self._order, _ = receive(sock, 0)
        self._settings = EngineSettings.from_json(self._order["settings"])
        self._on_disk = self._order["store"] is not None
        gc.disable()  # loading makes millions of objects, none of them in a cycle
        try:
            self._dataset = self._open(open_dataset)
        except (OSError, ValueError, SyntaxError) as error:
            send(sock, {"failure": str(error)})
            raise PeerClosedError("no dataset") from error
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        gc.collect()
        trim_heap()
        use_huge_pages()
        gc.freeze()
        gc.enable()
        send(sock, {})

    def obey(self) -> None:
        """Obey orders until the other end closes."""
        while True:
            header, body = receive(self._sock, MAX_DELTA_BYTES)
            if header["order"] == "fork":
                self._fork()
            elif self._on_disk:
                self._order["store"] = header["source"]
                send(self._sock, {})
            else:
                self._dataset.apply(Delta.decode(header, body))
                # A collection in a worker would write on the objects, and so copy their pages.
                gc.freeze()
                send(self._sock, {})

    def _open(self, open_dataset: OpenDataset) -> Dataset:
        """Return the dataset; raises OSError, ValueError and SyntaxError."""
        if not self._on_disk:
            return run_in_thread(lambda: open_dataset(self._order))
        if fault := check_store(Path(self._order["store"])):
            raise OSError(fault)
        return open_dataset(self._order)

    def _fork(self) -> None:
        """Fork a worker and send its descriptors: socket, lifeline, pidfd and stderr."""
        ours, theirs = socket.socketpair()
        lifeline, theirs_lifeline = socket.socketpair()
        stderr = os.memfd_create("stderr")
        pid = os.fork()
        if pid == 0:
            ours.close()
            lifeline.close()
            self._sock.close()
            self._run_worker(theirs, theirs_lifeline, stderr)
        theirs.close()
        theirs_lifeline.close()
        pidfd = os.pidfd_open(pid)
        socket.send_fds(self._sock, [FORKED], [ours.fileno(), lifeline.fileno(), pidfd, stderr])
        send(self._sock, {"pid": pid})
        ours.close()
        lifeline.close()
        os.close(pidfd)
        os.close(stderr)

    def _run_worker(  # pragma: no cover - the fork may open no file to note it in
        self, sock: socket.socket, lifeline: socket.socket, stderr: int
    ) -> NoReturn:
        """Serve as a worker, and exit.

        The search for cycles runs between answers only (OwnMemory.measure): in the middle of one it
        would walk many young objects.
        """
        status = 1
        gc.disable()
        try:
            set_name("worker")
            os.nice(NICENESS)
            os.dup2(stderr, 2)
            os.close(stderr)
            end_with(lifeline)
            if self._on_disk:
                self._dataset.read_from(self._order["store"])
            own = OwnMemory()
            confine(self._settings.memory, files=self._on_disk)
            serve(sock, self._dataset, self._settings, own)
            status = 0
        except OSError:
            pass
        finally:
            os._exit(status)


def run(descriptor: int, open_dataset: OpenDataset) -> None:
    """Run the zygote of a site at one end of a socket pair."""
    ignore_signals()
    widen_stack()
    sock = socket.socket(fileno=descriptor)
    try:
        Zygote(sock, open_dataset).obey()
    except (PeerClosedError, BrokenPipeError):
        return
