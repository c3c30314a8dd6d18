"""The answers of a worker, computed in this process."""

import socket
import threading
from typing import Any

import pytest
from pyoxigraph import RdfFormat, Store, parse

from graph.errors import OutOfMemoryError
from server.engine.framing import LENGTHS, Header, decode_error, receive, send
from server.engine.heap import OwnMemory
from server.engine.worker import serve
from server.engine.writing.delta import Delta
from server.graph_settings import GraphSettings
from server.tasks import graph_task
from server.tasks.served_dataset import ServedDataset
from server.tasks.worker_dataset import WorkerDataset
from tests.waiting import join

OWN = OwnMemory()
SHORT = GraphSettings(requests_per_worker=2, private_memory=1 << 40, max_body=10)
QUADS = b'<x:s> <x:p> "1" <x:g> .\n<x:s> <x:p> "1" .\n'


def dataset(**other: Any) -> WorkerDataset:
    store = Store()
    store.extend(parse(QUADS, RdfFormat.N_QUADS))
    return WorkerDataset(store, union=True, **{"cap": 10_000, **other})


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


def test_running_out_of_memory_is_told_and_ends_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhaust(_dataset: WorkerDataset, _header: Header, _body: bytes) -> tuple[Header, bytes]:
        raise MemoryError

    monkeypatch.setattr("server.tasks.served_dataset.TASKS", {"exhaust": exhaust})
    ours, theirs = socket.socketpair()
    with ours, theirs:
        worker = threading.Thread(target=serve, args=(theirs, ServedDataset(dataset()), SHORT, OWN))
        worker.start()
        send(ours, {"kind": "exhaust", "deadline": 60})
        answer, _ = receive(ours, 10)
        join(worker)
    assert answer["last"]
    assert isinstance(decode_error(answer), OutOfMemoryError)


def test_a_worker_serves_its_terms_and_no_more() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        worker = threading.Thread(target=serve, args=(theirs, ServedDataset(dataset()), SHORT, OWN))
        worker.start()
        for last in (False, True):
            send(ours, {"kind": "rdf", "format": "nt", "base": None, "deadline": 60})
            assert receive(ours, 10)[0]["last"] is last
        join(worker)


def test_a_request_that_breaks_the_framing_ends_the_worker() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(LENGTHS.pack(2, 1 << 40) + b"{}")
        serve(theirs, ServedDataset(dataset()), SHORT, OWN)
