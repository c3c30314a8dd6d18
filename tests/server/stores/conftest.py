"""External stores, started here: `oxigraph serve`, and Virtuoso if it is installed."""

import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from bench import virtuoso
from bench.peer import serve_peer
from graph.snapshot import Snapshot
from tests.server.conftest import Run
from tests.waiting import PATIENCE

OXIGRAPH = Path(sys.executable).with_name("oxigraph")


@dataclass(frozen=True, slots=True)
class Theirs:
    """A running store: where it answers, its default graph named, and where it takes graphs."""

    name: str
    query: str
    graph_store: str

    def put(self, graph: str, turtle: str) -> None:
        """Have a graph hold these triples."""
        self._send("PUT", f"graph={quote(graph, safe='')}", turtle.encode())

    def load(self, turtle: str) -> None:
        """Have the default graph hold these triples."""
        self._send("PUT", "default", turtle.encode())

    def drop(self, graph: str) -> None:
        """Have a graph not be there."""
        self._send("DELETE", f"graph={quote(graph, safe='')}", None)

    def _send(self, method: str, graph: str, body: bytes | None) -> None:
        fields = {"Content-Type": "text/turtle"} if body is not None else {}
        address = f"{self.graph_store}?{graph}"
        request = urllib.request.Request(address, body, fields, method=method)
        urllib.request.urlopen(request, timeout=PATIENCE).close()

    def csv(self, text: str) -> str:
        """Return the answer to a query over the whole dataset, as CSV."""
        address = self.query.partition("?")[0] + "?" + urlencode({"query": text})
        request = urllib.request.Request(address, headers={"Accept": "text/csv"})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return str(answer.read().decode().replace('"', ""))


@pytest.fixture(scope="module")
def oxigraph() -> Iterator[Theirs]:
    with serve_peer([str(OXIGRAPH), "serve"], "--bind", "/query") as peer:
        address = "http://{}:{}".format(*peer.address)
        yield Theirs("oxigraph", f"{address}/query", f"{address}/store")


@pytest.fixture(scope="session")
def opened_virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theirs]:
    if missing := virtuoso.missing():
        pytest.skip(f"no {missing}: apt-get install virtuoso-opensource-7")
    with virtuoso.server(tmp_path_factory.mktemp("virtuoso"), buffers=10_000) as (port, peer):
        virtuoso.tell(port, virtuoso.OPEN)
        address = "http://{}:{}".format(*peer.address)
        query = f"{address}/sparql?default-graph-uri={virtuoso.UNION}"
        yield Theirs("virtuoso", query, f"{address}/sparql-graph-crud")
        virtuoso.tell(port, "shutdown;")


@pytest.fixture(params=["oxigraph", "opened_virtuoso"])
def theirs(request: pytest.FixtureRequest) -> Theirs:
    """Each store in turn."""
    remote: Theirs = request.getfixturevalue(request.param)
    return remote


def writing(theirs: Theirs) -> tuple[str, str]:
    """Return the options of `cpec publish` for writing to a store."""
    return ("--graph-store", theirs.graph_store)


@pytest.fixture(scope="module", params=["oxigraph", "opened_virtuoso"])
def store(request: pytest.FixtureRequest, cpec: Run, snapshot: Snapshot) -> Theirs:
    """Each store in turn, with the shipped graph."""
    theirs: Theirs = request.getfixturevalue(request.param)
    done = cpec("publish", theirs.query, *writing(theirs))
    assert done.returncode == 0, done.stderr
    return theirs
