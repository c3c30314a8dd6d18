"""A server that follows a copy of a writable store: each write is there within seconds."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.client import Client
from bench.endpoint import CPEC, Endpoint, tune
from graph.snapshot import Snapshot
from tests.conftest import ROOT
from tests.waiting import COMMAND_TIME, wait_until

pytestmark = pytest.mark.long

ALL = "SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?p ?o"
GRAPHS = "SELECT ?g { GRAPH ?g {} } ORDER BY ?g"


@contextmanager
def follow(data: Path, *copies: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run `deploy/follow` until the block ends."""
    command = [ROOT / "deploy" / "follow", data, *copies]
    with subprocess.Popen(command, start_new_session=True) as process:
        try:
            yield process
        finally:
            process.terminate()


def write(endpoint: Endpoint, text: str) -> str:
    """Return the version that a write makes."""
    reply = endpoint.writer.update(text)
    assert reply.status == 200, reply.body
    return str(reply.json["version"])


def version(client: Client) -> str:
    """Return the version that a server has."""
    return str(client.get("/ready").json["version"])


def test_a_write_comes_to_a_follower_with_its_conclusions_and_its_version(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    with (
        Endpoint.writable(tmp_path / "w", "--out", str(snapshot.path.parent)) as writer,
        follow(tmp_path / "w" / "store", copy),
    ):
        wait_until((copy / "current").exists, "there is a copy")
        with Endpoint.start(tmp_path / "r", "--data-dir", str(copy), "--follow") as reader:
            starts = zygotes(reader)
            for number, text in enumerate(
                (
                    "INSERT DATA { GRAPH <urn:g> { id:Nepal a cpec:Country ; rdfs:label 'N' } }",
                    "CREATE GRAPH <urn:empty>",
                    "INSERT DATA { GRAPH id:a\\/s01 { id:Nepal cpec:jointPartyTo id:CPEC } }",
                    "DROP GRAPH <urn:empty>; INSERT DATA { GRAPH <urn:g> { [] rdfs:label 'b' } }",
                    "DELETE WHERE { GRAPH id:a\\/s01 { ?s ?p ?o } }",
                )
            ):
                its = write(writer, text)
                wait_until(lambda its=its: version(reader.client) == its, "the reader has it")  # type: ignore[misc]
                for query in (ALL, GRAPHS):
                    named = {"version": its}
                    bodies = [c.query(query, **named).body for c in (writer.client, reader.client)]
                    assert bodies[0] == bodies[1], number
            assert zygotes(reader) == starts, "nothing was loaded anew"
            assert reader.writer.update("INSERT DATA {}").status == 403
            assert reader.client.get(f"/feed/{its}").status == 200


def zygotes(endpoint: Endpoint) -> int:
    """Return how many zygotes have started."""
    (line,) = [
        line
        for line in endpoint.client.get("/metrics").body.decode().splitlines()
        if line.startswith("cpec_engine_zygote_starts_total ")
    ]
    return int(line.split()[-1])


def test_a_follower_that_was_away_and_one_without_a_log_load_the_newest_version(
    tmp_path: Path,
) -> None:
    copy = tmp_path / "copy"
    with Endpoint.writable(tmp_path / "w", "--empty", command=tune(change_log=0)) as writer:
        with follow(tmp_path / "w" / "store", copy):
            first = write(writer, "INSERT DATA { <urn:s> <urn:p> 1 }")
            wait_until(lambda: (copy / "current").resolve().name == first, "the copy has gone back")
        with Endpoint.start(tmp_path / "r", "--data-dir", str(copy), "--follow") as reader:
            assert version(reader.client) == first
            for number in range(5):
                last = write(writer, f"INSERT DATA {{ <urn:s> <urn:p> {number} }}")
            with follow(tmp_path / "w" / "store", copy):
                wait_until(
                    lambda: version(reader.client) == last, "the reader has the last version"
                )
            answer = reader.client.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "text/csv")
            assert answer.body == b"n\r\n5\r\n"
            assert len([*(copy / "generations").iterdir()]) <= 3


def test_what_is_no_copy_is_not_followed(tmp_path: Path) -> None:
    for options, words in (
        (("--data-dir", str(tmp_path)), b"is no copy of a store (deploy/follow)"),
        ((), b"--follow needs --data-dir"),
        (("--data-dir", str(tmp_path), "--empty"), b"--follow needs --data-dir, and excludes"),
    ):
        command = [str(CPEC), "serve", "--port", "0", "--follow", *options]
        done = subprocess.run(command, capture_output=True, check=False, timeout=COMMAND_TIME)
        assert done.returncode in {1, 2}
        assert words in done.stderr.replace(b"\n", b" ")
        assert b"Traceback" not in done.stderr
