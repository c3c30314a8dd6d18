"""A request that came before, word for word: answered as it was, while the dataset stays."""

import json
import os
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from bench.endpoint import Endpoint, tune
from bench.wire import request
from tests.server.raw import head
from tests.waiting import PATIENCE, wait_until

COUNT = "/sparql?query=" + quote("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
KEPT = {"Connection": "keep-alive", "Accept": "application/sparql-results+json"}
OWN = re.compile(rb"(date|x-request-id|server-timing): [^\r]*\r\n")


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """A server of one front, so that each request meets the one before."""
    folder = tmp_path_factory.mktemp("kept")
    options = ("--empty", "--processes", "1", "--trusted-proxy", "127.0.0.3")
    with Endpoint.writable(folder, *options) as endpoint:
        yield endpoint


def answers(endpoint: Endpoint, *requests: bytes) -> list[bytes]:
    """Return the answers on one connection, each asked when the one before has come."""
    received = []
    with endpoint.client.connect() as connection:
        for request in requests:
            connection.sendall(request)
            answer = b""
            while not (start := answer.partition(b"\r\n\r\n"))[1]:
                answer += connection.recv(65536)
            length = int((re.findall(rb"content-length: (\d+)", start[0]) or [0])[0])
            while not request.startswith(b"HEAD") and len(answer) - len(start[0]) - 4 < length:
                answer += connection.recv(65536)
            received.append(answer)
    return received


def read_lines(log: str) -> list[dict[str, Any]]:
    """Return the lines of requests in a log."""
    return [json.loads(line) for line in log.splitlines() if line.startswith("{")]


def is_kept(answer: bytes) -> bool:
    """Return whether an answer was kept."""
    return b"server-timing: kept;" in answer


def test_it_is_answered_with_the_same_bytes_but_for_what_is_its_own(endpoint: Endpoint) -> None:
    ask, end = request("GET", COUNT, KEPT), head(f"GET {COUNT} HTTP/1.1")
    first, second, third, last = answers(endpoint, ask, ask, ask, end)
    assert [is_kept(answer) for answer in (first, second, third, last)] == [
        False,
        True,
        True,
        False,
    ]
    assert OWN.sub(b"", first) == OWN.sub(b"", second) == OWN.sub(b"", third)
    ids = {re.findall(rb"x-request-id: (\w+)", answer)[0] for answer in (first, second, third)}
    assert len(ids) == 3
    assert last.rpartition(b"\r\n\r\n")[2] == first.rpartition(b"\r\n\r\n")[2]


def test_after_a_write_it_is_asked_anew(endpoint: Endpoint) -> None:
    ask, end = request("GET", COUNT, KEPT), head("GET /health HTTP/1.1")
    assert is_kept(answers(endpoint, ask, ask, end)[1])
    before = answers(endpoint, ask, end)[0]
    endpoint.writer.update("INSERT DATA { GRAPH <x:g> { <x:s> <x:p> <x:o> } }")
    after, again, _ = answers(endpoint, ask, ask, end)
    assert not is_kept(after)
    assert is_kept(again)
    assert before.rpartition(b"\r\n")[2] != after.rpartition(b"\r\n")[2]
    assert after.rpartition(b"\r\n")[2] == again.rpartition(b"\r\n")[2]


@pytest.mark.parametrize(
    "other",
    [
        request("HEAD", COUNT, KEPT),
        request("GET", COUNT, {**KEPT, "Accept": "text/csv"}),
        request("GET", COUNT, {**KEPT, "If-None-Match": "*"}),
        request("GET", COUNT, {**KEPT, "Host": "elsewhere"}),
        request("GET", COUNT + "&default-graph-uri=x:g", KEPT),
        request("POST", COUNT, KEPT, b"query=ASK{}"),
    ],
)
def test_a_request_that_differs_is_another(endpoint: Endpoint, other: bytes) -> None:
    ask, end = request("GET", COUNT, KEPT), head("GET /health HTTP/1.1")
    first, kept, differs, _ = answers(endpoint, ask, ask, other, end)
    assert is_kept(kept)
    assert not is_kept(differs)
    assert OWN.sub(b"", differs) != OWN.sub(b"", first)


def test_an_answer_that_is_another_each_time_is_not_kept(endpoint: Endpoint) -> None:
    ask = request("GET", "/sparql?query=" + quote("SELECT (RAND() AS ?n) {}"), KEPT)
    first, second, _ = answers(endpoint, ask, ask, head("GET /health HTTP/1.1"))
    assert not is_kept(second)
    assert first.rpartition(b"\r\n")[2] != second.rpartition(b"\r\n")[2]


def test_it_is_logged_and_counted(endpoint: Endpoint) -> None:
    def count_queries() -> int:
        text = endpoint.client.get("/metrics").text
        match = re.search(
            r'cpec_requests_total\{route="/sparql",method="GET",status="200"\} (\d+)', text
        )
        return int(match[1]) if match else 0

    ask, before = request("GET", COUNT, KEPT), count_queries()
    replies = answers(endpoint, *[ask] * 5, head("GET /health HTTP/1.1"))
    assert count_queries() == before + 5
    log = Path(f"/proc/{endpoint.process.pid}/fd/2").readlink().read_text()
    lines = {line["id"]: line for line in read_lines(log)}
    first, second = (
        lines[re.findall(r"x-request-id: (\w+)", answer.decode())[0]] for answer in replies[:2]
    )
    for line in (first, second):
        assert line.pop("id")
        assert line.pop("time")
        assert line.pop("milliseconds") >= 0
    assert first == second


def test_it_is_logged_with_the_address_of_whoever_asks(endpoint: Endpoint) -> None:
    def ask(peer: str, **fields: str) -> tuple[bool, str]:
        """Return whether the answer to a peer was kept, and the client in its line of the log."""
        address = urlsplit(endpoint.client.address)
        with socket.create_connection(
            (address.hostname, address.port), PATIENCE, source_address=(peer, 0)
        ) as connection:
            connection.sendall(request("GET", COUNT, {**KEPT, **fields}))
            answer = connection.recv(65536)
        name = re.findall(r"x-request-id: (\w+)", answer.decode())[0]
        wait_until(lambda: f'"id": "{name}"' in endpoint.log.read_text(), "the line is logged")
        (line,) = [line for line in read_lines(endpoint.log.read_text()) if line["id"] == name]
        return is_kept(answer), line["client"]

    name = "X-Forwarded-For"
    ask("127.0.0.1")
    assert ask("127.0.0.2") == (True, "127.0.0.2")
    ask("127.0.0.3", **{name: "192.0.2.1"})
    assert ask("127.0.0.3", **{name: "192.0.2.2, 7.7.7.7:1234"}) == (True, "7.7.7.7")
    assert ask("127.0.0.1", **{name: "192.0.2.2"}) == (True, "127.0.0.1")


def test_a_request_with_a_body_or_in_http_1_0_is_answered_as_ever(endpoint: Endpoint) -> None:
    old = f"GET {COUNT} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode()
    assert not is_kept(endpoint.client.raw(old))
    assert not is_kept(endpoint.client.raw(old))
    body = request("GET", COUNT, {**KEPT, "Content-Length": "3"}) + b"abc"
    first, second, _ = answers(endpoint, body, body, head("GET /health HTTP/1.1"))
    assert b"200 OK" in first
    assert b"200 OK" in second
    assert not is_kept(second)


@pytest.mark.long
def test_a_server_that_keeps_no_answers_keeps_none_here(tmp_path: Path) -> None:
    with Endpoint.start(tmp_path, "--empty", "--processes", "1", command=tune(cache=0)) as endpoint:
        ask = request("GET", COUNT, KEPT)
        assert not any(map(is_kept, answers(endpoint, ask, ask, ask)))


def test_a_pipeline_of_them_lets_others_in(endpoint: Endpoint) -> None:
    """A client sends 500 requests at once, then another client one: it is answered second."""
    ask, end = request("GET", COUNT, KEPT), head("GET /health HTTP/1.1")
    answers(endpoint, ask, end)
    (front,) = endpoint.tree.fronts
    with endpoint.client.connect() as greedy, endpoint.client.connect() as polite:
        for connection in (polite, greedy):  # the front has accepted both
            connection.sendall(ask)
            assert is_kept(connection.recv(65536))
        os.kill(front, signal.SIGSTOP)
        greedy.sendall(ask * 500)
        polite.sendall(request("GET", COUNT, KEPT))
        os.kill(front, signal.SIGCONT)
        name = re.findall(rb"x-request-id: (\w+)", polite.recv(65536))[0]
        received = b""
        while received.count(b"x-request-id") < 500:
            received += greedy.recv(65536)
    names = re.findall(rb"x-request-id: (\w+)", received)
    log = Path(f"/proc/{endpoint.process.pid}/fd/2").readlink().read_text()
    logged = [line["id"] for line in read_lines(log)]
    before = logged[: logged.index(name.decode())]
    assert len({name.decode() for name in names}.intersection(before)) <= 2
