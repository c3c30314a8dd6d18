"""Commands and a folder of one's own data: they answer from it, and never replace its snapshot."""

import shutil
from pathlib import Path

import pytest

from bench.endpoint import Endpoint
from graph.curating.master import Inputs
from graph.current_snapshot import choose_snapshot
from graph.errors import OtherDataError
from graph.snapshot import Snapshot, current_snapshot
from tests.first_article import copy_first_article, write_closed
from tests.server.conftest import Run

ASK = ("query", "-", "--format", "csv")
PORT = "SELECT ?label { id:Own_Port rdfs:label ?label }"


@pytest.fixture(scope="module")
def own_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged data, of one article, and a thing more, in a folder with a space in its name."""
    folder = copy_first_article(tmp_path_factory.mktemp("my own"))
    with (folder / "entities.ttl").open("a", encoding="utf-8") as file:
        file.write('id:Own_Port a cpec:Place ; rdfs:label "Own Port"@en .\n')
    return folder


@pytest.fixture(scope="module")
def own_build(own_data: Path) -> Snapshot:
    """The snapshot of the own data."""
    return write_closed(Inputs(own_data), own_data.parent / "first builds")


@pytest.fixture
def own(own_build: Snapshot, tmp_path: Path) -> Path:
    """A folder of builds whose current snapshot is the one of the own data."""
    builds = tmp_path / "my builds"
    shutil.copytree(own_build.path.parent, builds, symlinks=True)
    return builds


def test_a_snapshot_of_own_data_is_asked_as_it_is(run: Run, own: Path, own_data: Path) -> None:
    before = current_snapshot(own)
    done = run(*ASK, "--out", str(own), stdin=PORT)
    assert (done.returncode, done.stdout) == (0, "label\nOwn Port\n")
    assert before is not None
    assert done.stderr == f"{before.origin}, version {before.version}\n"
    assert str(before.origin).startswith(f"{own_data} data ")
    assert current_snapshot(own) == before


def test_it_is_served_as_it_is(own: Path, own_data: Path, tmp_path: Path) -> None:
    before = current_snapshot(own)
    with Endpoint.start(tmp_path, "--out", str(own)) as endpoint:
        assert "Own Port" in endpoint.client.query(PORT, format="csv").text
    assert before is not None
    assert f"{before.origin}, version {before.version}\n" in (tmp_path / "log").read_text()
    assert current_snapshot(own) == before


@pytest.mark.parametrize("command", [("build",), ("ask", "parties", "--data", "packaged")])
def test_the_packaged_data_do_not_replace_it(run: Run, own: Path, command: tuple[str, ...]) -> None:
    before = current_snapshot(own)
    done = run(*command, "--out", str(own))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"cpec: {own}/current is built from " in done.stderr
    assert "`cpec build --data DATA --out OUT` replaces it" in done.stderr
    assert current_snapshot(own) == before


def test_a_build_that_began_before_it_does_not_replace_it(own: Path, tmp_path: Path) -> None:
    builds = tmp_path / "builds"
    builds.mkdir()

    def build_own_data(folder: Path) -> None:
        shutil.copytree(own, folder, symlinks=True, dirs_exist_ok=True)

    with pytest.raises(OtherDataError):
        choose_snapshot(builds, None, build_own_data)
    assert current_snapshot(builds) is not None


@pytest.mark.long
def test_a_folder_of_data_that_changes_is_built_again(
    run: Run, own: Path, own_data: Path, tmp_path: Path
) -> None:
    data = tmp_path / "moved"
    shutil.copytree(own_data, data)
    asked = (*ASK, "--data", str(data), "--out", str(own))
    before = current_snapshot(own)
    assert "Own Port" in run(*asked, stdin=PORT).stdout
    assert current_snapshot(own) == before
    (data / "entities.ttl").write_text((data / "entities.ttl").read_text().replace("Own P", "P"))
    assert "is built from" in run(*asked, stdin=PORT).stderr
    assert run("build", "--data", str(data), "--out", str(own)).returncode == 0
    assert run(*ASK, "--out", str(own), stdin=PORT).stdout == "label\nPort\n"


@pytest.mark.long
def test_each_folder_of_data_has_its_own_cache(run: Run, own_data: Path) -> None:
    done = run(*ASK, "--data", str(own_data), stdin=PORT)
    assert (done.stdout, "building the graph" in done.stderr) == ("label\nOwn Port\n", True)
    assert run(*ASK, stdin=PORT).stdout == "label\n"
    assert "building the graph" not in run(*ASK, "--data", str(own_data), stdin=PORT).stderr


def test_own_data_that_are_no_folder_are_named(run: Run, tmp_path: Path) -> None:
    done = run("ask", "parties", "--data", str(tmp_path / "none"))
    assert (done.returncode, f"'{tmp_path}/none' does not exist" in done.stderr) == (2, True)
    done = run("ask", "parties", "--data", str(tmp_path))
    assert (done.returncode, "holds no .ttl and no .trig file" in done.stderr) == (1, True)
