"""The tools over stdio and HTTP: their answers, refusals, limits, and the end of their endpoint."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.client import Client
from bench.endpoint import CPEC, Endpoint
from graph.snapshot import Snapshot
from server.mcp.graph_tools import TOOLS
from tests.server.conftest import Run, wait_until
from tests.server.mcp.tool_client import Tools, call, connect

SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (?a != ?g) }"


def ask_tool(client: Client, name: str, **arguments: Any) -> tuple[dict[str, Any], str]:
    """Return the answer of one tool over stdio, or the message of its error."""

    async def run() -> tuple[dict[str, Any], str]:
        async with connect("--endpoint", client.address) as tools:
            return await call(tools, name, arguments)

    return asyncio.run(run())


def test_schema_has_the_terms_with_their_modality_and_the_traps(client: Client) -> None:
    answer, _ = ask_tool(client, "schema", term="cooperatesIn")
    assert any("aim is not a deed" in trap for trap in answer["traps"])
    (term,) = [own for own in answer["terms"] if own["term"].endswith("#cooperatesIn")]
    assert term["modality"].endswith("#Reported")
    assert term["domain"]
    empty, _ = ask_tool(client, "schema", term="glacier")
    assert empty["empty"]["words"] == "the vocabulary has no term like 'glacier'"


def test_sources_can_be_listed_without_one(client: Client) -> None:
    every, _ = ask_tool(client, "sources")
    fewer, _ = ask_tool(client, "sources", without=["inp-wealthpk-2026-04-29/s08"])
    assert fewer["total"] == every["total"] - 1


def test_an_error_keeps_its_line_and_column(client: Client) -> None:
    _, message = ask_tool(client, "sparql", query="SELECT * {\n id:Pakistan cpec:partyTo }")
    assert message.startswith("Error executing tool sparql: 400: line 2, column ")
    _, message = ask_tool(client, "sparql", query="SELECT * { SERVICE <http://e/> { ?s ?p ?o } }")
    assert "403: " in message


def test_a_claim_is_judged_by_its_sources_and_its_modality(client: Client) -> None:
    aim = {"subject": "Pakistan", "property": "intendsCooperationIn", "object": "Robotics"}
    triples = [
        aim,
        aim | {"modality": "Reported"},
        aim | {"property": "cooperatesIn"},
        aim | {"subject": "Pakistn"},
    ]
    rows = [
        {"question": "parties", "row": {"country": "India"}},
        {"question": "parties", "row": {"country": "China", "undertaking": "CPEC"}},
        {"query": "SELECT * { ?s ?p", "row": {"s": "x"}},
        {"row": {"s": "x"}},
        {"query": "SELECT (NOW() AS ?now) (1 AS ?one) {}", "row": {"one": "1"}},
    ]
    answer, _ = ask_tool(client, "verify", triples=triples, rows=rows)
    verdicts = answer["verdicts"]
    assert [verdict["verdict"] for verdict in verdicts] == [
        "held",
        "held more weakly",
        "no source says",
        "unknown name",
        "no source says",
        "held",
        "not judged",
        "not judged",
        "no source is known",
    ]
    assert verdicts[0]["fact"]["modality"] == "aimed at"
    assert "only aimed at" in verdicts[2]["reason"]
    assert verdicts[2]["instead"]["nearest"]
    assert "did you mean Pakistan?" in verdicts[3]["reason"]
    assert "line 1, column" in verdicts[6]["reason"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "1 to 20 claims, not 0"),
        ({"rows": [{"row": {"s": "x"}, "query": "ASK {}"}] * 21}, "1 to 20 claims, not 21"),
        (
            {"triples": [{"subject": "a", "property": "b", "object": "c", "modality": "Sure"}]},
            "the modality 'Sure' is not one of Background, Reported",
        ),
    ],
)
def test_claims_that_cannot_be_judged_are_refused(
    client: Client, arguments: dict[str, Any], words: str
) -> None:
    _, message = ask_tool(client, "verify", **arguments)
    assert words in message


def test_an_answer_of_many_rows_says_how_many(client: Client) -> None:
    answer, _ = ask_tool(client, "sparql", query="SELECT ?s { ?s ?p ?o } LIMIT 60")
    assert len(answer["facts"]) == 50
    assert answer["more"].startswith("the first 50 facts of 60")


@pytest.mark.long
def test_an_agent_that_asks_for_everything_at_once_is_told_to_wait(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    options = ("--out", str(snapshot.path.parent), "--deadline", "2")
    with Endpoint.start(tmp_path, *options) as endpoint:

        async def flood() -> list[tuple[dict[str, Any], str]]:
            async with connect("--endpoint", endpoint.client.address) as tools:
                queries = ({"query": f"{SLOW} # {number}"} for number in range(80))
                calls = [asyncio.create_task(call(tools, "sparql", own)) for own in queries]
                done, waiting = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
                while not any("504: " in own.result()[1] for own in done):
                    more, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                    done |= more
                for own in waiting:
                    own.cancel()
                await asyncio.gather(*calls, return_exceptions=True)
                return [own.result() for own in done]

        messages = [message for _, message in asyncio.run(flood())]
        assert any("64 calls are under way: wait for their answers" in text for text in messages)
        wait_until(lambda: is_idle(endpoint.client))


def is_idle(client: Client) -> bool:
    """Return whether all workers of a server are idle, and no query waits for one."""
    lines = client.get("/metrics").text.splitlines()
    totals = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    idle = totals["cpec_engine_idle"] == totals['cpec_processes{part="worker"}']
    return idle and totals["cpec_engine_queue"] == "0"


def test_the_endpoint_that_the_command_starts_ends_with_it(
    home: Path, snapshot: Snapshot, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [str(CPEC), "mcp", "--", "--snapshot", str(snapshot.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    with process:
        wait_until(lambda: b"version" in log.read_bytes())
        (server,) = children_of(process.pid)
        process.send_signal(signal.SIGKILL)
        process.wait()
    wait_until(lambda: not Path(f"/proc/{server}").exists())


def children_of(pid: int) -> list[int]:
    """Return the children of a process."""
    words = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return list(map(int, words))


@pytest.fixture
def tools_address(client: Client) -> Iterator[str]:
    """The address of tools over HTTP, as soon as a connection is accepted."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    arguments = [str(CPEC), "mcp", "--endpoint", client.address, "--port", str(port)]
    with subprocess.Popen(arguments, stdout=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: is_open(port))
            yield f"http://127.0.0.1:{port}/mcp"
        finally:
            process.terminate()


def is_open(port: int) -> bool:
    """Return whether a port of this host accepts connections."""
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def test_the_tools_answer_by_http_when_asked(tools_address: str) -> None:
    async def run() -> tuple[list[str], dict[str, Any]]:
        async with Tools(tools_address) as tools:
            names = [tool.name for tool in (await tools.list_tools()).tools]
            return names, (await call(tools, "question", {"name": "intended-areas"}))[0]

    names, answer = asyncio.run(run())
    assert names == [*TOOLS]
    assert {fact["modality"] for fact in answer["facts"]} == {"aimed at"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--endpoint", "ftp://e/"), "no address of http or https"),
        (("--endpoint", "http://localhost:1", "--empty"), "for a server that is started"),
        (("--no-such-option",), "cpec serve did not start"),
    ],
)
def test_a_wrong_command_line_is_named(cpec: Run, arguments: tuple[str, ...], words: str) -> None:
    done = cpec("mcp", *arguments)
    assert done.returncode
    assert words in done.stderr


def test_an_endpoint_that_does_not_answer_is_named() -> None:
    _, message = ask_tool(Client("http://127.0.0.1:1"), "search", text="HEC")
    assert "the endpoint http://127.0.0.1:1 gave no answer" in message
