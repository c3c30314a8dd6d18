"""A target: where the graphs of a store are written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import quote

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Triple, serialize

from graph.remote.store import GRAPH, RemoteStore
from graph.service.relay import Request

AGENT: Final = {"Connection": "close", "User-Agent": "cpec-graph"}

CLEAR: Final = "clear.ru"
LOAD: Final = "load.nq"


class Target(Protocol):
    """Takes graphs whole; "" names the default graph."""

    def replace(self, graph: str, triples: Iterable[Triple]) -> None:
        """Replace the triples of a graph."""

    def add(self, graph: str, triples: Iterable[Triple]) -> None:
        """Add triples to a graph."""

    def drop(self, graph: str) -> None:
        """Drop a graph, if it exists."""


@dataclass(frozen=True, slots=True)
class GraphStore:
    """A store at its address for the Graph Store Protocol; raises the errors of RemoteStore.send.

    https://www.w3.org/TR/sparql11-http-rdf-update/
    """

    store: RemoteStore

    def replace(self, graph: str, triples: Iterable[Triple]) -> None:
        """PUT the triples (section 5.3)."""
        self._write("PUT", graph, triples)

    def add(self, graph: str, triples: Iterable[Triple]) -> None:
        """POST the triples (section 5.5)."""
        self._write("POST", graph, triples)

    def drop(self, graph: str) -> None:
        """DELETE the graph (section 5.4)."""
        self._send("DELETE", graph, None, AGENT)

    def _write(self, method: str, graph: str, triples: Iterable[Triple]) -> None:
        """Send triples to a graph."""
        body = serialize(triples, format=RdfFormat.N_TRIPLES) or b""
        self._send(method, graph, body, {**AGENT, "Content-Type": GRAPH})

    def _send(self, method: str, graph: str, body: bytes | None, fields: dict[str, str]) -> None:
        """Send a request about a graph, which succeeds."""
        address = self.store.address
        name = f"graph={quote(graph, safe='')}" if graph else "default"
        address += ("&" if "?" in address else "?") + name
        self.store.send(Request(address, body, fields, method=method))


@dataclass(frozen=True, slots=True)
class Files:
    """Two files for the loader of a store: an update that clears graphs, and quads."""

    folder: Path

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in (CLEAR, LOAD):
            (self.folder / name).write_bytes(b"")

    def replace(self, graph: str, triples: Iterable[Triple]) -> None:
        """Write that a graph is cleared, and its triples."""
        self.drop(graph)
        self.add(graph, triples)

    def add(self, graph: str, triples: Iterable[Triple]) -> None:
        """Write triples of a graph."""
        name = NamedNode(graph) if graph else DefaultGraph()
        quads = (Quad(t.subject, t.predicate, t.object, name) for t in triples)
        with (self.folder / LOAD).open("ab") as file:
            file.write(serialize(quads, format=RdfFormat.N_QUADS) or b"")

    def drop(self, graph: str) -> None:
        """Write that a graph is cleared."""
        with (self.folder / CLEAR).open("a", encoding="utf-8") as file:
            file.write(f"CLEAR SILENT {f'GRAPH <{graph}>' if graph else 'DEFAULT'} ;\n")
