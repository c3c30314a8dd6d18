"""A failed test runs once more, alone; a part of everything runs though another failed."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT
from tests.waiting import PATIENCE

FLAKY = """
from pathlib import Path

def test_sound(): pass

def test_flaky():
    mark = Path("mark")
    is_second = mark.exists()
    mark.touch()
    assert is_second
"""
BROKEN = "\ndef test_broken(): assert not 'sound'\n"


def run_script(name: str, folder: Path, *arguments: str) -> tuple[int, list[str]]:
    """Run a script in a folder, and return its exit status and the lines that it printed."""
    command = [sys.executable, str(ROOT / "tests" / name), *arguments]
    run = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    return run.returncode, run.stdout.splitlines()


def run_twice(folder: Path, tests: str) -> tuple[int, list[str]]:
    (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
    (folder / "test_it.py").write_text(tests, "utf-8")
    return run_script("twice.py", folder, "--numprocesses=2", "test_it.py")


def test_a_test_that_passes_alone_is_named_in_the_last_lines(tmp_path: Path) -> None:
    status, lines = run_twice(tmp_path, FLAKY)
    assert status == 0
    assert lines[-2:] == [
        "passed when retried: test_it.py::test_flaky",
        "tests: 2 passed, 0 failed, 0 skipped",
    ]


def test_a_test_that_fails_twice_is_red(tmp_path: Path) -> None:
    status, lines = run_twice(tmp_path, FLAKY + BROKEN)
    assert status == 1
    assert sum(" in " in line and "==" in line and " failed" in line for line in lines) == 2
    assert lines[-2:] == [
        "passed when retried: test_it.py::test_flaky",
        "tests: 2 passed, 1 failed, 0 skipped",
    ]


def test_a_run_without_a_failure_is_not_repeated(tmp_path: Path) -> None:
    status, lines = run_twice(tmp_path, "def test_sound(): pass\n")
    assert status == 0
    assert sum(" 1 passed in " in line for line in lines) == 1


def test_nothing_that_does_not_run_is_green(tmp_path: Path) -> None:
    assert run_twice(tmp_path, "import nowhere\n")[0] == 2
    assert run_twice(tmp_path, "")[0] == 5


def test_each_part_runs_though_another_failed_and_has_its_line(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text(
        "red:\n\t@echo its reason; echo 'tests: 3 passed, 1 failed, 0 skipped'; exit 1\n"
        "green:\n\t@echo 'passed when retried: t.py::t'\n"
        "\t@echo 'tests: 5 passed, 0 failed, 2 skipped'\n"
        "plain:\n\t@true\n",
        "utf-8",
    )
    status, lines = run_script("everything.py", tmp_path, "red", "green", "plain")
    assert status == 1
    assert "its reason" in lines
    assert "passed when retried: t.py::t" in lines
    rows = [line.rsplit("|", 2)[0].strip() for line in lines[-3:]]
    assert rows == [
        "| red | red | 3 | 1 | 0",
        "| green | green | 5 | 0 | 2",
        "| plain | green |  |  |",
    ]
    assert run_script("everything.py", tmp_path, "green", "plain")[0] == 0
