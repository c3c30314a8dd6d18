"""The waiting of threads for a loop, which ends when their request is given up."""

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
        """Cancel what is waited for, now and later."""
        with self._lock:
            self._given_up = True
            futures = list(self._futures)
        for future in futures:
            future.cancel()

    def result(self, future: Future[T]) -> T:
        """Return a result; raises OverloadedError where the request is given up."""
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


PENDING_RESULTS: Final[ContextVar[PendingResults]] = ContextVar("waiting")
"""The waiting of the request for which this thread works."""


def waited(future: Future[T]) -> T:
    """Return the result of a future; raises OverloadedError where its request is given up."""
    return PENDING_RESULTS.get(PendingResults()).result(future)
