"""`cpec serve --store` on real stores: the same answers as from a snapshot, and how it fails."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

import pytest
from pyoxigraph import RdfFormat, Store, serialize

from bench.client import Client
from bench.peer import served
from bench.wire import Reply
from graph.answering.binding import questions
from graph.presenting.overview import overview
from graph.remote.asked import AskedStore
from graph.remote.publication import Publication
from graph.remote.store import RemoteStore
from graph.snapshot import Snapshot
from ontology.namespace import GRAPH, ID, VERSION_GRAPH
from tests.conftest import ROOT
from tests.graph.service.elsewhere import Elsewhere, closed_address
from tests.server.conftest import Run, serving
from tests.server.stores.conftest import OXIGRAPH, Theirs
from tests.server.stores.test_publish import small, writing
from tests.server.test_receipt import receipt

pytestmark = pytest.mark.long

JSON = "application/sparql-results+json"
ARTICLE = ID + "inp-wealthpk-2026-04-29"
S09 = f"{ARTICLE}/s09"
AREAS = "SELECT ?area { id:Pakistan cpec:intendsCooperationIn ?area }"
POLL = ("--store-poll", "0.2")
PATIENT = ("--deadline", "30")

ERRS = {"virtuoso": {"timeline"}, "oxigraph": set[str]()}
"""The questions of the catalogue of which a store gives other rows, or others when it is cited."""


@pytest.fixture(scope="module", params=["oxigraph", "opened_virtuoso"])
def store(request: pytest.FixtureRequest, cpec: Run, snapshot: Snapshot) -> Theirs:
    """Each store in turn, with the shipped graph."""
    theirs: Theirs = request.getfixturevalue(request.param)
    done = cpec("publish", theirs.query, *writing(theirs))
    assert done.returncode == 0, done.stderr
    return theirs


@pytest.fixture(scope="module")
def front(store: Theirs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server of that store."""
    with serving(tmp_path_factory.mktemp("front"), *PATIENT, "--store", store.query) as found:
        yield found


def question(client: Client, name: str, **more: str) -> Any:
    """Return the answer to a question of the catalogue."""
    asked = questions()[name]
    values = {one.name: one.default or "CPEC" for one in asked.parameters}
    reply = client.get(f"/api/queries/{name}?{urlencode({**values, 'format': 'json', **more})}")
    assert reply.status == 200, reply.text
    return json.loads(reply.text)


def rows(answer: Any) -> object:
    """Return the rows of an answer, sorted, each with its citation if it has one."""
    if "boolean" in answer:
        return answer["boolean"], answer.get("citations")
    bindings = answer["results"]["bindings"]
    citations = answer.get("citations", [None] * len(bindings))
    pairs = zip(bindings, citations, strict=True)
    return sorted(json.dumps(pair, sort_keys=True) for pair in pairs)


@pytest.mark.parametrize("name", questions())
def test_a_question_has_the_rows_and_citations_of_the_snapshot(
    name: str, front: Client, client: Client, store: Theirs
) -> None:
    assert rows(question(front, name)) == rows(question(client, name))
    cited, own = (rows(question(one, name, cite="true")) for one in (front, client))
    assert (cited == own) is (name not in ERRS[store.name])


def test_a_query_at_which_a_store_errs_is_in_the_docs() -> None:
    page = (ROOT / "docs" / "stores.md").read_text("utf-8")
    row = page.partition("| Virtuoso ")[2].partition("\n")[0]
    assert [name for name in ERRS["virtuoso"] if f"`{name}`" not in row] == []


@pytest.mark.parametrize(
    "text",
    [
        "ASK { id:HEC ?p ?o }",
        "ASK { id:HEC id:HEC ?o }",
        "SELECT ?g (COUNT(?s) AS ?n) { GRAPH ?g { ?s a ?c } } GROUP BY ?g",
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
        "SELECT ?o { id:HEC rdfs:label ?o FILTER (LANG(?o) = 'ur') }",
        "SELECT ?c (COUNT(?x) AS ?n) { ?x a ?c } GROUP BY ?c HAVING (COUNT(?x) > 3)",
        f"SELECT ?p {{ GRAPH <{S09}> {{ id:Scholarship_Alignment_Initiative ?p ?o }} }}",
        "SELECT ?s ?o FROM id:inp-wealthpk-2026-04-29\\/s09 { ?s cpec:aimsAlignmentWith ?o }",
        "SELECT ?s FROM graph:evidence FROM graph:editorial { ?s ?p ?o }",
        "SELECT ?s FROM NAMED graph:editorial { GRAPH ?g { ?s ?p ?o } }",
        "SELECT ?x { id:JCC (cpec:partOf|^cpec:partOf)* ?x }",
        "SELECT * { ?zone a cpec:Country ; cpec:cooperatesIn ?area }",
        "SELECT ?x ?l { ?x a cpec:Country OPTIONAL { ?x rdfs:label ?l FILTER (LANG(?l) = 'zh') } }",
    ],
)
def test_a_query_has_the_rows_of_the_snapshot(text: str, front: Client, client: Client) -> None:
    theirs, ours = (one.query(text, JSON, receipt="") for one in (front, client))
    assert theirs.status == 200, theirs.text
    assert receipt(theirs) == receipt(ours)
    assert rows(json.loads(theirs.text)) == rows(json.loads(ours.text))


