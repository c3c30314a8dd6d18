"""`cpec publish` to real stores: written graphs, graphs that it leaves alone, and failures."""

import re
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from bench.graph import write_snapshot
from bench.peer import serve_peer
from graph.dataset import graph_of
from graph.snapshot import Snapshot
from ontology.namespace import EVIDENCE_GRAPH, GRAPH, INFERRED_GRAPH, VERSION_GRAPH
from server.remote.publication import Publication, read_version
from server.remote.store import RemoteStore
from tests.server.conftest import Run
from tests.server.service.elsewhere import Elsewhere, closed_address
from tests.server.stores.conftest import OXIGRAPH, Theirs, writing
from tests.waiting import PATIENCE

pytestmark = pytest.mark.long

Publish = Callable[..., "tuple[int, str]"]


@pytest.fixture
def publish(cpec: Run) -> Publish:
    """Publish a snapshot to a store, and return the exit status and the output."""

    def run(theirs: Theirs, *options: str) -> tuple[int, str]:
        done = cpec("publish", theirs.query, *options)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout + done.stderr

    return run


def small(folder: Path, text: str) -> Snapshot:
    """Return a snapshot of the quads of a text of TriG."""
    quads = list(parse(text, RdfFormat.TRIG, base_iri=GRAPH))
    return write_snapshot(folder, quads)


def test_a_snapshot_is_what_the_store_holds_and_a_second_time_changes_nothing(
    publish: Publish, theirs: Theirs, snapshot: Snapshot
) -> None:
    status, report = publish(theirs, *writing(theirs))
    assert (status, "; verified\n" in report) == (0, True), report
    store, quads = RemoteStore.from_address(theirs.query), snapshot.quads()
    assert store.sizes()[""] == len({quad.triple for quad in quads})
    assert store.sizes()[EVIDENCE_GRAPH] == sum(graph_of(q) == EVIDENCE_GRAPH for q in quads)
    assert read_version(store) == snapshot.version
    status, report = publish(theirs, *writing(theirs))
    assert (status, "0 replaced, 0 dropped; verified" in report) == (0, True)
    assert publish(theirs)[0] == 0


def test_only_the_graph_that_differs_is_replaced(publish: Publish, theirs: Theirs) -> None:
    assert publish(theirs, *writing(theirs))[0] == 0
    theirs.put(EVIDENCE_GRAPH, "<urn:a> <urn:b> <urn:c> .")
    status, report = publish(theirs)
    assert status == 1
    assert f"not published, 1 differ\n  <{EVIDENCE_GRAPH}>" in report
    status, report = publish(theirs, *writing(theirs))
    assert (status, "1 replaced, 0 dropped; verified" in report) == (0, True)


def test_a_graph_of_the_publication_before_is_dropped_and_one_of_others_is_left(
    publish: Publish, theirs: Theirs, tmp_path: Path
) -> None:
    theirs.put("urn:others", "<urn:a> <urn:b> <urn:c> .")
    first = small(tmp_path / "1", "<one> {<a> <b> <c>} <two> {<a> <b> <urn:d>}")
    second = small(tmp_path / "2", "<one> {<a> <b> <c>}")
    for publication in (first, second):
        status, report = publish(theirs, *writing(theirs), "--snapshot", str(publication.path))
        assert (status, "verified" in report) == (0, True)
    assert "1 replaced, 1 dropped" in report  # the union, and the graph that is gone
    assert "urn:d" not in theirs.csv("SELECT ?o { GRAPH ?g { ?s ?p ?o } }")
    assert "urn:c" in theirs.csv("SELECT ?o { GRAPH <urn:others> { ?s ?p ?o } }")
    theirs.drop("urn:others")


def test_a_graph_that_somebody_dropped_already_is_no_fault(
    publish: Publish, theirs: Theirs, tmp_path: Path
) -> None:
    first = small(tmp_path / "1", "<one> {<a> <b> <c>} <gone> {<a> <b> <urn:d>}")
    second = small(tmp_path / "2", "<one> {<a> <b> <c>}")
    assert publish(theirs, *writing(theirs), "--snapshot", str(first.path))[0] == 0
    theirs.drop(GRAPH + "gone")
    status, report = publish(theirs, *writing(theirs), "--snapshot", str(second.path))
    assert (status, "verified" in report) == (0, True), report


def test_terms_that_a_store_writes_otherwise_are_the_same(
    publish: Publish, theirs: Theirs, tmp_path: Path
) -> None:
    text = '<g> {<a> <b> "x"@zh-Hant, 01, 1.50, "P1D", [ <c> "é\\u06af" ]}'
    where = small(tmp_path, text).path
    status, report = publish(theirs, *writing(theirs), "--snapshot", str(where))
    assert (status, "verified" in report) == (0, True), report


