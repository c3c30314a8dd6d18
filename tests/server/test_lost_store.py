"""The folder of a writable store is lost under the real server, or is another user's."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.client import Client
from bench.endpoint import CPEC, TOKEN, Endpoint
from tests.mounting import mounted
from tests.waiting import wait_until

pytestmark = pytest.mark.long

NOBODY = 65534
NOT_ROOT = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
AS_NOBODY = (*NOT_ROOT, str(CPEC))
STARTS_ITSELF = "import subprocess, sys; subprocess.run([sys.executable, '-c', ''], check=True)"


def write(client: Client, number: int) -> int:
    """Return the status of a write."""
    return client.update(f"INSERT DATA {{ GRAPH <x:g> {{ <x:s> <x:p> {number} }} }}").status


def count(client: Client) -> int:
    """Return the number of triples in a store."""
    return len(client.query("SELECT * { ?s ?p ?o }").json["results"]["bindings"])


def serve(
    home: Path, store: Path, *options: str, command: tuple[str, ...] = (str(CPEC),)
) -> Endpoint:
    """Return a server of a store."""
    where = ("--empty", "--data-dir", str(store), *options)
    return Endpoint.start(home, *where, command=command, CPEC_TOKEN=TOKEN)


def test_a_volume_that_vanishes_makes_the_server_not_ready_and_no_start_fills_its_path(
    tmp_path: Path,
) -> None:
    disk, store = tmp_path / "disk", tmp_path / "store"
    with mounted(disk, "-t", "tmpfs", "tmpfs"), mounted(store, "--bind", str(disk)) as unmount:
        with serve(tmp_path, store, "--new") as endpoint:
            assert {write(endpoint.writer, number) for number in range(5)} == {200}
            ready = endpoint.client.get("/ready")
            assert ready.status == 200
            unmount()
            assert {write(endpoint.writer, number) for number in range(5, 10)} == {503}
            wait_until(lambda: endpoint.client.get("/ready").status == 503, "it is not ready")
            lost = endpoint.client.get("/ready").json
            assert f"{store} no longer leads to the store of this server" in lost["status"]
            assert f"{store}/lock: No such file or directory" in lost["status"]
            assert lost["version"] == ready.json["version"]
            assert endpoint.client.get("/feed").status == 503
            assert endpoint.client.get("/health").status == 200
            assert "cpec_ready 0\n" in endpoint.client.get("/metrics").text
            assert count(endpoint.client) == 5
        with pytest.raises(RuntimeError, match="holds no store: is its volume mounted"):
            serve(tmp_path, store)
        assert not [*store.iterdir()]
        with serve(tmp_path, disk) as endpoint:
            assert endpoint.client.get("/ready").json["version"] == ready.json["version"]
            assert count(endpoint.client) == 5


def test_a_start_that_does_not_fit_the_folder_says_what_to_do(tmp_path: Path) -> None:
    store = tmp_path / "store"
    with (
        serve(tmp_path, store, "--new"),
        pytest.raises(RuntimeError, match=f"{store} is in use by another server"),
    ):
        serve(tmp_path, store)
    with pytest.raises(RuntimeError, match="already holds a store: leave out --new"):
        serve(tmp_path, store, "--new")
    with pytest.raises(RuntimeError, match="--new makes the store of a --data-dir"):
        Endpoint.start(tmp_path, "--empty", "--new")
    (store / "identity").unlink()
    with pytest.raises(RuntimeError, match=f"`cpec migrate {store}` gives it one"):
        serve(tmp_path, store)
    words = [str(CPEC), "migrate", str(store)]
    dry = subprocess.run([*words, "--dry-run"], capture_output=True, text=True, check=True)
    assert "id: it has none" in dry.stdout
    assert not (store / "identity").exists()
    subprocess.run(words, check=True)
    named = json.loads((store / "identity").read_text())
    again = subprocess.run(words, capture_output=True, text=True, check=True)
    assert "id:" not in again.stdout
    assert json.loads((store / "identity").read_text()) == named
    serve(tmp_path, store).stop()
    assert "Traceback" not in (tmp_path / "log").read_text()


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder of the user nobody."""
    if os.getuid() or shutil.which("setpriv") is None:
        pytest.skip("a server runs as another user: run as root, with util-linux")
    if subprocess.run(
        [*NOT_ROOT, sys.executable, "-c", STARTS_ITSELF], capture_output=True, check=False
    ).returncode:
        pytest.skip("a server runs as another user: use a Python that every user can run")
    folder = Path(tempfile.mkdtemp())
    os.chown(folder, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


def test_an_unprivileged_user_serves_and_copies_its_store_and_no_other(
    place: Path, tmp_path: Path
) -> None:
    store, foreign, copy = place / "store", place / "foreign", place / "copy"
    with serve(tmp_path, store, "--new", command=AS_NOBODY) as endpoint:
        assert write(endpoint.writer, 1) == 200
        subprocess.run([*AS_NOBODY, "backup", str(store), str(copy)], check=True)
        assert not [path for path in place.rglob("*") if path.stat().st_uid != NOBODY]
        store.chmod(0)
        os.chown(store, 0, 0)
        wait_until(lambda: endpoint.client.get("/ready").status == 503, "it is not ready")
        assert "Permission denied" in endpoint.client.get("/ready").json["status"]
        assert write(endpoint.writer, 2) == 503
    os.chown(store, NOBODY, NOBODY)
    store.chmod(0o700)
    foreign.mkdir(mode=0o700)
    place.chmod(0o555)
    refused = (
        ("serve", "--empty", "--data-dir", str(foreign)),
        ("serve", "--empty", "--data-dir", str(foreign), "--new"),
        ("serve", "--empty", "--data-dir", str(place / "new"), "--new"),
        ("backup", str(store), str(place / "copy2")),
        ("backup", str(foreign), str(place / "copy2")),
        ("restore", str(copy), str(foreign)),
        ("restore", str(copy), str(place / "new")),
        ("migrate", str(foreign)),
    )
    for words in refused:
        done = subprocess.run(
            [*AS_NOBODY, *words], capture_output=True, text=True, check=False, cwd="/"
        )
        assert done.returncode in {1, 2}, (words, done.stderr)
        assert str(place) in done.stderr
        assert re.search("Permission denied|not readable", done.stderr), (words, done.stderr)
        assert "Traceback" not in done.stderr
