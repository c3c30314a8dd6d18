"""The line between a front and its supervisor, when the supervisor does not read."""

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from server.engine.framing import receive, send
from server.engine.request import WriteResult
from server.engine.supervision.channel import SupervisorChannel, receive_message, send_message

CHANGE: dict[str, Any] = {"version": "v2", "removed": 0, "added": 1, "existed": True}

ORDERS = 2000
"""More than the line has room for: about 280 orders of the kernel's 208 KiB."""


@contextlib.asynccontextmanager
async def open_line() -> AsyncIterator[tuple[SupervisorChannel, socket.socket]]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    channel = SupervisorChannel(ours)
    with theirs:
        yield channel, theirs
        channel.close()


def refuse_forks(sock: socket.socket, number: int) -> None:
    """Answer so many orders of a worker."""
    for _ in range(number):
        order, _ = receive_message(sock)
        send_message(sock, {"id": order["id"], "failure": "refused"})


def test_orders_beyond_the_room_of_the_line_wait_for_it() -> None:
    async def run() -> None:
        async with open_line() as (channel, supervisor):
            forks = [asyncio.create_task(channel.fork()) for _ in range(ORDERS)]
            await asyncio.sleep(0)
            refusing = asyncio.to_thread(refuse_forks, supervisor, ORDERS)
            errors, _ = await asyncio.gather(
                asyncio.gather(*forks, return_exceptions=True), refusing
            )
            assert Counter(map(str, errors)) == {"refused": ORDERS}

    asyncio.run(run())


def test_a_write_waits_for_a_full_line() -> None:
    def receive_write(sock: socket.socket) -> bytes:
        while True:
            order, _ = receive_message(sock)
            if order["order"] == "write":
                ours, theirs = socket.socketpair()
                with ours, theirs:
                    send_message(sock, {"id": order["id"]}, [theirs.fileno()])
                    _, body = receive(ours, 1000)
                    send(ours, {"change": CHANGE})
                    return body

    async def run() -> None:
        async with open_line() as (channel, supervisor):
            forks = [asyncio.create_task(channel.fork()) for _ in range(ORDERS)]
            await asyncio.sleep(0)
            write = asyncio.create_task(channel.write({"kind": "update"}, b"INSERT"))
            assert await asyncio.to_thread(receive_write, supervisor) == b"INSERT"
            assert await write == WriteResult(**CHANGE)
            for fork in forks:
                fork.cancel()
            await asyncio.gather(*forks, return_exceptions=True)

    asyncio.run(run())


def test_clients_that_want_counts_at_once_share_two_orders() -> None:
    async def run() -> None:
        async with open_line() as (channel, supervisor):
            wanted = [asyncio.create_task(channel.fetch_counts()) for _ in range(480)]
            first = await asyncio.to_thread(receive_message, supervisor)
            late = [asyncio.create_task(channel.fetch_counts()) for _ in range(480)]
            await asyncio.sleep(0)
            send_message(supervisor, {"id": first[0]["id"], "counts": {"engine": {"n": 1.0}}})
            second = await asyncio.to_thread(receive_message, supervisor)
            send_message(supervisor, {"id": second[0]["id"], "counts": {"engine": {"n": 2.0}}})
            early = await asyncio.gather(*wanted)
            assert early == [{"engine": {"n": 1.0}}] * 480
            assert await asyncio.gather(*late) == [{"engine": {"n": 2.0}}] * 480
            with pytest.raises(BlockingIOError):
                supervisor.recv(1, socket.MSG_DONTWAIT)

    asyncio.run(run())


def test_the_end_of_the_supervisor_ends_the_wait_for_room() -> None:
    async def run() -> None:
        async with open_line() as (channel, supervisor):
            forks = [asyncio.create_task(channel.fork()) for _ in range(ORDERS)]
            await asyncio.sleep(0)
            supervisor.shutdown(socket.SHUT_RDWR)
            errors = await asyncio.gather(*forks, return_exceptions=True)
            assert all(isinstance(error, OSError) for error in errors)
            assert channel.supervisor_end.done()

    asyncio.run(run())
