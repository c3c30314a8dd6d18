"""A hostile client of each kind beside a polite one, who is answered all the while."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from bench.endpoint import Endpoint
from bench.hostile import ATTACKS, run_attack

pytestmark = pytest.mark.long

POLITE = 15


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    folder = tmp_path_factory.mktemp("hostile")
    options = ("--empty", "--deadline", "5", "--client-seconds", "10", "--send-time", "5")
    with Endpoint.writable(folder, *options) as endpoint:
        lines = "".join(f"<x:s{n}> <x:p{n % 7}> <x:o{n % 50}> .\n" for n in range(2000))
        assert (
            endpoint.writer.send("PUT", "/store/g", lines, Content_Type="text/turtle").status == 201
        )
        yield endpoint


@pytest.mark.parametrize("kind", ATTACKS)
def test_a_polite_client_is_answered_beside(endpoint: Endpoint, kind: str) -> None:
    with run_attack(endpoint.client.place, ATTACKS[kind]):
        time.sleep(0.5)
        for number in range(POLITE):
            assert endpoint.client.get("/health").status == 200
            assert endpoint.client.query(f"ASK {{ <x:s{number}> ?p ?o }}").status == 200


def test_afterwards_nothing_is_held(endpoint: Endpoint) -> None:
    end = time.monotonic() + 60
    names = ("cpec_engine_long", "cpec_engine_parked", "cpec_engine_queue", "cpec_engine_quick")
    while True:
        lines = endpoint.client.get("/metrics").text.splitlines()
        if {f"{name} 0" for name in names} <= set(lines):
            return
        assert time.monotonic() < end, [line for line in lines if line.startswith(names)]
        time.sleep(0.2)
