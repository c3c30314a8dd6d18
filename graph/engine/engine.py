"""The engine of one server: reads through the pool, writes through the writer."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from graph.engine.frame import Header
from graph.engine.guard import check_query
from graph.engine.nursery import Nursery
from graph.engine.pool import Pool
from graph.engine.settings import Settings
from graph.engine.task import GRAPHS, RESULTS
from graph.evaluation import Answer, Query
from graph.format import GraphFormat


class Engine:
    """Answers questions and takes writes; every method may be called from any thread."""

    def __init__(self, settings: Settings, nursery: Nursery, pool: Pool) -> None:
        self.settings = settings
        self._nursery = nursery
        self._pool = pool
        self._writing = threading.Lock()

    @classmethod
    def start(cls, settings: Settings) -> Self:
        """Return an engine that is ready to answer."""
        nursery = Nursery(settings, settings.source, version_of(settings.source))
        pool = Pool(settings, nursery)
        pool.start()
        return cls(settings, nursery, pool)

    def query(self, query: Query, deadline: float | None = None) -> Answer:
        """Return the answer to a query; raises what the package's docstring lists."""
        check_query(query.text, self.settings.limits, self.settings.service_allow)
        answer, body = self.run(
            "query",
            {
                "result_format": query.result_format.name,
                "graph_format": query.graph_format.name,
                "bindings": {name: str(term) for name, term in query.bindings.items()},
                "default_graphs": query.default_graphs,
                "named_graphs": query.named_graphs,
            },
            query.text.encode(errors="replace"),
            deadline,
        )
        name = answer["format"]
        return Answer(body, RESULTS.get(name) or GRAPHS[name], answer["version"])

    def graph(self, graph: str | None, form: GraphFormat) -> Answer:
        """Return one graph whole, None being the default one; raises UnknownNameError."""
        answer, body = self.run("graph", {"graph": graph, "graph_format": form.name})
        return Answer(body, form, answer["version"])

    def parse(self, body: bytes, form: GraphFormat, base: str) -> bytes:
        """Return a stranger's RDF document as N-Quads; raises BodySyntaxError."""
        return self.run("rdf", {"format": form.name, "base": base}, body)[1]

    def run(
        self, kind: str, header: Header, body: bytes = b"", deadline: float | None = None
    ) -> tuple[Header, bytes]:
        """Return the answer to any kind of request that graph/engine/task.py lists."""
        return self._pool.run({**header, "kind": kind}, body, deadline or self.settings.deadline)

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
        return self._pool.gauges()["idle"] > 0

    def counters(self) -> dict[str, int]:
        """Return the totals since the start and the gauges of now, by name."""
        return {
            **self._pool.counters.values(),
            **self._pool.gauges(),
            "zygote_starts": self._nursery.starts,
        }

    def close(self, timeout: float = 30.0) -> None:
        """Finish what is in flight, then end every child."""
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


def version_of(source: Path | None) -> str:
    """Return the name of the dataset of a source: the hash of a file, the name of a directory."""
    if source is None:
        return "empty"
    if source.is_dir():
        return source.resolve().name
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]
