"""The engine of one front: reads through its pool, writes through the supervisor."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any, Final, Self, TypeVar

from graph.answering.evaluation import SERVICE_REASON, Answer, Query, WhyEmpty, insert_member
from graph.answering.format import GRAPHS, RESULTS, GraphFormat
from graph.engine.account import Accounts
from graph.engine.engine_settings import EngineSettings
from graph.engine.framing import Header, Message
from graph.engine.guard import QUERY_BYTES, check_query, check_update, require_bytes
from graph.engine.pool.memory_watch import watch_memory
from graph.engine.pool.pool import Pool
from graph.engine.request import (
    EXCLUSION,
    GraphChange,
    Require,
    Update,
    WriteResult,
    record_version,
    wait_for,
)
from graph.engine.supervision.channel import Counts, SupervisorChannel, sum_counts
from graph.engine.supervision.register import Register
from graph.engine.writing.generation import FIRST
from graph.engine.writing.update_text import add_using, remove_silent_loads
from graph.errors import (
    DeadlineError,
    EngineError,
    ForbiddenError,
    OutOfMemoryError,
    OverloadedError,
    WorkerDiedError,
)

T = TypeVar("T")

OWN_SHARE: Final = 0.8
"""The share of its time after which the search for a core ends itself."""

LEAST_SECONDS: Final = 0.1
"""The seconds for look-ups after an answer that took all its time."""

MAX_GUARDED_CHARACTERS: Final = 8 << 10
"""The longest query that the front guards itself; a worker guards a longer one."""


class Engine:
    """Answers queries and takes writes.

    It belongs to one loop of asyncio. `answer` and `ask` are awaited there; every other method
    blocks its thread, and may be called from any thread but the loop's.
    """

    def __init__(
        self,
        settings: EngineSettings,
        channel: SupervisorChannel,
        register: Register,
        accounts: Accounts,
    ) -> None:
        self.settings = settings
        self.accounts = accounts
        self._channel = channel
        self._register = register
        self._pool = Pool(settings, channel, register, accounts)
        self._loop = asyncio.get_running_loop()
        self.register_counts(dict)

    @classmethod
    async def open(
        cls, settings: EngineSettings, sock: socket.socket, register: Register, accounts: Accounts
    ) -> Self:
        """Return an engine at one end of a supervisor's channel, ready to answer.

        Raises OSError if the supervisor can fork no worker.
        """
        engine = cls(settings, SupervisorChannel(sock), register, accounts)
        await engine._pool.start()
        return engine

    async def answer(self, query: Query, deadline: float | None = None) -> Answer:
        """Return the answer to a query; raises the errors in the package's docstring.

        A provisional answer has no version, so that no cache keeps it.
        """
        header, text = self.request(query)
        seconds = deadline or self.settings.deadline
        ask = self._cite if query.cite else partial(self.ask, "query")
        start = self._loop.time()
        answer, body = await ask(header, text, seconds)
        if answer.get("is_empty") and query.why_empty and query.filled is None:
            left = min(seconds / 2, seconds - (self._loop.time() - start))
            empty = await self._explain_empty(header, text, query.why_empty, left)
            answer = {**answer, **empty, "version": answer["version"]}
            if empty["version"] != answer["version"]:
                answer["provisional"] = True
        return decode_answer(answer, body)

    async def ask(
        self, kind: str, header: Header, body: bytes = b"", deadline: float | None = None
    ) -> Message:
        """Return the answer to any kind of request that graph/engine/tasks/task.py lists."""
        seconds, exclusion = deadline or self.settings.deadline, EXCLUSION.get()
        if exclusion:
            header = {**header, "exclusion": asdict(exclusion)}
        answer, result = await self._pool.answer({**header, "kind": kind}, body, seconds)
        record_version(answer["version"])
        return answer, result

    async def drain(self, seconds: float) -> None:
        """Refuse new requests, finish those in flight within so many seconds, and end the rest."""
        await self._pool.drain(seconds)

    async def leave(self) -> None:
        """Close the channel to the supervisor, after all workers have ended."""
        self._channel.close()
        await asyncio.sleep(0)  # one turn of the loop closes the transports of the workers

    def request(self, query: Query) -> tuple[Header, bytes]:
        """Return the request of a query; raises LimitError and ForbiddenError.

        A long text is guarded in a worker: a megabyte takes over a second, which here would hold up
        every client.
        """
        limits, is_long = (
            self.settings.limits,
            len(query.text) > MAX_GUARDED_CHARACTERS and query.filled is None,
        )
        if is_long:
            require_bytes(query.text, limits.query_bytes, QUERY_BYTES)
        names_a_graph = not is_long and check_query(query.text, limits)
        header = {
            "limits": asdict(limits) if is_long else None,
            "union_only": not (names_a_graph or query.default_graphs or query.named_graphs),
            "result_format": query.result_format.name if query.result_format else None,
            "graph_format": query.graph_format.name if query.graph_format else None,
            "bindings": {name: str(term) for name, term in query.bindings.items()},
            "default_graphs": query.default_graphs,
            "named_graphs": query.named_graphs,
            "base": query.base,
            "words": query.words,
            "is_own": query.is_own,
        }
        if query.filled is not None:
            header["uncited"] = SERVICE_REASON
        return header, (query.filled or query.text).encode(errors="replace")

    async def _cite(self, header: Header, text: bytes, deadline: float) -> Message:
        """Return an answer with citations, or without them if half the deadline is too short.

        Citing needs more time and memory than answering, which gets the other half. The answer has
        the reason why it is uncited.
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
        return {**answer, "provisional": True}, body

    async def _explain_empty(
        self, header: Header, text: bytes, why_empty: WhyEmpty, seconds: float
    ) -> Header:
        """Return the header of an answer with the causes of its emptiness, as `empty`.

        The search for a core ends itself before its deadline. An engine that runs one of its
        queries beyond it is ended; then a core is undetermined, and the answer provisional.
        """
        asked = {**header, "why_empty": why_empty, "seconds": seconds * OWN_SHARE}
        try:
            answer, body = await self.ask("empty", asked, text, max(seconds, LEAST_SECONDS))
        except EngineError as error:
            words = f"the search for a core was given up: {error}"
            empty = {"words": words, "undetermined": words} if why_empty == "core" else {}
            return {"empty": empty, "version": ""}
        return {"empty": json.loads(body), "version": answer["version"]}

    def query(self, query: Query, deadline: float | None = None) -> Answer:
        """Await `answer` from a thread."""
        return self.wait(self.answer(query, deadline))

    def run(
        self, kind: str, header: Header, body: bytes = b"", deadline: float | None = None
    ) -> Message:
        """Await `ask` from a thread."""
        return self.wait(self.ask(kind, header, body, deadline))

    def explain(self, triple: Sequence[str], form: str) -> tuple[bytes, str]:
        """Return the explanation of a triple, as "json" or "ttl", and the version of the dataset.

        Its three terms are written as graph/wording/spelling.py reads them. Raises
        NotInGraphError if it is neither stated nor inferred, UnknownNameError and ParameterError.
        """
        answer, body = self.run("explain", {"triple": list(triple), "form": form})
        return body, str(answer["version"])

    def table(self, thing: str) -> tuple[bytes, str]:
        """Return the statements about a thing as CSV, and the version of the dataset."""
        answer, body = self.run("table", {"thing": thing})
        return body, str(answer["version"])

    def graph(self, graph: str | None, form: GraphFormat) -> Answer:
        """Return all triples of one graph, None for the default graph; raises UnknownNameError.

        The version of the answer is the state of this graph: writes to others do not change it.
        """
        answer, body = self.run("graph", {"graph": graph, "graph_format": form.name})
        return Answer(body, form, answer["state"])

    def parse(self, body: bytes, form: GraphFormat, base: str) -> bytes:
        """Return a client's RDF document as N-Quads; raises BodySyntaxError."""
        return self.run("rdf", {"format": form.name, "base": base}, body)[1]

    def update(self, update: Update) -> WriteResult:
        """Apply an update, all of it or nothing; returns when it is on disk and readers see it."""
        header, body = {"base": update.base}, update.text.encode(errors="replace")
        try:
            check_update(update.text, self.settings.limits)
        except ForbiddenError:
            with contextlib.suppress(WorkerDiedError):  # LOAD of https kills a worker without files
                self.run("syntax", header, body)
            raise
        text = add_using(replace(update, text=remove_silent_loads(update.text)))
        return self._write({**header, "kind": "update"}, text.encode(errors="replace"))

    def change(self, change: GraphChange, require: Require | None = None) -> WriteResult:
        """Change one graph, unless `require` raises.

        Raises BodySyntaxError, UnknownNameError for a drop of no graph, and errors of `require`.
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

    def _write(self, header: Header, body: bytes, require: Require | None = None) -> WriteResult:
        """Have the supervisor make a write; returns when it is on disk and readers see it."""
        if not self.writable:
            remote = self.settings.remote
            where = f": its graph is published to {remote.name}" if remote else ""
            raise ForbiddenError(f"this server takes no writes{where}")
        return self.wait(self._channel.write(header, body, require))

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the engine's loop, and return its result.

        Raises OverloadedError if this thread's request is given up, or the engine is closed.
        """
        if self._loop.is_closed():
            work.close()
            raise OverloadedError("the engine is closed")
        return wait_for(asyncio.run_coroutine_threadsafe(work, self._loop))

    @property
    def supervisor_end(self) -> asyncio.Future[None]:
        """Done when the supervisor has ended."""
        return self._channel.supervisor_end

    @property
    def has_writes(self) -> bool:
        """Whether writes came since the store was filled; the counts of graph:dataset lack them."""
        first = self.version.startswith(FIRST)
        return self.writable and not first

    @property
    def version(self) -> str:
        """The name of the dataset that new requests see, which depends on the excluded sources."""
        return name_dataset(self._register.read().version)

    @property
    def epoch(self) -> int:
        """The number of the version, which also counts the dataset's move into memory."""
        return self._register.read().epoch

    @property
    def writable(self) -> bool:
        """Whether the engine takes writes."""
        return self.settings.data_dir is not None

    @property
    def in_memory(self) -> bool:
        """Whether the dataset is in memory; until then workers read it from disk."""
        return self._register.read().in_memory

    @property
    def fault(self) -> str:
        """The reason why the copy of a remote store cannot be renewed in memory, "" if it can."""
        return self._register.read().fault

    def ready(self) -> bool:
        """Return whether there are workers, idle or busy, and the remote store answers, if any."""
        return self._register.read().answers and self._pool.has_workers

    async def watch_memory(self) -> None:
        """Record the private memory of this process and its workers, and give back what is free."""
        await watch_memory(self._pool.lanes, self.accounts)

    def register_counts(self, count: Callable[[], Counts]) -> None:
        """Send the counts of other parts of this front, too, when another front asks."""
        self._channel.count = lambda: {**count(), "engine": self._pool.lanes.metrics()}

    async def sum_counts(self) -> Counts:
        """Return the sums of the counts of all fronts, by the part of the server that counts."""
        others = await self._channel.fetch_counts()
        return sum_counts([self._channel.count(), others])


def name_dataset(version: str) -> str:
    """Return the name of a version without the excluded sources of the current request."""
    exclusion = EXCLUSION.get()
    return version + (exclusion.name if exclusion else "")


def decode_answer(header: Header, body: bytes) -> Answer:
    """Return the answer of a worker's message, without a version if it is provisional."""
    name = header["format"]
    version = "" if header.get("provisional") else header["version"]
    form = RESULTS.get(name) or GRAPHS[name]
    empty = header.get("empty") or {}
    if empty and form == RESULTS["json"]:
        body = insert_member(body, "empty", empty)
    missing = tuple(header.get("missing", ()))
    return Answer(body, form, version, missing, bool(header.get("is_empty")), empty)
