"""The limits that a query meets, each named in the answer."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bench.client import Client
from bench.endpoint import tune
from graph.snapshot import Snapshot
from server.command.serve import derive_limits
from server.engine.account import MINUTE
from tests.server.conftest import serving
from tests.waiting import join, wait_until

SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def narrow(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a server that takes few requests at once, and has little time for each."""
    options = ["--out", str(snapshot.path.parent), "--deadline", "2"]
    home, few = tmp_path_factory.mktemp("narrow"), tune(client_requests=2)
    with serving(home, *options, command=few) as client:
        yield client


def test_an_answer_and_the_cache_grow_with_the_memory_budget() -> None:
    options = {"memory_budget": 64 << 30, "deadline": 10.0, "write_deadline": 30.0}
    large, small = derive_limits(options), derive_limits(options | {"memory_budget": 1 << 30})
    assert (large["max_answer"], large["cache"]) == (256 << 20, 1 << 30)
    assert (small["max_answer"], small["cache"]) == (16 << 20, 64 << 20)


def test_a_query_past_its_deadline_is_stopped_and_told_the_deadline(narrow: Client) -> None:
    reply = narrow.query(SLOW)
    assert (reply.status, reply.json["seconds"]) == (504, 2)
    assert "2 seconds" in reply.json["detail"]


def test_nesting_past_the_limit_is_the_fault_of_the_query(client: Client) -> None:
    reply = client.query("ASK " + "{" * 800 + "}" * 800)
    assert (reply.status, reply.json["limit"]) == (400, "levels of nesting")
    assert reply.json["line"] == 1


def test_a_flat_query_past_a_limit_is_too_large(client: Client) -> None:
    text = "ASK { " + " ".join(f"?s{n} ?p{n} ?o{n} ." for n in range(1000)) + " }"
    reply = client.query(text)
    assert (reply.status, reply.json["limit"]) == (413, "patterns in one group")


def test_an_answer_past_the_cap_is_refused_whole(client: Client) -> None:
    long = "SELECT ?a ?b ?c ?d ?e ?f { ?a ?b ?c . ?d ?e ?f }"
    reply = client.query(long)
    assert reply.status == 413
    assert (reply.json["limit"], reply.json["value"]) == ("bytes in an answer", 16 << 20)


@pytest.mark.long
def test_a_client_that_asks_too_much_at_once_is_told_to_wait(narrow: Client) -> None:
    replies = []
    threads = [
        threading.Thread(target=lambda: replies.append(narrow.query(SLOW))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    join(*threads)
    counts = Counter(reply.status for reply in replies)
    assert set(counts) == {504, 429}
    refused = next(reply for reply in replies if reply.status == 429)
    assert refused.headers["Retry-After"] == "1"
    assert refused.json["value"] == 2
    assert narrow.query("ASK {}").status == 200


@pytest.mark.long
def test_who_repeats_what_is_refused_waits_for_it(snapshot: Snapshot, tmp_path: Path) -> None:
    time.sleep(max(0.0, 5 - MINUTE + time.monotonic() % MINUTE))  # not at the end of a minute
    options, few = ("--out", str(snapshot.path.parent), "--deadline", "8"), tune(client_requests=2)
    texts = SLOW, SLOW.replace("?n", "?m")  # the same text twice would be evaluated once
    with serving(tmp_path, *options, command=few) as narrow, ThreadPoolExecutor(2) as pool:
        slow = [pool.submit(narrow.query, text) for text in texts]
        long = "\ncpec_engine_long 2\n"
        wait_until(lambda: long in narrow.get("/metrics").text, "both have a place")
        refused: list[float] = []
        while not all(one.done() for one in slow):
            start = time.monotonic()
            if narrow.query("ASK {}").status == 429:
                refused.append(time.monotonic() - start)
    assert len(refused) > 2
    counts = (len(refused) // 2, len(refused) - len(refused) // 2)  # of two fronts
    assert sum(refused) >= sum(0.05 * count * (count - 1) / 2 for count in counts)


@pytest.mark.long
def test_a_server_with_no_worker_free_says_so_and_stays_alive(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    options = ["--out", str(snapshot.path.parent), "--deadline", "2"]
    replies = []
    with serving(tmp_path, *options, command=tune(threads=4)) as client:
        threads = [
            threading.Thread(target=lambda: replies.append(client.query(SLOW))) for _ in range(12)
        ]
        for thread in threads:
            thread.start()
        assert client.get("/health").status == 200
        join(*threads)
        assert client.query("ASK {}").status == 200
    counts = Counter(reply.status for reply in replies)
    assert set(counts) <= {504, 503}
    assert counts[504] >= 3
    for reply in replies:
        assert reply.status == 504 or reply.headers["Retry-After"]
