"""The real command and the real server, as a person starts them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graph.snapshot import Snapshot

CPEC = Path(sys.executable).with_name("cpec")

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def cpec(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run a command in a folder whose `build` holds the shipped graph."""
    home = tmp_path_factory.mktemp("home")
    (home / "build").symlink_to(snapshot.path.parent)

    def run(*arguments: str, stdin: str = "", cwd: Path = home) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(CPEC), *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            cwd=cwd,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def server(snapshot: Snapshot) -> Iterator[str]:
    """The address of a server of the shipped graph."""
    process = subprocess.Popen(
        [str(CPEC), "serve", "--port", "0", "--out", str(snapshot.path.parent)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    yield line.split()[2]
    process.terminate()
    process.wait(timeout=10)
    process.stdout.close()
