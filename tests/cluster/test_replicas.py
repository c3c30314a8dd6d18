"""Replicas of one snapshot behind HAProxy: one is killed, another snapshot is rolled out."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import pytest

from bench.graph import quads
from graph.build import build
from graph.curating.master import Inputs
from graph.snapshot import Snapshot, write_snapshot
from tests.cluster.network import Host, may_make_hosts, network

CPEC = Path(sys.executable).with_name("cpec")
ROOT = Path(__file__).parents[2]
REPLICAS = ("one", "two", "three")
PATHS = (
    "/sparql?query=" + quote("SELECT ?area { id:Pakistan cpec:cooperatesIn ?area }"),
    "/sparql?query=" + quote("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"),
    "/api/queries/timeline",
    "/data/Pakistan.nt",
)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The shipped graph."""
    return build(Inputs(), tmp_path_factory.mktemp("first")).snapshot


@pytest.fixture(scope="module")
def second(first: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The same and some more."""
    folder = tmp_path_factory.mktemp("second")
    return write_snapshot(folder, [*first.quads(), *quads(200)], first.manifest)


class Cluster:
    """Three replicas, each with a folder of snapshots of its own, a proxy and a client."""

    def __init__(self, hosts: dict[str, Host], folder: Path) -> None:
        self.hosts = hosts
        self.folder = folder
        self.servers: dict[str, subprocess.Popen[bytes]] = {}

    def copy(self, name: str, snapshot: Snapshot) -> None:
        """Copy a snapshot to a host, and have it served from the next start."""
        home = self.folder / name
        home.mkdir(exist_ok=True)
        shutil.copytree(snapshot.path, home / snapshot.path.name)
        (home / "next").symlink_to(snapshot.path.name)
        (home / "next").replace(home / "current")

    def serve(self, name: str) -> None:
        """Start the server of a host."""
        host = self.hosts[name]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.servers[name] = host.start(
                str(CPEC), "serve", "--host", host.address, "--port", "8000", "--processes", "1",
                "--snapshot", str(self.folder / name / "current"),
                "--trusted-proxy", self.hosts["proxy"].address, log=log,
            )  # fmt: skip

    def proxy(self) -> None:
        """Start HAProxy with the configuration that is deployed."""
        with (self.folder / "proxy.log").open("ab") as log:
            self.hosts["proxy"].start(
                "haproxy", "-f", str(ROOT / "deploy" / "haproxy.cfg"), log=log
            )

    def asking(self, seconds: float, *paths: str) -> subprocess.Popen[bytes]:
        """Start a client that asks the proxy for so many seconds."""
        return self.hosts["client"].start(
            sys.executable, str(ROOT / "tests" / "cluster" / "asking.py"),
            f"{self.hosts['proxy'].address}:8000", str(seconds), *(paths or PATHS),
            log=(self.folder / "asked").open("wb"),
        )  # fmt: skip

    def answers(self) -> list[dict[str, object]]:
        """Return the answers that the client got."""
        return [json.loads(line) for line in (self.folder / "asked").read_text().splitlines()]

    def ask(self, path: str, at: str = "proxy") -> dict[str, object]:
        """Return one answer."""
        address = f"{self.hosts[at].address}:8000"
        output = self.hosts["client"].run("curl", "--silent", "--max-time", "10", "-w",
                                        "\n%{http_code}", f"http://{address}{path}")  # fmt: skip
        body, _, status = output.rpartition("\n")
        return {"status": int(status), "body": body}

    def head(self, path: str, *fields: str) -> str:
        """Return the head of an answer of the proxy to a client that takes it compressed."""
        options = [option for field in fields for option in ("--header", field)]
        return self.hosts["client"].run(
            "curl", "--silent", "--compressed", "--dump-header", "-", "--output", "/dev/null",
            *options, f"http://{self.hosts['proxy'].address}:8000{path}",
        )  # fmt: skip

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds."""
        end = time.monotonic() + 60
        while True:
            try:
                if holds():
                    return
            except subprocess.CalledProcessError:
                pass
            assert time.monotonic() < end, [
                (log.name, log.read_text()[-500:]) for log in self.folder.glob("*.log")
            ]
            time.sleep(0.2)

    def serves(self, name: str, snapshot: Snapshot) -> bool:
        """Return whether a replica serves a snapshot from memory."""
        ready = json.loads(str(self.ask("/ready", name)["body"]) or "{}")
        return (ready.get("store"), ready.get("version")) == ("memory", snapshot.version)


@pytest.fixture
def cluster(first: Snapshot, tmp_path: Path) -> Iterator[Cluster]:
    if not shutil.which("haproxy") or not shutil.which("ip"):
        pytest.skip("needs ip(8) and haproxy: apt-get install haproxy iproute2")
    if not may_make_hosts():
        pytest.skip("needs the right to make network namespaces: run it as root, in no container")
    with ExitStack() as stack:
        hosts = stack.enter_context(network([*REPLICAS, "proxy", "client"]))
        replicas = Cluster(hosts, tmp_path)
        for name in REPLICAS:
            replicas.copy(name, first)
            replicas.serve(name)
        replicas.proxy()
        for name in REPLICAS:
            replicas.until(lambda name=name: replicas.serves(name, first))  # type: ignore[misc]
        replicas.until(lambda: replicas.ask("/health")["status"] == 200)
        yield replicas


def require_answered(answers: list[dict[str, object]]) -> None:
    """Hold that every GET was answered 200, and that equal entity tags are of equal bodies."""
    assert len(answers) > 20
    assert [answer for answer in answers if answer["status"] != 200] == []
    bodies: dict[object, set[object]] = {}
    for answer in answers:
        bodies.setdefault((answer["path"], answer["tag"]), set()).add(answer["body"])
    assert {len(hashes) for hashes in bodies.values()} == {1}


def test_a_replica_is_killed_and_a_snapshot_rolled_and_every_get_is_answered(
    cluster: Cluster, first: Snapshot, second: Snapshot
) -> None:
    client = cluster.asking(600)
    time.sleep(2)
    os.kill(cluster.servers["one"].pid, signal.SIGKILL)
    cluster.servers["one"].wait()
    time.sleep(2)
    cluster.serve("one")
    cluster.until(lambda: cluster.serves("one", first))
    for name in REPLICAS:
        cluster.copy(name, second)
        cluster.servers[name].send_signal(signal.SIGTERM)
        cluster.servers[name].wait(60)
        cluster.serve(name)
        cluster.until(lambda name=name: cluster.serves(name, second))  # type: ignore[misc]
    time.sleep(2)
    client.terminate()
    client.wait()
    answers = cluster.answers()
    require_answered(answers)
    counts = {answer["body"] for answer in answers if answer["path"] == PATHS[1]}
    assert len(counts) == 2, "one answer of each snapshot"


def test_a_page_comes_compressed_and_its_tag_is_known_again(cluster: Cluster) -> None:
    page = "Accept: text/html"
    head = cluster.head("/things/", page)
    assert "content-encoding: gzip" in head
    (tag,) = re.findall(r'etag: (W/"\w+")', head)
    assert " 304 " in cluster.head("/things/", page, f"If-None-Match: {tag}")
    head = cluster.head("/.well-known/void", "Accept: text/turtle")
    assert "content-encoding" not in head
    assert "W/" not in head


def test_who_names_a_version_gets_that_one_or_is_told(
    cluster: Cluster, first: Snapshot, second: Snapshot
) -> None:
    path = PATHS[1] + "&version="
    assert cluster.ask(path + first.version)["status"] == 200
    assert cluster.ask(path + second.version)["status"] == 409


def test_a_snapshot_that_is_cut_short_is_not_served(cluster: Cluster, second: Snapshot) -> None:
    cluster.copy("one", second)
    quads_file = cluster.folder / "one" / "current" / "graph.nq"
    quads_file.write_bytes(quads_file.read_bytes()[:-1000])
    cluster.servers["one"].send_signal(signal.SIGTERM)
    cluster.servers["one"].wait(60)
    cluster.serve("one")
    assert cluster.servers["one"].wait(60) == 1
    assert "cut short" in (cluster.folder / "one.log").read_text()
    assert [cluster.ask(PATHS[1])["status"] for _ in range(6)] == [200] * 6
