"""An engine that asks other endpoints: deadlines and places while an endpoint is slow."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from pyoxigraph import NamedNode

from graph.answering.evaluation import Query
from graph.errors import DeadlineError, EndpointDeadlineError, OverloadedError
from graph.sparql.guard import Limits
from server.federation import Federation
from server.graph_engine import GraphEngine
from server.graph_settings import GraphSettings
from server.service.endpoint import ServiceBounds, map_endpoints
from tests.server.engine.local_engine import LocalEngine
from tests.server.service.elsewhere import Elsewhere, elsewhere

pytestmark = pytest.mark.long

MANY = " . ".join(f"VALUES ?v{n} {{ {' '.join(map(str, range(40)))} }}" for n in range(8))

SUM = " + ".join(f"?v{n}" for n in range(8))


@pytest.fixture(scope="module")
def other() -> Iterator[Elsewhere]:
    with elsewhere() as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def engine() -> Iterator[GraphEngine]:
    limits = Limits(services=8)
    with LocalEngine.start(GraphSettings(deadline=1, queue_time=0.2, limits=limits)) as engine:
        yield engine


def asking(other: Elsewhere, path: str, rest: str = "") -> Query:
    return Query(f"SELECT * {{ SERVICE <{other.address}{path}> {{ ?s ?p ?o }} {rest} }}")


def federation(other: Elsewhere, at_once: int = 4) -> Federation:
    allowed = (other.address + path for path in ("/good", "/silent"))
    return Federation(map_endpoints(allowed, ()), ServiceBounds(at_once=at_once))


def test_the_deadline_is_one_for_all_of_a_query(engine: GraphEngine, other: Elsewhere) -> None:
    with pytest.raises(DeadlineError, match="its deadline of 1 seconds"):
        engine.wait(
            federation(other).answer(engine, asking(other, "/good", f"{MANY} FILTER({SUM} < 0)"))
        )


def test_what_takes_too_long_to_narrow_is_asked_for_all(
    engine: GraphEngine, other: Elsewhere
) -> None:
    text = f"ASK {{ {{ VALUES ?s {{ 1 }} {MANY} }} SERVICE <{other.address}/good> {{ ?s ?p ?o }} }}"
    narrowing = federation(other)
    start = time.monotonic()
    engine.wait(narrowing.answer(engine, Query(text)))
    assert time.monotonic() - start > 0.2
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
    engine: GraphEngine, other: Elsewhere
) -> None:
    narrowing = federation(other, at_once=1)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(engine.wait, narrowing.answer(engine, asking(other, "/silent")))
        time.sleep(0.2)
        with pytest.raises(OverloadedError, match="wait for other endpoints"):
            engine.wait(narrowing.answer(engine, asking(other, "/good")))
        with pytest.raises(EndpointDeadlineError):
            waiting.result()
    engine.wait(narrowing.answer(engine, asking(other, "/good")))
