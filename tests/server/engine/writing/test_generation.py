"""The generations of a store: which are kept, and which were never published."""

import os
import signal
from pathlib import Path

import pytest

from server.engine.writing.store_folder import next_version
from server.graph_settings import GraphSettings
from server.request import Update
from server.writing.store import open_generations
from tests.server.engine.local_engine import LocalEngine
from tests.server.engine.writing.test_writing import read_numbers


@pytest.mark.long
def test_a_generation_that_was_not_published_is_forgotten(tmp_path: Path) -> None:
    with LocalEngine.start(GraphSettings(data_dir=tmp_path)) as engine:
        unpublished = tmp_path / "generations" / next_version(engine.version)
    unpublished.mkdir()
    with LocalEngine.start(GraphSettings(data_dir=tmp_path)) as engine:
        assert not unpublished.exists()
        engine.update(Update("INSERT DATA { <x:s> <x:p> 1 }"))
        assert read_numbers(engine) == {1}


def test_generations_that_are_read_stay(tmp_path: Path) -> None:
    generations = open_generations(tmp_path, union=True, new=True)
    names = [generations.current.name]
    for _ in range(4):
        names.append(next_version(names[-1]))
        generations.publish(names[-1])
        generations.prune(in_use={names[1]})
    kept = {path.name for path in (tmp_path / "generations").iterdir()}
    assert kept == {names[1], names[-2], names[-1]}


@pytest.mark.long
def test_what_is_no_generation_stays_beside_them(tmp_path: Path) -> None:
    beside = tmp_path / "generations"
    (beside / "lost+found").mkdir(parents=True)
    for name in ("README", "000000000-old"):
        (beside / name).write_text("mine", encoding="ascii")
    with LocalEngine.start(GraphSettings(data_dir=tmp_path)) as engine:
        for number in range(4):
            engine.update(Update(f"INSERT DATA {{ <x:s> <x:p> {number} }}"))
    with LocalEngine.start(GraphSettings(data_dir=tmp_path)) as engine:
        assert read_numbers(engine) == {0, 1, 2, 3}
    assert {path.name for path in beside.iterdir()} >= {"lost+found", "README", "000000000-old"}


@pytest.mark.long
def test_a_data_directory_is_its_servers_while_that_lives(tmp_path: Path) -> None:
    settings = GraphSettings(data_dir=tmp_path, quick_workers=1)
    with LocalEngine.start(settings) as engine:
        assert engine.supervisor.writers is not None
        os.kill(engine.supervisor.writers.pid or 0, signal.SIGKILL)
        with pytest.raises(OSError, match="in use by another server"):
            LocalEngine.start(settings)
        engine.update(Update("INSERT DATA { <x:s> <x:p> 1 }"))
    with LocalEngine.start(settings) as engine:
        assert read_numbers(engine) == {1}
