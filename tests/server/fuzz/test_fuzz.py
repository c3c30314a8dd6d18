"""Generated requests on the real server: each gets a complete answer, none a 500."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from bench.endpoint import Endpoint
from bench.wire import talk
from graph.snapshot import Snapshot
from tests.server.abuse.case import Case
from tests.server.abuse.conftest import MANY
from tests.server.abuse.test_abuse import PATIENCE, require_lawful
from tests.server.fuzz.message import requests

pytestmark = pytest.mark.long

BRIEF = 800
EXAMPLES = max(BRIEF, settings.default.max_examples if settings.default else 0)
BOUNDS = ("--deadline", "0.5", "--write-deadline", "2", "--receive-time", "5")


@pytest.fixture(scope="module")
def fuzzed_server(
    snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Endpoint, Counter[int]]]:
    """A server of its own, and the statuses that it answered with; printed at the end."""
    home = tmp_path_factory.mktemp("fuzzed")
    statuses: Counter[int] = Counter()
    build = str(snapshot.path.parent)
    with Endpoint.writable(home, "--out", build, *BOUNDS, *MANY) as endpoint:
        yield endpoint, statuses
    print(f"\n{statuses.total()} answers, {dict(sorted(statuses.items()))} (0: closed)")


@settings(
    max_examples=EXAMPLES,
    derandomize=EXAMPLES == BRIEF,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
@given(case=requests)
def test_no_request_gets_a_500_or_hangs(
    case: Case, fuzzed_server: tuple[Endpoint, Counter[int]]
) -> None:
    endpoint, statuses = fuzzed_server
    spoken = talk(
        endpoint.client.place,
        case.send({}),
        PATIENCE,
        methods=(case.method,),
        half_close=case.half_close,
    )
    statuses.update([reply.status for reply in spoken.replies] or [0])
    require_lawful(case, spoken)
    assert endpoint.process.poll() is None, "the server has ended"


def test_the_server_answers_after_all_of_it(fuzzed_server: tuple[Endpoint, Counter[int]]) -> None:
    endpoint, _ = fuzzed_server
    assert b"true" in endpoint.client.query("ASK { }").body
