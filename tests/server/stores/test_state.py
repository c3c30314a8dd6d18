"""The state of a store that is served: published to anew, too large, silent, gone, unfit."""

import contextlib
import json
import os
import re
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import pytest
from pyoxigraph import RdfFormat, Store, serialize

from bench.client import Client
from bench.endpoint import tune
from bench.peer import running, serve_peer
from graph.presenting.overview import view_overview
from graph.snapshot import Snapshot
from ontology.namespace import GRAPH, VERSION_GRAPH
from server.remote.asked import AskedStore
from server.remote.publication import Publication
from server.remote.store import RemoteStore
from tests.server.conftest import Run, serving
from tests.server.service.elsewhere import Elsewhere, closed_address
from tests.server.stores.conftest import OXIGRAPH, Theirs, writing
from tests.server.stores.test_publish import small
from tests.server.stores.test_serving import AREAS, JSON, PATIENT, S09, question, rows
from tests.waiting import COMMAND_TIME, wait_until

pytestmark = pytest.mark.long


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[Theirs, int]]:
    """An `oxigraph serve` of this test alone, and its process."""
    with serve_peer([str(OXIGRAPH), "serve"], "--bind", "/query") as peer:
        address = "http://{}:{}".format(*peer.address)
        yield Theirs("oxigraph", f"{address}/query", f"{address}/store"), peer.pid


@contextlib.contextmanager
def serve_published(
    cpec: Run, theirs: Theirs, where: Snapshot, home: Path, *options: str
) -> Iterator[Client]:
    """A server of a store to which a snapshot was published."""
    done = cpec("publish", theirs.query, *writing(theirs), "--snapshot", str(where.path))
    assert done.returncode == 0, done.stderr
    command = tune(store_poll=0.2)
    with serving(home, "--store", theirs.query, *options, command=command) as server:
        yield server


ONE = "SELECT ?o { <urn:a> <urn:b> ?o }"


def test_a_new_publication_is_seen_and_equal_tags_have_equal_bodies_meanwhile(
    cpec: Run, own: tuple[Theirs, int], tmp_path: Path
) -> None:
    theirs, _ = own
    first = small(tmp_path / "1", "<g> {<urn:a> <urn:b> 1}")
    second = small(tmp_path / "2", "<g> {<urn:a> <urn:b> 2}")
    bodies: dict[str, set[str]] = {}
    with serve_published(cpec, theirs, first, tmp_path / "home") as client:

        def is_seen() -> bool:
            replies = [client.query(ONE, "text/csv") for _ in range(8)]  # of each front
            for reply in replies:
                bodies.setdefault(reply.headers.get("ETag", ""), set()).add(reply.text)
            return {reply.text.split()[1] for reply in replies} == {"2"}

        assert not is_seen()
        again = ("publish", theirs.query, *writing(theirs), "--snapshot", str(second.path))
        with ThreadPoolExecutor() as pool:
            done = pool.submit(cpec, *again)
            wait_until(is_seen, "each front answers from the new publication")
            assert done.result(COMMAND_TIME).returncode == 0
    tagged = [texts for tag, texts in bodies.items() if tag]
    assert len(tagged) == 2
    assert all(len(texts) == 1 for texts in tagged)


def test_a_store_that_is_being_published_to_is_answered_for_from_memory(
    cpec: Run, own: tuple[Theirs, int], tmp_path: Path
) -> None:
    theirs, _ = own
    where = small(tmp_path / "1", "<g> {<urn:a> <urn:b> 1}")
    with serve_published(cpec, theirs, where, tmp_path / "home") as client:
        theirs.drop(VERSION_GRAPH)
        theirs.put(GRAPH + "g", "<urn:a> <urn:b> 2 .")
        reply = client.query(ONE, "text/csv")
        assert reply.text.split() == ["o", "1"]
        wait_until(
            lambda: "it is being published to" in client.get("/ready").text,
            "it is told that one publishes",
        )
        assert client.get("/ready").status == 200


def test_a_publication_that_is_not_what_the_store_holds_is_not_served(
    cpec: Run, own: tuple[Theirs, int], tmp_path: Path
) -> None:
    theirs, _ = own
    where = small(tmp_path / "1", "<g> {<urn:a> <urn:b> 1}")
    with serve_published(cpec, theirs, where, tmp_path / "home") as client:
        publication = Publication.read(RemoteStore.from_address(theirs.query))
        theirs.put(GRAPH + "g", "<urn:a> <urn:b> 3 .")
        other = serialize(
            replace(publication, version="f" * 16).triples(), format=RdfFormat.N_TRIPLES
        )
        theirs.put(VERSION_GRAPH, (other or b"").decode())
        wait_until(
            lambda: "does not hold what was published" in client.get("/ready").text,
            "it is told that other quads are there",
        )
        assert where.version in client.get("/ready").text
        assert client.query(ONE, "text/csv").text.split() == ["o", "1"]