def test_what_a_store_does_not_keep_is_named_and_there_is_no_version(
    publish: Publish, opened_virtuoso: Theirs, tmp_path: Path
) -> None:
    where = small(tmp_path, '<g> {<a> <b> "no number"^^<http://www.w3.org/2001/XMLSchema#integer>}')
    theirs = opened_virtuoso
    status, report = publish(theirs, *writing(theirs), "--snapshot", str(where.path))
    assert status == 1
    assert re.search(
        r"does not hold what was published: .*<\S+graph/g> holds 1 triples, SHA", report
    )
    store = RemoteStore.from_address(theirs.query)
    assert read_version(store) == ""
    assert Publication.read(store).parts  # the graphs to drop are still known


def test_a_default_graph_of_others_is_not_replaced(publish: Publish, tmp_path: Path) -> None:
    with serve_peer([str(OXIGRAPH), "serve"], "--bind", "/query") as peer:
        address = "http://{}:{}".format(*peer.address)
        theirs = Theirs("oxigraph", f"{address}/query", f"{address}/store")
        theirs.load("<urn:theirs> <urn:b> <urn:c> .")
        where = str(small(tmp_path, "<g> {<a> <b> <c>}").path)
        status, report = publish(theirs, *writing(theirs), "--snapshot", where)
        assert (status, "holds 1 triples that were not published" in report) == (1, True)
        assert "urn:theirs" in theirs.csv("SELECT * { ?s ?p ?o }")
        named = Theirs("named", f"{theirs.query}?default-graph-uri=urn:union", theirs.graph_store)
        status, report = publish(named, *writing(named), "--snapshot", where)
        assert (status, "verified" in report) == (0, True), report


def test_files_are_loaded_by_the_loader_and_then_verified(
    publish: Publish, oxigraph: Theirs, tmp_path: Path
) -> None:
    assert publish(oxigraph, *writing(oxigraph))[0] == 0
    oxigraph.put(INFERRED_GRAPH, "<urn:a> <urn:b> <urn:c> .")
    for left in (2, 1, 0):  # the graph, then the version, then nothing
        status, report = publish(oxigraph, "--files", str(tmp_path))
        assert (status, "verified" in report) == (int(left > 0), left == 0), report
        load(oxigraph, tmp_path)
    assert publish(oxigraph)[0] == 0


def load(theirs: Theirs, folder: Path) -> None:
    """Load the files as they say, as the loader of a store does."""
    address = theirs.query.removesuffix("/query")
    for path, name, kind in (
        ("/update", "clear.ru", "application/sparql-update"),
        ("/store", "load.nq", "application/n-quads"),
    ):
        body = (folder / name).read_bytes()
        if body:
            request = urllib.request.Request(address + path, body, {"Content-Type": kind})
            urllib.request.urlopen(request, timeout=PATIENCE).close()


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/redirect", r"a redirect \(302\)"),
        ("/page", "answered text/html where application/n-triples was asked for"),
        ("/closed", "RemoteDisconnected"),
        ("/noise", "BadStatusLine"),
    ],
)
def test_a_store_that_misbehaves_is_named_with_the_reason(
    cpec: Run, other: Elsewhere, path: str, reason: str
) -> None:
    done = cpec("publish", f"{other.address}{path}?apikey=secret")
    assert (done.returncode, done.stdout) == (1, "")
    last = done.stderr.splitlines()[-1]  # after the data and the version that are published
    assert re.fullmatch(rf"cpec: the store <{other.address}{path}> .*({reason}).*", last)


def test_nobody_there_is_told_and_a_password_is_not_repeated(cpec: Run) -> None:
    assert "could not be asked: Connection refused" in cpec("publish", closed_address()).stderr
    refusal = cpec("publish", "http://me:secret@127.0.0.1:1/sparql")
    assert (refusal.returncode, "secret" in refusal.stderr + refusal.stdout) == (1, False)
    assert "CPEC_STORE_AUTHORIZATION" in refusal.stderr


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://[::1/sparql", "no URL"),
        ("ftp://localhost/sparql", "no address of http or https"),
        ("http://localhost:1/sparql#x", "a fragment"),
        ("http://localhost:1/sparql?default-graph-uri=a%20b", "'a b' is not an IRI"),
        ("http://localhost:1/?default-graph-uri=urn:a&default-graph-uri=urn:b", "or none"),
    ],
)
def test_an_address_that_is_none_is_told(cpec: Run, address: str, reason: str) -> None:
    done = cpec("publish", address)
    assert (done.returncode, done.stdout, reason in done.stderr) == (1, "", True)
    assert done.stderr.count("\n") == 1


def test_a_version_graph_that_is_not_ours_is_left_alone(publish: Publish, theirs: Theirs) -> None:
    theirs.put(VERSION_GRAPH, '<urn:a> <http://rdfs.org/ns/void#triples> "many" .')
    status, report = publish(theirs, *writing(theirs))
    assert (status, f"has a <{VERSION_GRAPH}> that is not ours" in report) == (1, True)
    theirs.drop(VERSION_GRAPH)
