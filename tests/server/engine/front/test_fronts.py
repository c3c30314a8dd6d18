"""Several processes on one port: one server to its clients."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench.client import Client
from bench.endpoint import CPEC, Endpoint, tune
from graph.snapshot import Snapshot
from tests.waiting import COMMAND_TIME, PATIENCE, join, wait_until

pytestmark = pytest.mark.long

ASK = "ASK {}"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"

SIGNALLED = """
import signal, sys
from server.command import main
from server.engine.front.fronts import Fronts

most, calls = int(sys.argv.pop(1)), []

def count(frame, event, _argument):
    if event == "call" and (calls or frame.f_code is Fronts.run.__code__):
        calls.append(frame)
        if len(calls) == most:
            signal.raise_signal(signal.SIGTERM)

sys.setprofile(count)
main()
"""
"""A server that is told to end while its fronts run, as the supervisor calls its n-th function."""


INTERRUPTED = """
import signal, sys
from server.entry import main

last, calls = int(sys.argv.pop(1)), 0

def count(frame, event, _argument):
    global calls
    if event == "call":
        calls += 1
        if 0 < last <= calls and not frame.f_code.co_filename.startswith("<frozen importlib"):
            sys.setprofile(None)
            signal.raise_signal(signal.SIGINT)
        elif frame.f_code.co_qualname == "Fronts.run":
            sys.exit(f"calls {calls}")

sys.setprofile(count)
main()
"""
"""A server that is interrupted in its n-th call of a function, and ends when it would serve.

