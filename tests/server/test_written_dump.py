"""The dumps and the description of a written store: each is of the version that it names."""

import hashlib
from collections.abc import Iterator

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse

from bench.client import Client
from bench.endpoint import Endpoint
from bench.wire import Reply
from graph.answering.evaluation import run_select
from graph.snapshot import Snapshot
from graph.wording.display_name import read_text
from ontology.namespace import BASE, PREFIXES
from ontology.terms import VOID
from tests.waiting import wait_until

pytestmark = pytest.mark.long

DUMP = "/data/dumps/cpec-graph.nq"
VOID_PATH = "/.well-known/void"
STATED = Quad(NamedNode("x:s"), NamedNode("x:p"), Literal("written"), NamedNode("x:g"))
INSERT = f"INSERT DATA {{ GRAPH <x:g> {{ <x:s> <x:p> {STATED.object} }} }}"
DELETE = "DROP GRAPH <x:g>"
FILES = """SELECT ?url ?size ?sum {
  ?dump dcat:downloadURL ?url ; dcat:byteSize ?size ; spdx:checksum/spdx:checksumValue ?sum }"""
UNSAYABLE = """INSERT DATA { GRAPH <x:g> {
  <x:s> <x:p> <<( <x:s> <http://other.example/terms#p> 1 )>> ; a <http://other.example/terms#C> ;
    <urn:other:p> 1 } }"""


@pytest.fixture(scope="module")
def writer(first_snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client that may write into the graph of one article."""
    options = ("--out", str(first_snapshot.path.parent), "--processes", "2")
    with Endpoint.writable(tmp_path_factory.mktemp("written"), *options) as endpoint:
        yield endpoint.writer


def write(writer: Client, text: str) -> str:
    """Make a write, and return its version."""
    reply = writer.update(text)
    assert reply.status == 200, reply.text
    return str(reply.json["version"])


def fetch(client: Client, path: str) -> Reply:
    """Return a dump as soon as it is written; until then the answer is 503 and says when to ask."""
    replies = [client.get(path)]

    def is_written() -> bool:
        reply = replies[-1]
        assert reply.status in {200, 503}, reply.text
        assert reply.status == 200 or int(reply.headers["Retry-After"]) > 0
        replies.append(client.get(path))
        return reply.status == 200

    wait_until(is_written, "the dumps are written")
    return replies[-1]


def describe(client: Client) -> Store:
    """Return the description of the dataset."""
    store = Store()
    store.load(client.get(VOID_PATH, Accept="text/turtle").body, RdfFormat.TURTLE)
    return store


def list_objects(store: Store, predicate: str) -> list[str]:
    """Return the values of a property of the description."""
    return [
        read_text(quad.object) for quad in store.quads_for_pattern(None, NamedNode(predicate), None)
    ]


def count_triples(store: Store) -> int:
    """Return the number of triples that the description states."""
    dataset, triples = NamedNode(BASE + "dataset"), NamedNode(VOID + "triples")
    (quad,) = store.quads_for_pattern(dataset, triples, None)
    return int(read_text(quad.object))


def test_a_dump_is_of_the_version_that_it_names(writer: Client) -> None:
    assert STATED not in parse(fetch(writer, DUMP).body, RdfFormat.N_QUADS)
    version = write(writer, INSERT)
    reply = fetch(writer, DUMP)
    assert reply.headers["Content-Location"] == f"/data/dumps/{version}/cpec-graph.nq"
    assert STATED in set(parse(reply.body, RdfFormat.N_QUADS))
    tag = reply.headers["ETag"]
    assert writer.get(DUMP, If_None_Match=tag).status == 304
    after = write(writer, DELETE)
    assert writer.get(DUMP, If_None_Match=tag).status == 503
    later = fetch(writer, DUMP)
    assert later.headers["ETag"] != tag
    assert STATED not in set(parse(later.body, RdfFormat.N_QUADS))
    kept = writer.get(f"/data/dumps/{version}/cpec-graph.nq")
    assert (kept.status, kept.body) == (200, reply.body)
    write(writer, INSERT)
    fetch(writer, DUMP)
    forgotten = writer.get(f"/data/dumps/{version}/cpec-graph.nq")
    assert (forgotten.status, "not kept here" in forgotten.text) == (410, True)
    assert writer.get(f"/data/dumps/{version}/cpec-graph.nq?bom=1&bom=1").status == 400
    assert writer.get(f"/data/dumps/{after}/cpec-graph.nq").status == 200
    for none in ("none", ".new-x", "..", "%2e%2e"):
        assert writer.get(f"/data/dumps/{none}/cpec-graph.nq").status == 404, none


def test_the_description_has_the_counts_and_files_of_its_version_or_none(writer: Client) -> None:
    write(writer, DELETE)
    fetch(writer, DUMP)
    counted = describe(writer)
    version = write(writer, INSERT)
    before = writer.get(VOID_PATH)
    empty = describe(writer)
    assert list_objects(empty, VOID + "triples") == []
    assert list_objects(empty, PREFIXES["dcat"] + "downloadURL") == []
    assert list_objects(empty, VOID + "sparqlEndpoint") == [BASE + "sparql"]
    fetch(writer, DUMP)
    assert writer.get(VOID_PATH, If_None_Match=before.headers["ETag"]).status == 200
    store = describe(writer)
    assert count_triples(store) == count_triples(counted) + 1
    rows = [[read_text(term) for term in row] for row in run_select(store, FILES)]
    assert len(rows) == 10
    for url, size, checksum in rows:
        assert version in url
        dump = writer.get("/" + url.removeprefix(BASE)).body
        assert [len(dump), hashlib.sha256(dump).hexdigest()] == [int(size), checksum]
    assert writer.get("/graph/dataset", Accept="text/turtle").body == writer.get(VOID_PATH).body


def test_the_page_of_the_dataset_says_that_its_files_are_being_written(writer: Client) -> None:
    version = write(writer, DELETE if "written" in fetch(writer, DUMP).text else INSERT)
    page = writer.get("/dataset", Accept="text/html")
    assert (page.status, "are being written" in page.text) == (200, True)
    fetch(writer, DUMP)
    page = writer.get("/dataset", Accept="text/html")
    assert f'href="/data/dumps/{version}/cpec-graph.nq"' in page.text


def test_a_format_that_cannot_say_all_of_it_has_no_dump(writer: Client) -> None:
    write(writer, UNSAYABLE)
    assert b"<<(" in fetch(writer, DUMP).body
    assert writer.get("/data/dumps/cpec-graph.jsonld").status == 404
    assert writer.get("/data/dumps/cpec-graph.nt").status == 200
    write(writer, DELETE)
