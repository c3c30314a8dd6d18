"""Another base: the same graph under addresses of the server itself."""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from pyoxigraph import CanonicalizationAlgorithm, Dataset, NamedNode, RdfFormat, parse

from bench.client import Client
from bench.endpoint import CPEC
from graph.answering.binding import load_questions
from graph.curating.master import DATA
from graph.snapshot import Snapshot, current_snapshot
from ontology.base import BASE_VARIABLE, PUBLISHED
from ontology.namespace import DATASET_GRAPH, PREFIXES
from ontology.terms import SPDX
from tests.server.conftest import Run, serving
from tests.server.test_receipt import receipt

pytestmark = pytest.mark.long

ACCEPTS = {"text/turtle": RdfFormat.TURTLE, "text/html": None}
QUESTIONS = [
    name
    for name, one in load_questions().items()
    if all(p.default is not None for p in one.parameters)
]
OF_A_FILE = {PREFIXES["dcat"] + "byteSize", SPDX + "checksumValue"}
"""What is said of the bytes of a dump, in which the base stands."""


@dataclass(frozen=True)
class Elsewhere:
    """A server whose base is its own address, and the snapshot that it serves."""

    base: str
    client: Client
    snapshot: Snapshot


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    folder = tmp_path_factory.mktemp("elsewhere")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    base = f"http://localhost:{port}/"
    builds = folder / "builds"
    options = ("--out", str(builds), "--port", str(port))
    with serving(folder, *options, **{BASE_VARIABLE: base}) as client:
        snapshot = current_snapshot(builds)
        assert snapshot is not None
        yield Elsewhere(base, client, snapshot)


def fetch_page(address: str, accept: str) -> tuple[str, bytes]:
    """Return the address to which redirects lead a plain client, and the body there."""
    with urlopen(Request(address, headers={"Accept": accept})) as answer:
        assert answer.status == 200
        return answer.url, answer.read()


def own(body: bytes, document: str, base: str) -> set[str]:
    """Return the IRIs under the base in a Turtle document."""
    iris = set()
    for quad in parse(body, RdfFormat.TURTLE, base_iri=document):
        for term in quad.triple:
            if isinstance(term, NamedNode) and term.value.startswith(base):
                iris.add(term.value)
    return iris


def test_every_own_iri_that_is_met_on_the_way_from_pakistan_answers(elsewhere: Elsewhere) -> None:
    start = f"{elsewhere.base}data/Pakistan.ttl"
    met, frontier = set[str](), {start}
    for depth in range(3):
        iris = set[str]()
        for document in frontier:
            for accept in ACCEPTS:
                where, body = fetch_page(document, accept)
                assert where.startswith(elsewhere.base)
                if accept == "text/turtle" and depth < 2:
                    iris |= own(body, where, elsewhere.base)
        met |= frontier
        frontier = {iri.partition("#")[0] for iri in iris} - met
        frontier.discard(f"{elsewhere.base}feed")  # of named graphs, which Turtle has not
    kinds = {iri.removeprefix(elsewhere.base).partition("/")[0] for iri in met}
    assert {"id", "graph", "ontology"} <= kinds
    assert len(met) > 60


def test_a_thing_is_described_by_the_document_to_which_its_iri_leads(elsewhere: Elsewhere) -> None:
    for iri in ("id/Pakistan", "id/inp-wealthpk-2026-04-29/s08#position", "ontology#cooperatesIn"):
        where, body = fetch_page(elsewhere.base + iri, "text/turtle")
        subject = NamedNode(elsewhere.base + iri)
        assert subject in {quad.subject for quad in parse(body, RdfFormat.TURTLE, base_iri=where)}


def test_nothing_is_left_of_the_published_base(elsewhere: Elsewhere) -> None:
    files = [elsewhere.snapshot.quads_file, *elsewhere.snapshot.dumps.iterdir()]
    assert len(files) > 6
    assert [file.name for file in files if PUBLISHED in file.read_text("utf-8")] == []
    for path in ("/sparql", "/context.jsonld", "/citations.schema.json", "/page/Pakistan"):
        body = elsewhere.client.get(path).text
        assert PUBLISHED not in body
    assert json.loads(elsewhere.client.get("/citations.schema.json").body)["$id"].startswith(
        elsewhere.base
    )


