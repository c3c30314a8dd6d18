"""Pages: a WSGI application answered for a loop, whole or as it is read."""

import asyncio
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from server.engine.account import Accounts
from server.engine.front.reply import Reply
from server.engine.front.turn import Turns
from server.engine.front.wsgi import MAX_JOINED_BYTES, Pages, environ_of
from server.engine.request import PENDING_RESULTS, PendingResults


def scope(*headers: tuple[bytes, bytes], path: bytes = b"/") -> dict[str, Any]:
    return {
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "raw_path": path,
        "query_string": b"a=%C3%A9",
        "server": ("127.0.0.1", 8000),
        "client": ("10.0.0.1", 5),
        "headers": list(headers),
    }


async def send_reply(reply: Reply) -> bytes:
    """Return the body that a reply sends."""
    messages: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    await reply.send(send, reply.fields())
    assert [message["type"].rpartition(".")[2] for message in messages[:2]] == ["start", "body"]
    assert not messages[-1].get("more_body")
    return b"".join(message.get("body", b"") for message in messages[1:])


@pytest.mark.parametrize("size", [10, MAX_JOINED_BYTES, MAX_JOINED_BYTES + 1, 3 * MAX_JOINED_BYTES])
def test_an_answer_is_sent_whole_and_its_file_closed(size: int) -> None:
    file = BytesIO(b"x" * size)

    def application(environ: dict[str, Any], start: Any) -> Any:
        body = environ["wsgi.file_wrapper"](file, 8192)
        response = Response(body, direct_passthrough=True, headers={"Content-Length": str(size)})
        return response(environ, start)

    async def ask() -> tuple[bool, bytes]:
        PENDING_RESULTS.set(PendingResults())
        reply = await Pages(application, Turns(accounts))(environ_of(scope(), b"", None))
        return isinstance(reply.body, bytes), await send_reply(reply)

    accounts = Accounts.create()
    is_in_memory, body = asyncio.run(ask())
    accounts.close()
    assert is_in_memory == (size <= MAX_JOINED_BYTES)
    assert body == b"x" * size
    assert file.closed


def test_an_empty_chunk_is_not_the_end() -> None:
    assert asyncio.run(send_reply(Reply(iter([b"a", b"", b"b"])))) == b"ab"


def test_the_file_of_an_answer_that_is_given_up_is_closed() -> None:
    closed: list[bool] = []

    class Body:
        def __iter__(self) -> Iterator[bytes]:
            while True:
                yield b"x"

        def close(self) -> None:
            closed.append(True)

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.body":
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(Reply(Body()).send(send, []))
    assert closed == [True]


def test_a_request_is_described_as_wsgi_has_it() -> None:
    fields = ((b"accept", b"a"), (b"accept", b"b"), (b"x_real", b"1"), (b"content-type", b"t/x"))
    request = Request(environ_of(scope(*fields, path=b"/%C3%A9%2F"), b"body", None))
    assert (request.path, request.args["a"], request.mimetype) == ("/é/", "é", "t/x")
    assert request.headers["Accept"] == "a,b"
    assert "X-Real" not in request.headers
    assert request.stream.read() == b"body"


@pytest.mark.parametrize(("proxy", "client"), [("10.0.0.1", "2.2.2.2"), (None, "10.0.0.1")])
def test_a_proxy_is_believed_where_it_is_trusted(proxy: str | None, client: str) -> None:
    forwarded = (b"x-forwarded-for", b"1.1.1.1, 2.2.2.2"), (b"host", b"inside")
    assert Request(environ_of(scope(*forwarded), b"", proxy)).remote_addr == client


@pytest.mark.parametrize(("protocol", "scheme"), [(b"https", "https"), (b"javascript", "http")])
def test_a_proxy_is_believed_that_it_speaks_http(protocol: bytes, scheme: str) -> None:
    environ = environ_of(scope((b"x-forwarded-proto", protocol), (b"host", b"a")), b"", "10.0.0.1")
    assert Request(environ).scheme == scheme
