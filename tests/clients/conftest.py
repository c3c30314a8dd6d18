"""A real server on loopback, for clients that run as their own documentation shows them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from tests.default_signals import give_default_signals

ROOT: Final = Path(__file__).parents[2]
CPEC: Final = ROOT / ".venv" / "bin" / "cpec"
AREAS: Final = """\
PREFIX id: <https://w3id.org/cpec-graph/id/>
PREFIX cpec: <https://w3id.org/cpec-graph/ontology#>
SELECT ?area WHERE { id:Pakistan cpec:cooperatesIn ?area }
"""
TOKEN: Final = "a-token-that-is-long-enough-for-a-test"  # noqa: S105 - of these servers
KNOWN: Final = "https://w3id.org/cpec-graph/id/Artificial_Intelligence"


def pytest_configure() -> None:
    """Give what is started the default signals."""
    give_default_signals()


@contextmanager
def serve(folder: Path, *options: str | Path, **environment: str) -> Iterator[str]:
    """Serve with these options, and return the address, without a slash at its end."""
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            [CPEC, "serve", "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, "CPEC_BASE": "", **environment},
        ) as process,
    ):
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            assert line, (folder / "log").read_text("utf-8")
            yield line.split()[2].rstrip("/")
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the server, without a slash at its end."""
    folder = tmp_path_factory.mktemp("server")
    with serve(folder, "--out", folder / "build") as served:
        yield served


@pytest.fixture
def writable(tmp_path: Path) -> Iterator[str]:
    """The address of a server with an empty store, which takes writes with TOKEN."""
    options = "--empty", "--data-dir", tmp_path / "store", "--new"
    with serve(tmp_path, *options, CPEC_TOKEN=TOKEN) as served:
        yield served


@pytest.fixture(scope="session")
def query() -> str:
    """A query for the areas in which Pakistan cooperates."""
    return AREAS


@pytest.fixture(scope="session")
def areas(address: str) -> set[str]:
    """The rows that every client must get, read without any."""
    accept = {"Accept": "application/sparql-results+json"}
    asked = Request(f"{address}/sparql?{urlencode({'query': AREAS})}", headers=accept)
    with urlopen(asked) as reply:
        rows = json.load(reply)["results"]["bindings"]
    names = {row["area"]["value"] for row in rows}
    assert KNOWN in names
    return names
