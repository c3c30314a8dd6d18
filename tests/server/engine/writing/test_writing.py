"""Writes: all or nothing, on disk before they are acknowledged, seen by the next reader."""

import json
import shutil
import threading
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from graph.answering.evaluation import Query
from graph.answering.format import GRAPH_FORMATS
from graph.errors import DeadlineError, LimitError, StoreError, UnknownNameError
from ontology.namespace import GRAPH
from server.engine.supervision.supervisor import STAGES
from server.graph_settings import GraphSettings
from server.request import GraphChange, Update
from tests.server.engine.local_engine import LocalEngine
from tests.waiting import join, wait_until

TURTLE, N_TRIPLES = GRAPH_FORMATS[0], GRAPH_FORMATS[1]
ALL = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
NAMED = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"


def count(engine: LocalEngine, text: str) -> int:
    (row,) = json.loads(engine.query(Query(text)).body)["results"]["bindings"]
    return int(row["n"]["value"])


def test_a_write_is_seen_by_the_next_query_and_by_the_next_server(settings: GraphSettings) -> None:
    with LocalEngine.start(settings) as engine:
        first = engine.version
        change = engine.update(Update("INSERT DATA { GRAPH <x:g> { <x:s> <x:p> 1 , _:b } }"))
        assert (change.added, change.removed) == (2, 0)
        assert change.version == engine.version != first
        assert count(engine, ALL) == 2
        node = engine.query(Query("SELECT ?b { ?s ?p ?b FILTER isBlank(?b) }")).body
    with LocalEngine.start(settings) as engine:
        assert engine.version == change.version
        assert count(engine, ALL) == count(engine, NAMED) == 2
        assert engine.query(Query("SELECT ?b { ?s ?p ?b FILTER isBlank(?b) }")).body == node


def test_the_seconds_of_each_stage_of_a_write_are_counted(engine: LocalEngine) -> None:
    before, start = engine.counters(), time.monotonic()
    engine.update(Update("INSERT DATA { <x:s> <x:p> 1 }"))
    after, end = engine.counters(), time.monotonic()
    for stage in STAGES:
        name = f"writes_{stage}_seconds"
        assert 0 < after[name] - before[name] < end - start


def test_a_new_store_is_filled_from_its_source_and_keeps_its_own_changes(tmp_path: Path) -> None:
    source = tmp_path / "source.nq"
    source.write_text("<x:s> <x:p> <x:o> <x:g> .\n<x:s> <x:p> <x:o> <x:h> .\n", encoding="utf-8")
    settings = GraphSettings(source=source, data_dir=tmp_path / "data")
    with LocalEngine.start(settings) as engine:
        assert (count(engine, ALL), count(engine, NAMED)) == (1, 2)
        assert not engine.has_writes
        engine.update(Update("CLEAR GRAPH <x:g>"))
        assert engine.has_writes
    with LocalEngine.start(settings) as engine:
        assert (count(engine, ALL), count(engine, NAMED)) == (1, 1)


def test_a_triple_stays_in_the_union_until_its_last_graph_is_gone(engine: LocalEngine) -> None:
    engine.update(
        Update("INSERT DATA { GRAPH <x:g> { <x:s> <x:p> 1 } GRAPH <x:h> { <x:s> <x:p> 1 } }")
    )
    assert (count(engine, ALL), count(engine, NAMED)) == (1, 2)
    engine.update(Update("DROP GRAPH <x:g>"))
    assert (count(engine, ALL), count(engine, NAMED)) == (1, 1)
    engine.update(Update("DELETE WHERE { GRAPH ?g { <x:s> ?p ?o } }"))
    assert (count(engine, ALL), count(engine, NAMED)) == (0, 0)


def test_what_is_written_without_a_graph_stands_in_a_graph_of_its_own(engine: LocalEngine) -> None:
    engine.update(Update("INSERT DATA { <x:s> <x:p> 1 . GRAPH <x:g> { <x:s> <x:p> 1 , 2 } }"))
    name = f"{GRAPH}default"
    assert engine.graph(name, N_TRIPLES).body.count(b"\n") == 1
    assert count(engine, ALL) == 2
    change = engine.update(Update("DELETE WHERE { ?s ?p ?o }"))
    assert change.removed == 1, "the union is a view: only the graph of the unnamed loses"
    assert count(engine, ALL) == 2
    engine.update(Update("DROP ALL"))
    assert (count(engine, ALL), count(engine, NAMED)) == (0, 0)


def test_the_stores_own_default_graph_is_just_a_graph(own: LocalEngine) -> None:
    own.update(Update("INSERT DATA { <x:s> <x:p> 1 . GRAPH <x:g> { <x:s> <x:p> 2 } }"))
    assert (count(own, ALL), count(own, NAMED)) == (1, 1)
    own.update(Update("DELETE WHERE { ?s ?p ?o }"))
    assert (count(own, ALL), count(own, NAMED)) == (0, 1)


@pytest.mark.long
def test_a_store_that_was_filled_for_one_default_graph_is_not_opened_for_the_other(
    settings: GraphSettings,
) -> None:
    LocalEngine.start(settings).close()
    with pytest.raises(OSError, match="union"):
        LocalEngine.start(replace(settings, default_graph="own"))


