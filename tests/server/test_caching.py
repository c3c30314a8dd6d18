"""Entity tags, 304, dates, and the cache of answers."""

import os
import re
import shutil
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from bench.client import Client
from bench.wire import Reply
from graph.snapshot import Snapshot
from server.site import Clock
from tests.server.conftest import serving
from tests.server.tags import Tags

AREAS = "SELECT ?area { id:Pakistan cpec:cooperatesIn ?area }"
PATHS = [
    "/sparql?query=ASK%7B%7D",
    "/sparql",
    "/data/Pakistan.ttl",
    "/page/Pakistan",
    "/ontology",
    "/.well-known/void",
    "/context.jsonld",
    "/data/dumps/cpec-graph.ttl",
    "/questions/timeline",
    "/api/queries/timeline",
]


BEYOND = "Fri, 01 Jan 99999999999 00:00:00 GMT"
"""A date of no calendar, which is none for HTTP."""


@pytest.mark.parametrize("path", ["/static/site.css", "/data/dumps/cpec-graph.nq", PATHS[0]])
def test_a_date_beyond_all_calendars_is_ignored(client: Client, path: str) -> None:
    whole = client.get(path)
    for name in ("If-Modified-Since", "If-Unmodified-Since"):
        assert client.get(path, **{name: BEYOND}).status == 200
    reply = client.get(path, Range="bytes=0-9", **{"If-Range": BEYOND})
    assert (reply.status, reply.body) == (200, whole.body)


def test_a_page_has_its_style_and_scripts_without_asking_anew(client: Client) -> None:
    tags = [of for path in ("/sparql", "/explore") for _, of in Tags(page(client, path)).found]
    loaded = {link for of in tags for link in (of.get("src"), of.get("href")) if is_static(link)}
    assert len(loaded) == 8
    for address in filter(None, loaded):
        reply = client.get(address)
        assert (reply.status, len(reply.body) > 100) == (200, True)
        assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("version", ["", "?v=", "?v=0123456789abcdef"])
def test_a_style_of_another_version_is_not_kept(client: Client, version: str) -> None:
    reply = client.get(f"/static/site.css{version}")
    assert (reply.status, reply.headers["Cache-Control"]) == (200, "no-cache")
    again = client.get(f"/static/site.css{version}", If_None_Match=reply.headers["ETag"])
    assert again.status == 304


def test_no_path_leads_out_of_the_static_files(client: Client) -> None:
    for path in ("nothing.css", "vendor", "../app.py", "vendor/../../app.py", "..%2fapp.py"):
        assert client.get(f"/static/{path}?v=").status == 404


def page(client: Client, path: str) -> str:
    return client.get(path, Accept="text/html").text


def is_static(address: str | None) -> bool:
    return bool(address and address.startswith("/static/"))


@pytest.mark.parametrize("path", PATHS)
def test_what_the_client_has_is_not_sent_again(client: Client, path: str) -> None:
    first = settle(client, path)
    tag = first.headers["ETag"]
    assert first.status == 200
    assert re.fullmatch(r'"[^"]+"', tag)
    assert first.headers["Last-Modified"].endswith(" GMT")
    again = client.get(path, If_None_Match=f'"other", {tag}')
    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == tag
    for name in ("Vary", "Cache-Control"):
        assert again.headers[name] == first.headers[name]
    assert client.get(path, If_None_Match='"other"').status == 200


def settle(client: Client, path: str) -> Reply:
    """Return the reply that comes twice: a page that waits too long for its receipt has none."""
    for _ in range(60):
        first, again = client.get(path), client.get(path)
        if first.headers["ETag"] == again.headers["ETag"]:
            return first
    raise AssertionError(f"{path} is another page each time")


def test_a_tag_of_one_format_is_not_that_of_another(client: Client) -> None:
    tags = {
        client.query(AREAS, accept).headers["ETag"]
        for accept in ("text/csv", "application/sparql-results+json", "text/tab-separated-values")
    }
    assert len(tags) == 3


def test_any_tag_at_all_is_that_of_an_answer_that_there_is(client: Client) -> None:
    assert client.get("/sparql?query=ASK%7B%7D", If_None_Match="*").status == 304
    assert client.get("/sparql?query=ASK%7B", If_None_Match="*").status == 400


