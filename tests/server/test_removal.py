"""After the removal of an article no address of a written store names it, but for its tombstone."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, parse

from bench.client import Client
from bench.endpoint import Endpoint
from bench.wire import Reply
from graph.build import build
from graph.curating.master import Inputs
from ontology.namespace import BASE, PREFIXES
from ontology.terms import OWL
from server.writing.backup import back_up
from tests.conftest import ROOT
from tests.first_article import copy_first_article
from tests.graph.test_validation import NEXT
from tests.waiting import wait_until

pytestmark = pytest.mark.long

NAME = "next-2026-06-01"
WORDS = (NAME, "Courier", "The next article", "Both … corridor")
"""What names the article: its name, its publisher, its title, its anchor."""

BROWSER = "text/html,*/*;q=0.5"
N_QUADS = "application/n-quads"
SAMPLE = ("/", "/dataset", "/articles/", "/things/", "/sources", "/llms.txt", "/search?q=Couri")
ASKED = (
    *("/feed?format=html", "/search?q=next", "/search?q=courie&format=json"),
    *("/api/queries/", "/explain?s=China&p=advances&o=CPEC", "/cite?id=CPEC", "/openapi.json"),
    *(
        "/sparql?query=SELECT*%7B%3Fs%20%3Fp%20%3Fo%7D&format=tsv",
        "/store?graph=" + BASE + "graph/evidence",
    ),
    "/reconcile/suggest/entity?prefix=Couri",
)
DOCUMENT = (ROOT / "docs" / "operating.md").read_text("utf-8")
(UPDATE,) = re.findall(r"`(INSERT DATA \{ GRAPH graph:retired [^`]*)`", DOCUMENT)


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The snapshots of two articles; the second is to be removed."""
    folder = tmp_path_factory.mktemp("two")
    data = copy_first_article(folder)
    (data / "articles" / f"{NAME}.trig").write_text(NEXT, "utf-8")
    build(Inputs(data), folder / "builds", folder / "no-archive")
    return folder / "builds"


@pytest.fixture
def endpoint(builds: Path, tmp_path: Path) -> Iterator[Endpoint]:
    """A server that takes writes into a store of both."""
    with Endpoint.writable(tmp_path, "--out", str(builds), "--processes", "1") as endpoint:
        yield endpoint


def list_addresses(client: Client) -> Iterator[str]:
    """Yield the addresses of the sitemap, of the description of the dataset, and of the feed."""
    yield from (*SAMPLE, *ASKED)
    waiting = ["/sitemap.xml"]
    for page in waiting:  # an index of sitemaps, or one of pages
        text = client.get(page).text if "sitemap" in page else ""
        waiting += re.findall(f"<loc>{client.address}([^<]*)</loc>", text)
    assert len(waiting) > 100
    yield from waiting
    wait_until(
        lambda: client.get("/data/dumps/cpec-graph.nq").status == 200, "the dumps are written"
    )
    void = client.get("/.well-known/void", Accept="text/turtle")
    yield "/.well-known/void"
    downloads = NamedNode(PREFIXES["dcat"] + "downloadURL")
    for quad in parse(void.body, RdfFormat.TURTLE):
        if quad.predicate == downloads and isinstance(quad.object, NamedNode):
            yield "/" + quad.object.value.removeprefix(BASE)
    pages = ["/feed", "/feed?format=atom"]
    for page in pages:
        yield page
        nodes = re.findall(r"tree#node> <([^>]*)>", client.get(page).text)
        pages += [node.removeprefix(client.address) for node in nodes]


def find_naming(client: Client) -> list[str]:
    """Return the addresses whose answers name the article by more than its tombstone."""
    found = []
    for path in list_addresses(client):
        is_graph = path.startswith("/feed") and "format=" not in path
        if names(path, client.get(path, Accept=N_QUADS if is_graph else BROWSER)):
            found.append(path)
    return found


def names(path: str, reply: Reply) -> bool:
    """Return whether an answer names the article by more than its tombstone."""
    assert reply.status in {200, 303, 404}, (path, reply.text)
    text = reply.text
    if path.startswith("/feed") and reply.type == N_QUADS:
        kept = (
            str(quad)
            for quad in parse(reply.body, RdfFormat.N_QUADS)
            if quad.graph_name != DefaultGraph() and quad.predicate != OWL.DEPRECATED
        )
        text = "\n".join(kept)
    text = re.sub(f'"[^"]*{NAME}",\\s*"owl:deprecated"', "", text)  # JSON-LD
    lines = [line for line in text.splitlines() if "deprecated" not in line]
    return any(word in line for line in lines for word in WORDS)


def test_no_address_names_a_removed_article_but_its_tombstone(endpoint: Endpoint) -> None:
    writer = endpoint.writer
    before = find_naming(writer)
    assert {"/articles/", f"/page/{NAME}"} <= set(before), before
    assert len([path for path in before if path.startswith("/data/dumps/")]) > 5
    old = next(path for path in before if path.startswith("/data/dumps/"))
    receipt = writer.query("SELECT ?a { ?a a cpec:NewsArticle }")
    copy = endpoint.log.parent / "copy"
    back_up(endpoint.log.parent / "store", copy)
    reply = writer.update(UPDATE.replace("NAME", NAME))
    assert reply.status == 200, reply.text
    assert reply.json["removed"] > 20
    assert reply.json["backups"] == [str(copy)]
    assert writer.get(old).status == 410
    assert (left := find_naming(writer)) == [], left
    for path in (f"/id/{NAME}", f"/page/{NAME}", f"/data/{NAME}.ttl", f"/id/{NAME}/s01"):
        assert writer.get(path).status == 410, path
    since = receipt.headers["ETag"]
    assert writer.get("/sparql?query=SELECT*%7B%7D&since=" + since).status in {400, 410}
    pages = [path for path in list_addresses(writer) if path.startswith("/feed")]
    assert any(NAME in writer.get(path).text for path in pages)


def test_no_file_of_the_store_keeps_the_words_of_a_removed_article(endpoint: Endpoint) -> None:
    store, writer = endpoint.log.parent / "store", endpoint.writer
    assert writer.update("INSERT DATA { <x:a> <x:b> 1 }").status == 200
    assert find_words(store)
    wait_until(
        lambda: writer.get("/data/dumps/cpec-graph.nq").status == 200, "the dumps are written"
    )
    assert writer.update(UPDATE.replace("NAME", NAME)).status == 200
    wait_until(lambda: find_words(store) == [], "no file has the words")
    assert writer.get("/ready").status == 200
    assert writer.update("INSERT DATA { <x:a> <x:b> 2 }").status == 200


def find_words(store: Path) -> list[Path]:
    """Return the files of a store that have words of the article."""
    found = []
    walk = os.walk(store)  # unlike rglob, it passes over a generation that goes
    for path in (Path(folder, name) for folder, _, names in walk for name in names):
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            continue
        if any(word.encode() in content for word in WORDS[1:]):
            found.append(path)
    return found


def test_a_removed_article_cannot_be_written_again(endpoint: Endpoint) -> None:
    writer = endpoint.writer
    assert writer.update(UPDATE.replace("NAME", NAME)).status == 200
    again = writer.send(
        "PUT", f"/store?graph={BASE}id/{NAME}/s01", "<x:a> <x:b> 1 .", Content_Type="text/turtle"
    )
    assert (again.status, f"id:{NAME} is retired" in again.json["detail"]) == (409, True)
    endpoint.kill()
