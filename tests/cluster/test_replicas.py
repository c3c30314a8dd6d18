"""Replicas of one snapshot behind HAProxy: clients ask while servers are killed, stopped, replaced.

The table of the cases is printed at the end.
"""

from __future__ import annotations

import os
import re
import signal
import time
from typing import Any
from urllib.parse import quote

from graph.snapshot import Snapshot
from tests.cluster.cluster import REPLICAS, Clients, Cluster
from tests.cluster.conftest import ROWS
from tests.waiting import PATIENCE

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
AREAS = "SELECT ?area { id:Pakistan cpec:cooperatesIn ?area }"
COUNT_PATH = f"/sparql?query={quote(COUNT)}"
LOOKUPS = ("/context.jsonld", "/openapi.json")
PATHS = (f"/sparql?query={quote(AREAS)}", COUNT_PATH, "/data/Pakistan.nt", "/api/queries/timeline")
QUERIES = (AREAS, COUNT, "SELECT ?thing { ?thing a cpec:Country } # %d")
LONG = "SELECT (COUNT(*) AS ?n%d) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def until_asked(cluster: Cluster, requests: int, *clients: Clients) -> None:
    """Wait until clients have so many more answers each."""
    for asking in clients:
        goal = asking.count() + requests
        cluster.until(
            lambda asking=asking, goal=goal: asking.count() >= goal,  # type: ignore[misc]
            f"clients have {requests} more answers",
        )


def require_answered(case: str, answers: list[dict[str, Any]]) -> None:
    """Add a row to the table; every answer is 200, and equal entity tags are of equal bodies."""
    failed = [answer for answer in answers if answer["status"] != 200]
    worst = max(answer["seconds"] for answer in answers)
    ROWS.append((case, len(answers), len(failed), worst))
    assert failed == []
    bodies: dict[object, set[object]] = {}
    for answer in answers:
        bodies.setdefault((answer["word"], answer["tag"]), set()).add(answer["body"])
    assert {len(hashes) for hashes in bodies.values()} == {1}


def test_a_page_comes_compressed_and_its_tag_is_known_again(cluster: Cluster) -> None:
    page = "Accept: text/html"
    head = cluster.head("/things/", page)
    assert "content-encoding: gzip" in head
    (tag,) = re.findall(r'etag: (W/"\w+")', head)
    assert " 304 " in cluster.head("/things/", page, f"If-None-Match: {tag}")
    head = cluster.head("/.well-known/void", "Accept: text/turtle")
    assert "content-encoding" not in head
    assert "W/" not in head


def test_who_names_a_version_is_sent_where_it_is_and_ready_never_goes_back(
    cluster: Cluster, first: Snapshot, second: Snapshot
) -> None:
    """One replica is ahead of two, and goes back."""
    for snapshot in (second, first):
        cluster.copy("two", snapshot)
        cluster.restart("two")
        cluster.until_up(*REPLICAS)
        ready = [str(cluster.ask("/ready")["body"]) for _ in range(20)]
        assert all(f'"version":"{snapshot.version}"' in body for body in ready)
        for path in (COUNT_PATH + "&version=", "/things/?version="):
            for its, status in ((first, 200), (second, 200 if snapshot == second else 409)):
                answers = [cluster.ask(path + its.version)["status"] for _ in range(20)]
                assert answers == [status] * 20


def test_a_slow_page_is_not_asked_twice(cluster: Cluster) -> None:
    page = "/page/JCC14_Minutes_Signing"
    for name in REPLICAS:
        cluster.signal(name, signal.SIGSTOP)
    asking = cluster.hosts["client"].ask(
        "curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}",
        f"http://{cluster.address}{page}",
    )  # fmt: skip
    time.sleep(8)
    for name in REPLICAS:
        cluster.signal(name, signal.SIGCONT)
    assert asking.communicate(timeout=PATIENCE)[0] == "200"
    cluster.until_up(*REPLICAS)
    logs = [(cluster.folder / name / "run" / "log").read_text() for name in REPLICAS]
    assert sum(log.count(f'"{page}"') for log in logs) == 1


