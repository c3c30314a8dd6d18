"""A scripted agent: 40 questions over stdio, ten without an answer, and nothing said uncited."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench.client import Client
from tests.server.mcp.tool_client import Tools, call, connect

QUESTIONS = yaml.safe_load(Path(__file__).with_name("questions.yaml").read_text("utf-8"))
MAX_CLAIMS = 20
EQUAL = 100
"""The score of a name that is that of the thing."""

OWN = "our own names, types and bookkeeping"


async def ask(tools: Tools, entry: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """Return the facts that the agent says, each of them verified, and the reason without any."""
    arguments = json.dumps(entry["arguments"])
    if "find" in entry:
        matches = (await call(tools, "search", {"text": entry["find"]}))[0]["matches"]
        if not matches or matches[0]["score"] < EQUAL:
            return [], "no thing has such a name"
        arguments = arguments.replace("$thing", matches[0]["id"])
    answer, refusal = await call(tools, entry["tool"], json.loads(arguments))
    facts = [fact for fact in answer.get("facts", []) if fact["status"] == "cited"][:MAX_CLAIMS]
    if not facts:
        return [], refusal or answer["empty"]["words"]
    verdicts, _ = await call(
        tools, "verify", list_claims(entry["tool"], json.loads(arguments), facts)
    )
    pairs = zip(facts, verdicts["verdicts"], strict=True)
    return [fact for fact, verdict in pairs if verdict["verdict"] == "held"], ""


def list_claims(
    tool: str, arguments: dict[str, Any], facts: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return facts as claims: triples of a thing, or rows of the answer to a query or question."""
    rows = [fact["values"] for fact in facts]
    if tool in {"thing", "explain"}:
        names = [
            (row["subject"], row.get("property") or row["predicate"], row["object"]) for row in rows
        ]
        keys = ("subject", "property", "object")
        return {"triples": [dict(zip(keys, triple, strict=True)) for triple in names]}
    given = {"query": arguments.get("query", ""), "question": arguments.get("name", "")}
    given |= {"parameters": arguments.get("parameters", {})}
    return {"rows": [given | {"row": row} for row in rows]}


def assert_cited(fact: dict[str, Any]) -> None:
    """Fail unless a fact has its statement, its modality, and a source with all of its parts."""
    assert fact["statement"]
    assert fact["modality"]
    assert fact["proofs"]
    sources = [source for source in fact["evidence"] if source["kind"] != OWN]
    assert sources
    for source in sources:
        assert source["source"]
        assert source["date"]
        assert source["origin"]
        assert source.get("quote") or source.get("anchor")


def test_the_agent_has_40_questions_of_which_10_have_no_answer() -> None:
    assert len(QUESTIONS) == 40
    assert sum("none" in entry for entry in QUESTIONS) == 10


@pytest.mark.long
def test_the_agent_says_nothing_uncited_and_why_it_says_nothing(client: Client) -> None:
    async def run() -> list[tuple[list[dict[str, Any]], str]]:
        async with connect("--endpoint", client.address) as tools:
            return [await ask(tools, entry) for entry in QUESTIONS]

    for entry, (said, reason) in zip(QUESTIONS, asyncio.run(run()), strict=True):
        for fact in said:
            assert_cited(fact)
        if "none" in entry:
            assert not said, entry["question"]
            assert reason, entry["question"]
            assert entry["none"] in reason, (entry["question"], reason)
            continue
        texts = " ".join(f"{fact['statement']} {fact['values']}" for fact in said)
        missing = [text for text in entry["says"] if text not in texts]
        assert not missing, (entry["question"], missing, texts, reason)
        if "modality" in entry:
            assert entry["modality"] in {fact["modality"] for fact in said}, entry["question"]
