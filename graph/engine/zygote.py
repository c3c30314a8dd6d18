"""The zygote: a process that holds the dataset and forks the workers.

It is a fresh interpreter, started as `python -P -m graph.engine.zygote FD`, where FD is its end of
a socket pair. It obeys one order after another, and ends when the other end closes. When it forks
it has one thread.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from pathlib import Path
from typing import NoReturn, cast

from pyoxigraph import Store

from graph.engine.confinement import confine, outlive_signals, widen_stack
from graph.engine.disk_store import fault_of
from graph.engine.framing import FORKED, MAX_DELTA, Header, PeerClosedError, receive, send
from graph.engine.heap import OwnMemory, apart, collapse, give_back
from graph.engine.indexing import UNREAD, YET_UNREAD, IndexState, index_of
from graph.engine.location import Location, load
from graph.engine.union import follow, union_of
from graph.engine.worker import Lifetime, die_with, serve
from graph.engine.worker_dataset import Dataset
from graph.engine.writing.delta import Delta, apply
from graph.engine.writing.materialisation import Materialisation, beyond
from graph.remote.asked import AskedStore
from graph.remote.filling import Filling
from graph.remote.store import RemoteStore


class Zygote:
    """The dataset, and the orders that are obeyed on it."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._settings, _ = receive(sock, 0)
        self._on_disk = self._settings["store"] is not None
        self._terms = Lifetime(*self._settings["terms"])
        gc.disable()  # loading makes objects by the million, and none of them in a cycle
        try:
            self._dataset = self._read() if self._on_disk else apart(self._load)
        except (OSError, ValueError, SyntaxError) as error:
            send(sock, {"failure": str(error)})
            raise PeerClosedError("no dataset") from error
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        give_back()
        collapse()
        gc.freeze()
        gc.enable()
        send(sock, {})

    def obey(self) -> None:
        """Obey orders until the other end closes."""
        while True:
            header, body = receive(self._sock, MAX_DELTA)
            if header["order"] == "fork":
                self._fork()
            elif self._on_disk:
                self._settings["store"] = header["source"]
                send(self._sock, {})
            else:
                self._apply(Delta.of(header, body))
                send(self._sock, {})

    def _read(self) -> Dataset:
        """Return the dataset without its store, which each worker opens; raises OSError."""
        if fault := fault_of(Path(self._settings["store"])):
            raise OSError(fault)
        union, cap = bool(self._settings["union"]), int(self._settings["cap"])
        interim = bool(self._settings["interim"])
        indexing = YET_UNREAD if interim else UNREAD
        following = Materialisation(awaited=interim)
        return Dataset(Store(), union, cap, None, indexing, following, passing=interim)

    def _load(self) -> Dataset:
        """Return the dataset, ready to be shared; raises OSError, ValueError and SyntaxError."""
        union, cap = bool(self._settings["union"]), int(self._settings["cap"])
        store = load(source_of(self._settings), union=union)
        dataset = Dataset(store, union, cap, union_of(store) if union else None)
        dataset.asked, most = self._asked(), int(self._settings["cite_most"])
        if dataset.asked is not None and not dataset.asked.is_held:
            dataset.store, dataset.alone = cast("Store", dataset.asked), None
            dataset.indexing = IndexState(None, beyond(most))
            return dataset
        if len(store) <= most:
            dataset.following = Materialisation.of(store)
        else:
            dataset.following = Materialisation(reason=beyond(most))
        dataset.indexing = index_of(store, dataset.following, union=union)
        return dataset

    def _asked(self) -> AskedStore | None:
        """Return the remote store of which queries are asked; it was fetched from beside a file."""
        if self._settings["remote"] is None:
            return None
        publication = Filling(Path(self._settings["source"]).parent).publication
        held = publication.quads <= int(self._settings["cite_most"])
        return AskedStore(RemoteStore(**self._settings["remote"]), publication, is_held=held)

    def _apply(self, delta: Delta) -> None:
        """Change the dataset by a delta."""
        dataset = self._dataset
        apply(delta, dataset.store, union=dataset.union)
        if dataset.alone is not None:
            follow(dataset.alone, dataset.store, delta)
        dataset.following.apply(delta)
        if dataset.indexing.index is not None:
            dataset.indexing = index_of(dataset.store, dataset.following, union=dataset.union)
        gc.freeze()

    def _fork(self) -> None:
        """Fork a worker and send the descriptors that rule it."""
        ours, theirs = socket.socketpair()
        held, lifeline = socket.socketpair()
        words = os.memfd_create("stderr")
        pid = os.fork()
        if pid == 0:
            ours.close()
            held.close()
            self._sock.close()
            self._be_worker(theirs, lifeline, words)
        theirs.close()
        lifeline.close()
        ruler = os.pidfd_open(pid)
        socket.send_fds(self._sock, [FORKED], [ours.fileno(), held.fileno(), ruler, words])
        send(self._sock, {"pid": pid})
        ours.close()
        held.close()
        os.close(ruler)
        os.close(words)

    def _be_worker(  # pragma: no cover - the fork may open no file to note it in
        self, sock: socket.socket, lifeline: socket.socket, words: int
    ) -> NoReturn:
        """Serve as a worker, and end.

        No cycles are looked for in the middle of an answer, which makes many objects.
        """
        status = 1
        gc.disable()
        try:
            os.dup2(words, 2)
            os.close(words)
            die_with(lifeline)
            if self._on_disk:
                self._dataset.store = Store.read_only(self._settings["store"])
            own = OwnMemory()
            confine(int(self._settings["memory"]), files=self._on_disk)
            serve(sock, self._dataset, self._terms, own)
            status = 0
        except OSError:
            pass
        finally:
            os._exit(status)


def source_of(settings: Header) -> Location | None:
    """Return the source that the settings name."""
    path = settings["source"]
    return None if path is None else Location(Path(path), bool(settings["complete"]))


def main(descriptor: int) -> None:
    """Be a zygote at the other end of a socket."""
    outlive_signals()
    widen_stack()
    sock = socket.socket(fileno=descriptor)
    try:
        Zygote(sock).obey()
    except (PeerClosedError, BrokenPipeError):
        return


if __name__ == "__main__":
    main(int(sys.argv[1]))
