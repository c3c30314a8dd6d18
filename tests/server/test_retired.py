"""Names that are not used any more: gone, or merged into another."""

from collections.abc import Iterator

import pytest
from pyoxigraph import Quad

from bench.client import Client
from bench.graph import write_snapshot
from graph.curating.master import DATA, Inputs, Retired, read_retired_things
from graph.snapshot import Snapshot
from ontology.namespace import ID
from ontology.terms import CPEC
from tests.server.conftest import serving

RETIRED = """
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix id: <https://w3id.org/cpec-graph/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .

id:Gone owl:deprecated true .
id:Old owl:deprecated true ; dcterms:isReplacedBy id:Older .
id:Older owl:deprecated true ; dcterms:isReplacedBy id:Pakistan .
id:Loop dcterms:isReplacedBy id:Loop .
id:Away dcterms:isReplacedBy <https://example.org/else> .
"""


@pytest.fixture(scope="module")
def retiring(tmp_path_factory: pytest.TempPathFactory) -> tuple[Quad, ...]:
    """The quads of a file that retires things."""
    data = tmp_path_factory.mktemp("data")
    (data / "retired.ttl").write_text(RETIRED)
    return read_retired_things(Inputs(data))


@pytest.fixture(scope="module")
def client(
    snapshot: Snapshot, retiring: tuple[Quad, ...], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Client]:
    """A client of a server of the shipped graph, with retired names."""
    folder = tmp_path_factory.mktemp("retired")
    retired = write_snapshot(folder / "builds", [*snapshot.quads(), *retiring])
    with serving(folder, "--snapshot", str(retired.path)) as served:
        yield served


@pytest.mark.parametrize(
    "path", ["/id/Gone", "/page/Gone", "/data/Gone.ttl", "/id/Gone/s03", "/page/Gone/s03"]
)
def test_a_name_that_is_gone_is_said_to_be(client: Client, path: str) -> None:
    assert client.get(path).status == 410


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/id/Old", "/id/Pakistan"),
        ("/page/Old", "/page/Pakistan"),
        ("/data/Old.nt", "/data/Pakistan.nt"),
    ],
)
def test_a_name_that_was_merged_leads_to_the_one_that_stands(
    client: Client, path: str, location: str
) -> None:
    reply = client.get(path)
    assert (reply.status, reply.headers["Location"]) == (301, client.address + location)
    assert client.get("/id/Away").headers["Location"] == "https://example.org/else"


def test_a_name_that_replaces_itself_ends_the_search(retiring: tuple[Quad, ...]) -> None:
    retired_names = Retired.from_quads(retiring)
    assert retired_names.successor(ID + "Loop") == ID + "Loop"
    assert retired_names.successor(ID + "Pakistan") is None


def test_a_retired_term_stays_in_the_vocabulary(client: Client) -> None:
    assert CPEC + "coversPeriod" in Retired.read().gone
    assert Retired.read().successor(CPEC + "coversPeriod") == CPEC + "issue"
    for form in ("ttl", "jsonld", "nt", "rdf"):
        assert b"coversPeriod" in client.get(f"/ontology.{form}").body
    page = client.get("/ontology", Accept="text/html").text
    assert 'id="coversPeriod"' in page
    assert 'retired: write <a href="#issue">issue</a>' in page


def test_the_packaged_list_of_retired_things_can_be_read() -> None:
    assert read_retired_things(Inputs()) == read_retired_things(Inputs(DATA))