def test_a_graph_has_the_triples_of_the_snapshot(front: Client, client: Client) -> None:
    text = "CONSTRUCT { ?s rdfs:label ?o } { ?s a cpec:Country ; rdfs:label ?o }"
    theirs, ours = (one.query(text, "application/n-triples").text for one in (front, client))
    assert ours
    assert sorted(theirs.splitlines()) == sorted(ours.splitlines())


@pytest.mark.parametrize(
    "path",
    [
        "/page/Pakistan",
        "/page/inp-wealthpk-2026-04-29",
        f"/page/Pakistan?without={S09}",
        "/explain?s=HEC&p=taskedInArea&o=Artificial_Intelligence",
        "/data/HEC.ttl",
        "/data/Pakistan.csv",
        "/ontology",
        "/dataset",
    ],
)
def test_a_page_is_that_of_the_snapshot(path: str, front: Client, client: Client) -> None:
    theirs, ours = (one.get(path, Accept="text/html,*/*;q=0.5") for one in (front, client))
    assert theirs.status == ours.status == 200
    assert plain(theirs, front) == plain(ours, client)


def test_a_thing_is_found_whatever_order_its_names_come_in(front: Client) -> None:
    assert "/page/Robotics" in front.get("/search?q=robotics", Accept="text/html").text


def plain(reply: Reply, client: Client) -> list[str]:
    """Return the words of a body, sorted, without the address of its server."""
    return sorted(reply.text.replace(client.address, "").split())


def test_without_a_source_what_is_left_follows_from_memory(front: Client, client: Client) -> None:
    struck = front.query(AREAS, "text/csv", without=S09).text
    assert struck == client.query(AREAS, "text/csv", without=S09).text
    assert len(struck.split()) < len(front.query(AREAS, "text/csv").text.split())


def test_the_files_for_download_are_those_of_the_snapshot(
    front: Client, snapshot: Snapshot
) -> None:
    for path in sorted(snapshot.dumps.iterdir()):
        there = f"/data/dumps/{path.name}"
        wait_until(partial(is_there, front, there))
        assert front.get(there).body == path.read_bytes()


def is_there(client: Client, path: str) -> bool:
    return client.get(path).status == 200


def test_the_version_is_that_of_the_snapshot_and_tags_follow_it(
    front: Client, snapshot: Snapshot
) -> None:
    told = {"status": "ready", "store": "remote", "version": snapshot.version}
    assert json.loads(front.get("/ready").text) == told
    first = front.query(AREAS, "text/csv")
    tag = first.headers["ETag"]
    again = front.get(
        f"/sparql?{urlencode({'query': AREAS})}", Accept="text/csv", If_None_Match=tag
    )
    assert again.status == 304


def test_what_is_no_sparql_is_told_with_its_place(front: Client) -> None:
    reply = front.query("SELECT * {\n bad", "*/*")
    assert (reply.status, json.loads(reply.text)["line"]) == (400, 2)


def test_a_write_is_refused_and_a_service_too(front: Client) -> None:
    assert front.update("CLEAR ALL").status == 403
    reply = front.query(f"SELECT * {{ SERVICE <{closed_address()}> {{ ?s ?p ?o }} }}", JSON)
    assert reply.status == 403


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Return when something holds; fails where it does not in time."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[Theirs, int]]:
    """An `oxigraph serve` of this test alone, and its process."""
    with served([str(OXIGRAPH), "serve"], "--bind", "/query") as peer:
        address = "http://{}:{}".format(*peer.address)
        yield Theirs("oxigraph", f"{address}/query", f"{address}/store"), peer.pid


@contextlib.contextmanager
def published(
    cpec: Run, theirs: Theirs, where: Snapshot, home: Path, *options: str
) -> Iterator[Client]:
    """A server of a store to which a snapshot was published."""
    done = cpec("publish", theirs.query, *writing(theirs), "--snapshot", str(where.path))
    assert done.returncode == 0, done.stderr
    with serving(home, "--store", theirs.query, *options) as found:
        yield found


