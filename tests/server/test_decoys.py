"""The command runs its own code, also in a folder with modules of the same names."""

import os
import subprocess
from pathlib import Path

import pytest

from bench.endpoint import CPEC, Endpoint
from graph.snapshot import Snapshot
from tests.server.conftest import serving
from tests.waiting import COMMAND_TIME

pytestmark = pytest.mark.long

OURS = ("graph", "ontology", "queries", "server")
THEIRS = (
    "click",
    "flask",
    "httptools",
    "pyoxigraph",
    "pyshacl",
    "rdflib",
    "uvicorn",
    "uvloop",
    "yaml",
)
LIBRARY = ("dataclasses", "json", "pathlib", "runpy", "signal", "socket", "sitecustomize", "typing")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


@pytest.fixture(scope="module")
def decoys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of modules with the names of libraries, which end a process that imports one."""
    folder = tmp_path_factory.mktemp("decoys")
    for name in (*OURS, *THEIRS, *LIBRARY):
        (folder / f"{name}.py").write_text("raise SystemExit(f'the decoy {__file__}')")
    (folder / "question.rq").write_text("SELECT ?area { id:Pakistan cpec:cooperatesIn ?area }")
    return folder


@pytest.mark.parametrize(
    "command",
    [
        "ask parties",
        "build",
        "explain Pakistan cooperatesIn Artificial_Intelligence",
        "export --format jsonld",
        "query question.rq --cite",
        "validate",
    ],
)
def test_a_command_runs_in_a_folder_of_decoys(
    decoys: Path, snapshot: Snapshot, tmp_path: Path, command: str
) -> None:
    builds = tmp_path if command == "build" else snapshot.path.parent
    out = [] if command == "validate" else ["--out", str(builds)]
    done = subprocess.run(
        [str(CPEC), *command.split(), *out],
        capture_output=True,
        text=True,
        cwd=decoys,
        env=ENVIRONMENT,
        timeout=COMMAND_TIME,
        check=False,
    )
    assert (done.returncode, "decoy" in done.stderr) == (0, False), done.stderr
    assert done.stdout


def test_a_server_runs_in_a_folder_of_decoys(
    decoys: Path, snapshot: Snapshot, tmp_path: Path
) -> None:
    stand = ("env", "-C", str(decoys), "-u", "PYTHONPATH", str(CPEC))
    options = ("--out", str(snapshot.path.parent))
    with serving(tmp_path, *options, command=stand) as client:
        assert client.query("ASK { id:Pakistan a ?class }").status == 200
        assert client.get("/page/Pakistan").status == 200


def test_a_writer_runs_in_a_folder_of_decoys(decoys: Path, tmp_path: Path) -> None:
    stand = ("env", "-C", str(decoys), "-u", "PYTHONPATH", str(CPEC))
    with Endpoint.writable(tmp_path, "--empty", command=stand) as endpoint:
        assert endpoint.writer.update("INSERT DATA { <x:s> <x:p> <x:o> }").status == 200
        assert b"true" in endpoint.client.query("ASK { <x:s> ?p ?o }").body