@pytest.mark.parametrize(
    "text",
    [
        "SELECT (STRUUID() AS ?x) {}",
        "construct { _:x rdfs:seeAlso ?area } { id:Pakistan cpec:cooperatesIn ?area }",
        "CONSTRUCT { [] rdfs:seeAlso ?area } { id:Pakistan cpec:cooperatesIn ?area }",
        "CONSTRUCT { <x:s> rdfs:seeAlso (?area) } { id:Pakistan cpec:cooperatesIn ?area }",
        "CONSTRUCT { <x:s> <x:p> 1 {| <x:q> 2 |} } {}",
        "CONSTRUCT { <x:s> <x:p> 1 ~ } {}",
        "CONSTRUCT { << <x:s> <x:p> 1 >> <x:q> 2 } {}",
        "CONSTRUCT { <x:s> <x:p> 1 ~ <x:r> {| <x:q> 2 |} . _:b <x:p> 3 } {}",
        "# to CONSTRUCT {}\nCONSTRUCT { [] <x:p> 1 } {}",
        "CONSTRUCT # }\n{ <x:s> <x:p> '}' . [] <x:p> 1 } {}",
    ],
)
def test_a_query_that_answers_differently_each_time_is_not_kept(client: Client, text: str) -> None:
    first, second = client.query(text), client.query(text)
    assert first.body != second.body
    assert first.headers["ETag"] is None
    assert first.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "text",
    [
        "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o FILTER (?s = id:Pakistan) }",
        "CONSTRUCT { ?s ?p '[] _:b' } # []\n{ VALUES (?s ?p) { (<x:a> <x:p>) (<x:s> <x:p>) } }",
        "PREFIX x: <x:CONSTRUCT> SELECT ('CONSTRUCT { [] }' AS ?x) {}",
    ],
)
def test_a_graph_that_is_the_same_each_time_is_kept(client: Client, text: str) -> None:
    first = client.query(text)
    assert first.headers["ETag"]
    assert client.query(text).body == first.body


def test_a_second_answer_comes_from_the_cache(client: Client) -> None:
    text = f"{AREAS} # asked twice"
    timings = [client.query(text).headers["Server-Timing"] for _ in range(12)]
    assert "engine;dur=" in timings[0]
    assert any("cache;dur=" in timing for timing in timings), "each front keeps its own"


def test_a_write_makes_old_tags_untrue(writer: Client) -> None:
    path = "/sparql?query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D"
    tag = writer.get(path).headers["ETag"]
    assert writer.get(path, If_None_Match=tag).status == 304
    writer.update("INSERT DATA { <x:s> <x:p> 1 }")
    again = writer.get(path, If_None_Match=tag)
    assert (again.status, again.json["boolean"]) == (200, True)


def test_what_is_served_was_not_modified_after_now() -> None:
    now, clock = time.time(), Clock("one")
    assert now - 1 <= read_date(clock.last_modified("one")) <= time.time()
    clock.seconds = now + 3600  # as where the system's clock is set back an hour
    assert read_date(clock.last_modified("one")) <= time.time()
    assert read_date(clock.last_modified("two")) <= time.time()


def read_date(date: str) -> float:
    """The seconds of a date of HTTP."""
    return parsedate_to_datetime(date).timestamp()


@pytest.mark.long
def test_a_dump_with_a_date_to_come_was_modified_now(snapshot: Snapshot, tmp_path: Path) -> None:
    shutil.copytree(snapshot.path.parent, tmp_path / "out", symlinks=True)
    for file in (tmp_path / "out").rglob("*.nt"):
        os.utime(file, (4e9, 4e9))
    with serving(tmp_path, "--out", str(tmp_path / "out")) as client:
        modified = client.get("/data/dumps/cpec-graph.nt").headers["Last-Modified"]
    assert parsedate_to_datetime(modified) <= datetime.now(UTC)


@pytest.mark.parametrize(
    "path", ["/sparql?query=ASK%7B%7D&", "/api/queries/timeline?", "/page/China?"]
)
def test_who_names_a_version_gets_that_one_or_is_told_which_there_is(
    client: Client, path: str
) -> None:
    version = client.get("/ready").json["version"]
    assert client.get(f"{path}version={version}").status == 200
    other = client.get(f"{path}version=0123456789abcdef", Accept="application/json")
    assert other.status == 409
    assert other.json["version"] == version
