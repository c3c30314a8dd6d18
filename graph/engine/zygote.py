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
from typing import NoReturn, cast

from pyoxigraph import Store

from graph.engine.confinement import confine, ignore_signals, widen_stack
from graph.engine.engine_settings import EngineSettings
from graph.engine.fork_server import set_name
from graph.engine.framing import FORKED, MAX_DELTA_BYTES, PeerClosedError, receive, send
from graph.engine.heap import OwnMemory, run_in_thread, trim_heap, use_huge_pages
from graph.engine.location import Location, check_store, load
from graph.engine.pool.worker_handle import NICENESS
from graph.engine.worker import end_with, serve
from graph.engine.worker_dataset import (
    BEING_LOADED,
    ON_DISK,
    EvidenceState,
    WorkerDataset,
    copy_union,
)
from graph.engine.writing.delta import Delta
from graph.engine.writing.materialisation import Materialisation, explain_size_limit
from graph.remote.asked import AskedStore
from graph.remote.filling import Filling
from graph.wording.phrase import read_phrases


class Zygote:
    """The dataset, and the orders to fork a worker and to apply a delta."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._order, _ = receive(sock, 0)
        self._settings = EngineSettings.from_json(self._order["settings"])
        self._on_disk = self._order["store"] is not None
        read_phrases()  # cached, since a worker cannot open the file of the vocabulary
        gc.disable()  # loading makes millions of objects, none of them in a cycle
        try:
            self._dataset = self._open_on_disk() if self._on_disk else run_in_thread(self._load)
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
                self._apply(Delta.decode(header, body))
                send(self._sock, {})

    def _open_on_disk(self) -> WorkerDataset:
        """Return the dataset without its store, which each worker opens; raises OSError."""
        if fault := check_store(Path(self._order["store"])):
            raise OSError(fault)
        interim = bool(self._order["interim"])
        return WorkerDataset(
            Store(),
            union=self._settings.union,
            cap=self._settings.max_answer,
            evidence=BEING_LOADED if interim else ON_DISK,
            materialisation=Materialisation(loading=interim),
            provisional=interim,
        )

    def _load(self) -> WorkerDataset:
        """Return the dataset in memory; raises OSError, ValueError and SyntaxError."""
        union, cap = self._settings.union, self._settings.max_answer
        store = load(self._source(), union=union)
        dataset = WorkerDataset(store, union, cap, copy_union(store) if union else None)
        dataset.remote, max_quads = self._open_remote(), self._settings.cite_most
        if dataset.remote is not None and not dataset.remote.is_held:
            dataset.store, dataset.union_store = cast("Store", dataset.remote), None
            dataset.evidence = EvidenceState(None, explain_size_limit(max_quads))
            return dataset
        if len(store) <= max_quads:
            dataset.materialisation = Materialisation.build(store)
        else:
            dataset.materialisation = Materialisation(reason=explain_size_limit(max_quads))
        dataset.index_evidence()
        return dataset

    def _source(self) -> Location | None:
        """Return the location that the order names, or None for an empty dataset."""
        path = self._order["source"]
        return None if path is None else Location(Path(path), bool(self._order["complete"]))

    def _open_remote(self) -> AskedStore | None:
        """Return the remote store that answers the queries, if there is one.

        The fetcher has written the description of its publication beside the fetched quads.
        """
        if self._settings.remote is None:
            return None
        publication = Filling(Path(self._order["source"]).parent).publication
        in_memory = publication.quads <= self._settings.cite_most
        return AskedStore(self._settings.remote, publication, is_held=in_memory)

    def _apply(self, delta: Delta) -> None:
        """Apply a delta to the dataset, its kernel and its index."""
        self._dataset.apply(delta)
        self._dataset.materialisation.apply(delta)
        if self._dataset.evidence.index is not None:
            self._dataset.index_evidence()
        gc.freeze()  # a collection in a worker would write on the objects, and so copy their pages

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
                self._dataset.store = Store.read_only(self._order["store"])
            own = OwnMemory()
            confine(self._settings.memory, files=self._on_disk)
            serve(sock, self._dataset, self._settings, own)
            status = 0
        except OSError:
            pass
        finally:
            os._exit(status)


def main(descriptor: int) -> None:
    """Run a zygote at one end of a socket pair."""
    ignore_signals()
    widen_stack()
    sock = socket.socket(fileno=descriptor)
    try:
        Zygote(sock).obey()
    except (PeerClosedError, BrokenPipeError):
        return
