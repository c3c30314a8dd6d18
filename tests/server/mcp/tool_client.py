"""The SDK's own client of `cpec mcp`, over stdio."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bench.endpoint import CPEC

pytest.importorskip("mcp", reason="the extra [mcp] is not installed: `make test` installs it")

from mcp.client.client import Client as Tools
from mcp.client.stdio import StdioServerParameters, stdio_client

__all__ = ["Tools", "call", "connect"]


@asynccontextmanager
async def connect(*arguments: str) -> AsyncIterator[Tools]:
    """Connect the SDK's own client to `cpec mcp` over stdio."""
    command = StdioServerParameters(command=str(CPEC), args=["mcp", *arguments])
    async with Tools(stdio_client(command)) as tools:
        yield tools


async def call(tools: Tools, name: str, arguments: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Return the content of an answer, or {} and the message of an error."""
    answer = await tools.call_tool(name, arguments)
    text = "".join(getattr(part, "text", "") for part in answer.content)
    return (dict(answer.structured_content or {}), "") if not answer.is_error else ({}, text)