@pytest.mark.long
@pytest.mark.parametrize("loss", ["gone", "copied", "dangling"])
def test_a_store_whose_link_is_lost_is_not_filled_anew(settings: GraphSettings, loss: str) -> None:
    assert settings.data_dir is not None
    link, kept = settings.data_dir / "current", settings.data_dir / "kept"
    with LocalEngine.start(settings) as engine:
        engine.update(Update("INSERT DATA { <x:s> <x:p> 1 }"))
    link.rename(kept)
    if loss == "copied":
        shutil.copytree(kept, link)
    elif loss == "dangling":
        link.symlink_to("generations/none")
    with pytest.raises((OSError, StoreError), match="no link to the newest"):
        LocalEngine.start(settings)
    if loss == "copied":
        shutil.rmtree(link)
    link.unlink(missing_ok=True)
    kept.rename(link)
    with LocalEngine.start(settings) as engine:
        assert read_numbers(engine) == {1}


def test_a_store_that_is_damaged_is_not_served(settings: GraphSettings) -> None:
    assert settings.data_dir is not None
    with LocalEngine.start(settings) as engine:
        engine.update(Update("INSERT DATA { <x:s> <x:p> 1 }"))
    for file in (settings.data_dir / "current").resolve().iterdir():
        file.write_bytes(b"damaged")
    with pytest.raises(OSError, match="Corruption"):
        LocalEngine.start(settings)


def test_one_data_directory_has_one_server(engine: LocalEngine) -> None:
    with pytest.raises(OSError, match="in use"):
        LocalEngine.start(engine.settings)


@pytest.mark.long
def test_an_update_past_its_deadline_changes_nothing(settings: GraphSettings) -> None:
    with LocalEngine.start(replace(settings, write_deadline=8.0)) as engine:
        rows = " ".join(f"<x:s{n}> <x:p> {n} ." for n in range(300))
        engine.update(Update(f"INSERT DATA {{ GRAPH <x:g> {{ {rows} }} }}"))
        version = engine.version
        cross = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
        counted = f"{{ SELECT ?a (COUNT(*) AS ?n) {{ {cross} }} GROUP BY ?a }}"
        runaway = f"INSERT {{ GRAPH <x:h> {{ ?a <x:p> ?n }} }} WHERE {counted}"
        with pytest.raises(DeadlineError):
            engine.update(Update(runaway))
        assert engine.version == version
        engine.update(Update("CLEAR ALL"))
        assert count(engine, ALL) == 0


@pytest.mark.long
def test_an_empty_graph_is_there_until_it_is_dropped(settings: GraphSettings) -> None:
    with LocalEngine.start(settings) as engine:
        assert not engine.change(GraphChange("replace", "x:g", b"", TURTLE, "x:")).existed
    with LocalEngine.start(settings) as engine:
        assert engine.graph("x:g", N_TRIPLES).body == b""
        engine.update(Update("DROP GRAPH <x:g>"))
        with pytest.raises(UnknownNameError):
            engine.graph("x:g", N_TRIPLES)


def test_a_read_that_is_under_way_sees_the_data_before_the_write(engine: LocalEngine) -> None:
    rows = " ".join(f"<x:s{n}> <x:p> {n} ." for n in range(120))
    engine.update(Update(f"INSERT DATA {{ GRAPH <x:g> {{ {rows} }} }}"))
    answers: list[int] = []
    slow = "SELECT (COUNT(*) AS ?n) { ?a <x:p> ?b . ?c <x:p> ?d . ?e <x:p> ?f }"
    reader = threading.Thread(target=lambda: answers.append(count(engine, slow)))
    before = engine.counters()["requests"]
    reader.start()
    wait_until(lambda: engine.counters()["requests"] > before, "the reader has a worker")
    engine.update(Update("CLEAR ALL"))
    assert count(engine, ALL) == 0
    join(reader)
    assert answers == [120**3]


def read_numbers(engine: LocalEngine) -> set[int]:
    """Return the numbers in the store."""
    rows = json.loads(engine.query(Query("SELECT ?n { <x:s> <x:p> ?n }")).body)
    return {int(row["n"]["value"]) for row in rows["results"]["bindings"]}


@pytest.mark.long
def test_a_term_that_is_too_long_to_be_read_again_kills_no_writer(engine: LocalEngine) -> None:
    starts, long = engine.counters()["writer_starts"], "x" * (16 << 20)
    document = f'<x:s> <x:p> "{long}" .'.encode()
    for write in (
        partial(engine.update, Update(f'INSERT DATA {{ <x:s> <x:p> "{long}" }}')),
        partial(engine.change, GraphChange("merge", "x:g", document, TURTLE, "x:g")),
    ):
        with pytest.raises(LimitError, match="beyond the limit of 16777216 bytes in a"):
            write()
    assert engine.counters()["writer_starts"] == starts
    fits = long[:-100]
    engine.update(Update(f'INSERT DATA {{ <x:s> <x:p> "{fits}" }}'))
    assert count(engine, ALL) == 1
