"""Clients of IPv6: the addresses of one subnet, a /64 (RFC 7421), are one client."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Final

import pytest

from bench.endpoint import tune
from tests.cluster.network import Host, ip, may_make_hosts, network
from tests.waiting import wait_until

SERVER: Final = "fd00:77::1"
CLIENTS: Final = ("fd00:77:0:1::1", "fd00:77:0:1::2", "fd00:77:0:1::3")
STRANGER: Final = "fd00:77:0:2::1"
RUNAWAY: Final = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def ask(address: str, query: str) -> tuple[str, ...]:
    """Return the command by which a client of an address asks, and prints the status."""
    url = f"http://[{SERVER}]:8000/sparql"
    options = ("--silent", "--globoff", "--output", "/dev/null", "--write-out", "%{http_code}")
    return ("curl", *options, "--interface", address, "-G", url, "--data-urlencode", query)


def read_status(host: Host, address: str) -> str:
    """Return the status of a short query that no front has kept, "000" where no server listens."""
    query = f"query=ASK {{}} #{time.monotonic_ns()}"
    return host.run("sh", "-c", '"$@" || true', "sh", *ask(address, query))


@pytest.mark.skipif(not may_make_hosts(), reason="needs root, to make network namespaces")
def test_the_addresses_of_one_64_have_one_bound(tmp_path: Path) -> None:
    with network({"one": 1}) as hosts, (tmp_path / "log").open("wb") as log:
        host = hosts["one"]
        for address in (SERVER, STRANGER, *CLIENTS):
            ip("-n", host.name, "addr", "add", f"{address}/128", "dev", "lo")
        bounds = ("--deadline", "60", "--processes", "2")
        out = ("--out", str(tmp_path / "build"))
        command = (*tune(client_requests=2), "serve", "--host", SERVER, "--port", "8000")
        host.start(*command, *bounds, *out, log=log)  # it builds the graph
        wait_until(lambda: read_status(host, CLIENTS[2]) == "200", "the server answers", 600)
        asking: dict[str, subprocess.Popen[bytes]] = {}

        def is_refused() -> bool:
            """Keep two queries of the client under way, and return whether a third is refused."""
            for number, address in enumerate(CLIENTS[:2]):
                if address not in asking or asking[address].poll() is not None:
                    command = ask(address, f"query={RUNAWAY} #{number}")
                    asking[address] = host.start(*command, log=log)
            return read_status(host, CLIENTS[2]) == "429"

        wait_until(is_refused, "a third query of one subnet is refused")
        wait_until(lambda: read_status(host, STRANGER) == "200", "a stranger has an answer")
