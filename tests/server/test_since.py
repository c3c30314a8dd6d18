"""`since=RECEIPT` on a query: the rows that came and went over HTTP, and the refusals."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.client import Client
from bench.endpoint import Endpoint, tune
from ontology.namespace import ID
from tests.server.test_receipt import receipt
from tests.waiting import wait_until

OBJECTS = "SELECT ?o { ?s <x:p> ?o }"
SENTENCE = f"{ID}article/s01"


def state(value: str) -> str:
    """Return the update that makes a sentence state a value alone."""
    graph = f"GRAPH <{SENTENCE}>"
    return (
        f"DELETE WHERE {{ {graph} {{ <x:s> <x:p> ?o }} }} ; "
        f"INSERT DATA {{ {graph} {{ <x:s> <x:p> '{value}' }} }}"
    )


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client that may write, of a server with a store that started empty."""
    with Endpoint.writable(tmp_path_factory.mktemp("since"), "--empty") as endpoint:
        yield endpoint.writer


def test_the_rows_since_a_receipt_have_their_writes_and_sentences(writer: Client) -> None:
    assert writer.update(state("old")).status == 200
    earlier = receipt(writer.query(OBJECTS, receipt=""))
    version = writer.update(state("new")).json["version"]
    reply = writer.query(OBJECTS, since=earlier)
    assert (reply.status, reply.type) == (200, "application/json")
    assert reply.headers["Cache-Control"] == "no-store"
    change = reply.json
    assert (change["since"], change["version"]) == (earlier.partition(".")[0], version)
    ((came,), (went,)) = change["came"], change["went"]
    assert [row["row"]["o"]["value"] for row in (came, went)] == ["new", "old"]
    assert {row["write"] for row in (came, went)} == {version}
    assert came["sources"] == went["sources"] == [SENTENCE]
    assert writer.query(OBJECTS, "text/csv").text == "o\r\nnew\r\n"
    assert (
        writer.query(OBJECTS, since=receipt(writer.query(OBJECTS, receipt=""))).json["came"] == []
    )


def test_a_row_that_came_and_went_is_no_change(writer: Client) -> None:
    writer.update(state("here"))
    earlier = receipt(writer.query(OBJECTS, receipt=""))
    writer.update(state("there"))
    writer.update(state("here"))
    change = writer.query(OBJECTS, since=earlier).json
    assert (change["came"], change["went"]) == ([], [])


@pytest.mark.parametrize("version", ["0123456789abcdef", "000000000-0000"])
def test_the_receipt_of_another_is_gone_and_the_oldest_is_named(
    writer: Client, version: str
) -> None:
    reply = writer.query(OBJECTS, since=version)
    assert reply.status == 410
    oldest = reply.json["detail"].partition("the oldest version is ")[2].partition(".")[0]
    assert writer.query(OBJECTS, since=oldest).status == 200


def test_the_receipt_of_another_query_is_gone(writer: Client) -> None:
    writer.update(state("here"))
    earlier = receipt(writer.query("SELECT ?s { ?s <x:p> ?o }", receipt=""))
    reply = writer.query(OBJECTS, since=earlier)
    assert reply.status == 410
    assert "rows are those of another query" in reply.json["detail"]


def test_the_receipt_of_another_graph_is_changed_and_gone(writer: Client, client: Client) -> None:
    foreign = receipt(client.query(OBJECTS, receipt=""))
    writer.update(state("here"))
    assert writer.query(OBJECTS, receipt=foreign).headers["Receipt-Status"] == "changed"
    assert writer.query(OBJECTS, since=foreign).status == 410


def test_a_server_without_room_for_changes_names_the_last_version(tmp_path: Path) -> None:
    with Endpoint.writable(tmp_path, "--empty", command=tune(change_log=0)) as endpoint:
        writer = endpoint.writer
        writer.update(state("old"))
        earlier = receipt(writer.query(OBJECTS, receipt=""))
        version = writer.update(state("new")).json["version"]
        wait_until(
            lambda: writer.query(OBJECTS, since=earlier).status == 410,
            "the earlier answer is forgotten",
        )
        assert version in writer.query(OBJECTS, since=earlier).json["detail"]


@pytest.mark.parametrize(
    ("text", "given", "words"),
    [
        (OBJECTS, {"since": ""}, "is no receipt"),
        (OBJECTS, {"since": "a b"}, "is no receipt"),
        ("ASK { ?s ?p ?o }", {}, "SELECT query"),
        ("SELECT * { ?s ?p ?o } OFFSET 1", {}, "which rows come first"),
        ("SELECT nonsense", {}, "line 1"),
    ],
)
def test_a_question_that_cannot_be_compared_is_refused(
    writer: Client, text: str, given: dict[str, str], words: str
) -> None:
    earlier = receipt(writer.query(OBJECTS, receipt=""))
    reply = writer.query(text, **({"since": earlier} | given))
    assert (reply.status, words in reply.json["detail"]) == (400, True)


def test_sources_cannot_be_excluded_from_a_change(writer: Client) -> None:
    reply = writer.query(OBJECTS, since="000000001-ab", without=SENTENCE)
    assert (reply.status, reply.json["detail"][:22]) == (400, "since takes no without")


def test_a_store_whose_default_graph_is_its_own_keeps_no_changes(open_store: Client) -> None:
    reply = open_store.query(OBJECTS, since="000000001-ab")
    assert (reply.status, "keeps changes" in reply.json["detail"]) == (404, True)
