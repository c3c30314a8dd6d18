"""A full disk: a write is refused with the reason, and the next one succeeds."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from graph.engine.engine_settings import EngineSettings
from graph.engine.request import Update
from graph.errors import EngineError
from tests.graph.engine.local_engine import LocalEngine
from tests.graph.engine.writing.test_writing import read_numbers

pytestmark = pytest.mark.long

PAGE = 4096


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    unmount = ["umount", "-l", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a file system is mounted: run as root, where that is allowed")
    yield place
    subprocess.run(unmount, check=True)


def fill(disk: Path) -> Path:
    """Fill a disk to its last page, and return the file that does."""
    filling = disk / "filling"
    with filling.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(PAGE)):
            pass
    return filling


@pytest.mark.parametrize("pages", [0, 30, 70])
def test_a_first_start_on_a_full_disk_can_be_made_again(disk: Path, pages: int) -> None:
    settings = EngineSettings(data_dir=disk / "data", quick_workers=1)
    filling = fill(disk)
    with filling.open("r+b") as file:
        file.truncate(filling.stat().st_size - pages * PAGE)
    with pytest.raises(OSError, match="No space left"):
        LocalEngine.start(settings)
    filling.unlink()
    with LocalEngine.start(settings) as engine:
        engine.update(Update("INSERT DATA { <x:s> <x:p> 1 }"))
    with LocalEngine.start(settings) as engine:
        assert read_numbers(engine) == {1}


def test_a_write_on_a_full_disk_says_why_it_fails(disk: Path) -> None:
    with LocalEngine.start(EngineSettings(data_dir=disk / "data", quick_workers=1)) as engine:
        engine.update(Update("INSERT DATA { <x:s> <x:p> 1 }"))
        filling, starts = fill(disk), engine.counters()["writer_starts"]
        for number in (2, 3):
            with pytest.raises(EngineError, match=r"nothing was written: .*No space left"):
                engine.update(Update(f"INSERT DATA {{ <x:s> <x:p> {number} }}"))
            assert read_numbers(engine) == {1}
        assert engine.counters()["writer_starts"] <= starts + 2
        filling.unlink()
        engine.update(Update("INSERT DATA { <x:s> <x:p> 4 }"))
        assert read_numbers(engine) == {1, 4}