def test_a_receipt_of_another_base_names_other_things(elsewhere: Elsewhere, client: Client) -> None:
    text = "SELECT ?area { id:Pakistan cpec:cooperatesIn ?area }"
    here = receipt(client.query(text, receipt=""))
    again = elsewhere.client.query(text, receipt=here)
    assert again.headers["Receipt-Status"] == "changed"
    own = elsewhere.client.query(text, receipt=receipt(again))
    assert own.headers["Receipt-Status"] == "same"


def comparable(text: str) -> set[str]:
    """Return the quads without the facts about files, with canonical labels of blank nodes."""
    dataset = Dataset(
        quad
        for quad in parse(text, RdfFormat.N_QUADS)
        if not (quad.graph_name == NamedNode(DATASET_GRAPH) and quad.predicate.value in OF_A_FILE)
    )
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


def test_the_graph_is_the_same_but_for_the_base(snapshot: Snapshot, elsewhere: Elsewhere) -> None:
    text = elsewhere.snapshot.quads_file.read_text("utf-8")
    published = snapshot.quads_file.read_text("utf-8")
    assert comparable(text.replace(elsewhere.base, PUBLISHED)) == comparable(published)


def test_the_digest_tells_bases_apart(snapshot: Snapshot, elsewhere: Elsewhere) -> None:
    published, other = snapshot.manifest, elsewhere.snapshot.manifest
    assert published.pop("built_from")["code"] != other.pop("built_from")["code"]
    for name in ("edition", "sha256", "files"):
        assert published.pop(name) != other.pop(name)
    assert published == other


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_has_the_same_answer(client: Client, elsewhere: Elsewhere, name: str) -> None:
    path = f"/api/queries/{name}"
    answer = elsewhere.client.get(path, Accept="text/csv").text.replace(elsewhere.base, PUBLISHED)
    expected = client.get(path, Accept="text/csv").text
    assert sorted(answer.splitlines()) == sorted(expected.splitlines())


def test_an_explanation_is_the_same(client: Client, elsewhere: Elsewhere) -> None:
    path = "/explain?s=Pakistan&p=cooperatesIn&o=Artificial_Intelligence"
    answer = elsewhere.client.get(path, Accept="application/json")
    expected = client.get(path, Accept="application/json")
    assert (answer.status, expected.status) == (200, 200)
    assert json.loads(answer.text.replace(elsewhere.base, PUBLISHED)) == json.loads(expected.text)


def test_the_option_is_the_variable(cpec: Run, elsewhere: Elsewhere) -> None:
    out = ("--out", str(elsewhere.snapshot.path.parent))
    query = "SELECT ?base { BIND (STR(id:) AS ?base) }"
    done = cpec("--base", elsewhere.base, "query", "-", "--format", "csv", *out, stdin=query)
    assert done.stdout.split() == ["base", f"{elsewhere.base}id/"]
    assert "building" not in done.stderr  # it was built for that base already


@pytest.mark.parametrize("command", ["ask", "serve"])
@pytest.mark.parametrize(("option", "variable"), [((), "localhost:8000"), (("--base", "x"), "")])
def test_what_cannot_be_the_base_is_refused(
    tmp_path: Path, option: tuple[str, ...], variable: str, command: str
) -> None:
    done = subprocess.run(
        [str(CPEC), *option, command],
        env={**os.environ, BASE_VARIABLE: variable},
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 2
    assert "ends with a slash" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_defect_is_found_where_it_stands_in_the_file(cpec: Run, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    path = data / "entities.ttl"
    text = path.read_text("utf-8")
    path.write_text(f"{text}\n<{PUBLISHED}id/China> <{PUBLISHED}ontology#x> 'y' z .\n", "utf-8")
    line = text.count("\n") + 2
    messages = [
        cpec(*base, "validate", "--data", str(data)).stderr
        for base in ((), ("--base", "http://localhost:8000/"))
    ]
    assert messages[0] == messages[1]
    assert f"{path}:{line}: column " in messages[0]


def test_a_store_of_another_base_is_refused(tmp_path: Path) -> None:
    store = ("--empty", "--data-dir", str(tmp_path / "store"))
    with serving(tmp_path, *store, "--new"):
        pass
    with (
        pytest.raises(RuntimeError, match=f"base {PUBLISHED}, not http://localhost:8000/"),
        serving(tmp_path, *store, **{BASE_VARIABLE: "http://localhost:8000/"}),
    ):
        pass
