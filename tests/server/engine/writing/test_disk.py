"""A full disk: a write is refused with the reason, and the next one succeeds."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from server.graph_settings import GraphSettings
from server.request import Update
from tests.mounting import mounted
from tests.server.engine.local_engine import LocalEngine
from tests.server.engine.writing.load import loaded
from tests.server.engine.writing.test_writing import read_numbers
from tests.waiting import wait_until

pytestmark = pytest.mark.long

PAGE = 4096


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few MiB."""
    place = tmp_path / "disk"
    with mounted(place, "-t", "tmpfs", "-o", "size=4m", "tmpfs"):
        yield place


def fill(disk: Path) -> Path:
    """Fill a disk to its last page, and return the file that does."""
    filling = disk / "filling"
    with filling.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(PAGE)):
            pass
    return filling


@pytest.mark.parametrize("pages", [0, 30, 70])
def test_a_first_start_on_a_full_disk_can_be_made_again(disk: Path, pages: int) -> None:
    settings = GraphSettings(data_dir=disk / "data", quick_workers=1)
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


def test_a_disk_that_becomes_read_only_under_load_takes_no_write_and_loses_none(
    tmp_path: Path,
) -> None:
    image, copy, place = tmp_path / "image", tmp_path / "copy", tmp_path / "disk"
    make, mend = ["mkfs.ext4", "-q", str(image)], ["e2fsck", "-fp", str(copy)]
    if shutil.which(make[0]) is None:
        pytest.skip("a disk fails: install e2fsprogs")
    with image.open("wb") as file:
        file.truncate(32 << 20)
    subprocess.run(make, check=True)
    mount = ("-o", "loop,errors=remount-ro")
    settings = GraphSettings(data_dir=place / "data", quick_workers=2)
    with (
        mounted(place, *mount, str(image)),
        LocalEngine.start(settings) as engine,
        loaded(engine) as load,
    ):
        device = place.stat().st_dev
        disk = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}").resolve().name
        Path(f"/sys/fs/ext4/{disk}/trigger_fs_error").write_text("1")
        load.lost.set()
        load.wait_for_errors()
        assert "Read-only file system" in load.errors[-1]
        assert not load.late
        assert engine.ready()
        assert read_numbers(engine) >= load.acknowledged
    assert load.seen == sorted(load.seen)
    shutil.copy(image, copy)  # another mount namespace may keep the first one mounted
    subprocess.run(mend, capture_output=True, check=False)
    with mounted(place, *mount, str(copy)), LocalEngine.start(settings, new=False) as engine:
        assert read_numbers(engine) >= load.acknowledged
        engine.update(Update("INSERT DATA { <x:s> <x:p> 0 }"))


def test_a_disk_that_fills_under_load_refuses_writes_until_it_has_room(disk: Path) -> None:
    settings = GraphSettings(data_dir=disk / "data", quick_workers=2)
    with LocalEngine.start(settings) as engine, loaded(engine) as load:
        filling = fill(disk)
        load.wait_for_errors()
        assert "No space left" in load.errors[-1]
        assert engine.ready()
        filling.unlink()
        count = len(load.acknowledged)
        wait_until(lambda: len(load.acknowledged) > count + 3, "writes are acknowledged again")
    assert load.seen == sorted(load.seen)
    with LocalEngine.start(settings, new=False) as engine:
        assert read_numbers(engine) >= load.acknowledged
