"""The commands, when their output cannot be written, or not in its characters."""

import contextlib
import fcntl
import json
import os
import pty
import resource
import struct
import subprocess
import termios
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from bench.endpoint import CPEC
from graph.snapshot import Snapshot
from tests.server.conftest import home_with
from tests.waiting import COMMAND_TIME

Shell = Callable[..., "subprocess.CompletedProcess[bytes]"]

LATIN = {"PYTHONIOENCODING": "latin-1"}


@pytest.fixture
def shell(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """Run a command line of a user whose cache holds the shipped graph; no file gets too long."""
    home = home_with(snapshot, tmp_path_factory.mktemp("home"))

    def run(
        command: str, longest: int = resource.RLIM_INFINITY, **environment: str
    ) -> subprocess.CompletedProcess[bytes]:
        measured = longest == resource.RLIM_INFINITY  # measuring coverage writes files too
        kept = {k: v for k, v in os.environ.items() if measured or not k.startswith("COVERAGE_")}
        return subprocess.run(
            ["/bin/sh", "-c", f"{CPEC} {command}"],
            capture_output=True,
            cwd=home,
            env={**kept, "XDG_CACHE_HOME": str(home), **environment},
            timeout=COMMAND_TIME,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (longest, longest)),
            check=False,
        )

    return run


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, of Linux")
@pytest.mark.parametrize("command", ["ask", "--help", "ask tasks", "export --format nq"])
def test_a_full_disk_is_named_once_and_the_status_is_1(shell: Shell, command: str) -> None:
    done = shell(f"{command} >/dev/full")
    assert done.returncode == 1
    assert done.stderr == b"cpec: standard output: No space left on device\n"


def test_an_export_to_a_closed_output_is_refused(shell: Shell) -> None:
    done = shell("export --format nq >&-")
    assert done.returncode == 1
    assert done.stderr == b"cpec: standard output: Bad file descriptor\n"


def test_an_export_that_fails_leaves_the_file_of_before(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "graph.nq"
    path.write_text("what was exported before")
    done = shell(f"export --format nq -o {path}", longest=1000)
    assert done.returncode == 1
    assert done.stderr == f"cpec: {path}: File too large\n".encode()
    assert path.read_text() == "what was exported before"
    assert list(tmp_path.iterdir()) == [path]


def test_an_export_takes_the_place_and_the_mode_of_the_file_of_before(
    shell: Shell, snapshot: Snapshot, tmp_path: Path
) -> None:
    path, link = tmp_path / "graph.nq", tmp_path / "link.nq"
    path.touch(0o640)
    link.symlink_to(path)
    assert shell(f"export --format nq -o {link}").returncode == 0
    assert path.read_bytes() == snapshot.quads_file.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()


def test_signs_that_the_terminal_does_not_know_are_written_as_escapes(shell: Shell) -> None:
    done = shell("ask names thing=CPEC", **LATIN)
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"\u067e\u0627\u06a9" in done.stdout


def test_json_is_utf_8_on_every_terminal(shell: Shell) -> None:
    triple = "Pakistan rdfs:label '\"\u067e\u0627\u06a9\u0633\u062a\u0627\u0646\"@ur'"
    for command in ("ask names --cite --format json", f"explain {triple} --format json"):
        done = shell(command, **LATIN)
        assert (done.returncode, done.stderr) == (0, b"")
        assert json.loads(done.stdout)
        assert "\u06cc".encode() in done.stdout or "\u067e".encode() in done.stdout


@pytest.mark.parametrize(("columns", "longest"), [(50, 50), (3, 24), (500, 96)])
def test_sources_are_as_wide_as_the_terminal(
    snapshot: Snapshot, columns: int, longest: int
) -> None:
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("4H", 24, columns, 0, 0))
    arguments = ("ask", "intended-areas", "--cite", "--out", str(snapshot.path.parent))
    with subprocess.Popen([str(CPEC), *arguments], stdout=its), os.fdopen(ours, "rb") as terminal:
        os.close(its)
        lines = list(lines_of(terminal))
    (count,) = (line for line in lines if line.endswith(" rows"))
    after = lines[lines.index(count) :]
    assert longest - 20 < max(map(len, after)) <= longest


def lines_of(terminal: BinaryIO) -> Iterator[str]:
    """Yield the lines written on a terminal, whose end is an error on Linux."""
    with contextlib.suppress(OSError):
        for line in terminal:
            yield line.decode().rstrip()
