"""The feed of changes: the script in the docs rebuilds the graph from it, to the same hash."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from bench.client import Client
from bench.endpoint import Endpoint, tune
from bench.graph import write_snapshot
from graph.dataset import canonicalise, sort_n_quads
from graph.snapshot import Snapshot
from graph.snapshot_folder import keep_current
from ontology.namespace import ID
from tests.waiting import COMMAND_TIME, PATIENCE

DOCUMENT = Path(__file__).parents[2] / "docs" / "feed.md"
WRITTEN = ID + "written"
STATES = f"""INSERT DATA {{ GRAPH <{WRITTEN}> {{
  id:Pakistan cpec:partyTo id:Falconry . id:Falconry a cpec:Undertaking ;
    rdfs:label "falconry"@en ; rdfs:seeAlso [ rdfs:label "no name" ] }} }}"""
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def script() -> str:
    """The script that the document prints."""
    source: str = re.findall(
        r"^```python\n(.*?)^```", DOCUMENT.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )[0]
    return source


def rebuild(script: str, client: Client) -> str:
    """Return the hash of the graph that the script rebuilds from the feed of a server."""
    command = [sys.executable, "-c", script, f"{client.address}/feed"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=COMMAND_TIME, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def list_nodes(client: Client, path: str) -> list[str]:
    """Return the paths of the pages that a page names."""
    quads = parse(client.get(path).body, RdfFormat.N_QUADS)
    nodes = [quad.object for quad in quads if quad.predicate.value.endswith("tree#node")]
    return [
        node.value.removeprefix(client.address) for node in nodes if isinstance(node, NamedNode)
    ]


@pytest.fixture(scope="module")
def endpoint(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """A server that takes writes into the shipped graph."""
    options = ("--out", str(snapshot.path.parent), "--processes", "1")
    with Endpoint.writable(tmp_path_factory.mktemp("feed"), *options) as endpoint:
        yield endpoint


def hash_generation(endpoint: Endpoint) -> str:
    """Return the hash of the quads in the current generation on disk."""
    store = Store.read_only(str((endpoint.log.parent / "store" / "current").resolve()))
    quads = [quad for quad in store if isinstance(quad.graph_name, NamedNode)]
    return sha256(sort_n_quads(canonicalise(quads))).hexdigest()


@pytest.mark.long
def test_the_script_rebuilds_a_store_after_each_write(script: str, endpoint: Endpoint) -> None:
    writer = endpoint.writer
    before = rebuild(script, writer)
    assert before == hash_generation(endpoint)
    assert writer.update(STATES).status == 200
    assert rebuild(script, writer) == hash_generation(endpoint) != before
    assert writer.update(f"DROP GRAPH <{WRITTEN}>").status == 200
    assert rebuild(script, writer) == hash_generation(endpoint) == before


def test_a_write_has_its_inferences_and_a_deletion_a_tombstone(endpoint: Endpoint) -> None:
    writer = endpoint.writer
    writer.update(STATES)
    version = writer.update(f"DROP GRAPH <{WRITTEN}>").json["version"]
    first, *writes = list_nodes(writer, "/feed")
    assert (first, writes[-1]) == ("/feed?after=", f"/feed/{version}")
    assert list_nodes(writer, writes[-1]) == [writes[-2]]
    assert list_nodes(writer, first)[-1] == writes[-1]
    stated, deleted = (writer.get(path).text for path in writes[-2:])
    changeset = "http://purl.org/vocab/changeset/schema#"
    assert stated.count(changeset + "addition") == deleted.count(changeset + "removal") > 0
    tombstones = re.findall(r"^<(\S+)> \S+ <\S+activitystreams#Tombstone>", deleted, re.MULTILINE)
    assert [name.rpartition("#")[2] for name in tombstones] == [
        "https%3A%2F%2Fw3id.org%2Fcpec-graph%2Fid%2Fwritten"
    ]


def test_atom_has_the_members_newest_first(endpoint: Endpoint) -> None:
    writer = endpoint.writer
    writer.update(STATES)
    writer.update(f"DROP GRAPH <{WRITTEN}>")
    reply = writer.get("/feed?format=atom")
    assert reply.type == "application/atom+xml"
    feed = ET.fromstring(reply.text)  # noqa: S314 - of our own server
    titles = [entry.findtext(f"{ATOM}title", "") for entry in feed.iter(f"{ATOM}entry")]
    written = [title for title in titles if title.startswith("id:written: ")]
    assert written[:2] == ["id:written: deleted", "id:written: 5 statements"]
    times = [entry.findtext(f"{ATOM}updated", "") for entry in feed.iter(f"{ATOM}entry")]
    assert times == sorted(times, reverse=True)
    assert feed.findtext(f"{ATOM}updated") == times[0]
    assert "Newly follows: " in reply.text


def test_a_page_has_a_tag_until_the_next_write(endpoint: Endpoint) -> None:
    writer = endpoint.writer
    tag = writer.get("/feed").headers["ETag"]
    assert writer.get("/feed", If_None_Match=tag).status == 304
    writer.update("INSERT DATA { GRAPH <x:tag> { <x:s> <x:p> 1 } }")
    assert writer.get("/feed", If_None_Match=tag).status == 200
    writer.update("DROP GRAPH <x:tag>")


@pytest.mark.long
def test_a_store_is_read_while_it_is_written(script: str, endpoint: Endpoint) -> None:
    """Each write numbers two graphs alike, which are far apart by their names."""
    writer = endpoint.writer
    hashes = set()

    def write(number: int) -> None:
        graphs = " ".join(f"GRAPH <{name}> {{ <x:s> <x:p> {number} }}" for name in ("a:a", "z:z"))
        deletes = " ".join(f"GRAPH <{name}> {{ ?s ?p ?o }}" for name in ("a:a", "z:z"))
        text = f"DELETE WHERE {{ {deletes} }} ; INSERT DATA {{ {graphs} }}"
        assert writer.update(text).status == 200
        hashes.add(hash_generation(endpoint))

    write(0)
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(rebuild, script, writer)
        for number in range(1, 200):
            write(number)
            if reading.done():
                break
        assert reading.result(PATIENCE) in hashes
    assert rebuild(script, writer) == hash_generation(endpoint)


@pytest.mark.long
def test_a_forgotten_write_is_gone_and_the_oldest_is_named(tmp_path: Path, script: str) -> None:
    with Endpoint.writable(tmp_path, "--empty", command=tune(change_log=500)) as endpoint:
        writer = endpoint.writer
        versions = [
            writer.update(f"INSERT DATA {{ GRAPH <x:{n}> {{ <x:s> <x:p> 1 }} }}").json["version"]
            for n in range(9)
        ]
        oldest = list_nodes(writer, "/feed")[1].removeprefix("/feed/")
        reply = writer.get(f"/feed/{versions[0]}")
        assert (reply.status, oldest in reply.text, versions[0] < oldest) == (410, True, True)
        assert rebuild(script, writer) == hash_generation(endpoint)
    with Endpoint.writable(tmp_path, "--empty", command=tune(change_log=0)) as endpoint:
        reply = endpoint.client.get(f"/feed/{versions[-1]}")
        assert (reply.status, "none is kept" in reply.text) == (410, True)
        assert rebuild(script, endpoint.client) == hash_generation(endpoint)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/feed/none", 404),
        ("/feed/000000001-0123456", 404),
        ("/feed/999999999-01234567", 404),
        ("/feed?format=csv", 400),
        ("/feed?after=a&after=b", 400),
        ("/feed?after=%00%ff", 400),
        (f"/feed?after={'z' * 4000}", 200),
    ],
)
def test_other_addresses_are_refused_in_words(endpoint: Endpoint, path: str, status: int) -> None:
    reply = endpoint.client.get(path)
    assert reply.status == status
    assert status == 200 or reply.json["detail"]


@pytest.mark.long
def test_a_server_of_snapshots_compares_the_one_before(
    snapshot: Snapshot, tmp_path: Path, script: str
) -> None:
    lost = NamedNode(ID + "lost")
    quads = snapshot.quads()
    extra = Quad(NamedNode("x:s"), NamedNode("x:p"), NamedNode("x:o"), lost)
    earlier = write_snapshot(tmp_path, [*quads, extra])
    current = write_snapshot(tmp_path, quads)
    with Endpoint.start(tmp_path / "home", "--snapshot", str(current.path)) as endpoint:
        assert list_nodes(endpoint.client, "/feed") == [
            "/feed?after=",
            f"/feed/{current.version}",
        ]
        page = endpoint.client.get(f"/feed/{current.version}").text
        assert page.count("Tombstone") == page.count("isVersionOf") == 1
        assert rebuild(script, endpoint.client) == current.manifest["sha256"]
    with earlier.hold():
        keep_current(tmp_path)
        assert earlier.path.exists()
        with Endpoint.start(tmp_path / "home", "--snapshot", str(current.path)) as endpoint:
            assert list_nodes(endpoint.client, "/feed") == ["/feed?after="]
            assert rebuild(script, endpoint.client) == current.manifest["sha256"]


def test_a_server_without_named_graphs_has_no_feed(open_store: Client) -> None:
    reply = open_store.get("/feed")
    assert (reply.status, "keeps changes" in reply.text) == (404, True)


def test_a_browser_gets_the_feed_as_a_page_and_a_program_as_before(client: Client) -> None:
    page = client.get("/feed", Accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert page.type == "text/html"
    assert 'href="/feed?format=atom"' in page.text
    assert "10th JCC meeting on CPEC will be held on July 16: Bajwa" in page.text
    assert client.get("/feed").type == "application/n-quads"
    assert client.get("/feed", Accept="application/atom+xml").type == "application/atom+xml"


def test_atom_has_an_entry_for_each_article_with_its_day_and_its_page(client: Client) -> None:
    feed = ET.fromstring(client.get("/feed?format=atom").text)  # noqa: S314 - of our own server
    entries = [
        entry
        for entry in feed.iter(f"{ATOM}entry")
        if entry.findtext(f"{ATOM}id", "").startswith(ID)
        and "/" not in entry.findtext(f"{ATOM}id", "").removeprefix(ID)
    ]
    assert len(entries) >= 12
    first = entries[0]
    assert first.findtext(f"{ATOM}updated") == "2026-04-29T00:00:00Z"
    link = first.find(f"{ATOM}link")
    assert link is not None
    assert client.get(link.get("href", "").removeprefix(client.address)).status == 200
