"""Citing in the workers: when the shared index is built, and its bounds."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.peer import descendants
from graph.answering.evaluation import Query
from graph.errors import AnswerTooLargeError, DeadlineError, ForbiddenError, QuerySyntaxError
from server.graph_engine import GraphEngine
from server.graph_settings import GraphSettings
from server.request import Update
from tests.server.engine.local_engine import LocalEngine
from tests.waiting import PATIENCE

RULES = """
<https://w3id.org/cpec-graph/ontology#p> <http://www.w3.org/2000/01/rdf-schema#subPropertyOf> \
<https://w3id.org/cpec-graph/ontology#q> <https://w3id.org/cpec-graph/graph/ontology> .
"""
FACT = "<x:s> <https://w3id.org/cpec-graph/ontology#p> <x:o>"
STATED = f"{RULES}{FACT} <https://w3id.org/cpec-graph/id/a/s01> .\n"
WHO = Query("SELECT ?o { <x:s> cpec:p ?o }", cite=True)
HEAVY = f"SELECT * {{ {' . '.join(f'?a{n} ?b{n} ?c{n}' for n in range(24))} }} ORDER BY ?a0"


def citations(engine: GraphEngine, query: Query = WHO) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = json.loads(engine.query(query).body)["citations"]
    return records


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "source.nq"
    file.write_text(STATED, "utf-8")
    return file


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    """An engine that only reads, and whose answers are small."""
    file = tmp_path_factory.mktemp("read") / "source.nq"
    file.write_text(f"{STATED}<x:s> <x:p> <<( <x:s> <x:p> <x:o> )>> <x:g> .\n", "utf-8")
    with LocalEngine.start(GraphSettings(source=file, max_answer=4000)) as engine:
        yield engine


def test_a_row_is_cited_from_the_start(engine: LocalEngine) -> None:
    (citation,) = citations(engine)
    assert citation["proofs"] == [["https://w3id.org/cpec-graph/id/a/s01"]]


def test_what_was_just_written_is_cited_and_what_was_just_removed_is_not(
    source: Path, tmp_path: Path
) -> None:
    settings = GraphSettings(source=source, data_dir=tmp_path / "data", quick_workers=2)
    second = f"GRAPH id:b\\/s02 {{ {FACT} }}"
    with LocalEngine.start(settings) as engine:
        engine.update(Update(f"INSERT DATA {{ {second} }}"))
        (citation,) = citations(engine)
        assert len(citation["proofs"]) == 2
        engine.update(Update("CLEAR GRAPH id:a\\/s01"))
        (citation,) = citations(engine)
        assert citation["proofs"] == [["https://w3id.org/cpec-graph/id/b/s02"]]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda one: replace(one, default_graph="own"), "is not the union"),
        (lambda one: replace(one, cite_most=1), "beyond the limit of 1 quads"),
    ],
)
def test_what_is_not_indexed_is_answered_uncited_with_the_reason(
    source: Path, change: Callable[[GraphSettings], GraphSettings], reason: str
) -> None:
    with LocalEngine.start(change(GraphSettings(source=source))) as engine:
        query = Query("SELECT * { GRAPH ?g { <x:s> cpec:p ?o } }", cite=True)
        (citation,) = citations(engine, query)
    assert citation["status"] == "uncited"
    assert reason in citation["reason"]


def test_a_triple_term_is_cited(engine: LocalEngine) -> None:
    (citation,) = citations(engine, Query("SELECT ?o { <x:s> <x:p> ?o }", cite=True))
    assert citation["proofs"] == [["x:g"]]


def test_citing_keeps_to_the_deadline_the_cap_and_the_guard(engine: LocalEngine) -> None:
    with pytest.raises(DeadlineError):
        engine.query(Query(HEAVY, cite=True), 0.2)
    with pytest.raises(AnswerTooLargeError):
        engine.query(Query("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", cite=True))
    with pytest.raises(ForbiddenError):
        engine.query(Query("SELECT * { SERVICE <x:e> { ?s ?p ?o } }", cite=True))
    with pytest.raises(QuerySyntaxError):
        engine.query(Query("SELECT *\n{ ?s ?p", cite=True))


def test_an_answer_is_cited_however_long_its_worker_waits_for_the_processor(source: Path) -> None:
    with LocalEngine.start(GraphSettings(source=source, cite_share=0.02)) as engine:
        zygote = engine.supervisor.zygotes.pid or 0
        os.kill(zygote, signal.SIGSTOP)  # so it forks no worker after these
        workers = descendants(zygote)
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)
        with ThreadPoolExecutor() as pool:
            answer = pool.submit(engine.query, WHO, 100.0)
            time.sleep(2.5)  # more than citing may take of a processor
            assert not answer.done()
            for pid in (zygote, *workers):
                os.kill(pid, signal.SIGCONT)
            (citation,) = json.loads(answer.result(PATIENCE).body)["citations"]
    assert citation["status"] == "cited"


def test_what_costs_too_much_to_cite_is_answered_uncited_and_may_be_asked_again(
    source: Path,
) -> None:
    with source.open("a", encoding="utf-8") as file:
        file.writelines(f"<x:s{n}> <x:p> <x:o{n % 9}> <x:g{n % 7}> .\n" for n in range(3000))
    with LocalEngine.start(GraphSettings(source=source, cite_share=0.01)) as engine:
        wide = Query("SELECT ?o { ?a <x:p> ?o . ?b <x:p> ?o . ?c <x:p> ?o } LIMIT 5", cite=True)
        answer = engine.query(wide, 30.0)
        document = json.loads(answer.body)
    assert len(document["results"]["bindings"]) == 5
    for citation in document["citations"]:
        assert citation["status"] == "uncited"
        assert citation["reason"] == (
            "citing was given up: stopped after 0.3 seconds of the processor"
        )
    assert answer.version == ""


def test_a_deeply_nested_query_is_answered(engine: LocalEngine) -> None:
    depth = 90
    text = f"SELECT ?o {{ {'{' * depth} <x:s> cpec:p ?o {'}' * depth} }}"
    (citation,) = citations(engine, Query(text, cite=True))
    assert citation["status"] in {"cited", "uncited"}
