"""The folder of a store is lost under a server that writes: no write is acknowledged any more."""

import os
import shutil
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from graph.errors import EngineError, StoreError
from server.graph_settings import GraphSettings
from server.request import Update
from tests.mounting import mounted
from tests.server.engine.local_engine import LocalEngine
from tests.server.engine.writing.load import LINE, Load, loaded
from tests.server.engine.writing.test_writing import read_numbers
from tests.waiting import wait_until

pytestmark = pytest.mark.long


def require_loss(load: Load, path: Path) -> None:
    """Hold that a server has lost its store for good, though its writer is killed."""
    engine, writers = load.engine, load.engine.supervisor.writers
    assert writers is not None
    load.lost.set()
    wait_until(lambda: not engine.ready(), "the engine is not ready")
    load.wait_for_errors()
    files = {*path.rglob("*")}
    if writers.pid is not None:
        with suppress(ProcessLookupError):  # it may end by itself, since its store is lost
            os.kill(writers.pid, signal.SIGKILL)
    load.wait_for_errors()
    assert f"{path} no longer leads to the store of this server" in engine.state.fault
    assert load.errors[-1] == engine.state.fault
    assert not load.late
    assert {*path.rglob("*")} == files
    assert read_numbers(engine) >= load.acknowledged
    assert load.seen == sorted(load.seen)


def remove(path: Path, _kept: Path) -> None:
    """Remove a folder into which another process writes."""

    def is_removed() -> bool:
        shutil.rmtree(path, ignore_errors=True)
        return not path.exists()

    wait_until(is_removed, "the folder is removed")


def move(path: Path, kept: Path) -> None:
    path.rename(kept)


def empty(path: Path, kept: Path) -> None:
    """Move what is in a folder."""
    kept.mkdir()
    for name in ("identity", "current", "generations", "changes", "working", "lock"):
        (path / name).rename(kept / name)


def swap(path: Path, kept: Path) -> None:
    """Move a folder, and put another store in its place."""
    other = path.with_name("other")
    LocalEngine.start(GraphSettings(data_dir=other, quick_workers=1)).close()
    path.rename(kept)
    other.rename(path)


@pytest.mark.parametrize("lose", [remove, move, empty, swap])
def test_a_folder_that_is_lost_under_load_is_lost_for_good(
    settings: GraphSettings, tmp_path: Path, lose: Callable[[Path, Path], None]
) -> None:
    path, kept = tmp_path / "data", tmp_path / "kept"
    with LocalEngine.start(settings) as engine, loaded(engine) as load:
        lose(path, kept)
        require_loss(load, path)
    if lose is swap:
        with LocalEngine.start(settings, new=False) as engine:
            assert read_numbers(engine) == set()
    else:
        with pytest.raises(StoreError, match="holds no store"):
            LocalEngine.start(settings, new=False)
    if lose is not remove:
        with LocalEngine.start(GraphSettings(data_dir=kept), new=False) as engine:
            assert read_numbers(engine) >= load.acknowledged


def test_a_folder_that_comes_back_stays_lost(settings: GraphSettings, tmp_path: Path) -> None:
    path, kept = tmp_path / "data", tmp_path / "kept"
    with LocalEngine.start(settings) as engine, loaded(engine) as load:
        path.rename(kept)
        wait_until(lambda: not engine.ready(), "the engine is not ready")
        kept.rename(path)
        require_loss(load, path)
    with LocalEngine.start(settings, new=False) as engine:
        assert read_numbers(engine) >= load.acknowledged


def test_a_volume_that_is_unmounted_under_load_is_not_filled_anew(tmp_path: Path) -> None:
    disk, path = tmp_path / "disk", tmp_path / "mounted"
    settings = GraphSettings(data_dir=path, quick_workers=2)
    with mounted(disk, "-t", "tmpfs", "tmpfs"), mounted(path, "--bind", str(disk)) as unmount:
        with LocalEngine.start(settings) as engine, loaded(engine) as load:
            unmount()
            require_loss(load, path)
        with pytest.raises(StoreError, match="is its volume mounted"):
            LocalEngine.start(settings, new=False)
        assert not [*path.iterdir()]
        with LocalEngine.start(GraphSettings(data_dir=disk), new=False) as engine:
            assert read_numbers(engine) >= load.acknowledged


def test_a_link_that_is_set_back_is_a_loss(settings: GraphSettings, tmp_path: Path) -> None:
    link = tmp_path / "data" / "current"
    with LocalEngine.start(settings) as engine:
        for number in range(3):
            engine.update(Update(LINE.format(number)))
        version, writers = engine.version, engine.supervisor.writers
        names = sorted(path.name for path in (tmp_path / "data" / "generations").iterdir())
        link.unlink()
        link.symlink_to(f"generations/{names[-2]}")
        assert writers is not None
        os.kill(writers.pid or 0, signal.SIGKILL)
        for _ in range(2):
            with pytest.raises(EngineError, match=f"version {version} has become {names[-2]}"):
                engine.update(Update(LINE.format(3)))
        assert engine.version == version
        assert not engine.ready()
