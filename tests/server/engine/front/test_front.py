"""Those who hold a connection: slow and silent clients, those who go, and a server that ends."""

import contextlib
import re
import select
import signal
import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from bench.client import QUERY, Client
from bench.endpoint import Endpoint, tune
from bench.wire import request
from graph.snapshot import Snapshot
from tests.server.conftest import serving
from tests.server.raw import ASKED, head, status
from tests.waiting import PATIENCE, join, wait_until

pytestmark = pytest.mark.long

SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def until_counted(client: Client, line: str) -> None:
    """Wait until the metrics of a server say so."""
    wait_until(lambda: line in client.get("/metrics").text, line)


def test_who_ends_after_asking_is_answered(client: Client) -> None:
    with client.connect() as connection:
        connection.sendall(ASKED)
        connection.shutdown(socket.SHUT_WR)
        assert status(connection.recv(65536)) == 200
        assert connection.recv(100) == b""


def test_who_ends_within_a_request_is_let_go(client: Client) -> None:
    with client.connect() as connection:
        connection.sendall(head("POST /sparql HTTP/1.1", "Content-Length: 1000") + b"ASK")
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100) == b""


def test_a_question_ends_when_its_client_has_gone(strict: Client) -> None:
    with strict.connect() as connection:
        connection.sendall(head(f"GET /sparql?{urlencode({'query': SLOW})} HTTP/1.1"))
        until_counted(strict, "cpec_engine_long 1")
    until_counted(strict, 'status="499"')
    until_counted(strict, "cpec_engine_long 0")
    assert strict.query("ASK {}").status == 200


def test_a_refusal_reaches_one_who_goes_on_sending(client: Client) -> None:
    fields = ["Content-Type: text/turtle", "Content-Length: 4000000"]
    with client.connect() as connection:
        connection.sendall(head("PUT /store/g HTTP/1.1", *fields))
        with contextlib.suppress(OSError):
            for _ in range(40):
                connection.sendall(b"#" * 100_000)
        assert status(connection.recv(65536)) in {401, 403}


def test_what_came_before_something_broken_is_answered_first(client: Client) -> None:
    answer = client.raw(ASKED + b"BROKEN\r\n\r\n")
    assert status(answer) == 200
    assert answer.count(b"HTTP/1.1 ") <= 2


def test_who_resets_leaves_no_error_behind(strict: Client, tmp_path: Path) -> None:
    ask = request("GET", "/data/dumps/cpec-graph.nq", {"Connection": "keep-alive"})
    for _ in range(30):
        with strict.connect() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.sendall(ask * 5)
    time.sleep(1)  # in which an error would come
    assert strict.query("ASK {}").status == 200
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_an_answer_is_sent_as_one(client: Client) -> None:
    with client.connect() as connection:
        connection.sendall(ASKED)
        assert connection.recv(65536).endswith(b"}")


def limits(seconds: int) -> dict[str, int]:
    """Return the limits of a server that waits so long for clients, and has four threads."""
    return {"receive_time": seconds, "idle_time": seconds, "send_time": 2, "threads": 4}


@pytest.fixture
def strict(snapshot: Snapshot, tmp_path: Path) -> Iterator[Client]:
    """A client of a server with little patience."""
    command = tune(**limits(4), client_connections=60)
    with serving(tmp_path, "--out", str(snapshot.path.parent), command=command) as client:
        yield client


STARTS = (b"", b"\r\n", b"GET", b"GET / HTTP/1.1\r\nHost: a\r\n")
"""What slow clients send and no more; blank lines begin no request."""


@contextlib.contextmanager
def slow_clients(client: Client) -> Iterator[list[socket.socket]]:
    """Yield the connections of 50 slow clients."""
    with contextlib.ExitStack() as held:
        connections = []
        for number in range(50):
            connections.append(held.enter_context(client.connect()))
            connections[-1].sendall(STARTS[number % len(STARTS)])
        yield connections


