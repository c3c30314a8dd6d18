"""A listener hears workers for a loop, and leaves their sockets to threads as they were."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import uvloop

from graph.engine.pool.listener import Listener

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Callable[[Awaitable[Any]], Any]:
    """Run something in a loop of each kind."""

    def run_in(work: Awaitable[Any]) -> Any:
        with asyncio.Runner(loop_factory=request.param) as runner:
            return runner.run(work)  # type: ignore[arg-type]

    return run_in


def test_what_is_said_is_heard_and_silence_is_not(run: Callable[[Awaitable[Any]], Any]) -> None:
    async def listen() -> list[bool]:
        listener, (one, other) = Listener(), socket.socketpair()
        with one, other:
            early = await listener.hears(one, 0.01)
            asyncio.get_running_loop().call_later(0.01, other.send, b"x")
            return [early, await listener.hears(one, 5), await listener.hears(one, 5)]

    assert run(listen()) == [False, True, True]


def test_an_end_is_heard(run: Callable[[Awaitable[Any]], Any]) -> None:
    async def listen() -> bool:
        listener, (one, other) = Listener(), socket.socketpair()
        with one:
            other.close()
            return await listener.hears(one, 5)

    assert run(listen())


def test_many_are_heard_each_for_itself(run: Callable[[Awaitable[Any]], Any]) -> None:
    async def listen() -> list[bool]:
        listener, pairs = Listener(), [socket.socketpair() for _ in range(20)]
        for _, other in pairs[::2]:
            other.send(b"x")
        heard = await asyncio.gather(*(listener.hears(one, 0.1) for one, _ in pairs))
        for one, other in pairs:
            one.close()
            other.close()
        return heard

    assert run(listen()) == [True, False] * 10


def test_a_descriptor_that_comes_again_is_another_socket(
    run: Callable[[Awaitable[Any]], Any],
) -> None:
    async def listen() -> tuple[bool, bool]:
        listener, (one, other) = Listener(), socket.socketpair()
        descriptor = one.fileno()
        assert not await listener.hears(one, 0.01)
        one.close()
        other.close()
        again, other = socket.socketpair()
        assert again.fileno() == descriptor
        with again, other:
            silent = await listener.hears(again, 0.01)
            other.send(b"x")
            return silent, await listener.hears(again, 5)

    assert run(listen()) == (False, True)


def test_a_thread_waits_on_the_same_socket_afterwards(
    run: Callable[[Awaitable[Any]], Any],
) -> None:
    async def listen() -> bytes:
        listener, (one, other) = Listener(), socket.socketpair()
        with one, other:
            assert not await listener.hears(one, 0.01)
            assert os.get_blocking(one.fileno())
            threading.Timer(0.05, other.send, [b"late"]).start()
            return await asyncio.to_thread(one.recv, 10)

    assert run(listen()) == b"late"
