"""The engine of the graph: its queries, pages and writes as tasks of an engine."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

from graph.answering.evaluation import Answer, Query, WhyEmpty, insert_member
from graph.answering.format import GRAPHS, RESULTS, GraphFormat
from graph.errors import (
    DeadlineError,
    EngineError,
    ForbiddenError,
    OutOfMemoryError,
    ProcessorTimeError,
    UnorderedError,
    WorkerDiedError,
)
from graph.sparql.guard import QUERY_BYTES, check_query, check_update, require_bytes
from server.engine.engine import Engine
from server.engine.framing import Header, Message
from server.engine.request import Require, WriteKey, WriteResult
from server.graph_settings import GraphSettings
from server.request import EXCLUSION, GraphChange, Update
from server.writing.change_folder import read_log
from server.writing.update_text import add_using, remove_silent_loads

OWN_SHARE: Final = 0.8
"""The share of its time after which the search for a core ends itself."""

LEAST_SECONDS: Final = 0.1
"""The seconds for look-ups after an answer that took all its time."""

MAX_GUARDED_CHARACTERS: Final = 8 << 10
"""The longest query that the front guards itself; a worker guards a longer one."""


class GraphEngine(Engine):
    """Answers queries and takes writes: `answer` and `ask` are awaited, the rest blocks a thread.

    The sources that EXCLUSION has are left out of each answer, and named in its version.
    """

    settings: GraphSettings

    async def answer(self, query: Query, deadline: float | None = None) -> Answer:
        """Return the answer to a query; raises the errors in the docstring of server/engine.

        A provisional answer has no version, so that no cache keeps it.
        """
        header, text = self.request(query)
        seconds = deadline or self.settings.deadline
        ask = self._cite if query.cite else partial(self.ask, "query")
        start = self._loop.time()
        answer, body = await ask(header, text, seconds)
        if answer.get("is_empty") and query.why_empty:
            left = min(seconds / 2, seconds - (self._loop.time() - start))
            asked = query.text.encode(errors="replace")  # with its SERVICE, not their answers
            empty = await self._explain_empty(header, asked, query.why_empty, left)
            answer = {**answer, **empty, "version": answer["version"]}
            if empty["version"] != answer["version"]:
                answer["provisional"] = True
        return decode_answer(answer, body)

    async def ask(
        self, kind: str, header: Header, body: bytes = b"", deadline: float | None = None
    ) -> Message:
        """Return the answer to any kind of request that server/tasks/served_dataset.py lists.

        A query whose solutions the engine could not order is asked again, with a total order.
        """
        seconds = deadline or self.settings.deadline
        end = self._loop.time() + seconds
        if exclusion := EXCLUSION.get():
            data_dir = self.settings.data_dir
            if exclusion.as_of and data_dir is not None:
                written = list_written(data_dir, super().version)
                exclusion = replace(exclusion, written=written)
            header = {**header, "variant": asdict(exclusion)}
        try:
            return await super().ask(kind, header, body, seconds)
        except UnorderedError:
            left = end - self._loop.time()
            try:
                return await super().ask(kind, {**header, "total_order": True}, body, left)
            except DeadlineError:
                raise DeadlineError(seconds) from None

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
        return header, (query.filled or query.text).encode(errors="replace")

    async def _cite(self, header: Header, text: bytes, deadline: float) -> Message:
        """Return an answer with citations, or without them if its budget is too small.

        Citing needs more time and memory than answering. Its budget is a share of the deadline, but
        of processor time: beside load it waits. Without citations the answer has the reason.
        """
        start, budget = self._loop.time(), deadline * self.settings.cite_share
        try:
            return await self.ask("cite", {**header, "budget": budget}, text, deadline)
        except (ProcessorTimeError, OutOfMemoryError, WorkerDiedError) as error:
            reason = f"citing was given up: {error}"
        left = deadline - (self._loop.time() - start)
        try:
            answer, body = await self.ask("cite", {**header, "uncited": reason}, text, left)
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

    def update(self, update: Update, key: WriteKey | None = None) -> WriteResult:
        """Apply an update, all of it or nothing; returns when it is on disk and readers see it.

        A write whose key is done already is not made again: its result is returned. Raises
        KeyReuseError for the key of another write, and ConflictError for a closed one.
        """
        header, body = {"base": update.base}, update.text.encode(errors="replace")
        try:
            check_update(update.text, self.settings.limits)
        except ForbiddenError:
            with contextlib.suppress(WorkerDiedError):  # LOAD of https kills a worker without files
                self.run("syntax", header, body)
            raise
        text = add_using(replace(update, text=remove_silent_loads(update.text)))
        return self.write({**header, "kind": "update"}, text.encode(errors="replace"), key)

    def change(
        self, change: GraphChange, require: Require | None = None, key: WriteKey | None = None
    ) -> WriteResult:
        """Change one graph, unless `require` raises; its `key` is that of `update`.

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
        return self.write(header, change.body, key, require)

    def require_writable(self) -> None:
        """Raise ForbiddenError for an engine that takes no writes, with the store that it asks."""
        if self.settings.remote and not self.writable:
            name = self.settings.remote.name
            raise ForbiddenError(f"this server takes no writes: its graph is published to {name}")
        super().require_writable()

    @property
    def version(self) -> str:
        """The name of the dataset that new requests see, which depends on the excluded sources."""
        return name_dataset(super().version)


@lru_cache(maxsize=2)
def list_written(data_dir: Path, version: str) -> tuple[tuple[str, str], ...]:
    """Return the graphs that were written over HTTP, with the day of the last write."""
    try:
        log = read_log(data_dir, version, None)
    except FileNotFoundError:  # a write was forgotten meanwhile
        log = read_log(data_dir, version, None)
    versions = {graph: write.version for write in log.writes for graph in write.graphs}
    return tuple((graph, own.created[:10]) for graph, own in {**log.versions, **versions}.items())


def name_dataset(version: str) -> str:
    """Return the name of a version without the excluded sources of the current request."""
    return version + EXCLUSION.get().name


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
