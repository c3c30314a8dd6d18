"""The folder of the snapshot: in the user's cache, and not in the working directory."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.endpoint import CPEC
from graph.curating.master import DATA
from tests.conftest import ROOT
from tests.waiting import COMMAND_TIME

pytestmark = pytest.mark.long

KEPT = {k: v for k, v in os.environ.items() if k not in {"HOME", "XDG_CACHE_HOME"}}
ASK = ("ask", "amounts", "--format", "csv")


def start(*arguments: str, cwd: Path, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(CPEC), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env={**KEPT, **environment},
    )


def run(*arguments: str, cwd: Path, **environment: str) -> tuple[int, str, str]:
    """Return the status of a command, its output and its messages."""
    with start(*arguments, cwd=cwd, **environment) as process:
        output, messages = process.communicate(timeout=COMMAND_TIME)
    return process.returncode, output, messages


@pytest.fixture
def locked_folder(tmp_path: Path) -> Path:
    """A working directory in which nothing may be written."""
    folder = tmp_path / "here"
    folder.mkdir(mode=0o555)
    return folder


def generations(cache: Path) -> list[Path]:
    return [path for path in cache.glob("cpec-graph/*/*") if not path.is_symlink()]


def test_a_stranger_is_answered_from_a_snapshot_in_the_home(
    locked_folder: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    first = run(*ASK, cwd=locked_folder, HOME=str(home))
    again = run(*ASK, cwd=locked_folder, HOME=str(home))
    assert (first[0], first[2]) == (0, "building the graph ...\n")
    assert again == (0, first[1], "")
    assert len(generations(home / ".cache")) == 1
    assert list(locked_folder.iterdir()) == []


def test_a_cache_that_is_named_is_used_where_it_is_absolute(
    locked_folder: Path, tmp_path: Path
) -> None:
    cache, home = tmp_path / "cache", tmp_path / "home"
    status, output, _ = run("build", cwd=locked_folder, HOME=str(home), XDG_CACHE_HOME=str(cache))
    assert (status, output.split(":")[0]) == (0, str(generations(cache)[0]))
    assert not home.exists()
    status, _, _ = run("build", cwd=locked_folder, HOME=str(home), XDG_CACHE_HOME="cache")
    assert (status, len(generations(home / ".cache"))) == (0, 1)


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"HOME": "home"}, "no home directory; set HOME or XDG_CACHE_HOME to an absolute path"),
        ({"HOME": "/dev/null"}, "no snapshot can be written to /dev/null/.cache/cpec-graph/"),
        ({"HOME": "/proc/1"}, "no snapshot can be written to /proc/1/.cache/cpec-graph/"),
    ],
)
@pytest.mark.parametrize("command", [ASK, ("build",), ("serve", "--port", "0")])
def test_without_a_folder_that_can_be_written_the_user_is_told_what_helps(
    locked_folder: Path,
    tmp_path: Path,
    command: tuple[str, ...],
    environment: dict[str, str],
    words: str,
) -> None:
    status, output, messages = run(*command, cwd=locked_folder, **environment)
    assert (status, output) == (1, "")
    assert words in messages
    assert "--out" in messages
    assert messages.count("\n") == 1


def test_who_names_a_folder_needs_no_home(locked_folder: Path, tmp_path: Path) -> None:
    status, output, _ = run(*ASK, "--out", str(tmp_path / "builds"), cwd=locked_folder, HOME="home")
    assert (status, "Pakistan" in output) == (0, True)


@pytest.mark.parametrize("command", [("ask",), ("validate",), ("--help",)])
def test_what_needs_no_snapshot_needs_no_home(
    locked_folder: Path, command: tuple[str, ...]
) -> None:
    status, output, messages = run(*command, cwd=locked_folder, HOME="home")
    assert (status, messages) == (0, "")
    assert output


def test_where_one_stands_may_be_gone(tmp_path: Path) -> None:
    gone, data = tmp_path / "gone", tmp_path / "data"
    shutil.copytree(DATA, data)
    with (data / "entities.ttl").open("a", encoding="utf-8") as file:
        file.write("not Turtle")
    script = 'mkdir $0 && cd $0 && rmdir $0 && exec "$@"'
    for arguments, status in ((ASK, 0), (("validate", "--data", str(data)), 1)):
        done = subprocess.run(
            ["/bin/sh", "-c", script, str(gone), str(CPEC), *arguments],
            capture_output=True,
            text=True,
            env={**KEPT, "HOME": str(tmp_path)},
            check=False,
        )
        assert done.returncode == status, done.stderr
    assert f"{data}/entities.ttl:" in done.stderr


def test_bases_do_not_take_each_others_place(locked_folder: Path, tmp_path: Path) -> None:
    other = ("--base", "http://localhost:8000/")
    for base in ((), other):
        run(*base, "build", cwd=locked_folder, HOME=str(tmp_path))
    for base in ((), other):
        assert run(*base, *ASK, cwd=locked_folder, HOME=str(tmp_path))[2] == ""
    assert len(generations(tmp_path / ".cache")) == 2


def test_copies_of_the_code_do_not_take_each_others_place(tmp_path: Path) -> None:
    script = "from graph.current_snapshot import cache_folder; print(cache_folder())"
    folders = set()
    for name in ("one", "two"):
        for package in ("graph", "ontology"):
            shutil.copytree(ROOT / package, tmp_path / name / package)
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=tmp_path / name,
            capture_output=True,
            text=True,
            check=True,
        )
        folders.add(done.stdout)
    assert len(folders) == 2


def test_commands_that_build_at_the_same_time_are_all_answered(
    locked_folder: Path, tmp_path: Path
) -> None:
    processes = [start(*ASK, cwd=locked_folder, HOME=str(tmp_path)) for _ in range(3)]
    answers = [process.communicate(timeout=COMMAND_TIME) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], answers
    assert len({output for output, _ in answers}) == 1
    assert len(generations(tmp_path / ".cache")) == 1
