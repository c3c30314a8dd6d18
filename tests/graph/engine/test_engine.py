"""The engine as a server uses it: real processes, real crashes, real deadlines."""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.answering.evaluation import Query
from graph.answering.format import GRAPH_FORMATS
from graph.engine.engine import MAX_GUARDED_CHARACTERS
from graph.engine.engine_settings import EngineSettings
from graph.engine.framing import receive, send
from graph.errors import (
    AnswerTooLargeError,
    BodySyntaxError,
    CpecError,
    DeadlineError,
    EngineError,
    ForbiddenError,
    LimitError,
    OutOfMemoryError,
    OverloadedError,
    QuerySyntaxError,
    UnknownNameError,
    WorkerDiedError,
)
from tests.graph.engine.local_engine import LocalEngine

TURTLE, N_TRIPLES, JSON_LD, RDF_XML = GRAPH_FORMATS[:4]
POINT = Query("SELECT ?o { <http://e/s1> <http://e/p1> ?o }")
RUNAWAY = Query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")
FACTS = {
    "result_format": "json",
    "graph_format": "ttl",
    "bindings": {},
    "default_graphs": [],
    "named_graphs": [],
}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("source") / "small.nq"
    lines = [
        f"<http://e/s{n}> <http://e/p{n % 7}> <http://e/o{n % 11}> <http://e/g{n % 5}> .\n"
        for n in range(1000)
    ]
    lines += [f'<http://e/twice> <http://e/p> "x" <http://e/g{n}> .\n' for n in (1, 2)]
    file.write_text("".join(lines), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def engine(source: Path) -> Iterator[LocalEngine]:
    settings = EngineSettings(source=source, memory=256 << 20)
    with LocalEngine.start(settings) as engine:
        yield engine


def count(engine: LocalEngine, text: str) -> int:
    (row,) = json.loads(engine.query(Query(text)).body)["results"]["bindings"]
    return int(row["n"]["value"])


def refusal(engine: LocalEngine, query: Query) -> type[CpecError]:
    """Return with which error the engine refuses a query."""
    with pytest.raises(CpecError) as refused:
        engine.query(query)
    return refused.type


def descendants(pid: int) -> list[int]:
    """Return the processes below one, as /proc tells them."""
    children = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            child = int(stat.parent.name)
            children += [child, *descendants(child)]
    return children


def test_a_query_is_answered_with_the_version_it_saw(engine: LocalEngine) -> None:
    answer = engine.query(POINT)
    assert json.loads(answer.body)["results"]["bindings"] == [
        {"o": {"type": "uri", "value": "http://e/o1"}}
    ]
    assert answer.version == engine.version
    assert answer.format.name == "json"


def test_a_triple_of_two_graphs_counts_once_in_the_default_graph(engine: LocalEngine) -> None:
    assert count(engine, "SELECT (COUNT(*) AS ?n) { <http://e/twice> ?p ?o }") == 1
    named = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { <http://e/twice> ?p ?o } }"
    assert count(engine, named) == 2


def test_an_unknown_function_is_an_error_in_its_expression_alone(engine: LocalEngine) -> None:
    text = "SELECT (COUNT(*) AS ?n) (COUNT(?f) AS ?m) { ?s ?p ?o BIND(<x:f>(?o) AS ?f) }"
    (row,) = json.loads(engine.query(Query(text)).body)["results"]["bindings"]
    assert int(row["n"]["value"]) > 1000
    assert row["m"]["value"] == "0"
    assert count(engine, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER(<x:f>(?o)) }") == 0


def test_a_malformed_query_is_the_clients_fault(engine: LocalEngine) -> None:
    with pytest.raises(QuerySyntaxError) as refused:
        engine.query(Query("SELECT *\n{ ?s ?p"))
    assert (refused.value.line, refused.value.column) == (2, 7)


LONG_TEXT = "SELECT ?o { %s }" + " " * MAX_GUARDED_CHARACTERS


def test_a_long_query_is_answered_as_a_short_one(engine: LocalEngine) -> None:
    for pattern in (
        "<http://e/s1> <http://e/p1> ?o",
        "GRAPH <http://e/g1> { <http://e/s1> ?p ?o }",
    ):
        short, long = Query(f"SELECT ?o {{ {pattern} }}"), Query(LONG_TEXT % pattern)
        assert json.loads(engine.query(long).body) == json.loads(engine.query(short).body)


@pytest.mark.parametrize("cite", [False, True])
def test_a_long_query_is_held_to_the_limits_by_its_worker(engine: LocalEngine, cite: bool) -> None:
    text = LONG_TEXT % ("\n" + "{" * 200 + "}" * 200)
    with pytest.raises(LimitError, match="levels of nesting") as caught:
        engine.query(Query(text, cite=cite))
    assert (caught.value.limit, caught.value.line) == ("levels of nesting", 2)
    with pytest.raises(ForbiddenError):
        engine.query(Query(LONG_TEXT % "SERVICE <http://e/> { ?s ?p ?o }", cite=cite))
    with pytest.raises(LimitError, match="bytes in a query"):
        engine.query(Query(LONG_TEXT % ("#" * (1 << 20)), cite=cite))


def test_a_query_past_its_deadline_is_stopped_and_the_next_is_answered(engine: LocalEngine) -> None:
    before, start = engine.counters()["deadlines"], time.monotonic()
    with pytest.raises(DeadlineError) as stopped:
        engine.query(RUNAWAY, deadline=0.5)
    assert stopped.value.seconds == 0.5
    assert time.monotonic() - start < engine.settings.deadline
    assert engine.counters()["deadlines"] == before + 1
    engine.query(POINT)


def test_a_huge_answer_is_refused_before_it_is_built(engine: LocalEngine) -> None:
    with pytest.raises(AnswerTooLargeError) as refused:
        engine.query(Query("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"))
    assert (refused.value.limit, refused.value.value) == ("bytes in an answer", 16 << 20)


def test_a_query_beyond_the_memory_cap_is_told_so(engine: LocalEngine) -> None:
    many = Query("SELECT DISTINCT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?g")
    with pytest.raises(OutOfMemoryError):
        engine.query(many, deadline=20.0)
    engine.query(POINT)


def test_a_crash_of_the_engine_is_one_failed_request(engine: LocalEngine) -> None:
    deep = "SELECT * {" + "FILTER EXISTS {?s ?p ?o " * 60_000 + "}" * 60_001
    with pytest.raises(WorkerDiedError):
        engine.run("query", FACTS, deep.encode(), 20.0)
    engine.query(POINT)


def test_ordering_by_terms_of_many_kinds_costs_one_request_at_most(engine: LocalEngine) -> None:
    kinds = (
        "{0}",
        '"{0}"',
        '"{0}"@en',
        "<x:{0}>",
        '"{0}-01-01"^^xsd:date',
        "{0}.5e0",
        '"x"^^<x:t>',
    )
    dice = random.Random(1)  # noqa: S311
    terms = [dice.choice(kinds).format(1000 + n) for n in range(1000)]
    with contextlib.suppress(WorkerDiedError):
        engine.query(Query(f"SELECT * {{ VALUES ?x {{ {' '.join(terms)} }} }} ORDER BY ?x"))
    engine.query(POINT)


def test_a_worker_cannot_open_a_socket_even_past_the_guard(engine: LocalEngine) -> None:
    with pytest.raises(ForbiddenError):
        engine.query(Query("SELECT * { SERVICE <http://127.0.0.1:8080/> { ?s ?p ?o } }"))
    with pytest.raises(EngineError, match="not permitted"):
        engine.run("query", FACTS, b"SELECT * { SERVICE <http://127.0.0.1:8080/> { ?s ?p ?o } }")
    with pytest.raises(EngineError):
        engine.run("update", {}, b"LOAD <file:///etc/hostname>")


def test_a_worker_holds_no_file_of_the_server(engine: LocalEngine) -> None:
    worker = engine.supervisor.zygotes.fork()
    with socket.socket(fileno=worker.sock) as sock:
        send(sock, {"kind": "syntax", "deadline": 5.0}, b"CLEAR ALL")
        receive(sock, 0)  # it has begun to serve: until then it reads its own size
        descriptors = {
            int(link.name): str(link.readlink())
            for link in Path(f"/proc/{worker.pid}/fd").iterdir()
        }
    worker.kill()
    worker.close()
    assert descriptors.pop(0) == "/dev/null"
    assert descriptors.pop(1)
    assert descriptors.pop(2).startswith("/memfd:")
    files = [name for name in descriptors.values() if not name.startswith("socket:")]
    assert files == [f"/proc/{worker.pid}/smaps_rollup"]  # where it reads its own size


def test_one_graph_is_given_whole_and_an_unknown_one_is_not(engine: LocalEngine) -> None:
    assert engine.graph("http://e/g1", N_TRIPLES).body.count(b"\n") == 201
    assert engine.graph(None, N_TRIPLES).body.count(b"\n") == 1001
    with pytest.raises(UnknownNameError):
        engine.graph("http://e/none", TURTLE)


def test_a_document_type_is_refused_in_rdf_xml_but_not_its_text(engine: LocalEngine) -> None:
    rdf = '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="e:">{}</r:RDF>'
    with pytest.raises(BodySyntaxError, match="document type"):
        engine.parse(f"<!DocType x [<!ENTITY y 'z'>]>{rdf}".encode(), RDF_XML, "http://e/")
    for hidden in (
        "<?x <!-- ?><!DOCTYPE r><?x --> ?>{}",
        "<?x <![CDATA[ ?><!DOCTYPE r><?x ]]> ?>{}",
        "<!-- <?x --><!DOCTYPE r><!-- ?> -->{}",
    ):
        with pytest.raises(BodySyntaxError, match="document type"):
            engine.parse(hidden.format(rdf).encode(), RDF_XML, "http://e/")
    within = rdf.format("<r:Description e:p='<!--'/><!DOCTYPE r><!-- -->")
    with pytest.raises(BodySyntaxError, match="document type"):
        engine.parse(within.encode(), RDF_XML, "http://e/")
    text = "<!-- <!DOCTYPE --><r:Description><e:p><![CDATA[<!DOCTYPE html>]]></e:p></r:Description>"
    lines = engine.parse(rdf.format(text).encode(), RDF_XML, "http://e/")
    assert b'"<!DOCTYPE html>"' in lines


def test_a_strangers_document_is_parsed_in_a_worker(engine: LocalEngine) -> None:
    assert engine.parse(b"<a> <p:> 1 .", TURTLE, "http://e/") == (
        b'<http://e/a> <p:> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
    )
    with pytest.raises(BodySyntaxError) as refused:
        engine.parse(b"<a> <p:> 1 .\n<a> <p:> ", TURTLE, "http://e/")
    assert refused.value.line == 2
    with pytest.raises(CpecError):
        engine.parse(b'{"@context": "http://127.0.0.1/c", "@id": "x"}', JSON_LD, "http://e/")
    engine.query(POINT)


@pytest.mark.long
def test_runaway_queries_do_not_keep_quick_ones_waiting(source: Path) -> None:
    settings = EngineSettings(source=source, deadline=3.0, long_workers=2, parked_workers=2)
    with LocalEngine.start(settings) as engine:
        outcomes: list[type[CpecError]] = []

        def run_away() -> None:
            outcomes.append(refusal(engine, RUNAWAY))

        threads = [threading.Thread(target=run_away) for _ in range(6)]
        for thread in threads:
            thread.start()
        end = time.monotonic() + 2
        while time.monotonic() < end:
            engine.query(POINT)
        for thread in threads:
            thread.join()
        counters = engine.counters()
        assert set(outcomes) == {DeadlineError, OverloadedError}
        assert outcomes.count(OverloadedError) >= 2
        assert counters["parked_requests"] == 2
        assert counters["long"] == counters["parked"] == 0


@pytest.mark.long
def test_a_full_queue_refuses_says_when_to_come_again_and_stays_ready(source: Path) -> None:
    settings = EngineSettings(
        source=source, deadline=2.0, quick_workers=1, queue_length=1, queue_time=0.3, quick_time=5.0
    )
    with LocalEngine.start(settings) as engine:
        runaway = threading.Thread(target=refusal, args=(engine, RUNAWAY))
        runaway.start()
        while not engine.counters()["quick"]:
            time.sleep(0.01)
        assert engine.ready()  # busy is not away
        with pytest.raises(OverloadedError) as refused:
            engine.query(POINT)
        assert refused.value.retry_after >= 1
        runaway.join()
        engine.query(POINT)


def test_a_worker_is_replaced_when_it_has_served_its_terms(source: Path) -> None:
    with LocalEngine.start(EngineSettings(source=source, requests_per_worker=3)) as engine:
        for _ in range(30):
            engine.query(POINT)
        assert engine.counters()["worker_ends"] >= 5


@pytest.mark.long
def test_kills_of_workers_and_zygotes_lose_no_later_request(source: Path) -> None:
    with LocalEngine.start(EngineSettings(source=source)) as engine:
        for turn in range(20):
            zygote = engine.supervisor.zygotes.pid
            assert zygote is not None
            victims = [zygote] if turn % 2 else descendants(zygote)
            for victim in victims:
                os.kill(victim, signal.SIGKILL)
            failures = failures_before_an_answer(engine)
            end = time.monotonic() + 60
            while (
                zygote in victims
                and engine.supervisor.zygotes.pid in {zygote, None}
                and time.monotonic() < end
            ):
                failures += failures_before_an_answer(engine)
            assert failures < 5
        assert engine.counters()["zygote_starts"] == 11


def failures_before_an_answer(engine: LocalEngine) -> int:
    """Return how many questions hit a worker that was being killed before one was answered.

    A busy machine may take its time to end a process that has been sent SIGKILL.
    """
    for failures in range(10):
        with contextlib.suppress(WorkerDiedError):
            engine.query(POINT)
            return failures
    pytest.fail("no question is answered any more")


@pytest.mark.long
def test_where_no_file_can_be_opened_for_a_worker_there_is_one_as_soon_as_one_can(
    source: Path,
) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    settings = EngineSettings(source=source, quick_workers=1)
    with LocalEngine.start(settings) as engine:
        with contextlib.ExitStack() as restored:
            few = len(list(Path("/proc/self/fd").iterdir()))
            resource.setrlimit(resource.RLIMIT_NOFILE, (few, limits[1]))
            restored.callback(resource.setrlimit, resource.RLIMIT_NOFILE, limits)
            with contextlib.suppress(OSError):
                while True:
                    restored.callback(os.close, os.open(os.devnull, os.O_RDONLY))
            with pytest.raises(DeadlineError):  # it is long, so that another worker is wanted
                engine.query(RUNAWAY, deadline=1.0)
        for _ in range(3):
            assert engine.query(POINT).body
        assert engine.counters()["zygote_starts"] == 1


@pytest.mark.long
def test_closing_finishes_what_is_in_flight_and_leaves_no_process(source: Path) -> None:
    before = set(descendants(os.getpid()))
    engine = LocalEngine.start(EngineSettings(source=source, deadline=3.0))
    started = set(descendants(os.getpid())) - before
    assert started
    refused: list[type[CpecError]] = []
    thread = threading.Thread(target=lambda: refused.append(refusal(engine, RUNAWAY)))
    thread.start()
    while thread.is_alive() and not engine.counters()["quick"]:
        time.sleep(0.01)
    engine.close()
    thread.join()
    assert refused == [DeadlineError]
    with pytest.raises(OverloadedError):
        engine.query(POINT)
    end = time.monotonic() + 30
    while started & set(descendants(os.getpid())) and time.monotonic() < end:
        time.sleep(0.05)
    assert not started & set(descendants(os.getpid()))
