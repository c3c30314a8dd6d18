"""Snapshots: generations, the link to the current one, and the removal of old ones."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from bench.graph import write_snapshot
from graph.build import Summary
from graph.snapshot import Origin, Snapshot, current_snapshot
from tests.conftest import ROOT


def one_quad(text: str) -> list[Quad]:
    return [Quad(NamedNode("x:s"), NamedNode("x:p"), Literal(text), NamedNode("x:g"))]


def write(builds: Path, text: str) -> Snapshot:
    return write_snapshot(builds, one_quad(text))


def name(text: str) -> str:
    """The name of the snapshot of a text."""
    line = f'<x:s> <x:p> "{text}" <x:g> .\n'
    return hashlib.sha256(line.encode()).hexdigest()[:16]


def generations(builds: Path) -> set[str]:
    return {path.name for path in builds.iterdir()}


def test_no_snapshot_is_none(tmp_path: Path) -> None:
    assert current_snapshot(tmp_path / "nowhere") is None


def test_the_generation_before_is_kept_and_older_ones_are_not(tmp_path: Path) -> None:
    for digit in "abc":
        write(tmp_path, digit)
    assert generations(tmp_path) == {name("b"), name("c"), "current"}
    assert current_snapshot(tmp_path) == Snapshot(tmp_path / name("c"))


def test_a_generation_that_is_held_is_kept_until_it_is_let_go(tmp_path: Path) -> None:
    with write(tmp_path, "a").hold():
        for digit in "bcd":
            write(tmp_path, digit)
        assert generations(tmp_path) == {name("a"), name("c"), name("d"), "current"}
    write(tmp_path, "e")
    assert generations(tmp_path) == {name("d"), name("e"), "current"}


HAMMER = """
import sys
from pathlib import Path
from tests.graph.test_snapshot import write
for number in range(20):
    write(Path(sys.argv[1]), "abc"[number % 3])
"""


@pytest.mark.long
def test_builds_at_the_same_time_do_not_disturb_each_other(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HAMMER, str(tmp_path)]
    builds = [subprocess.Popen(command, cwd=ROOT) for _ in range(4)]
    assert [build.wait(300) for build in builds] == [0, 0, 0, 0]
    assert current_snapshot(tmp_path) is not None
    assert set(generations(tmp_path)) <= {name("a"), name("b"), name("c"), "current"}
    assert len(generations(tmp_path)) <= 3


def test_a_generation_without_a_manifest_is_thrown_away(tmp_path: Path) -> None:
    (write(tmp_path, "a").path / "manifest.json").unlink()
    for digit in "bc":
        write(tmp_path, digit)
    assert generations(tmp_path) == {name("b"), name("c"), "current"}


def test_what_is_not_a_generation_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    write(tmp_path, "a")
    assert "notes" in generations(tmp_path)


def test_the_same_build_again_leaves_an_open_store_alone(tmp_path: Path) -> None:
    store = write(tmp_path, "a").open()
    inode = (tmp_path / name("a")).stat().st_ino
    write(tmp_path, "a")
    assert (tmp_path / name("a")).stat().st_ino == inode
    assert len(store) == 2


def test_a_damaged_snapshot_is_replaced(tmp_path: Path) -> None:
    snapshot = write(tmp_path, "a")
    for path in (snapshot.path / "store").iterdir():
        path.unlink()
    assert len(write(tmp_path, "a").open()) == 2


def test_a_snapshot_of_which_the_quads_are_cut_short_is_replaced(tmp_path: Path) -> None:
    write(tmp_path, "a").quads_file.write_bytes(b"")
    assert write(tmp_path, "a").quads() == one_quad("a")
    assert generations(tmp_path) == {name("a"), "current"}


def test_a_snapshot_is_named_after_its_quads_and_not_after_its_inputs(tmp_path: Path) -> None:
    one, two = Origin("/data", "one", "code"), Origin("/data", "two", "code")
    first = write_snapshot(tmp_path, one_quad("a"), origin=one)
    with first.hold():
        again = write_snapshot(tmp_path, one_quad("a"), origin=two)
        assert (again.path, again.origin) == (first.path, two)
        assert first.is_held
    assert write_snapshot(tmp_path, one_quad("b"), origin=two).path != first.path


def test_what_is_damaged_is_named(tmp_path: Path) -> None:
    snapshot = write(tmp_path, "a")
    with snapshot.quads_file.open("ab") as file:
        file.write(b"<cut")
    with pytest.raises(OSError, match=r"damaged; remove .* and build again"):
        snapshot.quads()
    for table in (snapshot.path / "store").glob("*.sst"):
        table.write_bytes(b"damaged")
    with pytest.raises(OSError, match=r"damaged; remove .* and build again"):
        snapshot.open()


@pytest.mark.parametrize("text", ["{", "{}", "[1]", "1"])
def test_a_damaged_manifest_is_no_snapshot(tmp_path: Path, text: str) -> None:
    (write(tmp_path, "a").path / "manifest.json").write_text(text)
    assert current_snapshot(tmp_path) is None


def damage(path: Path, kind: str) -> None:
    """Cut the last byte of a file, change it, or remove the file."""
    content = path.read_bytes()
    if kind == "missing":
        path.unlink()
    elif kind == "cut":
        path.write_bytes(content[:-1])
    else:
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


@pytest.mark.parametrize("kind", ["cut", "changed", "missing"])
def test_each_file_is_vouched_for(small: Summary, tmp_path: Path, kind: str) -> None:
    names = [path.relative_to(small.snapshot.path) for path in small.snapshot.path.rglob("*.*")]
    assert {"dumps", "store"} < {name.parts[0] for name in names}
    for name in names:
        if not (small.snapshot.path / name).stat().st_size:
            continue
        copy = Snapshot(tmp_path / name.name)
        shutil.copytree(small.snapshot.path, copy.path)
        copy.require_intact()
        damage(copy.path / name, kind)
        with pytest.raises(OSError, match=r"cut or changed|changed: |No such file") as caught:
            copy.require_intact()
        assert caught.value.filename == str(copy.path / name)
        shutil.rmtree(copy.path)


def test_a_manifest_of_an_older_release_is_refused(tmp_path: Path) -> None:
    snapshot = write(tmp_path, "a")
    manifest = json.loads(snapshot.manifest_file.read_text())
    for name in ("files", "own_sha256"):
        del manifest[name]
    snapshot.manifest_file.write_text(json.dumps(manifest))
    with pytest.raises(OSError, match="of an older release; copy the snapshot again, or build it"):
        snapshot.require_intact()
    assert write(tmp_path, "a").quads() == one_quad("a")
