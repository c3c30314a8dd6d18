"""A writer of bytes that refuses to hold more than its cap."""

from __future__ import annotations

from graph.errors import AnswerTooLargeError


class Sink:
    """The stream of a serialiser; raises AnswerTooLargeError at the first byte past the cap."""

    __slots__ = ("_chunks", "_size", "cap")

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self._chunks: list[bytes] = []
        self._size = 0

    def write(self, chunk: bytes) -> int:
        """Take a chunk and return its length."""
        self._size += len(chunk)
        if self._size > self.cap:
            raise AnswerTooLargeError(self.cap)
        self._chunks.append(chunk)
        return len(chunk)

    def flush(self) -> None:
        """Do nothing: the chunks are in memory."""

    def value(self) -> bytes:
        """Return all that was written."""
        return b"".join(self._chunks)


def require_size(body: bytes, cap: int) -> bytes:
    """Return bytes that were written elsewhere; raises AnswerTooLargeError past the cap."""
    if len(body) > cap:
        raise AnswerTooLargeError(cap)
    return body
