"""The copy of a writable store, into which `deploy/follow` brings each new version of the original.

It has the files of a data directory (server/engine/writing/generation.py), and this server writes
none of them. The change log comes before the generation that it leads to.
"""

from __future__ import annotations

from pathlib import Path

from graph.errors import LimitError
from server.engine.location import Location
from server.engine.writing.delta import Delta, Effect, parse_quads
from server.engine.writing.store_folder import current_generation
from server.writing.change_folder import read_log
from server.writing.store import store_settings


class StoreCopy:
    """The folder of a copy."""

    def __init__(self, folder: Path, *, union: bool) -> None:
        self._folder = folder
        self._settings = store_settings(union=union)

    def locate(self) -> tuple[Location, str]:
        """Return the newest version and where it is; raises OSError.

        Also for a store with another default graph or base than this server.
        """
        try:
            generation = current_generation(self._folder)
            found = {name: (self._folder / name).read_text("ascii") for name in self._settings}
        except OSError as error:
            raise OSError(
                f"{self._folder} is no copy of a store (deploy/follow): {error}"
            ) from None
        if found != self._settings:
            raise OSError(f"{self._folder} is a store of {found}, not of {self._settings}")
        return Location(generation, complete=True), generation.name

    def find_delta(self, since: str, version: str) -> Delta | None:
        """Return the change from one version to a later one, None if the log does not have it."""
        try:
            writes = read_log(self._folder, version, since).list_writes_since(since)
            if not writes or writes[-1].version.name != version:
                return None
            effect = Effect()
            for write in writes:
                removed, added = set(parse_quads(write.removed)), set(parse_quads(write.added))
                effect = effect.then(Effect(removed, added, set(write.dropped), set(write.created)))
            return effect.delta()
        except (OSError, ValueError, SyntaxError, LimitError):  # such as a damaged log
            return None
