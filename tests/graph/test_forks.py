"""Forks: shared data, return values, and the error when a fork is killed."""

import gc
import os
import signal
import subprocess
import sys
from errno import ENOSPC
from functools import partial
from pathlib import Path
from threading import Lock

import pytest

from graph.errors import BuildError
from graph.progress import run_in_forks
from tests.waiting import PATIENCE


def test_tasks_share_what_this_process_holds_and_their_results_are_in_order() -> None:
    lock = Lock()  # which cannot be sent to another process

    def twice(number: int) -> tuple[int, bool]:
        return 2 * number, lock.acquire(blocking=False)

    tasks = [partial(twice, number) for number in range(5)]
    assert [number for number, _ in run_in_forks(tasks, "tasks")] == [0, 2, 4, 6, 8]
    assert not lock.locked()


def test_what_a_task_raises_is_raised_here() -> None:
    def fault() -> None:
        raise OSError(ENOSPC, "no space", "a.nt")

    with pytest.raises(OSError, match="no space") as caught:
        run_in_forks([fault, fault], "tasks")
    assert (caught.value.errno, caught.value.filename) == (ENOSPC, "a.nt")


def test_forks_end_with_a_process_that_is_killed() -> None:
    script = """
import time
from graph.progress import run_in_forks
def task(): print("begun", flush=True); time.sleep(600)
run_in_forks([task], "tasks")
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"begun\n"
        process.kill()
        process.communicate(timeout=PATIENCE)  # nobody has the pipe open any more


def test_a_fork_that_is_killed_ends_the_build() -> None:
    with pytest.raises(BuildError, match="a process of the build was killed"):
        run_in_forks([partial(os._exit, 9)], "tasks")


def test_the_forks_of_an_interrupted_process_end_without_a_word() -> None:
    script = """
import os, sys, time
from graph.progress import run_in_forks
def task(): os.write(1, b"begun\\n"); time.sleep(600)
try: run_in_forks([task, task], "tasks")
except KeyboardInterrupt: sys.exit("interrupted")
"""
    command, pipe = [sys.executable, "-c", script], subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, process_group=0) as process:
        assert process.stdout
        assert process.stdout.readline() == b"begun\n"
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)
    assert errors == b"interrupted\n"


class Garbage:
    """A cycle that leaves a file when it is freed."""

    def __init__(self, path: Path) -> None:
        self.path, self.cycle = path, self

    def __del__(self) -> None:
        self.path.touch()


def test_a_fork_frees_no_garbage_of_its_parent(tmp_path: Path) -> None:
    gc.disable()
    try:
        Garbage(tmp_path / "freed")
        run_in_forks([gc.collect], "tasks")
        assert not (tmp_path / "freed").exists()
    finally:
        gc.enable()
    gc.collect()
    assert (tmp_path / "freed").exists()