def test_slow_and_silent_clients_hold_nobody_up(snapshot: Snapshot, tmp_path: Path) -> None:
    options = ("--out", str(snapshot.path.parent))
    with (
        serving(tmp_path, *options, command=tune(**limits(1000))) as client,
        slow_clients(client) as connections,
    ):
        assert client.get("/health").status == 200
        assert client.query("ASK {}").status == 200
        assert select.select(connections, [], [], 0)[0] == [], "all of them still wait"


def test_slow_and_silent_clients_are_cut_off(strict: Client) -> None:
    with slow_clients(strict) as connections:
        for number, connection in enumerate(connections):
            answer = connection.recv(1000)
            begins = STARTS[number % len(STARTS)].strip()
            assert status(answer) == 408 if begins else answer == b""
        metrics = strict.get("/metrics").text
        assert 'route="none",method="other",status="408"' in metrics


def test_a_body_that_trickles_in_is_given_up(strict: Client) -> None:
    with strict.connect() as connection:
        connection.sendall(head("POST /sparql HTTP/1.1", "Content-Length: 1000"))
        connection.settimeout(0.2)
        answer = None
        for _ in range(600):
            with contextlib.suppress(TimeoutError, ConnectionResetError):
                connection.sendall(b"x")
                answer = connection.recv(100)
                break
        assert status(answer or b"") == 408


@pytest.mark.parametrize("bound", ["connections", "client_connections"])
def test_past_the_number_of_connections_the_one_that_is_idle_longest_ends(
    snapshot: Snapshot, tmp_path: Path, bound: str
) -> None:
    options = ["--out", str(snapshot.path.parent), "--deadline", "100"]
    options += ["--processes", "1"]  # each front has its share of the connections
    fields = [f"Content-Type: {QUERY}", "Expect: 100-continue"]
    command = tune(**{bound: 4}, receive_time=1000)
    with serving(tmp_path, *options, command=command) as client:
        for _ in range(20):  # who has gone keeps nobody out who comes in the same moment
            for connection in [client.connect() for _ in range(4)]:
                connection.close()
            assert client.query("ASK {}").status == 200
        connections = [client.connect() for _ in range(4)]
        connections[0].sendall(ASKED)
        assert status(connections[0].recv(65536)) == 200
        assert client.query("ASK {}").status == 200
        assert connections[1].recv(100) == b"", "the first was used since"
        extra, texts = client.connect(), (SLOW, SLOW, SLOW, "ASK {}")
        at_work = (connections[0], connections[2], connections[3], extra)
        for connection, text in zip(at_work, texts, strict=True):
            length = f"Content-Length: {len(text)}"
            connection.sendall(head("POST /sparql HTTP/1.1", length, *fields))
            assert connection.recv(100).startswith(b"HTTP/1.1 100"), "the question is under way"
            connection.sendall(b"" if connection is extra else text.encode())
        with client.connect() as one_more:
            assert one_more.recv(100) == b"", "all others are at work"
        ended = r"cpec_connections_crowded_out_total ([2-9]|\d\d)"
        extra.sendall(b"ASK {}")
        assert status(extra.recv(65536)) == 200
        for connection in (*connections, extra):
            connection.close()
        assert re.search(ended, client.get("/metrics").text)


def test_one_who_does_not_take_the_answer_holds_no_thread(strict: Client) -> None:
    connections = []
    for _ in range(8):
        connection = strict.connect()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(head("GET /data/dumps/cpec-graph.nq HTTP/1.1"))
        connections.append(connection)
    assert strict.get("/health").status == 200
    for connection in connections:
        connection.close()


def test_a_server_that_is_told_to_end_answers_what_it_has_begun(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    options = ["--out", str(snapshot.path.parent), "--deadline", "15"]
    replies: list[int] = []
    with Endpoint.start(tmp_path, *options) as endpoint:
        client, process = endpoint.client, endpoint.process
        thread = threading.Thread(target=lambda: replies.append(client.query(SLOW).status))
        thread.start()
        until_counted(client, "cpec_engine_long 1")
        process.send_signal(signal.SIGTERM)
        join(thread)
        assert replies == [504]
        assert process.wait(PATIENCE) == 0
        with pytest.raises(OSError, match=r".+"):
            client.connect(1)