ONE = "SELECT ?o { <urn:a> <urn:b> ?o }"


def test_a_new_publication_is_seen_and_equal_tags_have_equal_bodies_meanwhile(
    cpec: Run, own: tuple[Theirs, int], tmp_path: Path
) -> None:
    theirs, _ = own
    first = small(tmp_path / "1", "<g> {<urn:a> <urn:b> 1}")
    second = small(tmp_path / "2", "<g> {<urn:a> <urn:b> 2}")
    bodies: dict[str, set[str]] = {}
    with published(cpec, theirs, first, tmp_path / "home", *POLL) as client:

        def is_seen() -> bool:
            replies = [client.query(ONE, "text/csv") for _ in range(8)]  # of each front
            for reply in replies:
                bodies.setdefault(reply.headers.get("ETag", ""), set()).add(reply.text)
            return {reply.text.split()[1] for reply in replies} == {"2"}

        assert not is_seen()
        again = ("publish", theirs.query, *writing(theirs), "--snapshot", str(second.path))
        with ThreadPoolExecutor() as pool:
            done = pool.submit(cpec, *again)
            wait_until(is_seen)
            assert done.result().returncode == 0
    tagged = [found for tag, found in bodies.items() if tag]
    assert len(tagged) == 2
    assert all(len(found) == 1 for found in tagged)


def test_a_store_that_is_being_published_to_is_answered_for_from_memory(
    cpec: Run, own: tuple[Theirs, int], tmp_path: Path
) -> None:
    theirs, _ = own
    where = small(tmp_path / "1", "<g> {<urn:a> <urn:b> 1}")
    with published(cpec, theirs, where, tmp_path / "home", *POLL) as client:
        theirs.drop(VERSION_GRAPH)
        theirs.put(GRAPH + "g", "<urn:a> <urn:b> 2 .")
        reply = client.query(ONE, "text/csv")
        assert reply.text.split() == ["o", "1"]
        wait_until(lambda: "it is being published to" in client.get("/ready").text)
        assert client.get("/ready").status == 200


def test_a_publication_that_is_not_what_the_store_holds_is_not_served(
    cpec: Run, own: tuple[Theirs, int], tmp_path: Path
) -> None:
    theirs, _ = own
    where = small(tmp_path / "1", "<g> {<urn:a> <urn:b> 1}")
    with published(cpec, theirs, where, tmp_path / "home", *POLL) as client:
        said = Publication.read(RemoteStore.of(theirs.query))
        theirs.put(GRAPH + "g", "<urn:a> <urn:b> 3 .")
        other = serialize(replace(said, version="f" * 16).triples(), format=RdfFormat.N_TRIPLES)
        theirs.put(VERSION_GRAPH, (other or b"").decode())
        wait_until(lambda: "does not hold what was published" in client.get("/ready").text)
        assert where.version in client.get("/ready").text
        assert client.query(ONE, "text/csv").text.split() == ["o", "1"]


def test_past_the_size_nothing_is_cited_and_pages_are_asked_for(
    cpec: Run, store: Theirs, client: Client, tmp_path: Path
) -> None:
    with serving(tmp_path, *PATIENT, "--store", store.query, "--cite-most", "1000") as front:
        plain_rows, cited = (question(front, "intended-areas", **c) for c in ({}, {"cite": "true"}))
        assert rows(plain_rows) == rows(question(client, "intended-areas"))
        said = {citation["status"] for citation in cited["citations"]}
        assert said == {"uncited"}
        assert "beyond the limit of 1000 quads" in cited["citations"][0]["reason"]
        assert front.query(AREAS, "text/csv", without=S09).status == 501
        path = "/explain?s=HEC&p=taskedInArea&o=Artificial_Intelligence"
        assert front.get(path, Accept="application/json").status == 501
        page = front.get("/page/Pakistan", Accept="text/html")
        assert (page.status, "Islamabad" in page.text) == (200, True)
        for path in ("/", "/things/", "/articles/", "/explore", "/dataset", "/sources"):
            assert front.get(path, Accept="text/html").status == 200, path
        assert front.get("/graph/inferred", Accept="application/n-triples").text.splitlines()


def test_the_graph_at_a_glance_is_a_few_questions(store: Theirs, snapshot: Snapshot) -> None:
    remote = RemoteStore.of(store.query)
    asked, questions_asked = AskedStore(remote, Publication.read(remote), is_held=False), []
    ask = asked.ask

    def counting(form: bytes, graph: bool) -> bytes:
        questions_asked.append(form)
        return ask(form, graph)

    asked.ask = counting
    theirs, ours = overview(cast("Store", asked)), overview(snapshot.load())
    assert theirs.kinds == ours.kinds
    assert (theirs.statements, theirs.inferred) == (ours.statements, ours.inferred)
    assert len(questions_asked) < len(snapshot.quads()) / 20


