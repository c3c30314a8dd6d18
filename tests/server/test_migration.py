"""Stores and snapshots of another version of the vocabulary: refused, or carried over."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from bench.client import Client
from bench.endpoint import CPEC, Endpoint
from bench.graph import write_snapshot
from graph.dataset import graph_of
from graph.reasoning.kernel import Kernel
from graph.snapshot import Snapshot
from ontology.axiom_text import write_axioms
from ontology.namespace import BASE, ONTOLOGY_GRAPH
from ontology.release import ONTOLOGY, RELEASED, current_version, packaged_quads, read_release
from ontology.terms import CPEC as CPEC_TERMS
from ontology.vocabulary import AXIOM_FILES
from tests.conftest import ROOT
from tests.waiting import COMMAND_TIME

pytestmark = pytest.mark.long

OLD = "0.1.0"
SENTENCE = f"{BASE}id/talks/s01"
RECORD = f"{SENTENCE}#1"
ADDED = f"""
PREFIX ex: <http://example.org/>
INSERT DATA {{
  GRAPH <{SENTENCE}> {{
    id:Pakistan cpec:partyTo id:Pact . id:China cpec:partyTo id:Pact .
    id:Pact cpec:concernsArea id:Robotics .
    id:Report cpec:coversPeriod "2026-04"^^xsd:gYearMonth }}
  GRAPH graph:evidence {{
    <{RECORD}> a rdf:Statement ; oa:hasSource <{SENTENCE}> ; rdf:subject id:Report ;
      rdf:predicate cpec:coversPeriod ; rdf:object "2026-04"^^xsd:gYearMonth }}
  GRAPH graph:ontology {{
    cpec:coversPeriod rdfs:subPropertyOf ex:when .
    ex:bound owl:propertyChainAxiom ( cpec:partyTo cpec:concernsArea ) }}
}}"""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(CPEC), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=COMMAND_TIME,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.fixture(scope="module")
def old_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a store that the old vocabulary fills, and a reader of its own adds to."""
    home = tmp_path_factory.mktemp("old")
    with Endpoint.writable(home, "--empty") as endpoint:
        text = (RELEASED / f"{OLD}.ttl").read_bytes()
        put = endpoint.writer.send(
            "PUT", f"/store?graph={ONTOLOGY_GRAPH}", text, Content_Type="text/turtle"
        )
        assert put.status == 201
        assert endpoint.writer.update(ADDED).status == 200
    return home


@pytest.fixture
def home(old_home: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(old_home, tmp_path / "home", symlinks=True))


def read_stated(directory: Path) -> set[Quad]:
    """The quads of the newest generation but for the union, blank nodes apart."""
    quads = Store.read_only(str(directory / "current"))
    return {quad for quad in quads if not isinstance(quad.graph_name, DefaultGraph)}


def files(directory: Path) -> dict[str, bytes]:
    """The files of the generations, and where `current` points."""
    paths = [path for path in (directory / "generations").rglob("*") if path.is_file()]
    link = {"current": os.fsencode((directory / "current").readlink())}
    return link | {str(path.relative_to(directory)): path.read_bytes() for path in paths}


def vocabulary(directory: Path) -> set[str]:
    graph = NamedNode(ONTOLOGY_GRAPH)
    return {*write_axioms(quad for quad in read_stated(directory) if quad.graph_name == graph)}


def test_a_store_of_another_version_is_refused_with_what_to_do(home: Path) -> None:
    before = files(home / "store")
    words = f"was filled under version {OLD} of the vocabulary, and this release has"
    with pytest.raises(RuntimeError, match=words) as caught:
        Endpoint.writable(home, "--empty")
    assert f"`cpec migrate {home / 'store'}` carries it over" in str(caught.value)
    assert "Traceback" not in str(caught.value)
    assert files(home / "store") == before


def test_a_dry_run_says_what_would_change_and_writes_nothing(home: Path) -> None:
    before = files(home / "store")
    done = run("migrate", "--dry-run", home / "store")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].endswith(f"version {OLD} of the vocabulary, to {current_version()}")
    assert "  cpec:coversPeriod becomes cpec:issue in 3 statements" in lines
    assert (
        "  your own axiom stays: cpec:coversPeriod rdfs:subPropertyOf <http://example.org/when>"
        in (lines)
    )
    assert files(home / "store") == before
    assert not list((home / "store").glob("before-*"))


