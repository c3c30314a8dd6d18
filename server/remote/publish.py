"""Publishes a snapshot to a remote store: the changed graphs, verified, and the version last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import quote

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Triple, serialize

from graph.errors import ConflictError, MismatchError
from graph.progress import bar
from graph.snapshot import Snapshot
from ontology.namespace import VERSION_GRAPH
from server.remote.publication import UNION, GraphChecksum, Publication, group_by_graph
from server.remote.store import GRAPH, RemoteStore
from server.service.relay import Request

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


MAX_NAMED_GRAPHS: Final = 5
"""The graphs that a message names."""


@dataclass(frozen=True, slots=True)
class Published:
    """The result of a publication: the version, the number of its graphs, the changed graphs.

    It is `verified` if the store holds the whole version and states it.
    """

    version: str
    graphs: int
    replaced: tuple[str, ...]
    dropped: tuple[str, ...]
    verified: bool


def publish(snapshot: Snapshot, store: RemoteStore, target: Target | None) -> Published:
    """Make a snapshot the content of a store, or of files for its loader.

    Each graph is read first: equal ones stay. Until everything is verified the store has no
    version. Without a target nothing is written.

    Raises MismatchError if the store differs after a write, ConflictError if its default graph has
    other people's triples, and the errors of RemoteStore.
    """
    graphs = group_by_graph(snapshot.quads())
    wanted = Publication(
        snapshot.version,
        {name: GraphChecksum.count(triples) for name, triples in graphs.items()},
    )
    known = Publication.read(store)
    changed = find_differences(store, wanted.parts)
    gone = tuple(name for name in known.parts if name not in wanted.parts)
    done = Published(wanted.version, len(graphs), tuple(changed), gone, verified=False)
    if target is None:
        return replace(done, verified=not (changed or gone) and known == wanted)
    if UNION in changed and UNION not in known.parts and not store.union:
        require_empty(store, changed[UNION][0])
    if changed or gone:
        begun = Publication("", {**known.parts, **wanted.parts})
        target.replace(VERSION_GRAPH, begun.triples())
        for name in bar(list(changed), "written"):
            target.replace(store.union if name == UNION else name, graphs[name])
        for name in gone:
            target.drop(name)
        if isinstance(target, Files):
            return done
        require_same(find_differences(store, {name: wanted.parts[name] for name in changed}))
    require_sizes(store, {**dict.fromkeys(gone, 0), **count_triples(wanted)})
    if known != wanted or changed or gone:
        unversioned = replace(wanted, version="")
        target.replace(VERSION_GRAPH, unversioned.triples())
        if not isinstance(target, Files) and Publication.read(store) != unversioned:
            raise MismatchError(f"{store.name} does not give <{VERSION_GRAPH}> back as written")
        target.add(VERSION_GRAPH, wanted.version_triples())
        if isinstance(target, Files):
            return done
    return replace(done, verified=True)


def require_empty(store: RemoteStore, default: GraphChecksum) -> None:
    """Raise ConflictError if the default graph of a store has other people's triples."""
    if default.triples:
        raise ConflictError(
            f"the default graph of {store.name} holds {default.triples} triples that were not "
            "published: clear it, or name a graph for the union, ?default-graph-uri=IRI"
        )


def find_differences(
    store: RemoteStore, parts: Mapping[str, GraphChecksum]
) -> dict[str, tuple[GraphChecksum, GraphChecksum]]:
    """Return the actual and the expected checksum of each graph in which a store differs."""
    differences = {}
    for name, part in bar(list(parts.items()), "compared"):
        actual = GraphChecksum.count(store.graph("" if name == UNION else name))
        if actual != part:
            differences[name] = (actual, part)
    return differences


def require_same(differences: Mapping[str, tuple[GraphChecksum, GraphChecksum]]) -> None:
    """Raise MismatchError unless there are no differences."""
    if differences:
        raise MismatchError(
            list_differences(
                f"<{name}> holds {actual.triples} triples, SHA-256 {actual.checksum[:16]}, "
                f"not {part.triples}, {part.checksum[:16]}"
                for name, (actual, part) in differences.items()
            )
        )


def count_triples(publication: Publication) -> dict[str, int]:
    """Return the number of triples of each graph of a publication."""
    return {name: part.triples for name, part in publication.parts.items()}


def require_sizes(store: RemoteStore, wanted: Mapping[str, int]) -> None:
    """Raise MismatchError unless a store counts the expected triples in each graph."""
    sizes = store.sizes()
    counts = {name: sizes.get("" if name == UNION else name, 0) for name in wanted}
    wrong = [name for name, size in wanted.items() if counts[name] != size]
    if wrong:
        raise MismatchError(
            list_differences(
                f"<{name}> is counted {counts[name]}, not {wanted[name]}" for name in wrong
            )
        )


def list_differences(lines: Iterable[str]) -> str:
    """Return the first differences as one message."""
    first = list(lines)
    more = [f"and {len(first) - MAX_NAMED_GRAPHS} more"] if len(first) > MAX_NAMED_GRAPHS else []
    return "the store does not hold what was published: " + "; ".join(
        [*first[:MAX_NAMED_GRAPHS], *more]
    )
