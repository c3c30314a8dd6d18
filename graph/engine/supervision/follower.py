"""A follower: it has fetched what a remote store holds, and looks whether that is another version.

::

    cpec-store-.../            a scratch folder
    ├── 2af21f66e4eaca46-.../  what was fetched: graph.nq, version.nt, dumps/
    └── dumps -> ...           those of the last version
"""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from graph.engine import wire
from graph.engine.child import Child
from graph.engine.engine_settings import EngineSettings
from graph.engine.location import Location
from graph.engine.supervision.scratch_folder import ScratchFolder
from graph.errors import CpecError
from graph.remote.filling import Filling
from graph.remote.publication import version_of
from graph.remote.store import RemoteStore

FETCHER: Final = "graph.engine.supervision.fetcher"

RESTS: Final = 10
"""How many times the seconds that went for nothing pass before a version is fetched again."""

Found = tuple[Location, str]
"""Where a dataset stands, and its version."""


class Follower:
    """What was fetched last, in a folder of its own; `fault` tells why it cannot be renewed.

    Queries are `answered` all the same where the store can be asked, and memory holds what was
    fetched: that answers while the store has another version.
    """

    def __init__(self, settings: EngineSettings, store: RemoteStore) -> None:
        self.fault = ""
        self.answered = True
        self._store = store
        self._seconds = settings.deadline
        self._most = settings.cite_most
        self._rest = 0.0
        self._folder = ScratchFolder()
        self._fillings: list[Filling] = []
        self._fetcher: Child | None = None

    @property
    def dumps(self) -> Path:
        """The folder of the files for download, when they are written."""
        return self._folder.path / "dumps"

    def fetch(self) -> Found:
        """Return what the store holds; raises MismatchError, OSError, and what asking it raises.

        Of what was fetched before the last is kept: some may read it yet.
        """
        self._version()
        self._end_fetcher()
        self._fetcher = Child(FETCHER)
        order = {"store": asdict(self._store), "within": str(self._folder.path), "most": self._most}
        answer = self._fetcher.greet(order)
        if (error := wire.error_of(answer)) is not None:
            raise error
        filling = Filling(Path(answer["folder"]))
        self._fillings.append(filling)
        for old in self._fillings[:-2]:
            old.remove()
        del self._fillings[:-2]
        filling.offer(self.dumps)
        return Location(filling.quads_file), str(answer["version"])

    def look(self, version: str) -> Found | None:
        """Return what the store holds if it is of another version, and nothing is wrong with it."""
        fault, answered, found, start = "", False, None, time.monotonic()
        try:
            now = self._version()
            answered = now == version or self._fillings[-1].publication.quads <= self._most
            if not now:
                fault = f"{self._store.name} has no version: it is being published to"
            elif now != version and start < self._rest:
                fault = self.fault
            elif now != version:
                found = self.fetch()
        except (CpecError, OSError) as error:
            fault, end = str(error), time.monotonic()
            self._rest = end + RESTS * (end - start)
        self.fault, self.answered = fault, answered or found is not None
        return found

    def _version(self) -> str:
        """Return the version of the store, which has the time of a query to say it."""
        return version_of(replace(self._store, seconds=self._seconds))

    def close(self) -> None:
        """End the process that fetches, and remove what was fetched."""
        self._end_fetcher()
        self._folder.remove()

    def _end_fetcher(self) -> None:
        """End the process that fetched last, which may write yet."""
        if self._fetcher is not None:
            self._fetcher.end(0)
            self._fetcher = None
