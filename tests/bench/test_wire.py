"""The client of the hostile requests: it must see an answer that is not whole."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bench.client import Client
from bench.wire import Address, Reader, request, talk
from tests.waiting import PATIENCE, join

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"


@contextmanager
def saying(data: bytes, *, closes: bool = True) -> Iterator[Address]:
    """A server that sends these bytes to every client."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        over = threading.Event()

        def serve() -> None:
            sock, _ = listener.accept()
            with sock:
                sock.recv(1 << 16)
                sock.sendall(data)
                if not closes:
                    over.wait(PATIENCE)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()
        over.set()
        join(thread)


@pytest.mark.parametrize(
    ("data", "ending", "bodies"),
    [
        (WHOLE, "answered", [b"ok"]),
        (WHOLE + CHUNKED, "answered", [b"ok", b"ok"]),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + WHOLE, "answered", [b"ok"]),
        (b"HTTP/1.1 200 OK\r\n\r\nto the end", "answered", [b"to the end"]),
        (b"HTTP/1.1 204 No Content\r\n\r\n", "answered", [b""]),
        (b"", "closed", []),
        (WHOLE[:-1], "cut", []),
        (CHUNKED[:-4], "cut", []),
        (WHOLE + b"more", "cut", [b"ok"]),
        (b"200 OK\r\n\r\n", "cut", []),
        (b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", "cut", []),
    ],
)
def test_an_answer_is_whole_or_known_not_to_be(
    data: bytes, ending: str, bodies: list[bytes]
) -> None:
    with saying(data) as address:
        spoken = talk(address, request("GET", "/"), PATIENCE, methods=("GET",))
    assert (spoken.ending, [reply.body for reply in spoken.replies]) == (ending, bodies)


def test_answers_that_come_byte_by_byte_are_read_as_soon_as_they_are_whole() -> None:
    reader, body = Reader(), b"x" * 99
    long = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + body
    for place, data in enumerate((long, WHOLE, CHUNKED), 1):
        for byte in data:
            assert len(reader.replies) == place - 1
            reader.data.append(byte)
            reader.read(ended=False)
        assert len(reader.replies) == place
    assert [reply.body for reply in reader.replies] == [body, b"ok", b"ok"]


def test_a_server_that_says_half_and_waits_hangs() -> None:
    with saying(WHOLE[:-1], closes=False) as address:
        assert talk(address, request("GET", "/"), 0.5).ending == "hung"


def test_an_answer_to_head_has_no_body() -> None:
    with saying(WHOLE[:-2]) as address:
        assert talk(address, request("HEAD", "/"), PATIENCE, methods=("HEAD",)).ending == "answered"


@pytest.mark.parametrize(("data", "ending"), [(b"", "closed"), (CHUNKED[:-4], "cut")])
def test_a_client_takes_no_answer_that_is_not_whole(data: bytes, ending: str) -> None:
    with saying(data) as (host, port), pytest.raises(ConnectionError, match=ending):
        Client(f"http://{host}:{port}").get("/")
