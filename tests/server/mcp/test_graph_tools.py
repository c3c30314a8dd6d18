"""The tools over stdio and HTTP: their answers, refusals, limits, and the end of their endpoint."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bench.client import Client
from bench.endpoint import CPEC, Endpoint
from graph.snapshot import Snapshot
from server.mcp.fact import MAX_BYTES
from tests.server.conftest import Run
from tests.server.mcp.tool_client import ask_tool, call, connect, open_tools
from tests.waiting import PATIENCE, wait_until

CHECKED = " ".join(f"Pakistan cooperates in technology, and {n} roses." for n in range(60))
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (?a != ?g) }"


def test_schema_has_the_terms_with_their_modality_and_the_traps(tools_address: str) -> None:
    answer, _ = ask_tool(tools_address, "schema", term="cooperatesIn")
    assert any("aim is not a deed" in trap for trap in answer["traps"])
    (term,) = [own for own in answer["terms"] if own["term"].endswith("#cooperatesIn")]
    assert term["modality"].endswith("#Reported")
    assert term["domain"]
    empty, _ = ask_tool(tools_address, "schema", term="glacier")
    assert empty["empty"]["words"] == "the vocabulary has no term like 'glacier'"


def test_sources_can_be_listed_without_one(tools_address: str) -> None:
    every, _ = ask_tool(tools_address, "sources")
    fewer, _ = ask_tool(tools_address, "sources", without=["inp-wealthpk-2026-04-29/s08"])
    assert fewer["total"] == every["total"] - 1


def test_each_tool_can_be_asked_as_of_a_day(tools_address: str) -> None:
    day = {"as_of": "2021-07-12"}
    today, _ = ask_tool(tools_address, "search", text="artificial intelligence")
    then, _ = ask_tool(tools_address, "search", text="artificial intelligence", **day)
    assert "Artificial_Intelligence" in str(today["matches"])
    assert "Artificial_Intelligence" not in str(then["matches"])
    answer, _ = ask_tool(tools_address, "question", name="cooperation-areas", **day)
    assert "up to 12 July 2021 no source says" in answer["empty"]["words"]
    triple = {
        "subject": "Pakistan",
        "property": "cooperatesIn",
        "object": "Artificial_Intelligence",
    }
    judged, _ = ask_tool(tools_address, "verify", triples=[triple], **day)
    assert [own["verdict"] for own in judged["verdicts"]] == ["no source says"]
    _, message = ask_tool(tools_address, "search", text="a", as_of="2021-02-30")
    assert "'2021-02-30' is no day" in message


def test_a_text_is_checked_clause_by_clause(tools_address: str) -> None:
    text = "Pakistan and China have moved forward on CPEC Phase II. Roses are red."
    answer, _ = ask_tool(tools_address, "check_text", text=text)
    assert [own["verdict"] for own in answer["sentences"]] == ["supported", "not-checked"]
    assert (answer["clauses"], answer["checked"]) == (2, 1)
    then, _ = ask_tool(tools_address, "check_text", text=text, as_of="2021-08-01")
    assert then["verdicts"]["unsaid"] == 1
    assert "the text is empty" in ask_tool(tools_address, "check_text", text="")[1]


def test_promises_are_chosen_by_filters(tools_address: str) -> None:
    filters = {"who": "id:Asim_Saleem_Bajwa", "status": "Completed", "silent": "1500"}
    chosen, _ = ask_tool(tools_address, "promises", filters=filters)
    assert {step["promise"] for step in chosen["steps"]} == {
        "10th Joint Cooperation Committee meeting"
    }
    assert all(step["citation"]["sourceText"] for step in chosen["steps"])
    none, _ = ask_tool(tools_address, "promises", filters=filters | {"country": "China"})
    assert none["empty"] == {"words": "no promise fits"}
    _, unknown = ask_tool(tools_address, "promises", filters={"without": "profit-2025-09-08"})
    assert "no filter 'without'" in unknown


def test_an_error_keeps_its_line_and_column(tools_address: str) -> None:
    _, message = ask_tool(tools_address, "sparql", query="SELECT * {\n id:Pakistan cpec:partyTo }")
    assert message.startswith("Error executing tool sparql: 400: line 2, column ")
    _, message = ask_tool(
        tools_address, "sparql", query="SELECT * { SERVICE <http://e/> { ?s ?p ?o } }"
    )
    assert "403: " in message


def test_an_answer_of_many_rows_says_how_many(tools_address: str) -> None:
    answer, _ = ask_tool(tools_address, "sparql", query="SELECT ?s { ?s ?p ?o } LIMIT 60")
    shown = len(answer["facts"])
    assert 5 < shown < 50
    assert answer["more"].endswith(f"ask with offset={shown}")
    rest = ask_tool(tools_address, "sparql", query="SELECT ?s { ?s ?p ?o } LIMIT 60", offset=shown)[
        0
    ]
    assert rest["facts"][0] != answer["facts"][0]
    assert ask_tool(tools_address, "schema", offset=-1)[1].endswith("an offset is a number from 0")


@pytest.mark.parametrize(
    ("tool", "given", "member"),
    [
        ("question", {}, "queries"),
        ("question", {"name": "who-says-what"}, "facts"),
        ("question", {"name": "corroborated-facts"}, "facts"),
        ("thing", {"name": "Pakistan"}, "facts"),
        ("schema", {}, "terms"),
        ("sources", {}, "sources"),
        ("search", {"text": "cooperation"}, "passages"),
        ("promises", {}, "steps"),
        ("check_text", {"text": CHECKED}, "sentences"),
    ],
)
def test_an_answer_is_short_and_its_rest_is_asked_for(
    tools_address: str, tool: str, given: dict[str, Any], member: str
) -> None:
    seen: list[str] = []
    for _ in range(3):
        answer, error = ask_tool(tools_address, tool, **given, offset=len(seen))
        assert not error
        assert len(json.dumps(answer, ensure_ascii=False).encode()) <= MAX_BYTES
        assert answer[member]
        seen += map(json.dumps, answer[member])
        if "more" not in answer:
            break
    if tool != "sources":
        assert len(set(seen)) == len(seen)


def test_the_rest_of_the_proofs_of_a_triple_is_asked_for(tools_address: str) -> None:
    triple = {"subject": "Pakistan", "property": "cooperatesIn", "object": "Technology"}
    first, rest = (
        ask_tool(tools_address, "explain", **triple, offset=offset)[0]["explanation"]
        for offset in (0, 1)
    )
    assert first["more"] == "1 proofs or more follow: ask with offset=1"
    assert len(first["proofs"]) == len(rest["proofs"]) == 1
    assert first["proofs"] != rest["proofs"]
    assert rest["more"] is False


def test_a_triple_that_is_only_aimed_at_is_explained_by_its_aim(tools_address: str) -> None:
    asked = {"subject": "Pakistan", "property": "cooperatesIn", "object": "Gas_Hydrates"}
    answer, error = ask_tool(tools_address, "explain", **asked)
    assert not error
    assert answer["facts"] == []
    assert "aimed at" in answer["empty"]["words"]
    assert answer["instead"]["nearest"]


@pytest.mark.parametrize(
    ("tool", "given", "near"),
    [
        ("thing", {"name": "Pakstan"}, "did you mean id:Pakistan"),
        ("thing", {"name": "Artificial Intelligence"}, "did you mean id:Artificial_Intelligence"),
        ("question", {"name": "parteis"}, "did you mean parties?"),
    ],
)
def test_an_unknown_name_comes_with_near_ones(
    tools_address: str, tool: str, given: dict[str, str], near: str
) -> None:
    assert near in ask_tool(tools_address, tool, **given)[1]


def test_an_unknown_object_of_a_triple_comes_with_near_ones(tools_address: str) -> None:
    asked = {"subject": "Pakistan", "property": "cooperatesIn", "object": "Gas_Hydrats"}
    answer, _ = ask_tool(tools_address, "explain", **asked)
    assert "did you mean id:Gas_Hydrates" in answer["empty"]["words"]


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
        wait_until(lambda: is_idle(endpoint.client), "all workers are idle")


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
        wait_until(lambda: b"version" in log.read_bytes(), "the endpoint has started")
        (server,) = children_of(process.pid)
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE)
    wait_until(lambda: not Path(f"/proc/{server}").exists(), "the endpoint has ended")


def children_of(pid: int) -> list[int]:
    """Return the children of a process."""
    words = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return list(map(int, words))


def test_the_tools_answer_by_http_when_asked(tools_address: str) -> None:
    from server.mcp.graph_tools import GraphTools

    async def run() -> tuple[list[str], dict[str, Any]]:
        async with open_tools(tools_address) as tools:
            names = [tool.name for tool in (await tools.list_tools()).tools]
            return names, (await call(tools, "question", {"name": "intended-areas"}))[0]

    names, answer = asyncio.run(run())
    assert names == [name for name in vars(GraphTools) if not name.startswith("_")]
    assert {fact["modality"] for fact in answer["facts"]} == {"aimed at"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--endpoint", "ftp://e/"), "no address of http or https"),
        (("--endpoint", "http://localhost:1", "--empty"), "for a server that is started"),
        (("--no-such-option",), "cpec serve did not start"),
    ],
)
def test_a_wrong_command_line_is_named(run: Run, arguments: tuple[str, ...], words: str) -> None:
    done = run("mcp", *arguments)
    assert done.returncode
    assert words in done.stderr


def test_an_endpoint_that_does_not_answer_is_named() -> None:
    async def run() -> str:
        async with connect("--endpoint", "http://127.0.0.1:1") as tools:
            return (await call(tools, "search", {"text": "HEC"}))[1]

    message = asyncio.run(run())
    assert "the endpoint http://127.0.0.1:1 gave no answer" in message
