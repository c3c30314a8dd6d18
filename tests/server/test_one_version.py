"""An answer is of one version of the dataset, and of the one that `version=` names."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from bench.client import Client
from graph.answering.evaluation import Query
from graph.answering.format import RESULTS
from server.app import create_app
from server.engine.front.reply import Reply
from server.engine.front.wsgi import Scope
from server.exchange import Exchanges, exchange
from server.graph_settings import GraphSettings
from server.request import Update
from server.response import evaluate_async
from server.settings import Settings
from server.site import Site
from tests.server.engine.local_engine import LocalEngine
from tests.waiting import join

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

STEP = (
    "DELETE {{ ?x <x:n> ?n }} INSERT {{ <x:s> <x:n> {0} }} WHERE {{ OPTIONAL {{ ?x <x:n> ?n }} }}"
)
READ = "SELECT ?n { <x:s> <x:n> ?n }"
PATHS = [f"/sparql?query={quote(READ)}", "/store?default", "/explore?around=x:s"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site of a writable engine in this process."""
    settings = GraphSettings(data_dir=tmp_path_factory.mktemp("store"))
    with LocalEngine.start(settings) as engine:
        yield Site(engine, Settings(log="text"))


async def ask(application: Exchanges, path: str) -> tuple[int, bytes]:
    """Return status and body of the answer to a GET."""
    messages: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        messages.append(message)

    raw_path, _, query = path.encode().partition(b"?")
    scope: Scope = {"method": "GET", "scheme": "http", "http_version": "1.1", "raw_path": raw_path}
    headers = [(b"host", b"localhost")]
    scope |= {"query_string": query, "headers": headers, "server": None, "client": None}
    await application(scope, receive, send)
    return messages[0]["status"], messages[1]["body"]  # type: ignore[return-value]


def write(site: Site, number: int) -> str:
    """Replace the number of the dataset, and return the version."""
    return site.engine.update(Update(STEP.format(number))).version


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_is_of_the_version_that_its_request_names(site: Site, path: str) -> None:
    application = create_app(site).application
    numbers = iter(range(2))

    async def write_and_answer(environ: WSGIEnvironment) -> Reply:
        if exchange().error is None and (number := next(numbers, None)) is not None:
            await asyncio.to_thread(write, site, number)
        return await application(environ)

    version = write(site, -1)
    for named in (version, f"{version}.."):
        assert site.engine.wait(ask(create_app(site), f"{path}&version={named}"))[0] == 200
    asked = ask(Exchanges(site, write_and_answer), f"{path}&version={version}")
    status, body = site.engine.wait(asked)
    assert (status, json.loads(body)["version"]) == (409, site.engine.version)


async def read_number(site: Site) -> int:
    """Return the number of the dataset."""
    answer = (await evaluate_async(site, Query(READ, RESULTS["csv"], None))).answer
    return int(answer.body.split()[1])


@pytest.mark.parametrize(("writes", "equal"), [(0, True), (1, True), (9, False)])
def test_an_answer_of_two_versions_is_computed_anew_once(
    site: Site, writes: int, equal: bool
) -> None:
    numbers, passes = iter(range(writes)), []

    async def compare(_environ: WSGIEnvironment) -> Reply:
        first = await read_number(site)
        if (number := next(numbers, None)) is not None:
            await asyncio.to_thread(write, site, number)
        passes.append((first, await read_number(site)))
        return Reply(json.dumps(passes[-1]).encode())

    write(site, -1)
    _, body = site.engine.wait(ask(Exchanges(site, compare), "/"))
    first, second = json.loads(body)
    assert (first == second, len(passes)) == (equal, 1 + bool(writes))


@pytest.mark.long
def test_a_reader_beside_a_writer_gets_the_version_that_it_names(writer: Client) -> None:
    versions: dict[str, str] = {}
    ended = threading.Event()
    answers = []

    def write_on() -> None:
        for number in range(100):
            versions[writer.update(STEP.format(number)).json["version"]] = str(number)
        ended.set()

    writing = threading.Thread(target=write_on)
    writing.start()
    while not ended.is_set():
        version = writer.get("/ready").json["version"]
        answers.append((version, writer.query(READ, "text/csv", version=version)))
    join(writing)
    for version, answer in answers:
        if answer.status == 200 and version in versions:
            assert answer.text.split()[1:] == [versions[version]]
        assert answer.status in {200, 409}


def test_an_open_version_is_that_of_a_store_or_a_later_one(site: Site) -> None:
    application, former = create_app(site), write(site, 5)
    version = write(site, 6)
    other = f"{version[:9]}-00000000"
    later = f"{int(version[:9]) + 1:09d}-00000000"
    statuses = {
        named: site.engine.wait(ask(application, f"{PATHS[0]}&version={named}"))[0]
        for named in (f"{former}..", f"{version}..", f"{other}..", f"{later}..", "..", "2af21f66..")
    }
    assert [*statuses.values()] == [200, 200, 409, 409, 409, 409]
