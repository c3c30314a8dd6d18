"""The folder of a writable store: which store it is, and the one process that holds it.

    data_dir/identity    the random id of the store, as JSON
    data_dir/lock        held by the server, and by its writer

generation.py has the contents.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final, TextIO

from graph.errors import StoreError

IDENTITY: Final = "identity"

BACKUP_NOTE: Final = "backup.json"
"""The file that makes a folder a backup (backup.py)."""

DUMPS: Final = "dumps"
"""The folder with a folder for each version whose downloads are written."""

FIRST: Final = f"{1:09d}-"
"""The prefix of the first generation, which was filled from the source."""

GENERATION_NAME: Final = re.compile(r"\d{9,}-[0-9a-f]{8}")
"""The name of a generation; other files beside the generations are not ours, and stay."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The id of a store; a restored one has the `store` and the `version` of its `origin`."""

    id: str = field(default_factory=lambda: secrets.token_hex(16))
    origin: dict[str, str] | None = None

    @classmethod
    def read(cls, directory: Path) -> Identity:
        """Return the identity of a data directory; raises StoreError and OSError."""
        try:
            document = json.loads((directory / IDENTITY).read_bytes())
            return cls(document["id"], document["origin"])
        except FileNotFoundError:
            raise StoreError(explain_absence(directory)) from None
        except (ValueError, LookupError, TypeError):
            raise StoreError(f"{directory / IDENTITY} is damaged: it has no id") from None

    def write(self, directory: Path) -> None:
        """Write the identity of a data directory to the disk, in one step."""
        write_synced(directory / IDENTITY, json.dumps(asdict(self), indent=1) + "\n")


class StoreFolder:
    """A data directory that this process holds, and knows again by the inodes of its files.

    The open files keep their inodes from being used again. `descriptor` is of the directory: it
    leads there wherever that is moved, and never to another store at its path.
    """

    def __init__(self, path: Path, new: Identity | None = None) -> None:
        """Hold a store, or make the folder of a `new` one.

        Raises StoreError if the folder holds no store, or already holds one, and OSError if
        another server has it.
        """
        self.path = path
        if new is None:
            Identity.read(path)
        else:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync(path.absolute().parent)
        with ExitStack() as stack:
            lock = stack.enter_context(lock_directory(path))
            if new is not None:
                require_vacant(path)
                new.write(path)
            identity = stack.enter_context((path / IDENTITY).open(encoding="ascii"))
            self.descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
            stack.callback(os.close, self.descriptor)
            self.lock = lock.fileno()
            self._files = lock, identity
            self.close = stack.pop_all().close

    @property
    def held(self) -> Path:
        """A path by which this process reaches the store that is held, wherever that is moved."""
        return Path(f"/proc/self/fd/{self.descriptor}")

    @property
    def current(self) -> Path:
        """The newest generation, read from the store that is held."""
        return self.path / os.readlink("current", dir_fd=self.descriptor)

    def find_loss(self) -> str:
        """Return the reason why the path no longer leads to the store, "" while it does."""
        for file in self._files:
            try:
                if not os.path.samestat(os.fstat(file.fileno()), Path(file.name).stat()):
                    return f"{file.name} is of another store"
            except OSError as error:
                return f"{file.name}: {error.strerror}"
        return ""


def write_synced(file: Path, text: str) -> None:
    """Write a file of ASCII to the disk, in one step."""
    draft = file.with_name(f".{file.name}")
    draft.write_text(text, "ascii")
    sync(draft)
    draft.replace(file)
    sync(file.parent)


def explain_absence(directory: Path) -> str:
    """Return the message about a folder without an identity, with a remedy."""
    if os.path.lexists(directory / "current"):
        return (
            f"{directory} has no id, as stores of earlier releases have none: "
            f"`cpec migrate {directory}` gives it one"
        )
    if (directory / BACKUP_NOTE).exists():
        return f"{directory} is a backup: `cpec restore {directory} DIR` makes a store of it in DIR"
    return (
        f"{directory} holds no store: is its volume mounted, and is the path right? "
        "`cpec serve --data-dir DIR --new` fills a new one"
    )


def require_vacant(directory: Path) -> None:
    """Raise StoreError if a folder holds a store, its remains, or a backup."""
    if (directory / BACKUP_NOTE).exists():
        raise StoreError(explain_absence(directory))
    if os.path.lexists(directory / "current"):
        raise StoreError(
            f"{directory} already holds a store: leave out --new, or name a new folder"
        )
    if any(not name.startswith(FIRST) for name in list_generations(directory)):
        raise StoreError(
            f"{directory / 'current'} is no link to the newest of {directory / 'generations'}, "
            "which has the writes of a store"
        )


def lock_directory(directory: Path) -> TextIO:
    """Return the lock of a data directory, which lasts until every copy of it is closed.

    The server keeps a copy, and so does its writer, which may outlive the server for a moment.
    Raises OSError if another server has the lock.
    """
    lock = (directory / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise OSError(f"{directory} is in use by another server") from None
    return lock


def list_generations(directory: Path) -> list[str]:
    """Return the names of the generations, the oldest first."""
    folder = directory / "generations"
    names = (path.name for path in folder.iterdir()) if folder.exists() else ()
    return sorted(name for name in names if GENERATION_NAME.fullmatch(name))


def current_generation(directory: Path) -> Path:
    """Return the newest generation of a data directory."""
    return directory / (directory / "current").readlink()


def count_writes(version: str) -> int:
    """Return the number in the name of a version, 0 before the first."""
    return int(version.partition("-")[0] or 0)


def next_version(version: str) -> str:
    """Return a name for the generation after a version: the next number, and random digits."""
    return f"{count_writes(version) + 1:09d}-{secrets.token_hex(4)}"


def sync(path: Path) -> None:
    """Wait until a file or directory is on the disk (fsync(2))."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def list_dumped(data_dir: Path) -> list[Path]:
    """Return the folders of the versions whose downloads are written, the oldest first."""
    paths = (data_dir / DUMPS).glob("*")
    return sorted(path for path in paths if GENERATION_NAME.fullmatch(path.name))
