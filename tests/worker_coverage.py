"""Coverage of workers, which may open no file and end by SIGKILL: written before each answer.

This is a plugin of coverage (`[tool.coverage.run]` in pyproject.toml), for `make coverage`.
https://coverage.readthedocs.io/en/latest/api_plugin.html
"""

import os
import sys
from typing import Any

from coverage import Coverage

ENGINE = "server.engine"


def coverage_init(_registry: object, _options: object) -> None:
    """Have forks of a process that is measured prepare for being workers."""
    os.register_at_fork(after_in_child=prepare_workers)


def prepare_workers() -> None:
    """Wrap what a zygote and its workers call; a fork of another process has not imported it."""
    zygote: Any = sys.modules.get(f"{ENGINE}.zygote")
    worker: Any = sys.modules.get(f"{ENGINE}.worker")
    if zygote is None or hasattr(zygote, "measured"):
        return
    confine, answer_in_time = zygote.confine, worker.answer_in_time
    log = CoverageLog()

    def confine_measured(*arguments: Any, **options: Any) -> None:
        log.open()
        confine(*arguments, **options)

    def answer_measured(*arguments: Any) -> Any:
        try:
            return answer_in_time(*arguments)
        finally:
            log.write()

    zygote.measured, zygote.confine, worker.answer_in_time = True, confine_measured, answer_measured


class CoverageLog:
    """The data file of a worker: open as long as the process, since it can never open another."""

    def open(self) -> None:
        """Open the file, and forget the lines of the zygote, which saves them at its end."""
        measurement: Any = Coverage.current()
        self._collector = measurement._collector
        for lines in self._collector.data.values():
            lines.clear()
        self._collector.covdata._start_using()
        self._database = self._collector.covdata._connect()
        self._database.__enter__()

    def write(self) -> None:
        """Write the lines that no answer before has run."""
        if any(self._collector.data.values()):
            self._collector.flush_data()
            self._database.con.commit()
