"""The writes of an engine with their keys, and what a request was answered from and waits for.

Context variables have the versions that answered it, and the results that its threads wait for,
which are cancelled with the request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final, Self, TypeVar

from graph.errors import OverloadedError
from server.engine.framing import Header

VERSIONS: Final[ContextVar[set[str]]] = ContextVar("versions")
"""The versions of the dataset from which this request was answered."""

Require = Callable[[str, bool], None]
"""Raises unless a graph's version, and whether it exists, meet the condition of its change.

No other write comes between the call and the change.
"""


@dataclass(frozen=True, slots=True)
class WriteKey:
    """An Idempotency-Key: the SHA-256 of the token with the key, and the SHA-256 of the write."""

    name: str
    body: str


@dataclass(frozen=True, slots=True)
class WriteResult:
    """The version that a write made, and the number of quads that it removed and added.

    `report` has the counts of its inferences, and the contradictions.
    """

    version: str
    removed: int
    added: int
    existed: bool
    report: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def decode(cls, version: str, answer: Header) -> Self:
        """Return the change that a worker's answer describes."""
        report = dict(answer["report"])
        removed, added = int(report.pop("removed")), int(report.pop("added"))
        return cls(version, removed, added, existed=bool(answer["existed"]), report=report)


T = TypeVar("T")

GIVEN_UP: Final = "the request was given up"


class PendingResults:
    """The results that the threads of one request wait for.

    They wait inside `pause`, the context of a front that has other work for its processor.
    """

    def __init__(self) -> None:
        self.pause: Callable[[], AbstractContextManager[object]] = nullcontext
        self._futures: set[Future[object]] = set()
        self._given_up = False
        self._lock = Lock()

    def give_up(self) -> None:
        """Cancel the pending results, and all later ones."""
        with self._lock:
            self._given_up = True
            futures = list(self._futures)
        for future in futures:
            future.cancel()

    def wait(self, future: Future[T]) -> T:
        """Return the result of a future; raises OverloadedError if the request is given up."""
        with self.pause():
            return self.wait_without_pause(future)

    def wait_without_pause(self, future: Future[T], seconds: float | None = None) -> T:
        """Return the result of a future; raises OverloadedError, and TimeoutError."""
        with self._lock:
            self._futures.add(future)  # type: ignore[arg-type]
            given_up = self._given_up
        if given_up:
            future.cancel()
        try:
            return future.result(seconds)
        except CancelledError:
            raise OverloadedError(GIVEN_UP) from None
        finally:
            with self._lock:
                self._futures.discard(future)


PENDING_RESULTS: Final[ContextVar[PendingResults]] = ContextVar("pending_results")
"""The pending results of the request for which this thread works."""


def record_version(version: str) -> None:
    """Add a version, unless it is "", to those that answered the request of this task or thread."""
    if version:
        VERSIONS.get(set()).add(version)


def wait_for(future: Future[T]) -> T:
    """Wait for a future; raises OverloadedError if this thread's request is given up."""
    return PENDING_RESULTS.get(PendingResults()).wait(future)
