"""The results that a request's threads wait for, which are cancelled with the request."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future
from contextvars import ContextVar
from threading import Lock
from typing import Final, TypeVar

from graph.errors import OverloadedError

T = TypeVar("T")

GIVEN_UP: Final = "the request was given up"


class PendingResults:
    """The results that the threads of one request wait for."""

    def __init__(self) -> None:
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
        with self._lock:
            self._futures.add(future)  # type: ignore[arg-type]
            given_up = self._given_up
        if given_up:
            future.cancel()
        try:
            return future.result()
        except CancelledError:
            raise OverloadedError(GIVEN_UP) from None
        finally:
            with self._lock:
                self._futures.discard(future)


PENDING_RESULTS: Final[ContextVar[PendingResults]] = ContextVar("pending_results")
"""The pending results of the request for which this thread works."""


def wait_for(future: Future[T]) -> T:
    """Wait for a future; raises OverloadedError if this thread's request is given up."""
    return PENDING_RESULTS.get(PendingResults()).wait(future)
