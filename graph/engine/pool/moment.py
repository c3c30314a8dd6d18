"""A moment to wait for in a loop of asyncio: something happens, or it is too late."""

from __future__ import annotations

import asyncio


async def within(seconds: float, happens: asyncio.Future[bool]) -> bool:
    """Return the result of a future, or False where it has none within so many seconds."""
    late = asyncio.get_running_loop().call_later(seconds, settle, happens, False)
    try:
        return await happens
    finally:
        late.cancel()


def settle(future: asyncio.Future[bool], result: bool) -> None:
    """Give a future its result, unless it has one."""
    if not future.done():
        future.set_result(result)
