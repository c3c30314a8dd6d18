"""Several processes on one port: one server to its clients."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.client import Client
from bench.endpoint import CPEC, Endpoint
from graph.snapshot import Snapshot
from tests.server.conftest import PATIENCE

pytestmark = pytest.mark.long

ASK = "ASK {}"


@pytest.fixture(scope="module")
def endpoint(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    folder = tmp_path_factory.mktemp("fronts")
    options = ("--out", str(snapshot.path.parent), "--processes", "3")
    with Endpoint.writable(folder, *options) as endpoint:
        yield endpoint


def fronts(endpoint: Endpoint) -> set[int]:
    """Return the processes that answer."""
    children = Path(f"/proc/{endpoint.process.pid}/task").glob("*/children")
    pids = [int(pid) for file in children for pid in file.read_text().split()]
    return {pid for pid in pids if b"server.front" in Path(f"/proc/{pid}/cmdline").read_bytes()}


def counted(client: Client) -> int:
    """Return how many queries the metrics have counted."""
    (count,) = re.findall(
        r'cpec_requests_total\{route="/sparql",method="GET",status="200"\} (\d+)',
        client.get("/metrics").text,
    )
    return int(count)


def test_every_front_counts_for_all(endpoint: Endpoint) -> None:
    assert len(fronts(endpoint)) == 3
    assert endpoint.client.query(ASK).status == 200
    before = counted(endpoint.client)
    for _ in range(30):
        endpoint.client.query(ASK)
    assert {counted(endpoint.client) for _ in range(10)} == {before + 30}


def test_a_write_is_seen_by_every_front_before_it_is_acknowledged(endpoint: Endpoint) -> None:
    for number in range(10):
        text = f"INSERT DATA {{ GRAPH <x:g> {{ <x:s> <x:p> {number} }} }}"
        assert endpoint.writer.update(text).status == 200
        asked = f"ASK {{ GRAPH <x:g> {{ <x:s> <x:p> {number} }} }}"
        answers = [endpoint.client.query(asked).json["boolean"] for _ in range(12)]
        assert all(answers)


def test_a_front_that_is_killed_is_replaced_and_the_others_answer(endpoint: Endpoint) -> None:
    before = fronts(endpoint)
    (victim, *_) = before
    os.kill(victim, signal.SIGKILL)
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(endpoint.client.query(ASK).status))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 20
    end = time.monotonic() + 60
    while len(now := fronts(endpoint)) < 3 or victim in now:
        assert time.monotonic() < end
        time.sleep(0.1)
    assert len(now & before) == 2
    assert endpoint.writer.update("CLEAR SILENT GRAPH <x:g>").status == 200
    assert [endpoint.client.query(ASK).status for _ in range(12)] == [200] * 12


def test_a_bound_of_a_client_is_over_all_fronts(snapshot: Snapshot, tmp_path: Path) -> None:
    options = ("--out", str(snapshot.path.parent), "--processes", "3", "--client-requests", "2")
    runaway = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    with Endpoint.start(tmp_path, *options, "--deadline", "3") as endpoint:
        texts = [f"{runaway} #{number}" for number in range(8)]
        statuses: list[int] = []
        problems: list[str] = []

        def ask(text: str) -> None:
            reply = endpoint.client.query(text)
            statuses.append(reply.status)
            problems.append(reply.text)

        threads = [threading.Thread(target=ask, args=(text,)) for text in texts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert statuses.count(429) == 6
        told = next(json.loads(text) for text in problems if "429" in text)
        assert told["limit"] == "requests at once from one client"
        assert told["value"] == 2


def test_a_second_server_on_the_port_is_refused(endpoint: Endpoint, snapshot: Snapshot) -> None:
    port = endpoint.client.address.rpartition(":")[2]
    done = subprocess.run(
        [str(CPEC), "serve", "--out", str(snapshot.path.parent), "--port", port],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1
    assert "cannot listen" in done.stderr


def test_the_end_of_the_server_is_the_end_of_its_fronts(snapshot: Snapshot, tmp_path: Path) -> None:
    with Endpoint.start(tmp_path, "--out", str(snapshot.path.parent)) as endpoint:
        tree = fronts(endpoint)
        os.kill(endpoint.process.pid, signal.SIGKILL)
        endpoint.process.wait()
    end = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in tree):
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_server_that_is_ended_as_soon_as_it_serves_ends_well_and_soon(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    options = ("--out", str(snapshot.path.parent), "--drain-time", "100")
    for _ in range(6):
        with Endpoint.start(tmp_path, *options) as ended:
            pass
        assert ended.process.returncode == 0
