"""The engine of one server: reads through the pool, writes through the writer."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from graph.engine.frame import Header
from graph.engine.guard import QUERY_BYTES, check_query, check_update, require_bytes
from graph.engine.pool.nursery import Nursery
from graph.engine.pool.pool import Pool
from graph.engine.request import Change, GraphChange, Require, Update
from graph.engine.settings import Settings
from graph.engine.source import Source
from graph.engine.writing.delta import Delta
from graph.engine.writing.generation import FIRST
from graph.engine.writing.loading import without_silent_loads
from graph.engine.writing.scribe import Scribe
from graph.engine.writing.using import with_using
from graph.errors import (
    DeadlineError,
    ForbiddenError,
    OnDiskError,
    OutOfMemoryError,
    OverloadedError,
    WorkerDiedError,
)
from graph.evaluation import ELSEWHERE, Answer, Query
from graph.format import GRAPHS, RESULTS, GraphFormat

LONG: Final = 8 << 10
"""The characters of a query past which a worker reads it, and not the server's one process."""


class Engine:
    """Answers questions and takes writes; every method may be called from any thread."""

    def __init__(
        self, settings: Settings, nursery: Nursery, pool: Pool, scribe: Scribe | None
    ) -> None:
        self.settings = settings
        self._nursery = nursery
        self._pool = pool
        self._scribe = scribe
        self._writing = threading.Lock()

    @classmethod
    def start(cls, settings: Settings) -> Self:
        """Return an engine that is ready to answer.

        Raises OSError where its dataset cannot be read, or its directory not written.
        """
        nursery = Nursery(settings)
        scribe = Scribe(settings, settings.data_dir) if settings.data_dir else None
        engine = cls(settings, nursery, Pool(settings, nursery), scribe)
        try:
            nursery.prepare()
            if scribe is not None:
                scribe.start()
                nursery.source, nursery.version = scribe.source, scribe.version
            elif settings.source is not None:
                nursery.source = Source(settings.source)
                nursery.version = version_of(settings.source)
            engine._pool.start()
        except BaseException:
            engine.close()
            raise
        return engine

    def query(self, query: Query, deadline: float | None = None) -> Answer:
        """Return the answer to a query; raises what the package's docstring lists.

        A cited answer has no version where it may be another the next time.
        """
        header, text = self.request(query)
        seconds = deadline or self.settings.deadline
        if query.cite:
            return answer_of(*self._cite(header, text, seconds))
        return answer_of(*self.run("query", header, text, seconds))

    async def answer(self, query: Query) -> Answer:
        """Return what `query` does; no thread waits while the answer comes quickly."""
        if query.cite:
            return await asyncio.to_thread(self.query, query)
        header, text = self.request(query)
        header["kind"] = "query"
        return answer_of(*await self._pool.answer(header, text, self.settings.deadline))

    def request(self, query: Query) -> tuple[Header, bytes]:
        """Return a query as a worker takes it; raises LimitError and ForbiddenError.

        The guard reads a long text in the worker: here it would hold up everybody.
        """
        limits, is_long = self.settings.limits, len(query.text) > LONG and query.filled is None
        if is_long:
            require_bytes(query.text, limits.query_bytes, QUERY_BYTES)
        names_a_graph = not is_long and check_query(query.text, limits)
        header = {
            "limits": asdict(limits) if is_long else None,
            "alone": not (names_a_graph or query.default_graphs or query.named_graphs),
            "result_format": query.result_format.name if query.result_format else None,
            "graph_format": query.graph_format.name if query.graph_format else None,
            "bindings": {name: str(term) for name, term in query.bindings.items()},
            "default_graphs": query.default_graphs,
            "named_graphs": query.named_graphs,
            "base": query.base,
            "words": query.words,
        }
        if query.filled is not None:
            header["uncited"] = ELSEWHERE
        return header, (query.filled or query.text).encode(errors="replace")

    def _cite(self, header: Header, text: bytes, deadline: float) -> tuple[Header, bytes]:
        """Return an answer with citations, or without them where half the deadline is too short.

        Citing needs more than answering: what is too much for it is answered, with the reason.
        """
        half = deadline / 2
        try:
            return self.run("cite", header, text, half)
        except (DeadlineError, OutOfMemoryError, WorkerDiedError) as error:
            reason = f"citing was given up: {error}"
        try:
            answer, body = self.run("cite", {**header, "uncited": reason}, text, half)
        except DeadlineError:
            raise DeadlineError(deadline) from None
        return {**answer, "passing": True}, body

    def explain(self, triple: Sequence[str], form: str) -> tuple[bytes, str]:
        """Return why a triple holds, as "json" or "ttl", and the version of the dataset.

        Its three terms are written as in graph/explaining/spelling.py. Raises NotInGraphError
        where it does not hold, UnknownNameError and ParameterError.
        """
        answer, body = self.run("explain", {"triple": list(triple), "form": form})
        return body, str(answer["version"])

    def table(self, thing: str) -> tuple[bytes, str]:
        """Return the statements with a thing as CSV, and the version of the dataset."""
        answer, body = self.run("table", {"thing": thing})
        return body, str(answer["version"])

    def graph(self, graph: str | None, form: GraphFormat) -> Answer:
        """Return one graph whole, None being the default one; raises UnknownNameError.

        The version of the answer is that of the graph: it stays when another is written.
        """
        answer, body = self.run("graph", {"graph": graph, "graph_format": form.name})
        return Answer(body, form, answer["state"])

    def parse(self, body: bytes, form: GraphFormat, base: str) -> bytes:
        """Return a stranger's RDF document as N-Quads; raises BodySyntaxError."""
        return self.run("rdf", {"format": form.name, "base": base}, body)[1]

    def run(
        self, kind: str, header: Header, body: bytes = b"", deadline: float | None = None
    ) -> tuple[Header, bytes]:
        """Return the answer to any kind of request that graph/engine/task.py lists."""
        return self._pool.run({**header, "kind": kind}, body, deadline or self.settings.deadline)

    def update(self, update: Update) -> Change:
        """Apply an update, all of it or nothing; returns when it is on disk and readers see it."""
        header, body = {"base": update.base}, update.text.encode(errors="replace")
        try:
            check_update(update.text, self.settings.limits)
        except ForbiddenError:
            with contextlib.suppress(WorkerDiedError):  # LOAD of https ends a worker without files
                self.run("syntax", header, body)
            raise
        text = with_using(replace(update, text=without_silent_loads(update.text)))
        return self._write({**header, "kind": "update"}, text.encode(errors="replace"))

    def change(self, change: GraphChange, require: Require | None = None) -> Change:
        """Change one graph where what is required holds.

        Raises BodySyntaxError, UnknownNameError for a drop of no graph, and what `require` raises.
        """
        header = {
            "kind": "change",
            "verb": change.verb,
            "graph": change.graph,
            "format": change.format.name if change.format else None,
            "base": change.base,
            "conditional": require is not None,
        }
        return self._write(header, change.body, require)

    def _write(self, header: Header, body: bytes, require: Require | None = None) -> Change:
        """Have a worker find what a write changes, the writer keep it, and the readers see it.

        The stranger's text runs in a worker, on its own copy of the dataset, with the bounds of any
        question; only the delta comes near the store. One write at a time, so none is lost.
        """
        if not self.writable:
            raise ForbiddenError("this server takes no writes")
        if not self._writing.acquire(timeout=self.settings.queue_time):
            raise OverloadedError("another write is under way")
        try:
            if self._scribe is None:
                raise OverloadedError("the server is closing")
            end = time.monotonic() + self.settings.write_deadline
            self._catch_up(self._scribe)
            answer, lines = self._find(header, body)
            if require is not None:
                require(str(answer["state"]), bool(answer["existed"]))
            delta = Delta.of(answer, lines)
            if delta:
                self._scribe.write(
                    delta, end, self._pool.lanes.versions() | {self._nursery.loading}
                )
                self._show(delta, self._scribe)
                self._pool.lanes.count("writes")
            return Change.of(self._nursery.version, answer)
        finally:
            self._writing.release()

    def _find(self, header: Header, body: bytes) -> tuple[Header, bytes]:
        """Return what a write changes; one that needs memory waits for it as others in a queue."""
        deadline = self.settings.write_deadline
        try:
            return self._pool.run(header, body, deadline)
        except OnDiskError:
            if not self._nursery.settle(self.settings.queue_time):
                raise OverloadedError("the dataset is still being loaded") from None
            return self._pool.run(header, body, deadline)

    def _show(self, delta: Delta, scribe: Scribe) -> None:
        """Show the readers what is on disk, so that no question is answered from before."""
        with contextlib.suppress(OSError):  # whoever forks next starts a zygote
            self._nursery.apply(delta, scribe.source, scribe.version)
        self._pool.swap()

    def _catch_up(self, scribe: Scribe) -> None:
        """Show the readers what a writer published that died before it could say so."""
        scribe.ensure()
        if scribe.version != self._nursery.version:
            with contextlib.suppress(OSError):
                self._nursery.replace(scribe.source, scribe.version)
            self._pool.swap()

    @property
    def written(self) -> bool:
        """Whether writes came since the store was filled, which graph:dataset does not count."""
        first = self.version.startswith(FIRST)
        return self.writable and not first

    @property
    def version(self) -> str:
        """The name of the dataset that new requests see."""
        return self._nursery.version

    @property
    def writable(self) -> bool:
        """Whether the engine takes writes."""
        return self.settings.data_dir is not None

    def ready(self) -> bool:
        """Return whether a worker can answer now."""
        return self._pool.lanes.gauges()["idle"] > 0

    def counters(self) -> dict[str, int]:
        """Return the totals since the start and the gauges of now, by name."""
        return {
            **self._pool.lanes.counters.values(),
            **self._pool.lanes.gauges(),
            "zygote_starts": self._nursery.starts,
            "writer_starts": self._scribe.starts if self._scribe else 0,
        }

    def close(self, timeout: float = 30.0) -> None:
        """Finish what is in flight, then end every child."""
        with self._writing:
            if self._scribe is not None:
                self._scribe.close()
                self._scribe = None
        self._pool.drain(timeout)
        self._nursery.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def answer_of(header: Header, body: bytes) -> Answer:
    """Return the answer that a worker gave, without a version where it may pass."""
    name = header["format"]
    version = "" if header.get("passing") else header["version"]
    form = RESULTS.get(name) or GRAPHS[name]
    return Answer(body, form, version, tuple(header.get("missing", ())))


def version_of(source: Path) -> str:
    """Return the name of the dataset of a source: the hash of a file, the name of a directory."""
    if source.is_dir():
        return source.resolve().name
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]
