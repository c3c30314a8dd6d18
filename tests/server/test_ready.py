"""Whether a server is ready: from disk or memory, busy, and going to end; its load is a figure."""

import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import pytest

from bench.client import Client
from bench.endpoint import Endpoint, tune
from bench.graph import quads, write_as_snapshot
from graph.snapshot import Snapshot
from tests.server.conftest import serving
from tests.waiting import PATIENCE, wait_until

SLOW = "SELECT (COUNT(*) AS ?n%d) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
QUERY = "SELECT * { ?country a cpec:Country }"


@pytest.mark.long
def test_answers_have_an_entity_tag_as_soon_as_a_front_says_memory(tmp_path: Path) -> None:
    write_as_snapshot(tmp_path / "build", quads(40_000))
    rows = set()
    with serving(tmp_path, "--out", str(tmp_path / "build"), "--processes", "4") as client:

        def is_in_memory() -> bool:
            answer = client.query(QUERY, "text/csv")
            store = client.get("/ready").json.get("store")  # none while it is busy
            rows.add(tuple(sorted(answer.text.split())))
            if store == "disk":  # so it was before: a dataset goes from disk into memory once
                assert (answer.status, answer.headers["ETag"]) == (200, None)
                assert answer.headers["Cache-Control"] == "no-store"
            return bool(store == "memory")

        wait_until(is_in_memory, "a front answers from memory")
        for _ in range(20):  # each is a connection of its own, which any front may accept
            answer = client.query(QUERY, "text/csv")
            rows.add(tuple(sorted(answer.text.split())))
            assert answer.headers["ETag"]
            assert client.get("/ready").json.get("store", "memory") == "memory"
    assert len(rows) == 1


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def read_weight(port: int) -> int:
    """Return the weight that HAProxy would read."""
    with socket.create_connection(("127.0.0.1", port)) as agent, agent.makefile("r") as lines:
        (line,) = lines.readlines()
    assert line.endswith("%\n")
    return int(line[:-2])


def readiness(client: Client) -> set[tuple[int, str]]:
    """Return the answers of /ready on so many connections that each front has some."""
    replies = [client.get("/ready") for _ in range(20)]
    return {(reply.status, reply.json["status"]) for reply in replies}


@pytest.fixture
def leaving(snapshot: Snapshot, tmp_path: Path) -> Iterator[tuple[Endpoint, int]]:
    """A server that takes requests for an hour after SIGTERM, and the port of its load agent."""
    port = free_port()
    options = ("--out", str(snapshot.path.parent), "--processes", "2", "--lame-duck", "3600")
    patient = ("--deadline", "3600")
    with Endpoint.start(tmp_path, *options, *patient, "--agent-port", str(port)) as endpoint:
        yield endpoint, port
    assert endpoint.process.returncode == 0


def test_a_busy_server_is_ready_with_a_load_and_one_that_leaves_still_answers(
    leaving: tuple[Endpoint, int],
) -> None:
    endpoint, port = leaving
    client = endpoint.client
    assert client.get("/ready").json["load"] == 0
    assert read_weight(port) == 100
    with ExitStack() as connections:
        for number in range(12):
            connection = connections.enter_context(client.connect(PATIENCE))
            connection.sendall(
                f"GET /sparql?query={quote(SLOW % number)} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
            )
        wait_until(lambda: client.get("/ready").json["load"] > 0.3, "it has load")
        assert readiness(client) == {(200, "ready")}
        assert 10 <= read_weight(port) < 70
    endpoint.process.send_signal(signal.SIGTERM)
    wait_until(lambda: readiness(client) == {(503, "leaving")}, "every front leaves")
    assert client.get("/health").status == 200
    assert client.query(QUERY, "text/csv").status == 200


def test_health_and_readiness_are_answered_without_a_thread_for_pages(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    options = ("--out", str(snapshot.path.parent), "--processes", "1", "--deadline", "3600")
    slow = quote(SLOW % 0)
    with (
        serving(tmp_path, *options, command=tune(threads=1)) as client,
        client.connect(PATIENCE) as page,
    ):
        page.sendall(
            f"GET /sparql?query={slow} HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n".encode()
        )
        wait_until(lambda: client.get("/ready").json["load"] == 1, "its thread is busy")
        reply = client.get("/health", Accept="text/html")
        assert (reply.status, reply.json) == (200, {"status": "alive"})
        assert client.send("HEAD", "/ready").status == 200
