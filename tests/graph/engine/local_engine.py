"""A local engine: the supervisor and one front in this process, for programs without a server."""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType
from typing import Self

from graph.engine.account import Accounts
from graph.engine.engine import Engine
from graph.engine.engine_settings import EngineSettings
from graph.engine.supervision.supervisor import Supervisor


class LocalEngine(Engine):
    """An engine whose loop runs in a thread of its own."""

    supervisor: Supervisor
    _thread: threading.Thread

    @classmethod
    def start(cls, settings: EngineSettings) -> Self:
        """Return an engine that is ready to answer.

        Raises OSError if its dataset cannot be read or its data directory cannot be written.
        """
        supervisor, loop = Supervisor(settings), asyncio.new_event_loop()
        thread = threading.Thread(target=run_loop, args=(loop,), name="engine", daemon=True)
        thread.start()
        try:
            supervisor.start()
            register = supervisor.zygotes.register
            opening = cls.open(settings, supervisor.open_channel(), register, Accounts.create())
            engine = asyncio.run_coroutine_threadsafe(opening, loop).result()
        except BaseException:
            supervisor.close()
            loop.call_soon_threadsafe(loop.stop)
            raise
        engine.supervisor, engine._thread = supervisor, thread
        return engine

    def counters(self) -> dict[str, float]:
        """Return the totals since the start and the present gauges, by name."""
        return dict(self.wait(self.sum_counts())["engine"])

    def close(self, timeout: float = 30.0) -> None:
        """Finish the requests in flight, then end every child."""
        if self._loop.is_closed():
            return
        self.wait(self.drain(timeout))
        self.wait(self.leave())
        self.supervisor.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def run_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Run a loop until it is stopped, and close it."""
    loop.run_forever()
    loop.close()
