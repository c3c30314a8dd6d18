"""Kept replies: what came before, word for word, is answered the same while the dataset stays.

A client in a hurry asks the same again and again, and so do many clients of one make. Such a
request is answered where its head is read, without an exchange. Only a GET that was answered with
200 and an entity tag is kept; its address and all its fields are the key, so nothing that the
answer could depend on is left out.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from server.reply import Fields

MOST: Final = 1000
"""The requests that are kept, those that were asked lately."""

LONGEST: Final = 16 << 10
"""The bytes of an answer that is kept here; a longer one costs more to send than to find."""

Key = tuple[bytes, tuple[tuple[bytes, bytes], ...], bool]
"""The target of a request, its fields, and whether it comes from the trusted proxy."""

FRAMED: Final = frozenset({b"content-length", b"transfer-encoding", b"expect"})
"""The fields of a request that has a body, or may have."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A reply that is kept: the version that it tells of, head and body, and its line of log."""

    version: str
    head: bytes
    body: bytes
    line: dict[str, str | int | None]


@dataclass(slots=True)
class KeptReplies:
    """The replies that one front keeps."""

    hits: int = 0
    _replies: OrderedDict[Key, Kept] = field(default_factory=OrderedDict)

    def get(self, key: Key, version: str) -> Kept | None:
        """Return the reply to a request, if it tells of the present version."""
        kept = self._replies.get(key)
        if kept is None or kept.version != version:
            return None
        self._replies.move_to_end(key)
        self.hits += 1
        return kept

    def put(self, key: Key, kept: Kept) -> None:
        """Keep a reply, unless it is long."""
        if len(kept.body) <= LONGEST:
            self._replies[key] = kept
            while len(self._replies) > MOST:
                self._replies.popitem(last=False)


def key_of(target: bytes, fields: list[tuple[bytes, bytes]], proxied: bool) -> Key | None:
    """Return the key of a request; None where it has a body, or may have."""
    if any(name in FRAMED for name, _ in fields):
        return None
    return target, tuple(fields), proxied


def head_of(fields: Fields) -> bytes:
    """Return the fields of a reply as they are sent."""
    return "".join(f"{name.lower()}: {value}\r\n" for name, value in fields).encode("latin-1")