It has not always as many calls. Python ignores an interrupt in a callback of importlib's locks.
"""


@pytest.fixture(scope="module")
def endpoint(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    folder = tmp_path_factory.mktemp("fronts")
    options = ("--out", str(snapshot.path.parent), "--processes", "3")
    with Endpoint.writable(folder, *options) as endpoint:
        yield endpoint


def fronts(endpoint: Endpoint) -> set[int]:
    """Return the processes that answer."""
    return {*endpoint.tree.fronts}


@contextlib.contextmanager
def asking(endpoint: Endpoint, number: int) -> Iterator[None]:
    """Put questions that take long, whose server may be gone before it answers."""

    def ask(text: str) -> None:
        with contextlib.suppress(OSError):
            endpoint.client.query(text)

    texts = [f"{RUNAWAY} #{n}" for n in range(number)]
    threads = [threading.Thread(target=ask, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    yield
    join(*threads)


def read_status(pid: int, name: str) -> str:
    """Return a field of the status of a process, "" if it is gone (proc_pid_status(5))."""
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return next(line.split()[1] for line in lines if line.startswith(f"{name}:"))
    return ""


def is_deaf(pid: int) -> bool:
    """Return whether a process ignores SIGTERM."""
    return bool(int(read_status(pid, "SigIgn") or "0", 16) >> signal.SIGTERM - 1 & 1)


def count_queries(client: Client) -> int:
    """Return how many queries the metrics have counted."""
    (count,) = re.findall(
        r'cpec_requests_total\{route="/sparql",method="GET",status="200"\} (\d+)',
        client.get("/metrics").text,
    )
    return int(count)


def test_every_front_counts_for_all(endpoint: Endpoint) -> None:
    assert len(fronts(endpoint)) == 3
    assert endpoint.client.query(ASK).status == 200
    before = count_queries(endpoint.client)
    for _ in range(30):
        endpoint.client.query(ASK)
    assert {count_queries(endpoint.client) for _ in range(10)} == {before + 30}


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
    join(*threads)
    assert answers == [200] * 20
    wait_until(lambda: len(fronts(endpoint) - {victim}) == 3, "the front is replaced")
    assert len(fronts(endpoint) & before) == 2
    assert endpoint.writer.update("CLEAR SILENT GRAPH <x:g>").status == 200
    assert [endpoint.client.query(ASK).status for _ in range(12)] == [200] * 12


def test_the_present_numbers_of_a_front_end_with_it(endpoint: Endpoint) -> None:
    def counts_its_workers() -> bool:
        (count,) = re.findall(r"\ncpec_engine_idle (\d+)\n", endpoint.client.get("/metrics").text)
        return int(count) == len(endpoint.tree.workers) > 0

    wait_until(counts_its_workers, "it counts its workers")
    before = fronts(endpoint)
    for victim in before:
        os.kill(victim, signal.SIGKILL)
    wait_until(
        lambda: len(fronts(endpoint) - before) == 3 and counts_its_workers(),
        "the new fronts count their workers",
    )


def test_a_bound_of_a_client_is_over_all_fronts(snapshot: Snapshot, tmp_path: Path) -> None:
    options = ("--out", str(snapshot.path.parent), "--processes", "3", "--deadline", "100")
    with (
        Endpoint.start(tmp_path, *options, command=tune(client_requests=2)) as endpoint,
        asking(endpoint, 2),
    ):
        long = "\ncpec_engine_long 2\n"
        wait_until(lambda: long in endpoint.client.get("/metrics").text, "two questions are long")
        replies = [endpoint.client.query(ASK) for _ in range(6)]
        endpoint.kill()
    assert [reply.status for reply in replies] == [429] * 6
    assert replies[0].json["limit"] == "requests at once from one client"
    assert replies[0].json["value"] == 2


def test_a_second_server_on_the_port_is_refused(endpoint: Endpoint, snapshot: Snapshot) -> None:
    port = endpoint.client.address.rpartition(":")[2]
    done = subprocess.run(
        [str(CPEC), "serve", "--out", str(snapshot.path.parent), "--port", port],
        capture_output=True,
        text=True,
        timeout=COMMAND_TIME,
        check=False,
    )
    assert done.returncode == 1
    assert "cannot listen" in done.stderr


def test_the_end_of_the_server_is_the_end_of_its_fronts_a_stopped_one_too(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    with Endpoint.start(tmp_path, "--out", str(snapshot.path.parent)) as endpoint:
        tree = fronts(endpoint)
        os.kill(min(tree), signal.SIGSTOP)
        os.kill(endpoint.process.pid, signal.SIGKILL)
        endpoint.process.wait(PATIENCE)
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in tree), "no front is left")


def test_the_end_of_the_server_is_the_end_of_questions_that_are_stopped(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    options = ("--out", str(snapshot.path.parent), "--processes", "1", "--deadline", "100")
    with Endpoint.start(tmp_path, *options) as endpoint, asking(endpoint, 6):
        wait_until(
            lambda: any(read_status(pid, "State") == "T" for pid in endpoint.tree.workers),
            "a question is stopped",
        )
        workers = endpoint.tree.workers
        endpoint.kill()
    wait_until(
        lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers), "no worker is left"
    )


def test_a_front_that_begins_while_the_server_ends_ends_with_it(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    options = ("--out", str(snapshot.path.parent), "--processes", "2", "--deadline", "20")
    with Endpoint.start(tmp_path, *options, command=tune(drain_time=100)) as endpoint:
        before = fronts(endpoint)
        with asking(endpoint, 6):
            wait_until(
                lambda: any(read_status(pid, "State") == "T" for pid in endpoint.tree.workers),
                "a question is stopped",
            )
            os.kill(max(before), signal.SIGKILL)
            wait_until(
                lambda: any(is_deaf(pid) for pid in fronts(endpoint) - before),
                "a front begins",
            )
            endpoint.stop()
    assert endpoint.process.returncode == 0


def test_a_stopped_front_is_replaced_and_holds_up_no_write(endpoint: Endpoint) -> None:
    before = fronts(endpoint)
    os.kill(max(before), signal.SIGSTOP)
    writer = endpoint.writer
    wait_until(
        lambda: len(fronts(endpoint)) == 3 and max(before) not in fronts(endpoint),
        "the stopped front is replaced",
    )
    assert writer.update("INSERT DATA { id:stopped cpec:partyTo id:CPEC }").status == 200
    assert {writer.query("ASK { id:stopped ?p ?o }").json["boolean"] for _ in range(10)} == {True}


@pytest.mark.parametrize("call", range(2, 7))
def test_a_server_ends_whatever_it_is_doing_when_it_is_told_to(call: int, tmp_path: Path) -> None:
    command = (sys.executable, "-c", SIGNALLED, str(call))
    with Endpoint.start(tmp_path, "--empty", "--processes", "1", command=command) as endpoint:
        pass
    assert endpoint.process.returncode == 0


def test_a_start_is_interrupted_without_a_traceback() -> None:
    """SIGINT comes with one of the calls from the first to that of `Fronts.run`."""

    def interrupt(call: int) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", INTERRUPTED, str(call), "serve"]
        options = ["--empty", "--processes", "1", "--port", "0"]
        return subprocess.run(
            [*command, *options], check=False, capture_output=True, text=True, timeout=COMMAND_TIME
        )

    calls = int(interrupt(0).stderr.split()[-1])
    for moment in (0.001, 0.1, 0.3, 0.6, 0.8, 0.9, 0.97, 0.99, 0.995, 0.999):
        ended = interrupt(int(moment * calls))
        assert ended.returncode in {0, 1, -signal.SIGINT}
        lines = {line for line in ended.stderr.splitlines() if not line.startswith("calls ")}
        assert lines <= {"unknown data, version empty", "Aborted!", ""}


def test_a_server_that_is_ended_as_soon_as_it_serves_ends_well_and_soon(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    options, command = ("--out", str(snapshot.path.parent)), tune(drain_time=100)
    for _ in range(6):
        with Endpoint.start(tmp_path, *options, command=command) as ended:
            pass
        assert ended.process.returncode == 0


def test_sighup_brings_a_new_token_beside_the_former_and_again_in_its_place(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    new = "another-token-that-is-long-enough-for-a-test"
    options = ("--out", str(snapshot.path.parent), "--processes", "2")
    with Endpoint.writable(tmp_path, *options) as endpoint:

        def statuses(client: Client) -> set[int]:
            """Return the statuses of writes over connections of their own, to both fronts."""
            return {client.update("INSERT DATA {}").status for _ in range(8)}

        def renew(token: str, words: str) -> None:
            (tmp_path / "token").write_text(token)
            told = endpoint.log.read_text().count(words)
            endpoint.process.send_signal(signal.SIGHUP)
            wait_until(lambda: endpoint.log.read_text().count(words) > told, words)

        former, later = endpoint.writer, replace(endpoint.client, token=new)
        assert (statuses(former), statuses(later)) == ({200}, {401})
        renew(new, "the former one is taken for 300 seconds more")
        wait_until(lambda: statuses(later) == {200}, "the later token is taken")
        assert statuses(former) == {200}
        renew("short", "the token stays as it is: a token has 32 characters or more")
        assert statuses(former) | statuses(later) == {200}
        renew(new, "the former one is taken for 300 seconds more")
        wait_until(lambda: statuses(former) == {401}, "the former token is refused")
        assert statuses(later) == {200}
        os.kill(endpoint.tree.fronts[0], signal.SIGKILL)
        wait_until(
            lambda: statuses(later) == {200} and statuses(former) == {401},
            "the later token alone is taken",
        )
