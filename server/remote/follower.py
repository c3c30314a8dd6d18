"""The follower of a remote store: it polls the store's version, and fetches each new one.

::

    cpec-store-.../            a scratch folder, removed when the server ends
    ├── 2af21f66e4eaca46-.../  a fetched version: graph.nq, version.nt, dumps/
    └── dumps -> ...           the dumps of the last version

The folder of a killed server stays, without a lock: the next server removes it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Final

from graph.errors import CpecError
from server.engine.child import Child
from server.engine.framing import decode_error
from server.engine.location import Location
from server.graph_settings import GraphSettings
from server.remote.fetcher import Filling
from server.remote.publication import read_version
from server.remote.store import RemoteStore

FETCHER: Final = "server.remote.fetcher:main"

LEAST_POLL_SECONDS: Final = 2.0
"""The seconds that a store has at least to state its version: a busy one is not silent."""

RETRY_FACTOR: Final = 10
"""The pause after a failed fetch, as a multiple of the time that it took."""

LocatedVersion = tuple[Location, str]
"""The location of a fetched dataset, and its version."""


class Follower:
    """The last fetched version of a store, and the `fault` that prevents the fetch of a newer one.

    `answers`: queries can be answered, by the store itself or for it. While memory has another
    version than the store, memory answers.
    """

    def __init__(self, settings: GraphSettings, store: RemoteStore) -> None:
        self.fault = ""
        self.answers = True
        self._store = store
        self._seconds = min(settings.deadline, max(settings.store_poll, LEAST_POLL_SECONDS))
        self._max_quads = settings.cite_most
        self._retry_at = 0.0
        self._folder = ScratchFolder()
        self._fillings: list[Filling] = []
        self._fetcher: Child | None = None

    @property
    def dumps(self) -> Path:
        """The folder of the dumps, which the fetcher writes last."""
        return self._folder.path / "dumps"

    def fetch(self) -> LocatedVersion:
        """Copy the store; raises MismatchError, OSError and the errors of its endpoint.

        The copy before is kept, since workers may still read it, and older ones are removed.
        """
        self._poll_version()
        self._end_fetcher()
        self._fetcher = Child(FETCHER)
        store, within = asdict(self._store), str(self._folder.path)
        answer = self._fetcher.begin(
            {"store": store, "within": within, "max_quads": self._max_quads}
        )
        if (error := decode_error(answer)) is not None:
            raise error
        filling = Filling(Path(answer["folder"]))
        self._fillings.append(filling)
        for old in self._fillings[:-2]:
            old.remove()
        del self._fillings[:-2]
        filling.offer(self.dumps)
        return Location(filling.quads_file), str(answer["version"])

    def poll(self, version: str) -> LocatedVersion | None:
        """Return a fetched copy if the store has another version; failures become the `fault`."""
        fault, answers, fetched, start = "", False, None, time.monotonic()
        try:
            now = self._poll_version()
            answers = now == version or self._fillings[-1].publication.quads <= self._max_quads
            if not now:
                fault = f"{self._store.name} has no version: it is being published to"
            elif now != version and start < self._retry_at:
                fault = self.fault
            elif now != version:
                fetched = self.fetch()
        except (CpecError, OSError) as error:
            fault, end = str(error), time.monotonic()
            self._retry_at = end + RETRY_FACTOR * (end - start)
        self.fault, self.answers = fault, answers or fetched is not None
        return fetched

    def _poll_version(self) -> str:
        """Return the store's version, "" while it is being published to."""
        return read_version(replace(self._store, seconds=self._seconds))

    def close(self) -> None:
        """End the fetcher, and remove the copies."""
        self._end_fetcher()
        self._folder.remove()

    def _end_fetcher(self) -> None:
        """End the last fetcher, which may still write dumps."""
        if self._fetcher is not None:
            self._fetcher.end(0)
            self._fetcher = None


PREFIX: Final = "cpec-store-"


class ScratchFolder:
    """A new folder, locked until it is removed; making one removes the abandoned folders."""

    def __init__(self) -> None:
        for abandoned in Path(gettempdir()).glob(f"{PREFIX}*"):
            with suppress(OSError):  # another server or user has it
                lock = lock_folder(abandoned, fcntl.LOCK_NB)
                shutil.rmtree(abandoned, ignore_errors=True)
                os.close(lock)
        while True:
            self._folder = TemporaryDirectory(prefix=PREFIX)
            with suppress(FileNotFoundError):  # another server took it for abandoned
                self._lock = lock_folder(self.path)
                break

    @property
    def path(self) -> Path:
        """The path of the folder."""
        return Path(self._folder.name)

    def remove(self) -> None:
        """Remove the folder with its contents."""
        self._folder.cleanup()
        os.close(self._lock)


def lock_folder(folder: Path, flags: int = 0) -> int:
    """Return a descriptor that locks a folder; raises OSError if it is gone, or locked."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | flags)
        folder.stat()
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
