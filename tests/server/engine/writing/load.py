"""A load of writes on an engine, while something happens to its disk."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from graph.errors import EngineError
from server.request import Update
from tests.server.engine.local_engine import LocalEngine
from tests.waiting import join, wait_until

LINE = "INSERT DATA {{ GRAPH <x:g> {{ <x:s> <x:p> {} }} }}"


class Load:
    """Threads that write one number after another to an engine, and record what was answered."""

    def __init__(self, engine: LocalEngine) -> None:
        self.engine = engine
        self.acknowledged: set[int] = set()
        self.seen: list[str] = []
        """The versions that a reader saw, one after another."""
        self.errors: list[str] = []
        self.late: set[int] = set()
        """The numbers that were acknowledged though their write began after the loss."""
        self.lost = threading.Event()
        self.ending = threading.Event()

    def write(self, number: int) -> None:
        """Write every second number from one on."""
        while not self.ending.is_set():
            number += 2
            late = self.lost.is_set()
            try:
                self.engine.update(Update(LINE.format(number)))
            except EngineError as error:
                self.errors.append(str(error))
                continue
            self.acknowledged.add(number)
            if late:
                self.late.add(number)

    def watch(self) -> None:
        """Record the versions that a reader sees."""
        while not self.ending.wait(0.005):
            self.seen.append(self.engine.version)

    def wait_for_errors(self) -> None:
        """Wait until each thread began a write that failed."""
        enough = len(self.errors) + 4
        wait_until(lambda: len(self.errors) > enough, "writes of each thread fail")


@contextmanager
def loaded(engine: LocalEngine) -> Iterator[Load]:
    """Write to an engine meanwhile."""
    load = Load(engine)
    threads = [threading.Thread(target=load.write, args=(number,)) for number in (0, 1)]
    threads.append(threading.Thread(target=load.watch))
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: len(load.acknowledged) >= 5, "five writes are acknowledged")
        yield load
    finally:
        load.ending.set()
        join(*threads)
