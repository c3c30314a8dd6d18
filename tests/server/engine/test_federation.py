"""An engine that asks other endpoints: deadlines and places while an endpoint is slow."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from pyoxigraph import NamedNode

from graph.answering.evaluation import Query
from graph.errors import DeadlineError, EndpointError, OverloadedError
from graph.sparql.guard import Limits
from server.federation import Federation
from server.graph_engine import GraphEngine
from server.graph_settings import GraphSettings
from server.service.endpoint import ServiceBounds, map_endpoints
from tests.server.engine.local_engine import LocalEngine
from tests.server.service.elsewhere import Elsewhere, elsewhere
from tests.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.long

MANY = " . ".join(f"VALUES ?v{n} {{ {' '.join(map(str, range(40)))} }}" for n in range(8))

SUM = " + ".join(f"?v{n}" for n in range(8))

LIMITS = Limits(services=8)


@pytest.fixture(scope="module")
def other() -> Iterator[Elsewhere]:
    with elsewhere() as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def engine() -> Iterator[LocalEngine]:
    with LocalEngine.start(GraphSettings(deadline=6, limits=LIMITS)) as engine:
        yield engine


def asking(other: Elsewhere, path: str, rest: str = "") -> Query:
    return Query(f"SELECT * {{ SERVICE <{other.address}{path}> {{ ?s ?p ?o }} {rest} }}")


def federation(other: Elsewhere, at_once: int = 4) -> Federation:
    allowed = (other.address + path for path in ("/good", "/closed"))
    return Federation(map_endpoints(allowed, ()), ServiceBounds(at_once=at_once))


def test_the_deadline_is_one_for_all_of_a_query(engine: GraphEngine, other: Elsewhere) -> None:
    with pytest.raises(DeadlineError, match="its deadline of 6 seconds"):
        engine.wait(
            federation(other).answer(engine, asking(other, "/good", f"{MANY} FILTER({SUM} < 0)"))
        )


def test_what_takes_too_long_to_narrow_is_asked_for_all(
    engine: LocalEngine, other: Elsewhere
) -> None:
    text = f"ASK {{ {{ VALUES ?s {{ 1 }} {MANY} }} SERVICE <{other.address}/good> {{ ?s ?p ?o }} }}"
    narrowing, before = federation(other), engine.counters()["deadlines"]
    engine.wait(narrowing.answer(engine, Query(text)))
    assert engine.counters()["deadlines"] == before + 1
    assert "VALUES" not in other.asked[-1][2]
    assert narrowing.counters["narrowed"] == 0


def test_terms_that_are_given_for_variables_narrow_what_is_asked(
    engine: GraphEngine, other: Elsewhere
) -> None:
    service = f"SERVICE <{other.address}/good> {{ ?s ?p ?o }}"
    given = {"s": NamedNode("https://w3id.org/cpec-graph/id/China")}
    for where, narrowed in ((service, True), (f"{{ SELECT ?o {{ {service} }} }} ?s ?q ?r", False)):
        text = f"SELECT ?s ?o {{ {where} }}"
        engine.wait(federation(other).answer(engine, Query(text, bindings=given)))
        assert (
            "VALUES (?s) { (<https://w3id.org/cpec-graph/id/China>) }" in other.asked[-1][2]
        ) == (narrowed)


def test_whoever_finds_no_place_to_wait_is_told_to_come_again(
    other: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrowing, released = federation(other, at_once=1), threading.Event()
    monkeypatch.setattr(other, "meanwhile", lambda: released.wait(PATIENCE))
    settings = GraphSettings(deadline=PATIENCE, queue_time=0.2, limits=LIMITS)
    before = len(other.asked)
    with LocalEngine.start(settings) as engine, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(engine.wait, narrowing.answer(engine, asking(other, "/closed")))
        wait_until(lambda: len(other.asked) > before, "the other one waits")
        with pytest.raises(OverloadedError, match="wait for other endpoints"):
            engine.wait(narrowing.answer(engine, asking(other, "/good")))
        released.set()
        with pytest.raises(EndpointError):
            waiting.result(PATIENCE)
        engine.wait(narrowing.answer(engine, asking(other, "/good")))
