"""A scripted agent: 40 questions over stdio, ten without an answer, and nothing said uncited."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from bench.client import Client
from tests.server.mcp.tool_client import call, call_through, connect

if TYPE_CHECKING:
    from mcp.client.client import Client as Tools

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
    answer, refusal = await call_through(
        tools, entry["tool"], json.loads(arguments), most=MAX_CLAIMS
    )
    facts = [fact for fact in answer.get("facts", []) if fact["status"] == "cited"]
    if not facts:
        uncited = [fact["reason"] for fact in answer.get("facts", [])]
        return [], refusal or " ".join(uncited) or answer["empty"]["words"]
    claims = list_claims(entry, json.loads(arguments), facts)
    verdicts, _ = await call_through(tools, "verify", claims)
    held = [own for own in verdicts["verdicts"] if own["verdict"] == "held"]
    return [own["fact"] | {"judged": own["judged"]} for own in held], ""


def list_claims(
    entry: dict[str, Any], arguments: dict[str, Any], facts: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return facts as claims: rows of the answer to a question, or the triples they stand for."""
    rows = [fact["values"] for fact in facts]
    if entry["tool"] == "question":
        given = {"question": arguments["name"], "parameters": arguments.get("parameters", {})}
        return {"rows": [given | {"row": row} for row in rows][:MAX_CLAIMS]}
    keys = ("subject", "property", "object")
    templates = entry.get("triples") or [
        ["$subject", "$property" if "property" in rows[0] else "$predicate", "$object"]
    ]
    triples = [[fill(part, row) for part in parts] for row in rows for parts in templates]
    return {"triples": [dict(zip(keys, own, strict=True)) for own in triples][:MAX_CLAIMS]}


def fill(part: str, row: dict[str, str]) -> str:
    """Return a part of a triple: a name, or the value of a column for `$column`."""
    return row[part[1:]] if part.startswith("$") else part


def assert_cited(fact: dict[str, Any]) -> None:
    """Fail unless a fact has its words, its modality, and a source with all of its parts."""
    assert fact["judged"].startswith(fact["statement"])
    assert f"({fact['modality']}" in fact["judged"]
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
