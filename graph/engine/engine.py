"""The engine of one front: reads through its pool, writes through the supervisor."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any, Final, Self, TypeVar

from graph.answering.evaluation import ELSEWHERE, Answer, Query
from graph.answering.format import GRAPHS, RESULTS, GraphFormat
from graph.engine.account import Accounts
from graph.engine.engine_settings import EngineSettings
from graph.engine.framing import Header, Message
from graph.engine.guard import QUERY_BYTES, check_query, check_update, require_bytes
from graph.engine.pending_results import waited
from graph.engine.pool.pool import Pool
from graph.engine.request import STRIKE, Change, GraphChange, Require, Update
from graph.engine.supervision.channel import SupervisorChannel
from graph.engine.writing.generation import FIRST
from graph.engine.writing.update_text import without_silent_loads
from graph.engine.writing.using import with_using
from graph.errors import (
    DeadlineError,
    ForbiddenError,
    OutOfMemoryError,
    OverloadedError,
    WorkerDiedError,
)

T = TypeVar("T")
Counts = Mapping[str, float]

LONG: Final = 8 << 10
"""The characters of a query past which a worker reads it, and not the server's one process."""


class Engine:
    """Answers questions and takes writes.

    It lives in one loop. `answer` and `ask` are awaited there; every other method blocks its
    thread, and may be called from any thread but that of the loop.
    """

    def __init__(
        self, settings: EngineSettings, channel: SupervisorChannel, accounts: Accounts
    ) -> None:
        self.settings = settings
        self.accounts = accounts
        self._channel = channel
        self._pool = Pool(settings, channel, accounts)
        self._loop = asyncio.get_running_loop()
        self.count_also(dict)

    @classmethod
    async def open(cls, settings: EngineSettings, sock: socket.socket, accounts: Accounts) -> Self:
        """Return an engine at the end of a line to a supervisor, ready to answer.

        Raises OSError where no worker can be had.
        """
        engine = cls(settings, SupervisorChannel(sock), accounts)
        await engine._pool.start()
        return engine

    async def answer(self, query: Query, deadline: float | None = None) -> Answer:
        """Return the answer to a query; raises what the package's docstring lists.

        A cited answer has no version where it may be another the next time.
        """
        header, text = self.request(query)
        seconds = deadline or self.settings.deadline
        asking = self._cite if query.cite else partial(self.ask, "query")
        answer, body = await asking(header, text, seconds)
        stale = answer["version"] != self._channel.version  # it was asked of a worker of before
        return answer_of({**answer, "passing": stale or answer.get("passing")}, body)

    async def ask(
        self, kind: str, header: Header, body: bytes = b"", deadline: float | None = None
    ) -> Message:
        """Return the answer to any kind of request that graph/engine/task.py lists."""
        seconds, strike = deadline or self.settings.deadline, STRIKE.get()
        if strike:
            header = {**header, "strike": asdict(strike)}
        return await self._pool.answer({**header, "kind": kind}, body, seconds)

    async def drain(self, seconds: float) -> None:
        """Refuse new questions, finish those in flight within so many seconds, and end the rest."""
        await self._pool.drain(seconds)

    async def leave(self) -> None:
        """End the line to the supervisor, when all workers have ended."""
        self._channel.close()
        await asyncio.sleep(0)  # the transports of the workers close

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

    async def _cite(self, header: Header, text: bytes, deadline: float) -> Message:
        """Return an answer with citations, or without them where half the deadline is too short.

        Citing needs more than answering: what is too much for it is answered, with the reason.
        """
        half = deadline / 2
        try:
            return await self.ask("cite", header, text, half)
        except (DeadlineError, OutOfMemoryError, WorkerDiedError) as error:
            reason = f"citing was given up: {error}"
        try:
            answer, body = await self.ask("cite", {**header, "uncited": reason}, text, half)
        except DeadlineError:
            raise DeadlineError(deadline) from None
        return {**answer, "passing": True}, body

    def query(self, query: Query, deadline: float | None = None) -> Answer:
        """Return what `answer` does."""
        return self.wait(self.answer(query, deadline))

    def run(
        self, kind: str, header: Header, body: bytes = b"", deadline: float | None = None
    ) -> Message:
        """Return what `ask` does."""
        return self.wait(self.ask(kind, header, body, deadline))

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
        """Have the supervisor make a write; returns when it is on disk and readers see it."""
        if not self.writable:
            remote = self.settings.remote
            where = f": what it serves is published to {remote.name}" if remote else ""
            raise ForbiddenError(f"this server takes no writes{where}")
        return self.wait(self._channel.write(header, body, require))

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Return the result of what is awaited in the loop.

        Raises OverloadedError where the request is given up for which this thread works, and where
        the engine is closed.
        """
        if self._loop.is_closed():
            work.close()
            raise OverloadedError("the engine is closed")
        return waited(asyncio.run_coroutine_threadsafe(work, self._loop))

    @property
    def gone(self) -> asyncio.Future[None]:
        """Done when the supervisor is gone."""
        return self._channel.gone

    @property
    def written(self) -> bool:
        """Whether writes came since the store was filled, which graph:dataset does not count."""
        first = self.version.startswith(FIRST)
        return self.writable and not first

    @property
    def version(self) -> str:
        """The name of the dataset that new requests see, without the sources that are struck."""
        strike = STRIKE.get()
        return self._channel.version + (strike.name if strike else "")

    @property
    def writable(self) -> bool:
        """Whether the engine takes writes."""
        return self.settings.data_dir is not None

    @property
    def in_memory(self) -> bool:
        """Whether the dataset is in memory; until then workers read it from disk."""
        return self._channel.in_memory

    @property
    def fault(self) -> str:
        """Why what a remote store holds cannot be renewed in memory, "" where it can."""
        return self._channel.fault

    def ready(self) -> bool:
        """Return whether a worker can answer now, and the remote store, where one is served."""
        return self._channel.answered and self._pool.lanes.values()["idle"] > 0

    def count_also(self, counted: Callable[[], Mapping[str, Counts]]) -> None:
        """Have what else this front counts told to the others that ask."""
        self._channel.counted = lambda: {**counted(), "engine": self._pool.lanes.values()}

    async def counts(self) -> dict[str, dict[str, float]]:
        """Return what all fronts have counted, summed, by the part of the server that did."""
        total: dict[str, Counter[str]] = {}
        for front in (self._channel.counted(), *await self._channel.others()):
            for part, counts in front.items():
                total.setdefault(part, Counter()).update(counts)
        return {part: dict(counts) for part, counts in total.items()}


def answer_of(header: Header, body: bytes) -> Answer:
    """Return the answer that a worker gave, without a version where it may pass."""
    name = header["format"]
    version = "" if header.get("passing") else header["version"]
    form = RESULTS.get(name) or GRAPHS[name]
    return Answer(body, form, version, tuple(header.get("missing", ())))