def test_past_the_size_nothing_is_cited_and_pages_are_asked_for(
    cpec: Run, store: Theirs, client: Client, tmp_path: Path
) -> None:
    with serving(tmp_path, *PATIENT, "--store", store.query, "--cite-most", "1000") as front:
        plain_rows, cited = (question(front, "intended-areas", **c) for c in ({}, {"cite": "true"}))
        assert rows(plain_rows) == rows(question(client, "intended-areas"))
        statuses = {citation["status"] for citation in cited["citations"]}
        assert statuses == {"uncited"}
        assert "beyond the limit of 1000 quads" in cited["citations"][0]["reason"]
        assert front.query(AREAS, "text/csv", without=S09).status == 501
        path = "/explain?s=HEC&p=taskedInArea&o=Artificial_Intelligence"
        assert front.get(path, Accept="application/json").status == 501
        page = front.get("/page/Pakistan", Accept="text/html")
        assert (page.status, "Islamabad" in page.text) == (200, True)
        for path in ("/", "/things/", "/articles/", "/explore", "/dataset", "/sources"):
            assert front.get(path, Accept="text/html").status == 200, path
        assert front.get("/graph/inferred", Accept="application/n-triples").text.splitlines()


def test_the_first_page_asks_so_many_questions_at_most(store: Theirs, snapshot: Snapshot) -> None:
    remote = RemoteStore.from_address(store.query)
    asked, questions_asked = AskedStore(remote, Publication.read(remote), is_held=False), []
    ask = asked.ask

    def counting(form: bytes, graph: bool) -> bytes:
        questions_asked.append(form)
        return ask(form, graph)

    asked.ask = counting
    theirs, ours = view_overview(cast("Store", asked)), view_overview(snapshot.load())
    assert theirs.kinds == ours.kinds
    assert (theirs.statements, theirs.inferred) == (ours.statements, ours.inferred)
    assert len(questions_asked) < 2_000


def test_past_the_size_a_store_that_changes_is_not_answered_for(
    cpec: Run, own: tuple[Theirs, int], tmp_path: Path
) -> None:
    theirs, _ = own
    where = small(tmp_path / "1", "<g> {<urn:a> <urn:b> 1}")
    options = ("--cite-most", "0")
    with serve_published(cpec, theirs, where, tmp_path / "home", *options) as client:
        assert client.query(ONE, "text/csv").text.split() == ["o", "1"]
        theirs.drop(VERSION_GRAPH)
        reply = client.query(ONE + " #", "text/csv")
        assert reply.status == 503
        assert re.search("is being (changed|published to)", reply.text)
        assert reply.headers["Retry-After"] == "1"
        wait_until(lambda: client.get("/ready").status == 503, "it is not ready")
        assert "it is being published to" in client.get("/ready").text


PAGES = [
    *("/things/", "/articles/", "/sources", "/explore", "/dataset", "/search?q=HEC"),
    *("/page/Pakistan", "/page/HEC?names=ur", "/page/inp-wealthpk-2026-04-29", "/data/HEC.ttl"),
    "/explain?s=Pakistan&p=cooperatesIn&o=Artificial_Intelligence",
]
"""Memory answers for these."""


def test_a_store_that_is_silent_or_gone_is_named(
    cpec: Run, own: tuple[Theirs, int], snapshot: Snapshot, tmp_path: Path
) -> None:
    theirs, process = own
    options = ("--deadline", "5")
    with serve_published(cpec, theirs, snapshot, tmp_path / "home", *options) as client:
        os.kill(process, signal.SIGSTOP)
        late = client.query("SELECT ?o { id:HEC ?p ?o }", JSON)
        wait_until(lambda: client.get("/ready").status == 503, "it is not ready")
        refused = client.query("SELECT ?o { id:HEC ?p ?o } LIMIT 1", JSON)
        for path in PAGES:
            page = client.get(path, Accept="text/html")
            assert page.status == 200, (path, page.text[-900:])
        os.kill(process, signal.SIGCONT)
        assert late.status in {503, 504}, late.text  # a poll may fail before the query is sent
        assert f"the store <{theirs.query}> did not answer within" in late.text
        assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
        assert f"the store <{theirs.query}> did not answer within 2 seconds" in refused.text
        wait_until(lambda: client.get("/ready").status == 200, "it is ready")
        os.kill(process, signal.SIGKILL)
        wait_until(
            lambda: "could not be asked" in client.get("/ready").text,
            "it is told that the store is gone",
        )
        assert client.query("SELECT ?o { id:JCC ?p ?o }", JSON).status == 503
        place = urlsplit(theirs.query).netloc
        with running([str(OXIGRAPH), "serve", "--bind", place]):
            wait_until(lambda: client.get("/ready").status == 200, "it is ready")
            wait_until(lambda: client.query(ONE, JSON).status == 200, "it answers from memory")
            done = cpec("publish", theirs.query, *writing(theirs), "--snapshot", snapshot.path)
            assert done.returncode == 0, done.stderr
            wait_until(lambda: "fault" not in client.get("/ready").json, "no fault is told")
            wait_until(
                lambda: client.query("SELECT ?o { id:JCC ?p ?o }", JSON).status == 200,
                "the store answers",
            )


def test_an_answer_past_its_bytes_is_refused(cpec: Run, store: Theirs, tmp_path: Path) -> None:
    options = (*PATIENT, "--store", store.query)
    with serving(tmp_path, *options, command=tune(max_answer=2000)) as front:
        reply = front.query("SELECT * { ?s ?p ?o }", JSON)
        assert (reply.status, json.loads(reply.text)["value"]) == (413, 2000)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/error", "the status 500"),
        ("/malformed", "no results JSON"),
        ("/cut", "closed 9 bytes before"),
        ("/silent", "did not answer within 1 seconds"),
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
    assert (done.returncode, "--store excludes" in done.stderr) == (2, True)
