"""The idempotency keys of the writes of the last day, by which a write is settled.

    data_dir/keys      a line of JSON for each write with a key, and for each closed key

The line is on the disk before the write is published, and counts only if it was: so the key is done
exactly if the write is. https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

from graph.errors import ConflictError, EngineError, KeyReuseError, OverloadedError
from server.engine.request import WriteKey, WriteResult
from server.engine.writing.store_folder import current_generation, sync

FILE: Final = "keys"
LIFETIME: Final = 24 * 3600.0
"""The seconds that a key is kept, at least."""

MAX_KEYS: Final = 250_000
"""The keys of a day, at most: some 150 MB of memory."""

ROOM_TIME: Final = 600
"""The seconds after which there may be room for another key."""


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key at a time, in Unix seconds, with the version of the dataset that it left.

    It has the hash of the body and the result of its write; a closed key has none.
    """

    key: str
    time: float
    version: str
    body: str = ""
    result: Mapping[str, Any] | None = None

    @classmethod
    def decode(cls, line: bytes) -> Self:
        """Return the record of a line of JSON."""
        return cls(*json.loads(line))

    def encode(self) -> bytes:
        """Return a line of JSON."""
        return json.dumps([self.key, self.time, self.version, self.body, self.result]).encode()

    @property
    def is_expired(self) -> bool:
        """Whether it is older than a day."""
        return time.time() - self.time > LIFETIME

    def repeat(self, body: str) -> WriteResult:
        """Return the result of the write; raises KeyReuseError and ConflictError."""
        if self.result is None:
            raise ConflictError("its Idempotency-Key is closed: GET /writes/KEY has said not done")
        if body != self.body:
            raise KeyReuseError("its Idempotency-Key is that of another write")
        return WriteResult(**self.result)


class KeyJournal:
    """The records of a data directory; its caller makes one write at a time."""

    def __init__(self, data_dir: Path, current: str) -> None:
        """Read the records of what was published up to the current version; raises OSError."""
        self._path = data_dir / FILE
        records = read_records(self._path)
        self._records = {r.key: r for r in records if r.version <= current and not r.is_expired}
        self._rewrite()

    def find(self, key: str) -> KeyRecord | None:
        """Return the record of a key, None if it is unknown or expired."""
        record = self._records.get(key)
        return None if record is None or record.is_expired else record

    def settle(self, key: str, version: str) -> WriteResult | None:
        """Return the result of the write with a key; without one, None for good: it is closed."""
        record = self.find(key)
        if record is None:
            record = KeyRecord(key, time.time(), version)
            self._append(record)
        return None if record.result is None else WriteResult(**record.result)

    @contextmanager
    def record(self, key: WriteKey | None, result: WriteResult) -> Iterator[None]:
        """Record a write with its key before the block publishes it; raises EngineError.

        The record is undone if the block raises EngineError and published nothing. If the disk does
        not say whether it did, the next start compares the record with the current version.
        """
        if key is None:
            yield
            return
        now, facts = time.time(), asdict(result)
        end = self._append(KeyRecord(key.name, now, result.version, key.body, facts))
        try:
            yield
        except EngineError:
            del self._records[key.name]
            with suppress(OSError):
                if current_generation(self._path.parent).name != result.version:
                    os.truncate(self._path, end)
            raise

    def _append(self, record: KeyRecord) -> int:
        """Write a record to the disk, and return the size of the file before."""
        if len(self._records) >= MAX_KEYS or self._lines > 2 * MAX_KEYS:
            self._records = {r.key: r for r in self._records.values() if not r.is_expired}
            self._rewrite()
        if len(self._records) >= MAX_KEYS:
            fault = f"{MAX_KEYS} Idempotency-Keys of the last day are kept, and no more"
            raise OverloadedError(fault, ROOM_TIME)
        end = 0
        try:
            end = self._path.stat().st_size
            with self._path.open("ab") as file:
                file.write(record.encode() + b"\n")
            sync(self._path)
        except OSError as error:
            with suppress(OSError):
                os.truncate(self._path, end)
            raise EngineError(f"nothing was written: {error}") from error
        self._records[record.key] = record
        self._lines += 1
        return end

    def _rewrite(self) -> None:
        """Replace the file by one with these records, in one step."""
        draft = self._path.with_name("keys.new")
        with draft.open("wb") as file:
            file.writelines(record.encode() + b"\n" for record in self._records.values())
        sync(draft)
        draft.replace(self._path)
        sync(self._path.parent)
        self._lines = len(self._records)


def read_records(path: Path) -> Iterable[KeyRecord]:
    """Return the records of a file, none without it; a last line without an end was not written."""
    lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    return [KeyRecord.decode(line) for line in lines if line.endswith(b"\n")]
