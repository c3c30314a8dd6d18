"""The front's end of the relay to a remote store: it sends the queries of workers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from threading import Thread
from typing import Self

from graph.errors import CpecError, EndpointDeadlineError, OverloadedError
from server.engine.framing import Header, encode_error
from server.engine.relay_client import Reply
from server.engine.supervision.register import Register
from server.graph_settings import GraphSettings
from server.remote.store import ROLE, RemoteStore


@dataclass(frozen=True, slots=True)
class StoreRelay:
    """It posts the forms of workers to the store, each in a thread of its own.

    While the last poll of the store failed, it refuses them at once.
    """

    store: RemoteStore
    max_answer: int
    register: Register

    @classmethod
    def open(cls, settings: GraphSettings, register: Register) -> Self | None:
        """Return the relay to the store that the settings name, None if they name none."""
        return cls(settings.remote, settings.max_answer, register) if settings.remote else None

    def post(self, header: Header, form: bytes, reply: Reply) -> None:
        """Post a form, and reply in the loop; there are no more such threads than workers."""
        loop = asyncio.get_running_loop()
        state = self.register.read()
        if not state.answers:
            loop.call_soon(reply, encode_error(OverloadedError(state.fault)), b"")
            return

        def run() -> None:
            answer = self._ask(header, form)
            if not loop.is_closed():
                loop.call_soon_threadsafe(reply, *answer)

        Thread(target=run, name="store", daemon=True).start()

    def _ask(self, header: Header, form: bytes) -> tuple[Header, bytes]:
        """Return the store's answer, or the header of an error."""
        store = replace(self.store, seconds=float(header["relay"]))
        try:
            return {}, store.ask(form, graph=bool(header["graph"]), most=self.max_answer)
        except EndpointDeadlineError:  # name the whole time: earlier forms used a part of it
            late = EndpointDeadlineError(store.name, float(header["of"]), ROLE)
            return encode_error(late), b""
        except CpecError as error:
            return encode_error(error), b""