def test_past_the_size_a_store_that_changes_is_not_answered_for(
    cpec: Run, own: tuple[Theirs, int], tmp_path: Path
) -> None:
    theirs, _ = own
    where = small(tmp_path / "1", "<g> {<urn:a> <urn:b> 1}")
    options = ("--cite-most", "0", "--store-poll", "1")
    with published(cpec, theirs, where, tmp_path / "home", *options) as client:
        assert client.query(ONE, "text/csv").text.split() == ["o", "1"]
        theirs.drop(VERSION_GRAPH)
        reply = client.query(ONE + " #", "text/csv")
        assert (reply.status, "is being changed" in reply.text) == (503, True)
        assert reply.headers["Retry-After"] == "1"
        wait_until(lambda: client.get("/ready").status == 503)
        assert "it is being published to" in client.get("/ready").text


def test_a_store_that_is_silent_or_gone_is_named(
    cpec: Run, own: tuple[Theirs, int], snapshot: Snapshot, tmp_path: Path
) -> None:
    theirs, process = own
    options = (*POLL, "--deadline", "1")
    with published(cpec, theirs, snapshot, tmp_path / "home", *options) as client:
        os.kill(process, signal.SIGSTOP)
        late = client.query("SELECT ?o { id:HEC ?p ?o }", JSON)
        os.kill(process, signal.SIGCONT)
        assert late.status == 504, late.text
        assert f"the store <{theirs.query}> did not answer within 0.9 seconds" in late.text
        wait_until(lambda: client.get("/ready").status == 200)
        os.kill(process, signal.SIGKILL)
        gone = client.query("SELECT ?o { id:JCC ?p ?o }", JSON)
        assert gone.status == 502
        assert json.loads(gone.text)["endpoint"] == theirs.query
        wait_until(lambda: "could not be asked" in client.get("/ready").text)
        assert client.get("/page/Pakistan", Accept="text/html").status == 200  # from memory


def test_an_answer_past_its_bytes_is_refused(cpec: Run, store: Theirs, tmp_path: Path) -> None:
    with serving(tmp_path, *PATIENT, "--store", store.query, "--max-answer", "2000") as front:
        reply = front.query("SELECT * { ?s ?p ?o }", JSON)
        assert (reply.status, json.loads(reply.text)["value"]) == (413, 2000)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/redirect", r"a redirect \(302\)"),
        ("/error", "the status 500"),
        ("/page", "answered text/html"),
        ("/malformed", "no results JSON"),
        ("/cut", "closed 9 bytes before"),
        ("/closed", "RemoteDisconnected"),
        ("/silent", "did not answer within 1 seconds"),
        ("/slow-body", "did not answer within 1 seconds"),
        ("/good", "answered application/sparql-results"),
    ],
)
def test_a_server_of_a_store_that_misbehaves_does_not_start(
    cpec: Run, other: Elsewhere, path: str, reason: str
) -> None:
    address = f"{other.address}{path}?apikey=secret"
    done = cpec("serve", "--port", "0", "--store", address, "--deadline", "1")
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(rf"cpec: the store <{other.address}{path}> .*{reason}.*\n", done.stderr)


def test_a_server_of_a_store_without_a_version_or_with_another_content_does_not_start(
    cpec: Run, own: tuple[Theirs, int], tmp_path: Path
) -> None:
    theirs, _ = own
    serve = ("serve", "--port", "0", "--store", theirs.query)
    done = cpec(*serve)
    assert (done.returncode, "has no version in" in done.stderr) == (1, True)
    where = small(tmp_path, "<g> {<urn:a> <urn:b> 1}")
    done = cpec("publish", theirs.query, *writing(theirs), "--snapshot", str(where.path))
    assert done.returncode == 0, done.stderr
    theirs.put(GRAPH + "g", "<urn:a> <urn:b> 2 .")
    assert f"<{GRAPH}g> holds 1 triples, SHA-256" in cpec(*serve).stderr
    theirs.drop(GRAPH + "g")
    assert f"<{GRAPH}g> is counted 0, not 1" in cpec(*serve).stderr


def test_a_server_of_nobody_or_with_a_password_in_its_address_does_not_start(cpec: Run) -> None:
    assert "Connection refused" in cpec("serve", "--store", closed_address()).stderr
    done = cpec("serve", "--store", "http://me:secret@localhost/sparql")
    assert (done.returncode, "secret" in done.stderr) == (1, False)
    done = cpec("serve", "--store", closed_address(), "--empty")
    assert (done.returncode, "goes with no other source" in done.stderr) == (2, True)
