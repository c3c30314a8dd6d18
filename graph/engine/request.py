"""The requests that an engine takes: a SPARQL update, and the change of one graph.

Context variables have the sources that a request leaves out, and the results that its threads wait
for, which are cancelled with the request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final, Literal, Self, TypeVar

from graph.answering.format import GraphFormat
from graph.engine.framing import Header
from graph.errors import OverloadedError
from graph.excluding.exclusion import Exclusion

EXCLUSION: Final[ContextVar[Exclusion | None]] = ContextVar("exclusion", default=None)
"""The sources that this task's or thread's requests leave out, if any."""

VERSIONS: Final[ContextVar[set[str]]] = ContextVar("versions")
"""The versions of the dataset from which this request was answered."""

Verb = Literal["replace", "merge", "drop"]

Require = Callable[[str, bool], None]
"""Raises unless a graph's version, and whether it exists, meet the condition of its change.

No other write comes between the call and the change.
"""

CHANGING: Final = frozenset({"update", "change", "since"})
"""The kinds of requests that change the dataset of their worker, which exits after the answer."""


@dataclass(frozen=True, slots=True)
class Update:
    """A SPARQL 1.1 Update and the dataset of its request (SPARQL 1.1 Protocol, section 2.2.3)."""

    text: str
    using_graphs: tuple[str, ...] = ()
    using_named_graphs: tuple[str, ...] = ()
    base: str | None = None


@dataclass(frozen=True, slots=True)
class GraphChange:
    """A change of one graph, None for the default graph (SPARQL 1.1 Graph Store Protocol).

    "replace" is PUT, "merge" is POST, "drop" is DELETE; the body is the client's, as received.
    """

    verb: Verb
    graph: str | None
    body: bytes = b""
    format: GraphFormat | None = None
    base: str | None = None


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
        with self._lock:
            self._futures.add(future)  # type: ignore[arg-type]
            given_up = self._given_up
        if given_up:
            future.cancel()
        try:
            with self.pause():
                return future.result()
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
