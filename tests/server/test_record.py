"""A record that is written over HTTP is a part of its source, in any order of writes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import pytest

from bench.client import Client
from bench.endpoint import Endpoint
from graph.snapshot import Snapshot
from ontology.namespace import EVIDENCE_GRAPH, ID

pytestmark = pytest.mark.long

SENTENCE = f"{ID}inp-wealthpk-2026-04-29/s08"
RECORD = f"<{SENTENCE}#written>"
CLASS = f"{RECORD} a cpec:UnassertedStatement"
SOURCE = f"{RECORD} oa:hasSource <{SENTENCE}>"
REST = f"{RECORD} cpec:saidSubject id:HEC ; cpec:modality cpec:Denied"
ASKED = "SELECT ?r { ?r cpec:saidSubject id:HEC ; cpec:modality cpec:Denied }"


@pytest.fixture(scope="module")
def writer(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a single front, which may write into the shipped graph."""
    options = ("--out", str(snapshot.path.parent), "--processes", "1")
    with Endpoint.writable(tmp_path_factory.mktemp("records"), *options) as endpoint:
        yield endpoint.writer


def write(writer: Client, operation: str, triples: str) -> None:
    """Insert triples into the evidence, or delete them."""
    reply = writer.update(f"{operation} DATA {{ GRAPH graph:evidence {{ {triples} }} }}")
    assert reply.status < 300, reply.text


def sources(writer: Client, **excluded: str) -> list[list[list[str]]]:
    """Return the proofs of each record that is asked for."""
    answer = writer.query(ASKED, cite="true", **excluded).json
    assert {citation["status"] for citation in answer["citations"]} <= {"cited"}
    return [citation["proofs"] for citation in answer["citations"]]


@pytest.mark.parametrize("order", [*permutations((CLASS, SOURCE, REST))])
def test_a_record_is_cited_by_its_source_once_it_names_it(
    writer: Client, order: tuple[str, ...]
) -> None:
    of_evidence, of_sentence = [[[EVIDENCE_GRAPH]]], [[[SENTENCE]]]
    written: set[str] = set()
    for part in order:
        write(writer, "INSERT", part)
        written.add(part)
        expected = of_sentence if {CLASS, SOURCE} <= written else of_evidence
        assert sources(writer) == (expected if REST in written else [])
    assert sources(writer, without=SENTENCE) == []
    for part in order:
        write(writer, "DELETE", part)
        written.discard(part)
        expected = of_sentence if {CLASS, SOURCE} <= written else of_evidence
        assert sources(writer) == (expected if REST in written else [])


def test_a_record_that_names_no_source_is_our_own_word(writer: Client) -> None:
    write(writer, "INSERT", f"{CLASS} . {REST}")
    assert sources(writer) == sources(writer, without=SENTENCE) == [[[EVIDENCE_GRAPH]]]
    write(writer, "DELETE", f"{CLASS} . {REST}")
    assert sources(writer) == []
