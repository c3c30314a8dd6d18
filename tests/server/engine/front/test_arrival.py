"""Requests over raw sockets: bodies past a limit, writes without the token, broken heads."""

import contextlib
import time

import pytest

from bench.client import FORM, QUERY, Client
from bench.endpoint import TOKEN
from bench.wire import Reader, request
from tests.server.raw import ASKED, head, status
from tests.waiting import PATIENCE

HOST = b"Host: localhost\r\n"


def write_chunks(*sizes: int) -> bytes:
    chunks = [b"%x\r\n" % size + b"x" * size + b"\r\n" for size in sizes]
    return b"".join(chunks) + b"0\r\n\r\n"


def write_head(line: str, *fields: str) -> bytes:
    return head(line, f"Authorization: Bearer {TOKEN}", *fields)


def test_a_chunked_body_is_read_whole(client: Client) -> None:
    text = b"ASK { <http://example.org/> ?p ?o }"
    fields = [f"Content-Type: {QUERY}", "Transfer-Encoding: chunked"]
    body = b"".join(b"1\r\n%c\r\n" % byte for byte in text) + b"0\r\n\r\n"
    answer = client.raw(head("POST /sparql HTTP/1.1", *fields) + body)
    assert status(answer) == 200
    assert b"false" in answer


TRAILED = head("POST /sparql HTTP/1.1", f"Content-Type: {QUERY}", "Transfer-Encoding: chunked") + (
    b"6\r\nASK {}\r\n0\r\n"
)
"""A query to whose body something may still be trailed."""


def test_what_trails_a_body_is_no_field_of_the_head(client: Client) -> None:
    answer = client.raw(TRAILED + b"Host: elsewhere\r\nAccept: text/csv\r\n\r\n")
    assert status(answer) == 200
    assert b"json" in answer
    assert b"elsewhere" not in answer


@pytest.mark.parametrize("part", [b"x" * 8000, b"x\r\nX: " + b"x" * 8000, b"x\r\nX: x" * 800])
def test_what_trails_a_body_has_an_end(client: Client, part: bytes) -> None:
    with client.connect() as connection:
        connection.sendall(TRAILED + b"X: ")
        with contextlib.suppress(OSError):
            for _ in range(1000):
                connection.sendall(part)
        assert status(connection.recv(65536)) == 413


@pytest.mark.parametrize(
    "parts",
    [
        [ASKED] * 20,
        [ASKED, ASKED[:40], ASKED[40:], ASKED],
        [ASKED * 20, ASKED],
        [ASKED + ASKED[:9], ASKED[9:] + ASKED],
        [ASKED, request("GET", "/nowhere", {"Connection": "keep-alive"}), ASKED],
    ],
    ids=["at once", "in pieces", "many together", "one and a piece", "an error between"],
)
@pytest.mark.parametrize("pause", [0, 0.05])
def test_a_kept_connection_is_answered_at_any_pace(
    client: Client, parts: list[bytes], pause: float
) -> None:
    reader = Reader()
    wanted = b"".join(parts).count(b"GET ")
    with client.connect() as connection:
        for part in parts:
            connection.sendall(part)
            time.sleep(pause)
        while len(reader.replies) < wanted:
            reader.data += connection.recv(65536)
            reader.read(ended=False)
    assert {reply.status for reply in reader.replies} <= {200, 404}
    assert [reply.body for reply in reader.replies].count(reader.replies[0].body) >= wanted - 1


@pytest.mark.parametrize(("path", "kind"), [("/sparql", QUERY), ("/sparql", FORM)])
def test_a_body_past_the_limit_is_refused_and_never_cut(
    open_store: Client, path: str, kind: str
) -> None:
    stranger = Client(open_store.address)
    at_limit = stranger.send("POST", path, b"x" * 20_000, Content_Type=kind)
    assert at_limit.status == 400
    past = stranger.send("POST", path, b"x" * 20_001, Content_Type=kind)
    assert (past.status, past.json["value"]) == (413, 20_000)
    in_chunks = stranger.raw(
        head(f"POST {path} HTTP/1.1", f"Content-Type: {kind}", "Transfer-Encoding: chunked")
        + write_chunks(10_000, 10_001)
    )
    assert status(in_chunks) == 413


def test_one_who_may_write_may_send_more_up_to_a_limit_of_its_own(writer: Client) -> None:
    comment = "#" * 100_000 + "\n"
    assert writer.update(comment + "INSERT DATA { <x:s> <x:p> 1 }").status == 200
    assert writer.update("#" * 200_001).status == 413
    fields = ["Content-Type: text/turtle", "Transfer-Encoding: chunked"]
    answer = writer.raw(
        write_head("PUT /store/g HTTP/1.1", *fields) + write_chunks(100_000, 100_001)
    )
    assert status(answer) == 413
    assert writer.get("/store/g").status == 404


@pytest.mark.parametrize(
    "fields",
    [
        ["Content-Length: 1000000000"],
        ["Content-Length: 150000"],
        ["Content-Length: 10", "Expect: 100-continue"],
        ["Transfer-Encoding: chunked"],
    ],
)
def test_a_write_without_the_token_is_refused_before_its_body_comes(
    open_store: Client, fields: list[str]
) -> None:
    answer = open_store.raw(head("PUT /store/g HTTP/1.1", "Content-Type: text/turtle", *fields))
    assert status(answer) == 401


def test_a_body_that_is_known_to_be_too_long_is_refused_before_it_comes(
    open_store: Client,
) -> None:
    fields = ["Content-Type: text/turtle", "Content-Length: 200001", "Expect: 100-continue"]
    answer = open_store.raw(write_head("PUT /store/g HTTP/1.1", *fields))
    assert status(answer) == 413


