"""Generated requests on the real server: each gets a complete answer, none a 5xx but 503 and 504.

A 503 is lawful only if the server is full, or a question needs more memory than it may have.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from bench.endpoint import Endpoint, tune
from bench.wire import talk
from graph.snapshot import Snapshot
from tests.server.abuse.case import Case
from tests.server.abuse.conftest import MANY
from tests.server.abuse.test_abuse import require_lawful
from tests.server.fuzz.message import requests
from tests.server.fuzz.tool import tool_calls
from tests.waiting import PATIENCE

pytestmark = [
    pytest.mark.long,
    # Hypothesis may write a strategy out, and the grammar of SPARQL has 52 kB.
    pytest.mark.filterwarnings("ignore:Generating overly large repr"),
]

BRIEF = 800
EXAMPLES = max(BRIEF, settings.default.max_examples if settings.default else 0)
CALLS_SHARE = 10
"""There are so many times fewer calls of tools than requests."""

DEADLINES = ("--deadline", "0.5", "--write-deadline", "2")
FULL: Final = re.compile(
    "no worker was free|too many questions|long questions run|requests are under way|memory|"
    "took the place|being (written|changed|loaded)"
)
"""Why a request is refused that may succeed later."""

brief = settings(
    derandomize=EXAMPLES == BRIEF,
    database=None,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def fuzzed_server(
    snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Endpoint, Counter[int]]]:
    """A server of its own, and the statuses that it answered with; printed at the end."""
    home = tmp_path_factory.mktemp("fuzzed")
    statuses: Counter[int] = Counter()
    build = str(snapshot.path.parent)
    command = tune(receive_time=5, **MANY)
    with Endpoint.writable(home, "--out", build, *DEADLINES, command=command) as endpoint:
        yield endpoint, statuses
    print(f"\n{statuses.total()} answers, {dict(sorted(statuses.items()))} (0: closed)")


@settings(brief, max_examples=EXAMPLES)
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
    for reply in spoken.replies:
        assert reply.status != 502, reply.body[:500]
        is_told = case.method == "HEAD" or FULL.search(reply.text)
        assert reply.status != 503 or is_told, reply.body[:500]
    assert endpoint.process.poll() is None, "the server has ended"


@pytest.fixture(scope="module")
def tools(fuzzed_server: tuple[Endpoint, Counter[int]]) -> Iterator[tuple[asyncio.Runner, Any]]:
    """The tools of `cpec mcp` over the server, and the loop that runs them."""
    pytest.importorskip("mcp", reason="the extra [mcp] is not installed: `make test` installs it")
    from mcp.server.mcpserver import MCPServer

    from server.mcp.graph_tools import GraphTools, count_calls
    from server.mcp.http_api import HttpApi

    api = HttpApi(fuzzed_server[0].client.address)
    server: MCPServer[Any] = MCPServer("fuzzed")
    for name in [name for name in vars(GraphTools) if not name.startswith("_")]:
        server.add_tool(count_calls(api, getattr(GraphTools(api), name)))
    with asyncio.Runner() as runner:
        yield runner, server
        runner.run(api._client.aclose())


@settings(brief, max_examples=EXAMPLES // CALLS_SHARE)
@given(call=tool_calls())
def test_no_call_of_a_tool_fails_without_its_reason(
    call: tuple[str, dict[str, Any]], tools: tuple[asyncio.Runner, Any]
) -> None:
    from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError

    runner, server = tools
    message = ""
    try:
        runner.run(server.call_tool(*call))
    except UnexpectedToolError as error:
        raise AssertionError(f"{call[0]} crashed") from error.__cause__
    except ToolError as error:
        message = str(error)
    refused = re.search(r": (5\d\d): (.*)", message)
    assert not refused or refused[1] == "504" or FULL.search(refused[2]), message


def test_the_server_answers_after_all_of_it(fuzzed_server: tuple[Endpoint, Counter[int]]) -> None:
    endpoint, _ = fuzzed_server
    assert b"true" in endpoint.client.query("ASK { }").body
