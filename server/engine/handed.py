"""What a site hands to the engine: datasets with their tasks, stores with their log, other stores.

The engine knows quads, and no more of what they say. `EngineSettings` names the functions that run
in processes of their own, as `module:function`: fresh interpreters import them. The rest are
objects of the process that has them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from server.engine.framing import Body, Header
from server.engine.location import Location
from server.engine.relay_client import RelayClient
from server.engine.writing.delta import Delta
from server.engine.writing.generation import Generations

LATE: Final = "late: "
"""A task writes this and a reason on stderr before a long step, so that the parent of the worker
can name the reason when the worker misses its deadline."""


class Dataset(Protocol):
    """The dataset that a zygote opens; each worker has a copy, and runs tasks on it."""

    def apply(self, delta: Delta) -> None:
        """Apply a write, in the zygote."""

    def read_from(self, store: str) -> None:
        """Open the store on disk from which a worker reads."""

    def connect(self, relay: RelayClient) -> None:
        """Take the worker's line to a store elsewhere."""

    def run(self, header: Header, body: bytes) -> tuple[Header, Body]:
        """Return the answer of the task that a header names; raises CpecError."""

    def is_spent(self, header: Header) -> bool:
        """Return whether the dataset of this worker has changed, so that it ends after a task."""


OpenDataset = Callable[[Header], Dataset]
"""Opens the dataset of a zygote's first order; raises OSError, ValueError and SyntaxError."""


class WriteLog(Protocol):
    """The log of the last writes of a store, which its writer keeps."""

    last_retirement: str
    """The version of the last write that retired something, "" without one."""

    def append(self, name: str, delta: Delta) -> None:
        """Write the delta of the next version to the disk."""

    def forget_retired(self, version: str) -> None:
        """Forget the writes up to one that retired something."""

    def prune(self) -> None:
        """Forget the oldest writes."""


OpenStore = Callable[[Header, Path], tuple[Generations, WriteLog]]
"""Opens the store of a writer's first order, at a path; raises its FAILURES."""


class Followed(Protocol):
    """A store elsewhere whose versions are fetched; while it has a `fault`, none is."""

    fault: str
    answers: bool

    @property
    def dumps(self) -> Path:
        """The folder of the dumps of the last version."""

    def fetch(self) -> tuple[Location, str]:
        """Return the place of a new copy, and its version."""

    def poll(self, version: str) -> tuple[Location, str] | None:
        """Return a new copy if the store has another version than this."""

    def close(self) -> None:
        """Remove the copies."""


class Copied(Protocol):
    """A copy of another server's store, which another program keeps up to date."""

    def locate(self) -> tuple[Location, str]:
        """Return the place of the newest version, and its name; raises OSError."""

    def find_delta(self, since: str, version: str) -> Delta | None:
        """Return the change between two versions, None if the copy does not have it."""