def test_a_snapshot_that_is_cut_short_is_not_served(cluster: Cluster, second: Snapshot) -> None:
    before = (cluster.home("one") / "current").readlink()
    cluster.copy("one", second)
    quads_file = cluster.home("one") / "current" / "graph.nq"
    quads_file.write_bytes(quads_file.read_bytes()[:-1000])
    cluster.kill("one")
    cluster.restart("one")
    log = cluster.folder / "one" / "run" / "log"
    cluster.until(lambda: "cut or changed" in log.read_text(), "the cut snapshot is refused")
    assert [cluster.ask(COUNT_PATH)["status"] for _ in range(6)] == [200] * 6
    (cluster.home("one") / "current").unlink()
    (cluster.home("one") / "current").symlink_to(before)
    cluster.restart("one")
    cluster.until_up("one")


def test_two_of_three_replicas_are_killed_and_every_question_is_answered(cluster: Cluster) -> None:
    getting, posting = (cluster.ask_without_end(4, *words) for words in (PATHS, QUERIES))
    until_asked(cluster, 50, getting, posting)
    cluster.kill("one")
    cluster.kill("two")
    until_asked(cluster, 200, getting, posting)
    for name in ("one", "two"):
        cluster.restart(name)
    cluster.until_up(*REPLICAS)
    require_answered("GET, two of three replicas killed with -9", getting.stop())
    require_answered("POST queries, the same", posting.stop())


def test_a_replica_that_hangs_costs_a_look_up_the_wait_of_the_proxy(cluster: Cluster) -> None:
    clients = cluster.ask_without_end(8, *LOOKUPS)
    until_asked(cluster, 50, clients)
    cluster.signal("one", signal.SIGSTOP)
    cluster.until(lambda: cluster.statistics("one")["status"] == "DOWN", "one is down")
    until_asked(cluster, 200, clients)
    cluster.until(lambda: cluster.statistics("one")["scur"] == "0", "no look-up waits for one")
    cluster.signal("one", signal.SIGCONT)
    cluster.until_up("one")
    answers = clients.stop()
    require_answered("GET, a replica stopped (SIGSTOP)", answers)


def test_a_front_that_is_stopped_is_replaced_and_its_requests_are_asked_again(
    cluster: Cluster,
) -> None:
    clients = cluster.ask_without_end(8, *PATHS)
    until_asked(cluster, 50, clients)
    stopped, *others = cluster.tree("two").fronts
    os.kill(stopped, signal.SIGSTOP)
    cluster.until(
        lambda: len({*cluster.tree("two").fronts} - {stopped}) > len(others),
        "the front is replaced",
    )
    until_asked(cluster, 50, clients)
    require_answered("GET, a front stopped, until it is replaced", clients.stop())


def test_a_rollout_and_the_way_back_lose_no_question(
    cluster: Cluster, first: Snapshot, second: Snapshot
) -> None:
    for case, snapshot, hosts, words in (
        ("rollout", second, REPLICAS, (str(second.path.parent),)),
        ("rollback of one", first, ("two",), ("--back",)),
    ):
        getting, posting = (cluster.ask_without_end(4, *asked) for asked in (PATHS, QUERIES))
        until_asked(cluster, 20, getting, posting)
        done = cluster.roll("-p", "proxy", *words, *hosts)
        until_asked(cluster, 400, getting, posting)
        answers = getting.stop()
        serving = "".join(f"{name} serves {snapshot.version}\n" for name in hosts)
        assert (done.returncode, done.stdout, done.stderr) == (0, serving, "")
        require_answered(f"GET, planned {case}", answers)
        require_answered(f"POST queries, planned {case}", posting.stop())
        counts = {answer["body"] for answer in answers if answer["word"] == COUNT_PATH}
        assert len(counts) == 2, "one answer of each snapshot"


def test_an_address_with_a_hundred_long_queries_keeps_no_replica_from_others(
    cluster: Cluster,
) -> None:
    hostile = cluster.ask_without_end(100, LONG, at="hostile")
    cluster.until(
        lambda: min(int(cluster.statistics(name)["weight"]) for name in REPLICAS) < 60,
        "a busy replica weighs less",
    )
    getting, posting = (cluster.ask_without_end(4, *words) for words in (PATHS, QUERIES))
    until_asked(cluster, 100, getting, posting)
    refused = {answer["status"] for answer in hostile.stop()}
    require_answered("GET, 100 long queries of another address", getting.stop())
    require_answered("POST queries, the same", posting.stop())
    assert refused <= {0, 429, 503, 504}
    assert all(map(cluster.is_up, REPLICAS))
