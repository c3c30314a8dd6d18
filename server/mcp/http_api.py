"""The HTTP API of an endpoint as the tools ask it: a request with its bounds, and its refusals."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, Final

import httpx2
from mcp.server.mcpserver.exceptions import ToolError

CONCURRENT_REQUESTS: Final = 4
"""The requests to the endpoint at once, a sixteenth of those that it takes from one address."""

MAX_CALLS: Final = 64
"""The calls of tools under way; further calls are refused."""

MAX_ANSWER_BYTES: Final = 8 << 20
"""The bytes of an answer of the endpoint that a tool reads."""

FIELDS: Final = {"Accept": "application/json", "User-Agent": "cpec-graph"}

SECONDS: Final = 120.0
"""The seconds that the endpoint may be silent: its own deadlines are shorter."""

DAY: Final[ContextVar[dict[str, str]]] = ContextVar("day", default={})  # noqa: B039 - nobody adds to it
"""The parameter of the endpoint with the day as of which a call asks, if it has one."""


class HttpApi:
    """The HTTP API at an address, `http://host:port`."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self._client = httpx2.AsyncClient(headers=FIELDS, timeout=SECONDS, trust_env=False)
        self._places = asyncio.Semaphore(CONCURRENT_REQUESTS)
        self._calls = 0

    @asynccontextmanager
    async def call(self) -> AsyncIterator[None]:
        """Count a call of a tool; raises ToolError beyond MAX_CALLS."""
        if self._calls >= MAX_CALLS:
            raise ToolError(f"{MAX_CALLS} calls are under way: wait for their answers, then repeat")
        self._calls += 1
        try:
            yield
        finally:
            self._calls -= 1

    async def read(
        self, path: str, parameters: Mapping[str, str | list[str]] | None = None
    ) -> dict[str, Any]:
        """Return the JSON at a path; raises EndpointRefusalError."""
        day = {} if path == "/api/queries/" else DAY.get()  # the questions are those of any day
        return json_object(await self.ask("GET", path, params={**(parameters or {}), **day}))

    async def query(self, text: str, **parameters: str) -> dict[str, Any]:
        """Return the answer to a query, as JSON; raises EndpointRefusalError."""
        form = {"query": text, **parameters, **DAY.get()}
        return json_object(await self.ask("POST", "/sparql", data=form))

    async def ask(self, method: str, path: str, **given: Any) -> bytes:
        """Return the body of an answer in JSON; raises EndpointRefusalError.

        If the model cancels the call, the connection closes, and the endpoint cancels its work.
        """
        async with self._places:
            try:
                return await self._receive(method, path, given)
            except (httpx2.InvalidURL, UnicodeError) as error:
                raise ToolError(f"no address can hold these names: {str(error)[:200]}") from None
            except httpx2.HTTPError as error:
                reason = str(error) or type(error).__name__
                raise ToolError(f"the endpoint {self.address} gave no answer: {reason}") from None

    async def _receive(self, method: str, path: str, given: dict[str, Any]) -> bytes:
        """Return the body of an answer of at most MAX_ANSWER_BYTES; raises EndpointRefusalError."""
        async with self._client.stream(method, self.address + path, **given) as response:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > MAX_ANSWER_BYTES:
                    raise ToolError(
                        f"the answer has more than {MAX_ANSWER_BYTES} bytes: ask for fewer rows"
                    )
        if response.status_code != httpx2.codes.OK:
            raise EndpointRefusalError(response.status_code, bytes(body))
        return bytes(body)


class EndpointRefusalError(Exception):
    """A refusal of the endpoint, with the members of its problem document (RFC 9457).

    The message has the line and the column of a syntax error, or the limit and its value.
    """

    def __init__(self, status: int, body: bytes) -> None:
        try:
            self.problem = json_object(body)
        except ToolError:
            self.problem = {"detail": body.decode("utf-8", "replace")[:200]}
        self.status = status
        super().__init__(f"{status}: {self.problem.get('detail') or 'no reason is given'}")


def json_object(body: bytes) -> dict[str, Any]:
    """Return the object that JSON writes; raises ToolError for another text."""
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ToolError("the endpoint answered no JSON object: is it a server of this graph?")
    return value
