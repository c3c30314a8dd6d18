"""The change log on disk: the last versions in its feed are the store, after any writes."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from graph.publishing.feed import first_page, graphs_page, write_page
from ontology.namespace import INFERRED_GRAPH
from server.engine.writing.delta import Delta, Effect
from server.engine.writing.store_folder import next_version
from server.writing.change_folder import (
    FOLDER,
    ChangeFolder,
    list_writes,
    read_log,
    read_write,
)

ROOT = "http://localhost/feed"
NODE = "https://w3id.org/tree#node"
GRAPHS = ("x:a", "x:b", "x:c", INFERRED_GRAPH)
QUADS = [
    Quad(NamedNode("x:s"), NamedNode("x:p"), Literal(value), NamedNode(graph))
    for graph in GRAPHS
    for value in range(3)
]
Contents = dict[str, frozenset[Triple]]


class Log:
    """A store with its change log, and the contents of each version."""

    def __init__(self, data_dir: Path, limit: int) -> None:
        self.data_dir, self.limit, self.store = data_dir, limit, Store()
        self.version = next_version("")
        self.folder = ChangeFolder(data_dir, limit, self.version)
        self.contents = {self.version: self.read_store()}

    def write(self, wanted: Iterable[Quad]) -> None:
        """Make the store have some quads alone."""
        wanted, present = (
            set(wanted),
            set(self.store)
            - {quad for quad in self.store if isinstance(quad.graph_name, DefaultGraph)},
        )
        delta = Effect(present - wanted, wanted - present).delta()
        if delta:
            self.version = next_version(self.version)
            delta.apply(self.store, union=True)
            self.folder.append(self.version, delta)
            self.folder.prune()
            self.contents[self.version] = self.read_store()

    def read_store(self) -> Contents:
        """Return the triples of each graph that has some."""
        groups: defaultdict[str, set[Triple]] = defaultdict(set)
        for quad in self.store:
            if isinstance(quad.graph_name, NamedNode):
                groups[quad.graph_name.value].add(quad.triple)
        return {graph: frozenset(triples) for graph, triples in groups.items()}

    def read_page(self, address: str) -> bytes:
        """Return a page as the server does."""
        rest = address.removeprefix(ROOT)
        name = rest[1:] if rest.startswith("/") else ""
        log = read_log(self.data_dir, self.version, name or None)
        if name:
            return write_page(self.store, log, ROOT, name)
        return graphs_page(self.store, log, ROOT, "") if rest else first_page(log, ROOT)

    def read_feed(self) -> dict[tuple[str, str], frozenset[Triple]]:
        """Return the triples of each member by its time and graph, as a client reads them."""
        pages, graphs, times = [ROOT], dict[str, str](), dict[str, str]()
        triples: defaultdict[str, set[Triple]] = defaultdict(set)
        for page in pages:
            for quad in parse(self.read_page(page), RdfFormat.N_QUADS):
                name = getattr(quad.subject, "value", "")
                if isinstance(quad.graph_name, NamedNode):
                    triples[quad.graph_name.value].add(quad.triple)
                elif quad.predicate.value == NODE and quad.object.value not in pages:
                    pages.append(quad.object.value)
                elif quad.predicate.value.endswith("isVersionOf"):
                    graphs[name] = quad.object.value
                elif quad.predicate.value.endswith("created"):
                    times[name] = quad.object.value
        return {(times[name], graphs[name]): frozenset(triples[name]) for name in graphs}

    def last_versions(self) -> Contents:
        """Return the triples of the last version of each graph, without those deleted."""
        last = {
            graph: triples
            for (_, graph), triples in sorted(self.read_feed().items(), key=lambda item: item[0])
        }
        return {graph: triples for graph, triples in last.items() if triples}


WRITES = st.lists(st.sets(st.sampled_from(QUADS)), max_size=12)


def check_writes(writes: list[set[Quad]], limit: int, restart: int) -> None:
    """Check after each write that the feed has the store, and each kept write as it was."""
    with TemporaryDirectory() as folder:
        log = Log(Path(folder), limit)
        for number, wanted in enumerate(writes):
            log.write(wanted)
            if number == restart:
                log.folder = ChangeFolder(log.data_dir, limit, log.version)
            assert log.last_versions() == log.read_store()
            paths = list_writes(log.data_dir / FOLDER)
            assert sum(path.stat().st_size for path in paths) <= limit
        kept = read_log(log.data_dir, log.version, None).writes
        members = log.read_feed()
        for write in kept:
            for graph in write.graphs:
                contents = log.contents[write.version.name]
                member = members[write.version.created, graph]
                assert member == contents.get(graph, frozenset())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(WRITES, st.integers(0, 4000), st.integers(0, 12))
def test_the_last_versions_are_the_store_after_any_writes(
    writes: list[set[Quad]], limit: int, restart: int
) -> None:
    check_writes(writes, limit, restart)


@pytest.mark.long
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(WRITES, st.integers(0, 4000), st.integers(0, 12))
def test_the_last_versions_are_the_store_after_thousands_of_writes(
    writes: list[set[Quad]], limit: int, restart: int
) -> None:
    check_writes(writes, limit, restart)


def test_a_log_without_room_forgets_all_but_tombstones(tmp_path: Path) -> None:
    log = Log(tmp_path, 1 << 20)
    log.write([Quad(NamedNode("x:s"), NamedNode("x:p"), Literal("secret"), NamedNode("x:a"))])
    log.write([])
    assert any(b"secret" in path.read_bytes() for path in (tmp_path / FOLDER).iterdir())
    ChangeFolder(tmp_path, 0, log.version)
    assert not any(b"secret" in path.read_bytes() for path in (tmp_path / FOLDER).iterdir())
    assert [(graph, triples) for (_, graph), triples in log.read_feed().items()] == [
        ("x:a", frozenset())
    ]


def test_a_write_that_was_not_published_is_forgotten(tmp_path: Path) -> None:
    log = Log(tmp_path, 1 << 20)
    log.write(QUADS[:1])
    log.folder.append(next_version(log.version), Delta(added=b"<x:s> <x:p> <x:lost> <x:a> .\n"))
    log.folder = ChangeFolder(tmp_path, 1 << 20, log.version)
    log.write(QUADS[:2])
    assert log.last_versions() == log.read_store()


def test_a_log_begins_anew_after_writes_without_it(tmp_path: Path) -> None:
    log = Log(tmp_path, 1 << 20)
    log.write(QUADS[:6])
    Delta(added=b"<x:s> <x:p> <x:other> <x:a> .\n").apply(log.store, union=True)
    log.version = next_version(log.version)
    log.folder = ChangeFolder(tmp_path, 1 << 20, log.version)
    assert not list_writes(tmp_path / FOLDER)
    assert log.last_versions() == log.read_store()


@pytest.mark.parametrize("limit", [1 << 20, 0])
def test_writes_after_the_clock_was_set_back_are_later_all_the_same(
    tmp_path: Path, limit: int
) -> None:
    log = Log(tmp_path, 1 << 20)
    log.write(QUADS[:1])
    file = tmp_path / FOLDER / log.version
    write = read_write(file)
    future = replace(write.version, created="2999-01-01T00:00:00.000000+00:00")
    file.write_bytes(replace(write, version=future).encode())
    ChangeFolder(tmp_path, limit, log.version)
    log.folder = ChangeFolder(tmp_path, 1 << 20, log.version)
    log.write(QUADS[:2])
    log.write(QUADS[:3])
    last = [read_write(path).version.created for path in list_writes(tmp_path / FOLDER)[-2:]]
    assert [future.created, *last] == sorted({future.created, *last})
    assert last[1].startswith("2999-01-01T00:00:00.000002")
