"""A snapshot that takes long to load is answered from its store on disk, and then from memory."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from bench.graph import quads, write_snapshot
from graph.answering.evaluation import Query
from graph.errors import OverloadedError
from graph.snapshot import Snapshot
from server.engine.location import DiskStore, Location, check_store
from server.engine.worker import answer
from server.graph_settings import GraphSettings
from server.request import Update
from server.tasks.served_dataset import ServedDataset
from server.tasks.worker_dataset import LOADING, WorkerDataset
from tests.server.engine.local_engine import LocalEngine
from tests.server.engine.test_engine import FACTS
from tests.server.engine.writing.test_writing import ALL, NAMED, count
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return write_snapshot(tmp_path_factory.mktemp("builds"), quads(5000))


@pytest.fixture
def settings(snapshot: Snapshot) -> GraphSettings:
    """Return the settings of a snapshot that counts as slow to load."""
    return GraphSettings(
        source=snapshot.quads_file,
        store=snapshot.store,
        version=snapshot.version,
        interim_above=0,
        quick_workers=2,
    )


def until_in_memory(engine: LocalEngine) -> None:
    wait_until(lambda: engine.state.in_memory, "the snapshot is in memory")


def test_a_snapshot_is_answered_from_disk_and_its_answers_pass_until_it_is_in_memory(
    settings: GraphSettings, snapshot: Snapshot, tmp_path: Path
) -> None:
    pipe = tmp_path / snapshot.quads_file.name
    os.mkfifo(pipe)
    with LocalEngine.start(replace(settings, source=pipe)) as engine:
        first = engine.query(Query(ALL))
        assert (first.version, engine.state.in_memory) == ("", False)
        assert count(engine, NAMED) == 5000
        cited = engine.query(Query("SELECT ?x { ?x a cpec:Country }", cite=True))
        assert (LOADING.encode() in cited.body, cited.version) == (True, "")
        with pytest.raises(OverloadedError, match="still being loaded"):
            engine.table("https://w3id.org/cpec-graph/id/Country_0")
        pipe.write_bytes(snapshot.quads_file.read_bytes())  # until now it cannot be loaded
        until_in_memory(engine)
        later = engine.query(Query(ALL))
        assert (later.body, later.version) == (first.body, settings.version)


def test_answers_that_pass_are_told_so(snapshot: Snapshot) -> None:
    header = {**FACTS, "kind": "query"}
    for provisional in (True, False):
        dataset = WorkerDataset(snapshot.open(), union=True, cap=1000, provisional=provisional)
        reply, _ = answer(ServedDataset(dataset), header, b"ASK {}")
        assert reply.get("provisional", False) is provisional


@pytest.mark.long
def test_a_store_that_is_damaged_or_missing_is_passed_over_with_a_message(
    settings: GraphSettings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("CURRENT", "MANIFEST-000005"):
        (tmp_path / name).write_bytes(b"damaged")
    for store, words in ((tmp_path, "is passed over"), (tmp_path / "missing", "")):
        caplog.clear()
        with LocalEngine.start(replace(settings, store=store)) as engine:
            assert engine.state.in_memory
            assert count(engine, NAMED) == 5000
            assert engine.query(Query(ALL)).version == settings.version
        assert words in caplog.text
        assert bool(words) is bool(caplog.text)


def test_the_fault_of_a_store_is_told(snapshot: Snapshot, tmp_path: Path) -> None:
    assert check_store(snapshot.store) == ""
    assert "No such file" in check_store(tmp_path)


def test_a_store_is_read_where_its_default_graph_is_the_one_that_is_wanted(
    settings: GraphSettings, snapshot: Snapshot
) -> None:
    source = Location(snapshot.quads_file, store=snapshot.store)
    own = replace(settings, default_graph="own")
    assert DiskStore.choose(source, settings) == DiskStore(snapshot.store, interim=True)
    assert DiskStore.choose(source, GraphSettings(disk_above=0)) == DiskStore(
        snapshot.store, interim=False
    )
    assert DiskStore.choose(source, own) is None
    assert DiskStore.choose(Location(snapshot.store, complete=True), own) == DiskStore(
        snapshot.store, interim=True
    )


@pytest.mark.long
def test_a_writable_store_begins_as_a_copy_of_that_of_the_snapshot(
    settings: GraphSettings, snapshot: Snapshot, tmp_path: Path
) -> None:
    writable = replace(settings, version="", data_dir=tmp_path / "data")
    size = len(snapshot.open())
    with LocalEngine.start(writable) as engine:
        assert (count(engine, ALL), count(engine, NAMED)) == (size - 5000, 5000)
        engine.update(Update("DELETE WHERE { GRAPH ?g { ?s a ?c } }"))
        assert count(engine, NAMED) < 5000
    assert len(snapshot.open()) == size
