"""A backup of a writable store, taken while clients write: `cpec backup`, and a plain copy."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.client import Client
from bench.endpoint import CPEC, Endpoint
from tests.server.conftest import serving
from tests.server.test_receipt import receipt
from tests.waiting import join, wait_until

NUMBERS = "SELECT ?n { ?s <x:p> ?n } ORDER BY ?n"
BACKUPS = 4

pytestmark = pytest.mark.long


class Writer:
    """A client that writes one number after another, two triples each."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.acknowledged = -1
        self.ending = threading.Event()

    def write(self) -> None:
        """Write until the end."""
        while not self.ending.is_set():
            number = self.acknowledged + 1
            text = f"INSERT DATA {{ <x:a> <x:p> {number} . <x:b> <x:p> {number} }}"
            assert self.client.update(text).status == 200
            self.acknowledged = number


@contextmanager
def writing(home: Path) -> Iterator[Writer]:
    """Serve a store in `home/store`, and write to it meanwhile."""
    with Endpoint.writable(home, "--empty") as endpoint:
        writer = Writer(endpoint.writer)
        thread = threading.Thread(target=writer.write)
        thread.start()
        try:
            yield writer
        finally:
            writer.ending.set()
            join(thread)


def read_numbers(data: Path, home: Path) -> list[int]:
    """Return the numbers in a store, each as often as it is there, from a server of it."""
    home.mkdir()
    with serving(home, "--empty", "--data-dir", str(data)) as client:
        return [int(row["n"]["value"]) for row in client.query(NUMBERS).json["results"]["bindings"]]


def require_prefix(numbers: list[int], least: int) -> None:
    """Hold that numbers are 0, 0, 1, 1 and so on, up to `least` or later."""
    assert numbers == [number for number in range(len(numbers) // 2) for _ in range(2)]
    assert numbers[-1] >= least


def test_a_backup_has_each_write_that_was_acknowledged_before_it_and_none_in_part(
    tmp_path: Path,
) -> None:
    least = []
    with writing(tmp_path) as writer:
        for number in range(BACKUPS):
            wait_until(lambda: writer.acknowledged >= 0, "a write is acknowledged")
            least.append(writer.acknowledged)
            words = [str(CPEC), "backup", f"{tmp_path}/store", f"{tmp_path}/backup{number}"]
            subprocess.run(words, check=True)
    for number in range(BACKUPS):
        words = [str(CPEC), "restore", f"{tmp_path}/backup{number}", f"{tmp_path}/copy{number}"]
        subprocess.run(words, check=True)
        numbers = read_numbers(tmp_path / f"copy{number}", tmp_path / f"home{number}")
        require_prefix(numbers, least[number])


def test_a_receipt_from_before_a_backup_is_the_same_in_the_restored_store(tmp_path: Path) -> None:
    sentence = "<https://w3id.org/cpec-graph/id/a/s01>"
    text = f"""INSERT DATA {{ GRAPH {sentence} {{ <x:s> <x:p> <x:o> }} GRAPH graph:evidence {{
      <x:r> a rdf:Statement ; oa:hasSource {sentence} ; cpec:attributedTo <x:a> ;
        rdf:subject <x:s> ; rdf:predicate <x:p> ; rdf:object <x:o> }} }}"""
    queries = "SELECT ?o { <x:s> <x:p> ?o }", "SELECT (COUNT(?o) AS ?n) { <x:s> <x:p> ?o }"
    with Endpoint.writable(tmp_path, "--empty") as endpoint:
        assert endpoint.writer.update(text).status == 200
        receipts = [receipt(endpoint.client.query(query, receipt="")) for query in queries]
        words = [str(CPEC), "backup", f"{tmp_path}/store", f"{tmp_path}/backup"]
        subprocess.run(words, check=True)
    subprocess.run([str(CPEC), "restore", f"{tmp_path}/backup", f"{tmp_path}/copy"], check=True)
    (tmp_path / "home").mkdir()
    with serving(tmp_path / "home", "--empty", "--data-dir", str(tmp_path / "copy")) as client:
        for query, cited in zip(queries, receipts, strict=True):
            again = client.query(query, receipt=cited)
            assert again.headers["Receipt-Status"] == "same"
            hashes = receipt(again).partition(".")[2]
            assert hashes == cited.partition(".")[2]
            assert ".words-" in hashes


def test_a_plain_copy_under_writes_is_whole_or_refused(tmp_path: Path) -> None:
    with writing(tmp_path) as writer:
        wait_until(lambda: writer.acknowledged >= 0, "a write is acknowledged")
        for number in range(BACKUPS):
            words = ["cp", "--archive", f"{tmp_path}/store", f"{tmp_path}/copy{number}"]
            subprocess.run(words, check=False, stderr=subprocess.DEVNULL)
    for number in range(BACKUPS):
        try:
            numbers = read_numbers(tmp_path / f"copy{number}", tmp_path / f"home{number}")
        except RuntimeError:  # the server did not start: no link to the newest, or files missing
            continue
        require_prefix(numbers, 0)
