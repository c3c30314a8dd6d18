"""The engine as a server uses it: real processes, real crashes, real deadlines."""

import contextlib
import json
import os
import random
import resource
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.answering.evaluation import Query
from graph.answering.format import GRAPH_FORMATS
from graph.errors import (
    BodySyntaxError,
    DeadlineError,
    EngineError,
    ForbiddenError,
    LimitError,
    OutOfMemoryError,
    WorkerDiedError,
)
from server.engine.framing import receive, send
from server.graph_engine import MAX_GUARDED_CHARACTERS
from server.graph_settings import GraphSettings
from tests.server.engine.local_engine import LocalEngine

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
    file.write_text("".join(lines), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def engine(source: Path) -> Iterator[LocalEngine]:
    settings = GraphSettings(source=source, memory=256 << 20)
    with LocalEngine.start(settings) as engine:
        yield engine


def count(engine: LocalEngine, text: str) -> int:
    (row,) = json.loads(engine.query(Query(text)).body)["results"]["bindings"]
    return int(row["n"]["value"])


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


def test_a_query_beyond_the_memory_cap_is_told_so(engine: LocalEngine) -> None:
    many = Query("SELECT DISTINCT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?g")
    with pytest.raises(OutOfMemoryError):
        engine.query(many, deadline=100.0)
    engine.query(POINT)


def test_a_crash_of_the_engine_is_one_failed_request(engine: LocalEngine) -> None:
    deep = "SELECT * {" + "FILTER EXISTS {?s ?p ?o " * 60_000 + "}" * 60_001
    with pytest.raises(WorkerDiedError):
        engine.run("query", FACTS, deep.encode(), 100.0)
    engine.query(POINT)


@pytest.mark.parametrize("cite", [False, True])
def test_terms_of_many_kinds_have_an_order(engine: LocalEngine, cite: bool) -> None:
    kinds = (
        *("{0}", "{0}.5e0", '"{0}"', '"{0}"@en', "<x:{0}>", '"x"^^<x:t>', '"{0}-01-01"^^xsd:date'),
        *('"{1:02}:00:00"^^xsd:time', '"{1:02}:00:00+05:00"^^xsd:time', '"P{0}M"^^xsd:duration'),
    )
    dice = random.Random(0)  # noqa: S311
    terms = [dice.choice(kinds).format(1000 + n, n % 24) for n in range(1000)]
    text = f"SELECT * {{ VALUES ?x {{ {' '.join(terms)} }} }} ORDER BY ?x"
    answer = json.loads(engine.query(Query(text, cite=cite)).body)
    assert len(answer["results"]["bindings"]) == 1000
    assert len(answer.get("citations", ())) == (1000 if cite else 0)


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
        send(sock, {"kind": "syntax", "deadline": 60.0}, b"CLEAR ALL")
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
    files = [
        name
        for name in descriptors.values()
        if not name.startswith("socket:") and ".coverage." not in name  # tests/worker_coverage.py
    ]
    assert files == [f"/proc/{worker.pid}/smaps_rollup"]  # where it reads its own size


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


@pytest.mark.long
def test_where_no_file_can_be_opened_for_a_worker_there_is_one_as_soon_as_one_can(
    source: Path,
) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    settings = GraphSettings(source=source, quick_workers=1)
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
