"""Kept replies: a request equal to an earlier one gets the same reply while the dataset stays.

Many clients repeat the same request. The front answers such a request as soon as it has read the
head, without an exchange. It keeps replies to GET with status 200 and an entity tag. The key is the
address with all fields but the address of the client, so the key has everything that the answer may
depend on. The line of the log has the address of the present client.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from server.engine.front.address import FORWARDED
from server.engine.front.log import Line
from server.engine.front.reply import Fields

KEPT_REPLIES: Final = 1000
"""The maximum number of kept replies; the least recently used goes first."""

KEPT_SIZE: Final = 16 << 10
"""The maximum size of a kept body in bytes: a longer one takes longer to send than to find."""

Key = tuple[bytes, tuple[tuple[bytes, bytes], ...], bool]
"""The target of a request, its fields, and whether it came from the trusted proxy."""

FRAMED: Final = frozenset({b"content-length", b"transfer-encoding", b"expect"})
"""The fields that announce a body."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept reply: version of the dataset, head, body, and line of the log without the client."""

    version: str
    head: bytes
    body: bytes
    line: Line


@dataclass(slots=True)
class KeptReplies:
    """The kept replies of one front."""

    hits: int = 0
    _replies: OrderedDict[Key, Kept] = field(default_factory=OrderedDict)

    def get(self, key: Key, version: str) -> Kept | None:
        """Return the reply to a request, if it is of the current version."""
        kept = self._replies.get(key)
        if kept is None or kept.version != version:
            return None
        self._replies.move_to_end(key)
        self.hits += 1
        return kept

    def put(self, key: Key, kept: Kept) -> None:
        """Keep a reply unless its body is long."""
        if len(kept.body) <= KEPT_SIZE:
            self._replies[key] = kept
            while len(self._replies) > KEPT_REPLIES:
                self._replies.popitem(last=False)


def key_of(target: bytes, fields: list[tuple[bytes, bytes]], proxied: bool) -> Key | None:
    """Return the key of a request, None for a request that may have a body."""
    if any(name in FRAMED for name, _ in fields):
        return None
    return target, tuple(field for field in fields if field[0] != FORWARDED), proxied


def write_fields(fields: Fields) -> bytes:
    """Return the fields of a reply as bytes (RFC 9112, section 5)."""
    return "".join(f"{name.lower()}: {value}\r\n" for name, value in fields).encode("latin-1")
