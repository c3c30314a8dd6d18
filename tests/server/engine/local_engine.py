"""A local engine: the supervisor and one front in this process, for programs without a server."""

import asyncio
import os
import threading
from dataclasses import replace
from types import TracebackType
from typing import Self

from server.command.serve import open_supervisor
from server.engine.account import Accounts
from server.engine.supervision.supervisor import Supervisor
from server.graph_engine import GraphEngine
from server.graph_settings import GraphSettings
from server.remote.store_relay import StoreRelay
from tests.waiting import PATIENCE, join


class LocalEngine(GraphEngine):
    """An engine whose loop runs in a thread of its own."""

    supervisor: Supervisor
    _thread: threading.Thread

    @classmethod
    def start(cls, settings: GraphSettings, *, new: bool | None = None) -> Self:
        """Return an engine that is ready to answer; it makes a missing store, unless told.

        Raises OSError if its dataset cannot be read or its data directory cannot be written.
        """
        if settings.data_dir is not None:
            is_missing = not os.path.lexists(settings.data_dir / "current")
            settings = replace(settings, new=is_missing if new is None else new)
        supervisor, loop = open_supervisor(settings), asyncio.new_event_loop()
        thread = threading.Thread(target=run_loop, args=(loop,), name="engine", daemon=True)
        thread.start()
        try:
            supervisor.start()
            register = supervisor.zygotes.register
            sock, relay = supervisor.open_channel(), StoreRelay.open(settings, register)
            opening = cls.open(settings, sock, register, Accounts.create(), relay)
            engine = asyncio.run_coroutine_threadsafe(opening, loop).result(PATIENCE)
        except BaseException:
            supervisor.close()
            loop.call_soon_threadsafe(loop.stop)
            raise
        engine.supervisor, engine._thread = supervisor, thread
        return engine

    def counters(self) -> dict[str, float]:
        """Return the totals since the start and the present gauges, by name."""
        return dict(self.wait(self.sum_counts())["engine"])

    def own_counters(self) -> dict[str, int]:
        """Return the same, of this front alone: for coroutines of its loop."""
        return self._lanes.metrics()

    def close(self, timeout: float = 30.0) -> None:
        """Finish the requests in flight, then end every child."""
        if self._loop.is_closed():
            return
        self.wait(self.drain(timeout))
        self.wait(self.leave())
        self.supervisor.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        join(self._thread)

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
