"""The SDK's own client of `cpec mcp`, over stdio and HTTP."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from bench.endpoint import CPEC

if TYPE_CHECKING:  # the SDK takes half a second to import, and the collection of tests needs none
    from mcp.client.client import Client as Tools

MORE = re.compile(r"(\w+) (?:or more )?follow: ask with offset=(\d+)")
"""How `more` names the list that was cut, and the offset of its next item."""


@asynccontextmanager
async def open_tools(server: Any) -> AsyncIterator[Tools]:
    """Connect the SDK's own client to an address, or to a transport."""
    pytest.importorskip("mcp", reason="the extra [mcp] is not installed: `make test` installs it")
    from mcp.client.client import Client

    async with Client(server) as tools:
        yield tools


@asynccontextmanager
async def connect(*arguments: str) -> AsyncIterator[Tools]:
    """Connect it to `cpec mcp` over stdio."""
    pytest.importorskip("mcp", reason="the extra [mcp] is not installed: `make test` installs it")
    from mcp.client.stdio import StdioServerParameters, stdio_client

    command = StdioServerParameters(command=str(CPEC), args=["mcp", *arguments])
    async with open_tools(stdio_client(command)) as tools:
        yield tools


async def call(tools: Tools, name: str, arguments: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Return the content of an answer, or {} and the message of an error.

    What a model reads is the text: it is the same JSON, without indentation.
    """
    answer = await tools.call_tool(name, arguments)
    text = "".join(getattr(part, "text", "") for part in answer.content)
    if answer.is_error:
        return {}, text
    content = dict(answer.structured_content or {})
    assert text == json.dumps(content, ensure_ascii=False)
    return content, ""


async def call_through(
    tools: Tools, name: str, arguments: dict[str, Any], most: int = 1000
) -> tuple[dict[str, Any], str]:
    """Return an answer like `call`, asking on as `more` says until its list has `most` items."""
    answer, message = await call(tools, name, arguments)
    while cut := MORE.search(answer.pop("more", "")):
        member, offset = cut[1], int(cut[2])
        if len(answer[member]) >= most:
            break
        page, refusal = await call(tools, name, arguments | {"offset": offset})
        assert not refusal
        answer[member] += page[member]
        answer |= {"more": page["more"]} if "more" in page else {}
    return answer, message


def ask_tool(address: str, tool: str, /, **arguments: Any) -> tuple[dict[str, Any], str]:
    """Return the answer of one tool over HTTP, or the message of its error."""

    async def run() -> tuple[dict[str, Any], str]:
        async with open_tools(address) as tools:
            return await call(tools, tool, arguments)

    return asyncio.run(run())