def test_the_token_may_continue(writer: Client) -> None:
    fields = ["Content-Type: text/turtle", "Content-Length: 15", "Expect: 100-continue"]
    with writer.connect() as connection:
        connection.sendall(write_head("PUT /store/g HTTP/1.1", *fields))
        assert connection.recv(100).startswith(b"HTTP/1.1 100")
        connection.sendall(b"<x:s> <x:p> 1 .")
        assert status(connection.recv(1000)) == 201


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET http://[ HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (head("GET http://localhost HTTP/1.1"), 400),
        (head("GET http://localhost?query=ASK%7B%7D HTTP/1.1"), 400),
        (head("GET http://user@localhost/health HTTP/1.1"), 400),
        (head("GET ftp://localhost/health HTTP/1.1"), 400),
        (b"GET /health HTTP/1.1\r\nHost: " + b"a" * 64 + b"\r\nConnection: close\r\n\r\n", 400),
        (b"NONSENSE\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: a\x00\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nno colon\r\n" + HOST + b"\r\n", 400),
        (b"GET /health HTTP/1.1\r\n" + HOST + b"X: " + b"x" * 70_000 + b"\r\n\r\n", 431),
        (head("POST /sparql HTTP/1.1", "Content-Length: -1"), 400),
        (head("POST /sparql HTTP/1.1", "Content-Length: 1", "Content-Length: 2"), 400),
        (head("POST /sparql HTTP/1.1", "Content-Length: 1", "Transfer-Encoding: chunked"), 400),
        (head("POST /sparql HTTP/1.1", "Transfer-Encoding: gzip, chunked"), 400),
        (head("POST /sparql HTTP/1.0", "Transfer-Encoding: chunked") + write_chunks(1), 400),
        (head("POST /sparql HTTP/1.1", "Transfer-Encoding: chunked") + b"zz\r\n", 400),
        (head("POST /sparql HTTP/1.1", "Transfer-Encoding: chunked") + b"1\r\nxx\r\n", 400),
        (head("GET /%00 HTTP/1.1"), 404),
        (head("GET /id/%ff HTTP/1.1"), 404),
        (head("GET /data/dumps/../manifest.json HTTP/1.1"), 404),
        (head("BREW /health HTTP/1.1"), 405),
        (b"CONNECT localhost:80 HTTP/1.1\r\n" + HOST + b"\r\n", 405),
        (head("PROPFIND /health HTTP/1.1"), 405),
    ],
)
def test_what_is_no_request_is_refused_and_the_server_goes_on(
    client: Client, data: bytes, expected: int
) -> None:
    answer = client.raw(data)
    assert status(answer) == expected
    assert b"application/problem+json" in answer
    assert b"\r\ndate: " in answer
    assert b"NoneType" not in answer
    assert client.get("/health").status == 200


UPGRADE = ["Upgrade: h2c", "HTTP2-Settings: AAEAAEAA"]


@pytest.mark.parametrize("cut", [0, 1, 20, -6, -1])
@pytest.mark.parametrize("framing", ["Content-Length: 6", "Transfer-Encoding: chunked"])
def test_the_offer_of_another_protocol_is_passed_over(
    client: Client, cut: int, framing: str
) -> None:
    fields = [f"Content-Type: {QUERY}", framing, "Connection: Upgrade, HTTP2-Settings", *UPGRADE]
    start = "\r\n".join(["POST /sparql HTTP/1.1", "Host: localhost", *fields, "", ""]).encode()
    asked = start + (b"6\r\nASK {}\r\n0\r\n\r\n" if "chunked" in framing else b"ASK {}")
    with client.connect(PATIENCE) as connection:
        for _ in range(2):
            connection.sendall(asked[:cut])
            time.sleep(0.05)  # so that the parts come one by one
            connection.sendall(asked[cut:])
            answer = connection.recv(65536)
            assert status(answer) == 200
            assert b'"boolean":true' in answer


def test_a_request_after_such_an_offer_is_answered(client: Client) -> None:
    offer = ASKED.replace(
        b"Connection: keep-alive", "\r\n".join(["Connection: upgrade", *UPGRADE]).encode()
    )
    assert offer != ASKED
    assert client.raw(offer + head("GET /health HTTP/1.1")).count(b"HTTP/1.1 200") == 2


def test_any_number_of_offers_may_come_at_once(client: Client) -> None:
    offer = b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"
    assert client.raw(offer * 2000 + head("GET /health HTTP/1.1")).count(b"HTTP/1.1 200") == 2001


def test_an_address_that_is_no_iri_is_not_described(client: Client) -> None:
    answer = client.raw(b"GET /sparql HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n")
    assert status(answer) == 400


@pytest.mark.parametrize("host", ["xn--fiqs8s", "xn--fiqs8s:8000", "xn--a", "[::1]", "[::1]:8000"])
@pytest.mark.parametrize("asked", ["/sparql?query=DESCRIBE%20%3Cx%3E", "/sparql", "/id/Pakistan"])
def test_a_host_is_said_as_it_was_asked(client: Client, host: str, asked: str) -> None:
    line = f"GET {asked} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    answer = client.raw(line.encode())
    assert status(answer) in {200, 303}
    assert f"<http://{host}/.well-known/void>".encode() in answer


def test_the_target_that_is_a_whole_address_says_the_host(client: Client) -> None:
    answer = client.raw(head("GET http://elsewhere.example:81/sparql HTTP/1.1"))
    assert b"sd:endpoint <http://elsewhere.example:81/sparql>" in answer
    assert b"localhost" not in answer


def test_a_write_to_a_whole_address_is_refused_before_its_body_comes(open_store: Client) -> None:
    fields = ["Content-Type: text/turtle", "Content-Length: 150000"]
    assert status(open_store.raw(head("PUT http://a/store/g HTTP/1.1", *fields))) == 401
