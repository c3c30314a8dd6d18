"""Hostile clients of each kind beside a polite one, who is answered all the while."""

from collections.abc import Iterator

import pytest

from bench.attack import KINDS, attack
from bench.endpoint import Endpoint, tune
from bench.hostile import be_polite, write
from tests.waiting import wait_until

pytestmark = pytest.mark.long

SIZE = 2000
ROUNDS = {2: 8, 1000: 2}
"""The rounds of the polite client, by the number of hostile addresses."""

CROWDS = ("silent connections", "wrong tokens")
"""The kinds that come from a thousand addresses too."""

PATIENT = tune(send_time=5, queue_time=60)
"""The polite client may wait long on a busy machine: these tests measure no time."""


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    folder = tmp_path_factory.mktemp("hostile")
    with Endpoint.writable(folder, "--empty", "--deadline", "5", command=PATIENT) as endpoint:
        write(endpoint.writer, "/store/g", SIZE)
        be_polite(endpoint.client, 3)
        yield endpoint


@pytest.mark.parametrize(
    ("kind", "addresses"), [*((kind, 2) for kind in KINDS), *((kind, 1000) for kind in CROWDS)]
)
def test_a_polite_client_is_not_refused_beside(
    endpoint: Endpoint, kind: str, addresses: int
) -> None:
    with attack(endpoint.client.place, kind, addresses):
        health, lookup = be_polite(endpoint.client, ROUNDS[addresses])
    assert health.refusals + lookup.refusals == []


def test_afterwards_nothing_is_held(endpoint: Endpoint) -> None:
    for name in ("long", "parked", "queue", "quick"):
        line = f"\ncpec_engine_{name} 0\n"
        wait_until(lambda line=line: line in endpoint.client.get("/metrics").text, line)  # type: ignore[misc]
