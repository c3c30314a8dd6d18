"""Names that are not used any more: gone, or merged into another."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from bench.client import Client
from graph.curating.master import DATA, Inputs, Retired, read_retired_things
from graph.engine.account import Accounts
from graph.engine.engine import Engine
from graph.engine.engine_settings import EngineSettings
from graph.engine.supervision.supervisor import Supervisor
from graph.snapshot import Snapshot
from ontology.namespace import ID
from ontology.terms import CPEC
from server.front.front import Front, open_front
from server.front.fronts import listen
from server.settings import Settings
from server.site import Site

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
def retired_names(tmp_path_factory: pytest.TempPathFactory) -> Retired:
    data = tmp_path_factory.mktemp("data")
    (data / "retired.ttl").write_text(RETIRED)
    return Retired.read(Inputs(data))


@pytest.fixture(scope="module")
def client(snapshot: Snapshot, retired_names: Retired) -> Iterator[Client]:
    """A client of a front in this process, with retired names."""
    engine_settings = EngineSettings(source=snapshot.quads_file)
    (listener,) = listen("127.0.0.1", 0, 10, 1)

    async def run() -> None:
        register, line = supervisor.zygotes.register, supervisor.open_channel()
        engine = await Engine.open(engine_settings, line, register, Accounts.create())
        site = Site.start(engine, engine_settings, Settings(threads=4), retired=retired_names)
        fronts.append(open_front(site, listener))
        await fronts[0].answer()
        await engine.drain(1)
        await engine.leave()

    fronts: list[Front] = []
    with closing(Supervisor(engine_settings)) as supervisor:
        supervisor.start()
        thread = threading.Thread(target=lambda: asyncio.run(run()))
        thread.start()
        yield Client(f"http://127.0.0.1:{listener.getsockname()[1]}")
        fronts[0].end()
        thread.join(30)
        assert not thread.is_alive()


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


def test_a_name_that_replaces_itself_ends_the_search(retired_names: Retired) -> None:
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
