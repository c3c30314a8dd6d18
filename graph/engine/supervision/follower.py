"""A follower: it fetches what a remote store holds, and looks whether its version is another."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from graph.engine.location import Location
from graph.engine.settings import Settings
from graph.errors import CpecError
from graph.remote.filling import Filling
from graph.remote.publication import version_of
from graph.remote.store import RemoteStore

Found = tuple[Location, str]
"""Where a dataset stands, and its version."""


class Follower:
    """What was fetched last, in a folder of its own; `fault` tells why it cannot be renewed."""

    def __init__(self, settings: Settings, store: RemoteStore) -> None:
        self.fault = ""
        self._store = store
        self._most = settings.cite_most
        self._folder = TemporaryDirectory(prefix="cpec-store-")
        self._filling: Filling | None = None
        self._before: Filling | None = None

    def start(self) -> Found:
        """Return what the store holds; raises MismatchError, and what asking it raises."""
        return self._fill()

    def look(self, version: str) -> Found | None:
        """Return what the store holds if it is of another version, and nothing is wrong with it."""
        fault, found = "", None
        try:
            now = version_of(self._store)
            if not now:
                fault = f"{self._store.name} has no version: it is being published to"
            elif now != version:
                found = self._fill()
        except (CpecError, OSError) as error:
            fault = str(error)
        self.fault = fault
        return found

    def close(self) -> None:
        """Remove what was fetched."""
        self._folder.cleanup()

    def _fill(self) -> Found:
        """Fetch what the store holds; what was fetched before the last time is removed."""
        filling = Filling.of(self._store, Path(self._folder.name), self._most)
        if self._before is not None:
            self._before.remove()
        self._before, self._filling = self._filling, filling
        return Location(filling.quads_file), filling.publication.version
