"""A record that is written over HTTP is a part of its source, in any order of writes."""

from itertools import permutations

import pytest

from bench.client import Client
from ontology.namespace import EVIDENCE_GRAPH, ID

pytestmark = pytest.mark.long

SENTENCE = f"{ID}inp-wealthpk-2026-04-29/s08"
RECORD = f"<{SENTENCE}#written>"
CLASS = f"{RECORD} a cpec:UnassertedStatement"
SOURCE = f"{RECORD} oa:hasSource <{SENTENCE}>"
REST = f"{RECORD} cpec:saidSubject id:HEC ; cpec:modality cpec:Denied"
ASKED = "SELECT ?r { ?r cpec:saidSubject id:HEC ; cpec:modality cpec:Denied }"


def write(editor: Client, operation: str, triples: str) -> None:
    """Insert triples into the evidence, or delete them."""
    reply = editor.update(f"{operation} DATA {{ GRAPH graph:evidence {{ {triples} }} }}")
    assert reply.status < 300, reply.text


def sources(editor: Client, **excluded: str) -> list[list[list[str]]]:
    """Return the proofs of each record that is asked for."""
    answer = editor.query(ASKED, cite="true", **excluded).json
    assert {citation["status"] for citation in answer["citations"]} <= {"cited"}
    return [citation["proofs"] for citation in answer["citations"]]


@pytest.mark.parametrize("order", [*permutations((CLASS, SOURCE, REST))])
def test_a_record_is_cited_by_its_source_once_it_names_it(
    editor: Client, order: tuple[str, ...]
) -> None:
    of_evidence, of_sentence = [[[EVIDENCE_GRAPH]]], [[[SENTENCE]]]
    written: set[str] = set()
    for part in order:
        write(editor, "INSERT", part)
        written.add(part)
        expected = of_sentence if {CLASS, SOURCE} <= written else of_evidence
        assert sources(editor) == (expected if REST in written else [])
    assert sources(editor, without=SENTENCE) == []
    for part in order:
        write(editor, "DELETE", part)
        written.discard(part)
        expected = of_sentence if {CLASS, SOURCE} <= written else of_evidence
        assert sources(editor) == (expected if REST in written else [])


def test_a_record_that_names_no_source_is_our_own_word(editor: Client) -> None:
    write(editor, "INSERT", f"{CLASS} . {REST}")
    assert sources(editor) == sources(editor, without=SENTENCE) == [[[EVIDENCE_GRAPH]]]
    write(editor, "DELETE", f"{CLASS} . {REST}")
    assert sources(editor) == []
