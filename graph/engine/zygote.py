"""The zygote: a process with one thread that holds the dataset and forks the workers.

It is a fresh interpreter, started as `python -m graph.engine.zygote FD`, where FD is its end of a
socket pair. It obeys one order after another, and ends when the other end closes.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from pathlib import Path
from typing import NoReturn

from pyoxigraph import Store

from graph.engine.confine import confine, give_back, outlive_signals, widen_stack
from graph.engine.dataset import Source, load
from graph.engine.delta import Delta, apply
from graph.engine.frame import FORKED, MAX_DELTA, Header, PeerClosedError, receive, send
from graph.engine.indexing import UNREAD, index_of
from graph.engine.task import Dataset
from graph.engine.union import follow, union_of
from graph.engine.worker import Terms, die_with, serve


class Zygote:
    """The dataset, and the orders that are obeyed on it."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._settings, _ = receive(sock, 0)
        self._on_disk = bool(self._settings["on_disk"])
        union = bool(self._settings["union"])
        store = Store()
        try:
            if not self._on_disk:
                store = load(source_of(self._settings), union=union)
        except (OSError, ValueError, SyntaxError) as error:
            send(sock, {"failure": str(error)})
            raise PeerClosedError("no dataset") from error
        self._dataset = Dataset(
            store,
            union,
            int(self._settings["cap"]),
            union_of(store) if union and not self._on_disk else None,
        )
        self._index(prompt=not self._settings["index"])
        if self._dataset.indexing.index is not None:
            self._dataset.indexing.index.prepare()
        self._terms = Terms(*self._settings["terms"])
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        give_back()
        gc.freeze()
        send(sock, self._state())

    def obey(self) -> None:
        """Obey orders until the other end closes."""
        while True:
            header, body = receive(self._sock, MAX_DELTA)
            if header["order"] == "fork":
                self._fork()
            elif self._on_disk:
                self._settings["source"] = header["source"]
                send(self._sock, self._state())
            else:
                self._apply(Delta.of(header, body))
                send(self._sock, self._state())

    def _apply(self, delta: Delta) -> None:
        """Change the dataset by a delta."""
        apply(delta, self._dataset.store, union=self._dataset.union)
        if self._dataset.alone is not None:
            follow(self._dataset.alone, self._dataset.store, delta)
        self._index(prompt=True)
        gc.freeze()

    def _index(self, *, prompt: bool) -> None:
        """Index the evidence of the dataset, so that every worker shares the index."""
        most = int(self._settings["cite_most"])
        self._dataset.indexing = (
            UNREAD
            if self._on_disk
            else index_of(self._dataset.store, union=self._dataset.union, most=most, prompt=prompt)
        )

    def _state(self) -> Header:
        """Return what the server is told of the dataset."""
        return {"quads": len(self._dataset.store), "pending": self._dataset.indexing.pending}

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
        """Serve as a worker, and end."""
        status = 1
        try:
            os.dup2(words, 2)
            os.close(words)
            die_with(lifeline)
            if self._on_disk:
                self._dataset.store = Store.read_only(self._settings["source"])
            confine(int(self._settings["memory"]), files=self._on_disk)
            serve(sock, self._dataset, self._terms)
            status = 0
        except OSError:
            pass
        finally:
            os._exit(status)


def source_of(settings: Header) -> Source | None:
    """Return the source that the settings name."""
    path = settings["source"]
    return None if path is None else Source(Path(path), bool(settings["complete"]))


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
