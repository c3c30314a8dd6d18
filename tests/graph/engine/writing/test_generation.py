"""The generations of a store: which are kept, and which were never published."""

from __future__ import annotations

from pathlib import Path

from graph.engine import Engine, Settings, Update
from graph.engine.writing.generation import Generations, next_version
from tests.graph.engine.writing.test_writing import stored


def test_a_generation_that_was_not_published_is_forgotten(tmp_path: Path) -> None:
    with Engine.start(Settings(data_dir=tmp_path)) as engine:
        unpublished = tmp_path / "generations" / next_version(engine.version)
    unpublished.mkdir()
    with Engine.start(Settings(data_dir=tmp_path)) as engine:
        assert not unpublished.exists()
        engine.update(Update("INSERT DATA { <x:s> <x:p> 1 }"))
        assert stored(engine) == {1}


def test_generations_that_are_read_stay(tmp_path: Path) -> None:
    generations = Generations(tmp_path, None, union=True)
    names = [generations.current.name]
    for _ in range(4):
        names.append(next_version(names[-1]))
        generations.publish(names[-1], read={names[1]})
    generations._lock.close()
    kept = {path.name for path in (tmp_path / "generations").iterdir()}
    assert kept == {names[1], names[-2], names[-1]}
