"""Processes that are killed while they write: nothing that was acknowledged is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from graph.engine.engine_settings import EngineSettings
from graph.engine.request import Update
from graph.errors import EngineError
from tests.graph.engine.local_engine import LocalEngine
from tests.graph.engine.writing.test_writing import ALL, NAMED, count, in_threads, read_numbers

pytestmark = pytest.mark.long


def test_kills_of_the_writer_lose_nothing_that_was_acknowledged(settings: EngineSettings) -> None:
    acknowledged: set[int] = set()
    with LocalEngine.start(settings) as engine:
        stop = threading.Event()

        def write() -> None:
            number = 0
            while not stop.is_set():
                number += 1
                try:
                    engine.update(
                        Update(f"INSERT DATA {{ GRAPH <x:g> {{ <x:s> <x:p> {number} }} }}")
                    )
                    acknowledged.add(number)
                except EngineError:
                    continue

        def kill() -> None:
            killed: set[int | None] = {None}
            while len(killed) <= 20:
                time.sleep(0.02 + 0.01 * (len(killed) % 5))
                pid = engine.supervisor.writers.pid if engine.supervisor.writers else None
                if pid is not None and pid not in killed:
                    os.kill(pid, signal.SIGKILL)
                    killed.add(pid)
            stop.set()

        in_threads([write, kill])
        assert engine.counters()["writer_starts"] >= 20
        assert read_numbers(engine) >= acknowledged
    with LocalEngine.start(settings) as engine:
        assert read_numbers(engine) >= acknowledged
        assert count(engine, ALL) == count(engine, NAMED)


SERVER = """
import sys, threading
from pathlib import Path
from tests.graph.engine.local_engine import LocalEngine
from graph.engine.request import Update
from graph.engine.engine_settings import EngineSettings
from graph.answering.evaluation import Query
engine = LocalEngine.start(EngineSettings(data_dir=Path(sys.argv[1]), deadline=60))
number = 0
def run_away():
    rows = " ".join(f"{n}" for n in range(9999))
    values = " ".join(f"VALUES ?{name} {{ {rows} }}" for name in "abc")
    engine.query(Query(f"SELECT (COUNT(*) AS ?n) {{ {values} }}"))
threading.Thread(target=run_away, daemon=True).start()
while True:
    number += 1
    engine.update(Update(f"INSERT DATA {{ GRAPH <x:g> {{ <x:s> <x:p> {number} }} }}"))
    print(number, flush=True)
"""


@contextmanager
def server(data_dir: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a server that writes without end, and kill it."""
    command = [sys.executable, "-c", SERVER, str(data_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_killed_server_leaves_no_process_and_loses_nothing(settings: EngineSettings) -> None:
    assert settings.data_dir is not None
    last = 0
    for turn in range(5):
        with server(settings.data_dir) as process:
            assert process.stdout is not None
            for _ in range(3 + turn):
                last = max(last, int(process.stdout.readline()))
            end = time.monotonic() + 60
            while len(children := family(process.pid)) < 4 and time.monotonic() < end:
                last = max(last, int(process.stdout.readline()))
            assert len(children) >= 4
        end = time.monotonic() + 60
        while any(map(running, children)) and time.monotonic() < end:
            time.sleep(0.02)
        assert not any(map(running, children))
    with LocalEngine.start(settings) as engine:
        assert read_numbers(engine) >= set(range(1, 8))
        assert last in read_numbers(engine)


def family(pid: int) -> list[int]:
    """Return the descendants of a process; children of a thread that just ends may be missing."""
    children = []
    with suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(FileNotFoundError, ProcessLookupError):
                for child in (task / "children").read_text(encoding="ascii").split():
                    children += [int(child), *family(int(child))]
    return children


def running(pid: int) -> bool:
    """Return whether a process runs, the dead that nobody has fetched not counted."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_a_zygote_that_dies_comes_back_with_every_write(settings: EngineSettings) -> None:
    with LocalEngine.start(settings) as engine:
        for number in range(1, 6):
            engine.update(Update(f"INSERT DATA {{ GRAPH <x:g> {{ <x:s> <x:p> {number} }} }}"))
            zygote = engine.supervisor.zygotes.pid
            assert zygote is not None
            os.kill(zygote, signal.SIGKILL)
            engine.update(Update(f"INSERT DATA {{ GRAPH <x:g> {{ <x:s> <x:p> {-number} }} }}"))
            assert read_numbers(engine) >= {number, -number}
        assert len(read_numbers(engine)) == 10
