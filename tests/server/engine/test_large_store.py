"""Stores that take long to load, or are beyond memory: answered from disk."""

from dataclasses import replace
from pathlib import Path

import pytest

from graph.errors import EngineError, OnDiskError
from server.graph_settings import GraphSettings
from server.request import GraphChange, Update
from tests.server.engine.local_engine import LocalEngine
from tests.server.engine.writing.test_writing import ALL, NAMED, count
from tests.waiting import wait_until

pytestmark = pytest.mark.long


@pytest.fixture
def large(tmp_path: Path) -> GraphSettings:
    """Return the settings of a filled store that counts as slow to load."""
    source = tmp_path / "source.nq"
    lines = (f"<x:s{n}> <x:p> <x:o{n % 9}> <x:g{n % 3}> .\n" for n in range(5000))
    source.write_text("".join(lines), encoding="utf-8")
    return GraphSettings(
        source=source, data_dir=tmp_path / "data", interim_above=0, quick_workers=2
    )


def test_a_large_store_answers_and_takes_writes_while_it_is_loaded(large: GraphSettings) -> None:
    with LocalEngine.start(large) as engine:
        assert count(engine, ALL) == count(engine, NAMED) == 5000
        numbers: list[int] = []

        def write_until_loaded() -> bool:
            numbers.append(5000 + len(numbers))
            data = f"GRAPH <x:g0> {{ <x:new> <x:p> {numbers[-1]} }}"
            engine.update(Update(f"INSERT DATA {{ {data} }}"))
            assert count(engine, ALL) == numbers[-1] + 1
            return engine.counters()["zygote_starts"] >= 2

        wait_until(write_until_loaded, "the store is in memory")
        engine.update(Update("CLEAR GRAPH <x:g1> ; DELETE WHERE { GRAPH ?g { ?s ?p 5000 } }"))
        assert count(engine, ALL) == count(engine, NAMED) == numbers[-1] - 1667


def test_a_store_beyond_memory_is_read_and_written_on_disk(large: GraphSettings) -> None:
    with LocalEngine.start(replace(large, disk_above=0)) as engine:
        assert count(engine, ALL) == 5000
        engine.update(Update("INSERT DATA { GRAPH <x:g0> { <x:new> <x:p> 1 } }"))
        engine.change(GraphChange("drop", "x:g1"))
        assert count(engine, ALL) == count(engine, NAMED) == 5001 - 1667
        engine.update(Update("DELETE WHERE { GRAPH <x:g0> { ?s ?p <x:o0> } }"))
        assert count(engine, ALL) == count(engine, NAMED) == 5001 - 1667 - 556
        with pytest.raises(OnDiskError):
            engine.update(Update("CLEAR GRAPH <x:g0> ; COPY DEFAULT TO <x:g3>"))
        with pytest.raises(EngineError, match="not permitted"):
            engine.run(
                "query",
                {
                    "result_format": "json",
                    "graph_format": "ttl",
                    "bindings": {},
                    "default_graphs": [],
                    "named_graphs": [],
                },
                b"SELECT * { SERVICE <http://127.0.0.1:8080/> { ?s ?p ?o } }",
            )
