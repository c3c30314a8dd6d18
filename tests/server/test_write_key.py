"""A write with an Idempotency-Key is made once, and its client learns what became of it."""

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from bench.client import UPDATE, Client
from bench.endpoint import Endpoint
from bench.wire import Reply
from tests.waiting import join, wait_until

ADDS = "INSERT { ?new <x:p> 1 } WHERE { BIND(UUID() AS ?new) }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s <x:p> 1 }"
NUMBERS = count()


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """A server that takes writes into an empty store."""
    with Endpoint.writable(tmp_path_factory.mktemp("keys"), "--empty") as endpoint:
        yield endpoint


@pytest.fixture
def key() -> str:
    """A key that no other test has."""
    return f"key-{next(NUMBERS)}"


def update(client: Client, key: str, text: str = ADDS) -> Reply:
    """Send an update with a key."""
    return client.send("POST", "/update", text, Content_Type=UPDATE, Idempotency_Key=key)


def count_rows(client: Client) -> int:
    """Return the number of triples that ADDS has added."""
    return int(client.query(COUNT).json["results"]["bindings"][0]["n"]["value"])


def test_a_repeated_write_is_made_once_and_answered_alike(endpoint: Endpoint, key: str) -> None:
    writer = endpoint.writer
    before = count_rows(writer)
    with ThreadPoolExecutor(4) as threads:
        replies = list(threads.map(lambda _: update(writer, key), range(4)))
    assert [reply.status for reply in replies] == [200] * 4
    assert len({reply.body for reply in replies}) == 1
    assert update(writer, f'"{key}"').body == replies[0].body
    assert count_rows(writer) == before + 1
    settled = writer.get(f"/writes/{key}")
    assert (settled.status, settled.json) == (200, {"done": True, **replies[0].json})


def test_another_write_with_the_same_key_is_refused(endpoint: Endpoint, key: str) -> None:
    writer = endpoint.writer
    version = update(writer, key).json["version"]
    others = [
        update(writer, key, ADDS + " "),
        writer.send(
            "PUT", "/store?graph=x:g", b"", Content_Type="text/turtle", Idempotency_Key=key
        ),
    ]
    assert [reply.status for reply in others] == [422, 422]
    assert writer.get(f"/writes/{key}").json["version"] == version


def test_a_key_that_is_not_done_is_closed_when_its_client_asks(
    endpoint: Endpoint, key: str
) -> None:
    writer = endpoint.writer
    before = count_rows(writer)
    for _ in range(2):
        assert writer.get(f"/writes/{key}").json == {"done": False}
    late = update(writer, key)
    assert (late.status, "closed" in late.json["detail"]) == (409, True)
    assert count_rows(writer) == before


def test_a_write_that_changes_nothing_is_done_and_a_refused_one_is_not(
    endpoint: Endpoint, key: str
) -> None:
    writer = endpoint.writer
    assert update(writer, key, "INSERT DATA {").status == 400
    nothing = update(writer, key, "DELETE DATA { <x:none> <x:p> 2 }")
    assert (nothing.status, nothing.json["removed"]) == (200, 0)
    assert writer.get(f"/writes/{key}").json == {"done": True, **nothing.json}


def test_a_graph_that_a_write_creates_has_one_name(endpoint: Endpoint, key: str) -> None:
    replies = [
        endpoint.writer.send(
            "POST", "/store", "<x:a> <x:b> 1 .", Content_Type="text/turtle", Idempotency_Key=key
        )
        for _ in range(2)
    ]
    assert [reply.status for reply in replies] == [201, 201]
    assert len({reply.headers["Location"] for reply in replies}) == 1
    assert replies[0].body == replies[1].body


def test_a_key_belongs_to_a_writer(endpoint: Endpoint, key: str) -> None:
    assert update(endpoint.writer, key).status == 200
    stranger = replace(endpoint.writer, token=None)
    assert stranger.get(f"/writes/{key}").status == 401
    for wrong in ("", "a b", 'a"b', "ä", "x" * 256):
        assert update(endpoint.writer, wrong).status == 400, wrong
    assert endpoint.writer.get("/writes/" + "x" * 256).status == 400


@pytest.mark.long
def test_keys_outlive_the_server_and_belong_to_its_token(tmp_path: Path) -> None:
    with Endpoint.writable(tmp_path, "--empty") as endpoint:
        done = update(endpoint.writer, "done")
        assert endpoint.writer.get("/writes/closed").json == {"done": False}
        endpoint.kill()
    with Endpoint.writable(tmp_path, "--empty") as endpoint:
        assert update(endpoint.writer, "done").body == done.body
        assert endpoint.writer.get("/writes/done").json == {"done": True, **done.json}
        assert update(endpoint.writer, "closed").status == 409
    (tmp_path / "token").write_text(other := "another-token-that-is-just-as-long", "ascii")
    options = ("--token-file", str(tmp_path / "token"), "--data-dir", str(tmp_path / "store"))
    with Endpoint.start(tmp_path, *options, "--empty") as endpoint:
        owner = replace(endpoint.client, token=other)
        assert update(owner, "done", ADDS + " ").status == 200
        assert count_rows(owner) == 2


def send_until_gone(client: Client, name: str, sent: list[str]) -> None:
    """Write one value after another, each under itself as its key, until the server is gone."""
    with suppress(OSError):
        for number in count():
            sent.append(f"{name}-{number}")
            update(client, sent[-1], f'INSERT DATA {{ <x:s> <x:k> "{sent[-1]}" }}')


@pytest.mark.long
@pytest.mark.parametrize("part", ["serve", "writer"])
def test_what_is_said_of_a_lost_write_is_true(tmp_path: Path, part: str) -> None:
    """Processes are killed within writes: a write is done if and only if it is in the data."""
    sent: list[str] = []
    for name in range(4):
        with Endpoint.writable(tmp_path, "--empty") as endpoint:
            thread = threading.Thread(
                target=send_until_gone, args=(endpoint.writer, str(name), sent)
            )
            thread.start()
            for _ in range(1 if part == "serve" else 3):
                enough = len(sent) + 2  # one is answered, and one is under way
                wait_until(lambda enough=enough: len(sent) >= enough, "two more are sent")  # type: ignore[misc]
                for pid in endpoint.tree.parts()[part]:
                    os.kill(pid, signal.SIGKILL)
            endpoint.kill()
            join(thread)
    with Endpoint.writable(tmp_path, "--empty") as endpoint:
        rows = endpoint.writer.query("SELECT ?k { ?s <x:k> ?k }").json["results"]["bindings"]
        done = {key for key in sent if endpoint.writer.get(f"/writes/{key}").json["done"]}
    assert done == {row["k"]["value"] for row in rows}
    assert done
