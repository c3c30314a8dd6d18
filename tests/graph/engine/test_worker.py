"""The answers of a worker, computed in this process."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pyoxigraph import RdfFormat, Store, parse

from graph.engine.engine_settings import EngineSettings
from graph.engine.framing import LENGTHS, Header, decode_error, receive, send
from graph.engine.heap import OwnMemory
from graph.engine.tasks import graph_task
from graph.engine.worker import serve
from graph.engine.worker_dataset import WorkerDataset
from graph.engine.writing.delta import Delta
from graph.errors import (
    AnswerTooLargeError,
    BodySyntaxError,
    EngineError,
    OutOfMemoryError,
    QuerySyntaxError,
    UnknownNameError,
)
from graph.publishing.change_log import ChangeLog, LoggedWrite, Version

Ask = Callable[..., tuple[Header, bytes]]
PLAIN = {
    "result_format": "csv", "graph_format": "nt", "bindings": {}, "default_graphs": [],
    "named_graphs": [],
}  # fmt: skip
OWN = OwnMemory()
SHORT = EngineSettings(requests_per_worker=2, private_memory=1 << 40, max_body=10)
QUADS = b'<x:s> <x:p> "1" <x:g> .\n<x:s> <x:p> "1" .\n'


def dataset(**other: Any) -> WorkerDataset:
    store = Store()
    store.extend(parse(QUADS, RdfFormat.N_QUADS))
    return WorkerDataset(store, union=True, **{"cap": 10_000, **other})


@pytest.fixture
def ask() -> Iterator[Ask]:
    """Yield a function that asks a worker in another thread of this process."""
    ours, theirs = socket.socketpair()
    worker = threading.Thread(
        target=serve,
        args=(
            theirs,
            dataset(),
            EngineSettings(requests_per_worker=100, private_memory=1 << 40, max_body=100_000),
            OWN,
        ),
    )
    worker.start()

    def ask(kind: str, header: Header | None = None, body: bytes = b"") -> tuple[Header, bytes]:
        send(ours, {**(header or {}), "kind": kind, "deadline": 60}, body)
        answer, result = receive(ours, 1 << 20, time.monotonic() + 20)
        if (error := decode_error(answer)) is not None:
            raise error
        return answer, bytes(result)

    with ours, theirs:
        yield ask
        ours.close()
        worker.join()


def test_queries_are_answered_one_after_another(ask: Ask) -> None:
    text = b"SELECT ?o { ?s ?p ?o }"
    bound = {**PLAIN, "bindings": {"o": '"1"'}}
    for _ in range(3):
        answer, body = ask("query", bound, text)
        assert (answer["format"], answer["last"], body) == ("csv", False, b"o\r\n1\r\n")
    assert ask("query", PLAIN, b"CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")[0]["format"] == "nt"


def test_the_errors_of_a_question_are_told_and_the_worker_goes_on(ask: Ask) -> None:
    with pytest.raises(QuerySyntaxError):
        ask("query", PLAIN, b"SELECT")
    with pytest.raises(EngineError):
        ask("query", {**PLAIN, "bindings": {"x": "nonsense"}}, b"ASK {}")
    with pytest.raises(AnswerTooLargeError):
        ask("query", PLAIN, b"SELECT * { VALUES (?x ?y) { " + b"(1 <x:long>)" * 2000 + b"} }")
    with pytest.raises(UnknownNameError):
        ask("graph", {"graph": "x:none", "graph_format": "nt"})
    assert ask("graph", {"graph": "x:g", "graph_format": "nt"})[1] == b'<x:s> <x:p> "1" .\n'


def test_a_document_becomes_n_quads_with_new_blank_nodes(ask: Ask) -> None:
    answer = ask("rdf", {"format": "trig", "base": "x:"}, b"<x:g> { _:b <x:p> <o> }")[1]
    assert answer.endswith(b" <x:p> <x:o> <x:g> .\n")
    assert not answer.startswith(b"_:b ")
    with pytest.raises(BodySyntaxError):
        ask("rdf", {"format": "ttl", "base": "no iri"}, b"<x:s> <x:p> 1 .")


def test_an_update_is_told_as_its_delta_and_ends_the_worker(ask: Ask) -> None:
    text = b"DELETE DATA { GRAPH <x:g> { <x:s> <x:p> '1' } } ; INSERT DATA { <x:s> <x:p> 2 }"
    header, lines = ask("update", {}, text)
    delta = Delta.decode(header, lines)
    assert delta.removed == b'<x:s> <x:p> "1" <x:g> .\n'
    assert delta.added.endswith(b"<https://w3id.org/cpec-graph/graph/default> .\n")
    assert header["last"]


def test_rows_since_a_write_are_told_and_end_the_worker(ask: Ask) -> None:
    text, name = b"SELECT ?o { ?s ?p ?o }", Version("000000002-ab", "2026-01-01")
    write = LoggedWrite.from_quads(name, b'<x:s> <x:p> "0" <x:g> .\n', QUADS.splitlines(True)[0])
    log = ChangeLog(Version("000000001-ab", "2026-01-01"), writes=(write,)).encode()
    header, body = ask("since", {**PLAIN, "cut": len(text)}, text + log)
    cause = {"write": name.name, "time": name.created, "sources": ["x:g"]}
    assert json.loads(body) == {
        "came": [{"row": {"o": {"type": "literal", "value": "1"}}, **cause}],
        "went": [{"row": {"o": {"type": "literal", "value": "0"}}, **cause}],
    }
    assert header["last"]


@pytest.mark.parametrize(
    "text",
    [
        "DELETE DATA { <x:s> <x:p> '1' }",
        "DELETE DATA { GRAPH <x:g> { <x:s> <x:p> '1' , 'other' } }",
        "PREFIX x: <x:> INSERT DATA { GRAPH x:g { x:s x:p '1' } }",
        "INSERT DATA { GRAPH <x:n> {<x:s> <x:p> 1} } ; DELETE DATA { GRAPH <x:n> {<x:s> <x:p> 1} }",
        "BASE <x:> DELETE DATA { GRAPH <g> {<s> <p> '1'} } ; INSERT DATA { GRAPH <g> {<s> <p> 1} }",
        "INSERT DATA { <x:s> <x:p> 7 . GRAPH <x:g> { <x:s> <x:p> 7 } }",
    ],
)
def test_an_update_of_ground_data_has_the_delta_of_any_other(text: str) -> None:
    def delta_of(text: str) -> Delta:
        return Delta.decode(*graph_task.update(dataset(), {}, text.encode()))

    ground, general = delta_of(text), delta_of(f"{text} ; CLEAR SILENT GRAPH <x:nowhere>")
    assert ground == general


@pytest.mark.parametrize(
    "text", ["INSERT DATA {", "INSERT DATA { <no iri> <x:p> 1 }", "CLEAR ALL x"]
)
def test_a_malformed_update_is_the_clients_fault(text: str) -> None:
    with pytest.raises(QuerySyntaxError):
        graph_task.update(dataset(), {}, text.encode())


@pytest.mark.parametrize(
    ("verb", "graph", "left"),
    [
        ("replace", "x:g", 2),
        ("merge", "x:g", 3),
        ("merge", None, 3),
        ("replace", None, 3),
        ("merge", "x:new", 3),
        ("drop", "x:g", 0),
    ],
)
def test_a_change_of_one_graph_is_told_as_its_delta(
    verb: str, graph: str | None, left: int
) -> None:
    header = {"verb": verb, "graph": graph, "format": "ttl", "base": "x:"}
    delta = Delta.decode(*graph_task.change(dataset(), header, b"<s> <p> 2, 3 ."))
    lines = 1 + delta.added.count(b"\n") - delta.removed.count(b"\n")
    assert lines == left


def test_a_graph_that_is_not_there_is_not_dropped() -> None:
    with pytest.raises(UnknownNameError):
        graph_task.change(dataset(), {"verb": "drop", "graph": "x:none"}, b"")


def test_running_out_of_memory_is_told_and_ends_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhaust(_dataset: WorkerDataset, _header: Header, _body: bytes) -> tuple[Header, bytes]:
        raise MemoryError

    monkeypatch.setattr("graph.engine.worker.TASKS", {"exhaust": exhaust})
    ours, theirs = socket.socketpair()
    with ours, theirs:
        worker = threading.Thread(target=serve, args=(theirs, dataset(), SHORT, OWN))
        worker.start()
        send(ours, {"kind": "exhaust", "deadline": 60})
        answer, _ = receive(ours, 10)
        worker.join()
    assert answer["last"]
    assert isinstance(decode_error(answer), OutOfMemoryError)


def test_a_worker_serves_its_terms_and_no_more() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        worker = threading.Thread(target=serve, args=(theirs, dataset(), SHORT, OWN))
        worker.start()
        for last in (False, True):
            send(ours, {"kind": "rdf", "format": "nt", "base": None, "deadline": 60})
            assert receive(ours, 10)[0]["last"] is last
        worker.join()


def test_a_request_that_breaks_the_framing_ends_the_worker() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(LENGTHS.pack(2, 1 << 40) + b"{}")
        serve(theirs, dataset(), SHORT, OWN)
