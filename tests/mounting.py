"""A file system that a test mounts meanwhile, as root."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.leftovers import unmount_left


@contextmanager
def mounted(place: Path, *mount: str) -> Iterator[Callable[[], None]]:
    """Mount a file system meanwhile; yields what unmounts it, though files are open."""
    unmount_left()
    place.mkdir(exist_ok=True)
    words = ["mount", *mount, str(place)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("a file system is mounted: run as root, where that is allowed")
    with ExitStack() as stack:
        stack.callback(subprocess.run, ["umount", "-l", str(place)], check=True)
        yield stack.close
