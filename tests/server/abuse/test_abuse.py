"""Hostile requests on the real server: each gets a complete answer, and the server stays."""

from collections import Counter
from collections.abc import Iterator

import pytest

from bench.endpoint import Endpoint
from bench.wire import Talk, talk
from tests.server.abuse.case import ANY, Case
from tests.server.abuse.conftest import DEADLINE
from tests.server.abuse.documents import DOCUMENTS
from tests.server.abuse.explosion import EXPLOSIONS
from tests.server.abuse.malformed import MALFORMED_REQUESTS
from tests.server.abuse.misuse import MISUSES
from tests.server.abuse.nesting import TEXTS
from tests.server.abuse.outgoing import OUTGOING
from tests.server.abuse.slow import Crowd
from tests.server.abuse.trap import Trap
from tests.waiting import PATIENCE

pytestmark = pytest.mark.long

CASES = (*MALFORMED_REQUESTS, *MISUSES, *TEXTS, *EXPLOSIONS, *OUTGOING, *DOCUMENTS)
LATE = 504
TRIES = 4
"""How often one is asked who is late and need not be: a busy machine may keep it a second."""

RECEIVE_TIME = 90.0
"""The seconds after which the server must have let go of whoever does not speak."""

FACT = "ASK { id:Pakistan cpec:cooperatesIn id:Artificial_Intelligence }"
LABEL = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
INSERT DATA { GRAPH <https://w3id.org/cpec-graph/graph/editorial> {
    <https://w3id.org/cpec-graph/id/Evil> a <https://w3id.org/cpec-graph/ontology#Area> ;
        rdfs:label "<script>alert('label')</script>"@en , "\\"onmouseover=alert(1) x=\\""@ur ;
        rdfs:seeAlso <javascript:alert('iri')> , <data:text/html,x> ;
        rdfs:comment "</script><img src=x onerror=alert(1)>" .
} }
"""


@pytest.fixture(scope="module")
def slow(attacked_server: Endpoint) -> Iterator[Crowd]:
    """180 slow connections that stay while everything else is tried."""
    with Crowd.open(attacked_server.client.place) as crowd:
        yield crowd


@pytest.fixture(scope="module", autouse=True)
def tally() -> Iterator[list[tuple[str, float, int]]]:
    """The outcome of each request and its seconds; printed at the end."""
    taken: list[tuple[str, float, int]] = []
    yield taken
    statuses = Counter(status for _, _, status in taken)
    late = [(name, seconds) for name, seconds, _ in taken if seconds > DEADLINE + 1]
    slowest = max(taken, key=lambda one: one[1], default=("none", 0.0, 0))
    print(f"\n{len(taken)} hostile requests; statuses {dict(sorted(statuses.items()))} (0: closed)")
    print(
        f"the slowest {slowest[1]:.2f} s ({slowest[0]}); past the deadline and one second: {late}"
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_request_gets_a_complete_answer_and_the_server_stays(
    case: Case,
    attacked_server: Endpoint,
    slow: Crowd,
    places: dict[str, str],
    trap: Trap,
    tally: list[tuple[str, float, int]],
) -> None:
    methods = (case.method,) * case.replies
    sent = case.send(places)
    for _ in range(TRIES):
        spoken = talk(
            attacked_server.client.place,
            sent,
            PATIENCE,
            methods=methods,
            half_close=case.half_close,
        )
        status = spoken.replies[0].status if spoken.replies else 0
        tally.append((case.name, spoken.seconds, status))
        if status != LATE or LATE in case.allowed:
            break
    require_lawful(case, spoken)
    assert attacked_server.process.poll() is None, "the server has ended"
    assert trap.callers == [], "the server called out"
    assert b"true" in attacked_server.client.query(FACT).body


def require_lawful(case: Case, spoken: Talk) -> None:
    """Hold an answer to the law: complete, in time, of a status that is allowed."""
    assert spoken.ending != "hung", f"hung for {spoken.seconds:.1f} s"
    assert spoken.ending != "cut", f"cut: {spoken.rest!r}"
    assert spoken.replies or case.may_close, "closed without an answer"
    assert len(spoken.replies) <= case.replies, [reply.status for reply in spoken.replies]
    for reply in spoken.replies:
        assert reply.status in ANY, (reply.status, reply.body[:500])
        assert reply.status in case.allowed, (reply.status, reply.body[:500])
        head = "\r\n".join(f"{name}: {value}" for name, value in reply.headers.items()).encode()
        for secret in case.never:
            assert secret not in reply.body
            assert secret not in head


def test_there_are_at_least_a_hundred_of_them_each_with_a_name_of_its_own() -> None:
    assert len(CASES) >= 100
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("path", ["/page/Evil", "/id/Evil", "/sparql"])
@pytest.mark.parametrize("accept", ["text/html", "application/xhtml+xml", "*/*"])
def test_script_in_a_label_or_an_iri_does_not_run(
    path: str, accept: str, attacked_server: Endpoint
) -> None:
    assert attacked_server.writer.update(LABEL).status == 200
    reply = attacked_server.client.get(path, Accept=accept)
    assert reply.status in {200, 303, 404, 406}
    page = reply.body.lower()
    if "html" in reply.type:
        assert b"<script>alert" not in page
        assert b"<img src=x" not in page
        assert b'"onmouseover' not in page
        assert b'href="javascript:' not in page
        assert "default-src 'self'" in reply.headers["Content-Security-Policy"]


def test_what_was_written_by_an_update_that_failed_is_not_there(attacked_server: Endpoint) -> None:
    assert b"false" in attacked_server.client.query("ASK { <http://e/half> ?p ?o }").body


def test_a_write_is_still_taken(attacked_server: Endpoint) -> None:
    path, text = "/store?graph=http://e/last", "<x:s> <x:p> <x:last> ."
    assert attacked_server.writer.send("PUT", path, text, Content_Type="text/turtle").status < 300
    assert (
        b"true"
        in attacked_server.client.query("ASK { GRAPH <http://e/last> { ?s ?p <x:last> } }").body
    )


def test_who_does_not_speak_is_let_go(slow: Crowd) -> None:
    left = slow.wait(RECEIVE_TIME)
    for kind, seconds in sorted(slow.ended.items()):
        print(f"{kind}: {len(seconds)} let go, the last after {max(seconds):.1f} s")
    assert left == set()


def test_nobody_was_called(trap: Trap) -> None:
    assert trap.callers == []
