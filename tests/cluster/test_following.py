"""Replicas that follow a writable store: a write is on all of them in seconds, behind HAProxy."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from bench.endpoint import TOKEN
from tests.cluster.cluster import CPEC, DEPLOY, FOLLOWED, NUMBERS, REPLICAS, Cluster
from tests.cluster.conftest import ROWS
from tests.cluster.network import may_make_hosts, network
from tests.waiting import PATIENCE

WRITES = 20
COUNT = quote("SELECT (COUNT(*) AS ?n) { ?s <urn:p> ?o }")


@pytest.mark.skipif(not may_make_hosts(), reason="needs root, to make network namespaces")
def test_a_write_is_read_by_its_version_anywhere_within_seconds(tmp_path: Path) -> None:
    data, token = tmp_path / "data", tmp_path / "token"
    token.touch(mode=0o600)
    token.write_text(TOKEN)
    with network(NUMBERS) as hosts, (tmp_path / "log").open("wb") as log:
        replicas = Cluster(hosts, tmp_path, FOLLOWED)
        client = hosts["client"]
        options = f"--empty --data-dir {data} --new --token-file {token}".split()
        serve = (str(CPEC), "serve", *options)
        client.start(*serve, log=log)

        def write(number: int) -> str:
            """Return the version that a write makes."""
            output = client.run(
                "curl", "--silent", "--fail", "--header", f"Authorization: Bearer {TOKEN}",
                "--header", "Content-Type: application/sparql-update",
                "--data", f"INSERT DATA {{ <urn:s> <urn:p> {number} }}",
                "http://127.0.0.1:8000/update",
            )  # fmt: skip
            return str(json.loads(output)["version"])

        replicas.until(lambda: bool(write(0)), "the writable store takes a write")
        copies = [f"{name}:/srv/cpec-graph/store" for name in REPLICAS]
        follow = subprocess.Popen(
            [DEPLOY / "follow", data, *copies], env=replicas.environment, stderr=log
        )
        try:
            for name in REPLICAS:
                copy = replicas.home(name) / "store" / "current"
                replicas.until(copy.exists, f"{name} has a copy")
                replicas.restart(name)
            replicas.start_proxy()
            replicas.until_up(*REPLICAS)
            worst, last = 0.0, ""
            for number in range(1, WRITES + 1):
                version, start = write(number), time.monotonic()
                write(-number)  # as another client does meanwhile
                answer = replicas.ask(f"/sparql?format=csv&query={COUNT}&version={version}..")
                worst = max(worst, time.monotonic() - start)
                assert answer["status"] == 200, answer
                assert int(str(answer["body"]).split()[1]) >= 2 * number
                for _ in range(6):
                    ready = json.loads(str(replicas.ask("/ready")["body"]))["version"]
                    assert ready >= max(version, last), "it went back"
                    last = ready
            last = write(1000)
            assert replicas.ask(f"/sparql?query={COUNT}&version={last}")["status"] == 200
            ROWS.append(("a write is read by its version", WRITES, 0, worst))
            start = time.monotonic()
            for name in REPLICAS:
                replicas.until(
                    lambda name=name: last in str(replicas.ask("/ready", name)["body"]),  # type: ignore[misc]
                    f"the last write is on {name}",
                )
            ROWS.append(("the last write is on all replicas", 1, 0, time.monotonic() - start))
        finally:
            follow.send_signal(signal.SIGTERM)
            follow.wait(PATIENCE)