def test_a_store_is_carried_over(home: Path) -> None:
    store = home / "store"
    before, generation = read_stated(store), (store / "current").resolve().name
    done = run("migrate", store)
    assert (done.returncode, done.stderr) == (0, "")
    after = read_stated(store)
    assert vocabulary(store) >= {*write_axioms(packaged_quads())}
    mine = vocabulary(store) - {*write_axioms(packaged_quads())}
    assert len(mine) == 2
    assert any(
        "cpec-graph/ontology#issue> <" in text and "example.org/when" in text for text in mine
    )
    assert not mine & {*write_axioms(read_release(OLD) or ())}
    used = {str(quad) for quad in after if graph_of(quad) != ONTOLOGY_GRAPH}
    assert not [text for text in used if "coversPeriod" in text]
    assert any(f"<{RECORD}>" in text and "#issue>" in text for text in used)
    inferred = {quad for quad in after if graph_of(quad) == f"{BASE}graph/inferred"}
    assert inferred == set(Kernel(after - inferred).inferred_quads())
    kept = store / f"before-{current_version()}" / generation
    assert set(Store.read_only(str(kept))) >= before
    assert run("migrate", store).stdout == (
        f"{store}: version {current_version()} of the vocabulary, nothing to carry over\n"
    )


def test_the_way_back_in_the_documents_leads_to_the_store_of_before(home: Path) -> None:
    store = home / "store"
    generation, before = (store / "current").resolve().name, read_stated(store)
    assert run("migrate", store).returncode == 0
    page = (ROOT / "docs" / "http.md").read_text("utf-8")
    (command,) = re.findall(r"^ln -sfn before-.*", page, re.MULTILINE)
    words = command.replace("DIR", str(store)).replace("GENERATION", generation)
    subprocess.run(words.split(), check=True)
    kept = store / f"before-{current_version()}" / generation
    assert (store / "current").resolve(strict=True) == kept.resolve()
    assert read_stated(store) == before
    assert run("migrate", store).returncode == 0  # and forward again
    assert "coversPeriod" not in {quad.predicate.value for quad in read_stated(store)}


def test_a_store_that_was_carried_over_is_served_and_written(home: Path) -> None:
    assert run("migrate", home / "store").returncode == 0
    with Endpoint.writable(home, "--empty") as endpoint:
        client = endpoint.writer
        assert client.query("ASK { id:Report cpec:issue ?month }").json["boolean"]
        assert client.query("ASK { id:Report <http://example.org/when> ?month }").json["boolean"]
        assert client.query("ASK { id:China <http://example.org/bound> id:Robotics }").json[
            "boolean"
        ]
        assert client.get("/ontology/" + current_version()).status == 302
        assert (
            client.update(
                "INSERT DATA { GRAPH <http://x/g> { <http://x/s> a <http://x/c> } }"
            ).json["added"]
            == 1
        )
        once = client.query("SELECT (COUNT(*) AS ?n) { id:Report cpec:issue ?month }").json
        assert once["results"]["bindings"][0]["n"]["value"] == "1"


def test_a_migration_that_is_killed_leaves_the_one_version_or_the_other(
    old_home: Path, tmp_path: Path
) -> None:
    before = read_stated(old_home / "store")
    ends = set()
    start = time.monotonic()
    assert (
        run(
            "migrate", shutil.copytree(old_home, tmp_path / "timed", symlinks=True) / "store"
        ).returncode
        == 0
    )
    seconds = time.monotonic() - start
    for number in range(8):
        store = shutil.copytree(old_home, tmp_path / f"home-{number}", symlinks=True) / "store"
        with subprocess.Popen(
            [str(CPEC), "migrate", str(store)], stdout=subprocess.DEVNULL
        ) as killed:
            time.sleep(seconds * (0.5 + number / 12) if number else 0)
            killed.send_signal(signal.SIGKILL)
        now = read_stated(store)
        carried = f"{CPEC_TERMS}coversPeriod" not in {quad.predicate.value for quad in now}
        ends.add(carried)
        assert carried or now == before
        again = run("migrate", store)
        assert (again.returncode, again.stderr) == (0, "")
        assert vocabulary(store) >= {*write_axioms(packaged_quads())}
    assert False in ends


def test_what_holds_no_store_or_is_in_use_is_not_carried_over(tmp_path: Path) -> None:
    empty = run("migrate", tmp_path)
    assert (empty.returncode, empty.stderr) == (
        1,
        f"cpec: {tmp_path} holds no store: name the --data-dir of a server\n",
    )
    assert list(tmp_path.iterdir()) == []
    with Endpoint.writable(tmp_path, "--empty"):
        used = run("migrate", tmp_path / "store")
    assert (used.returncode, "is in use by another server" in used.stderr) == (1, True)
    plain = run("migrate", tmp_path / "store")
    assert (plain.returncode, "nothing to carry over" in plain.stdout) == (0, True)
    based = run("--base", "http://localhost:8000/", "migrate", tmp_path / "store")
    assert (based.returncode, "was filled with the base" in based.stderr) == (1, True)
    assert run("migrate").returncode == 2


def test_a_version_that_is_not_known_is_not_carried_over(home: Path) -> None:
    assert run("migrate", home / "store").returncode == 0
    with Endpoint.writable(home, "--empty") as endpoint:
        endpoint.writer.update(
            f"DELETE WHERE {{ GRAPH graph:ontology {{ <{ONTOLOGY}> owl:versionIRI ?now }} }} ;"
            f" INSERT DATA {{ GRAPH graph:ontology {{"
            f" <{ONTOLOGY}> owl:versionIRI <{ONTOLOGY}/7.0.0> }} }}"
        )
    done = run("migrate", home / "store")
    assert (done.returncode, "no command of this release carries that over" in done.stderr) == (
        1,
        True,
    )
    with pytest.raises(RuntimeError, match=r"under version 7\.0\.0 of the vocabulary"):
        Endpoint.writable(home, "--empty")


def test_a_snapshot_of_another_version_is_refused(tmp_path: Path, snapshot: Snapshot) -> None:
    quads = [quad for quad in snapshot.quads() if graph_of(quad) != ONTOLOGY_GRAPH]
    old = write_snapshot(tmp_path, [*quads, *(read_release(OLD) or ())])
    for command in (("serve", "--port", "0"), ("publish", "http://localhost:1/query")):
        done = run(*command, "--snapshot", old.path)
        assert done.returncode == 1
        assert done.stderr == (
            f"cpec: {old.path} was built under version {OLD} of the vocabulary, and this release "
            f"has {current_version()}: build it again, or serve it with the release that has "
            f"{OLD}\n"
        )


@contextmanager
def next_release(folder: Path) -> Iterator[Run]:
    """The command of a release that has retired a term without a successor."""
    for name in ("graph", "queries", "server"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "ontology", folder / "ontology")
    texts = [(ROOT / "ontology" / name).read_text("utf-8") for name in AXIOM_FILES]
    (folder / "ontology" / "released" / f"{current_version()}.ttl").write_text("\n".join(texts))
    text = texts[0].replace(current_version(), "9.0.0")
    term = "cpec:issuedBy a owl:ObjectProperty ;"
    assert term in text
    (folder / "ontology" / "cpec.ttl").write_text(
        text.replace(term, f"{term} owl:deprecated true ;")
    )

    def run_next(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        code = "import sys; from server.command import main; sys.argv[0] = 'cpec'; main()"
        return subprocess.run(
            [sys.executable, "-P", "-c", code, *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=COMMAND_TIME,
            check=False,
            env={**os.environ, "PYTHONPATH": str(folder)},
        )

    yield run_next


def test_what_cannot_be_carried_over_is_named_and_set_aside(
    tmp_path: Path, snapshot: Snapshot
) -> None:
    with Endpoint.writable(tmp_path, "--out", str(snapshot.path.parent)) as endpoint:
        client: Client = endpoint.client
        issues = client.query(
            "SELECT ?g ?s ?o { GRAPH ?g { ?s cpec:issuedBy ?o } FILTER (?g != graph:inferred) }"
        ).json["results"]["bindings"]
        assert issues
    store, aside = tmp_path / "store", tmp_path / "aside.nq"
    (tmp_path / "next").mkdir()
    before = files(store)
    with next_release(tmp_path / "next") as run_next:
        refused = run_next("migrate", store)
        assert refused.returncode == 1
        for row in issues:
            triple = f"<{row['s']['value']}> <{CPEC_TERMS}issuedBy> <{row['o']['value']}>"
            graph = (
                row["g"]["value"].replace(f"{BASE}id/", "id:").replace(f"{BASE}graph/", "graph:")
            )
            shown = triple.replace(f"<{CPEC_TERMS}issuedBy>", "cpec:issuedBy")
            for iri in (row["s"]["value"], row["o"]["value"]):
                shown = shown.replace(f"<{iri}>", iri.replace(f"{BASE}id/", "id:"))
            assert f"  not carried over: {graph} {shown}" in refused.stdout.splitlines()
        assert "have them taken out with --set-aside FILE" in refused.stderr
        assert files(store) == before
        done = run_next("migrate", store, "--set-aside", aside)
        assert (done.returncode, done.stderr) == (0, "")
    left = set(parse(path=aside, format=RdfFormat.N_QUADS))
    now = read_stated(store)
    assert len([quad for quad in left if quad.predicate.value == f"{CPEC_TERMS}issuedBy"]) == len(
        issues
    )
    assert not left & now
    assert not [quad for quad in now if quad.predicate.value == f"{CPEC_TERMS}issuedBy"]
    assert not [
        quad
        for quad in now
        if quad.object == NamedNode(f"{CPEC_TERMS}issuedBy")
        and graph_of(quad) == f"{BASE}graph/evidence"
    ]
