"""The build as a whole: its snapshot is complete, repeatable, and never half written."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.graph import write_snapshot
from graph.answering.evaluation import run_select
from graph.build import Summary, build
from graph.curating.master import Inputs, is_fresh
from graph.dataset import canonicalise, sort_n_quads
from graph.errors import DataError
from graph.snapshot import Snapshot, current_snapshot
from graph.snapshot_folder import describe_contents
from tests.mounting import mounted

SCRIPT = """
import sys
from pathlib import Path
from graph.build import build
from graph.curating.master import Inputs
data, ontology, builds = map(Path, sys.argv[1:])
build(Inputs(data, ontology), builds, builds / "no-texts")
"""


@pytest.fixture
def copied_snapshot(small: Summary, tmp_path: Path) -> Snapshot:
    """A copy of the build of the small master copy, which another build may replace."""
    shutil.copytree(small.snapshot.path.parent, tmp_path / "build", symlinks=True)
    return Snapshot(tmp_path / "build" / small.snapshot.path.name)


def rows(snapshot: Snapshot, query: str) -> list[list[str]]:
    return [[str(cell) for cell in row] for row in run_select(snapshot.open(), query)]


def test_a_build_counts_what_it_holds(small: Summary) -> None:
    assert (small.articles, small.sentences, small.statements, small.links) == (1, 3, 7, 2)
    assert small.inferred == small.snapshot.manifest["inferred"]
    assert small.seconds > 0


def test_a_sentence_is_called_by_where_it_is_found(small: Summary) -> None:
    query = """SELECT (STR(?title) AS ?text) {
      GRAPH graph:evidence { ?sentence a cpec:Sentence ; dcterms:title ?title }
    } ORDER BY ?sentence"""
    assert rows(small.snapshot, query) == [
        ['"INP-WealthPk, 2 May 2026, headline"'],
        ['"INP-WealthPk, 2 May 2026, sentence 1"'],
        ['"INP-WealthPk, 2 May 2026, sentence 2"'],
    ]


def test_a_title_that_the_master_copy_gives_a_sentence_stays(
    inputs: Inputs, archive: Path, tmp_path: Path
) -> None:
    article = inputs.data / "articles/talks-2026-05-02.trig"
    text = article.read_text("utf-8")
    article.write_text(text + 'GRAPH graph:evidence { <s01> dcterms:title "Ours"@en }\n', "utf-8")
    snapshot = build(inputs, tmp_path / "build", archive).snapshot
    query = """SELECT (STR(?title) AS ?text) {
      ?sentence a cpec:Sentence ; dcterms:title ?title ; schema:position 1 }"""
    assert rows(snapshot, query) == [['"Ours"']]


def test_nothing_useless_is_inferred(small: Summary) -> None:
    inferred = [
        quad for quad in small.snapshot.quads() if str(quad.graph_name).endswith("inferred>")
    ]
    stated = {quad.triple for quad in small.snapshot.quads() if quad not in inferred}
    assert inferred
    for quad in inferred:
        assert quad.triple not in stated
        assert str(quad.subject).startswith("<https://w3id.org/cpec-graph/id/"), quad
        assert "/owl#" not in str(quad), quad
        assert "wikidata" not in str(quad), quad


def test_memory_holds_what_the_disk_holds(small: Summary) -> None:
    assert set(small.snapshot.open()) == set(small.snapshot.load())


@pytest.mark.long
def test_two_builds_give_the_same_bytes(inputs: Inputs, tmp_path: Path) -> None:
    files = []
    for seed in ("1", "2"):
        builds = tmp_path / f"build-{seed}"
        subprocess.run(
            [sys.executable, "-c", SCRIPT, str(inputs.data), str(inputs.ontology), str(builds)],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            check=True,
        )
        snapshot = current_snapshot(builds)
        assert snapshot is not None
        files.append((snapshot.quads_file.read_bytes(), describe_contents(snapshot)))
    assert files[0] == files[1]
    assert b"_:c14n0" in files[0][0]


def test_a_failed_build_leaves_the_last_good_snapshot(
    inputs: Inputs, archive: Path, copied_snapshot: Snapshot, tmp_path: Path
) -> None:
    before = copied_snapshot.quads_file.read_bytes()
    (inputs.data / "entities.ttl").write_text("this is not Turtle")
    with pytest.raises(DataError, match=r"entities\.ttl:1: column"):
        build(inputs, tmp_path / "build", archive)
    after = current_snapshot(tmp_path / "build")
    assert after == copied_snapshot
    assert after.quads_file.read_bytes() == before
    assert [path.name for path in (tmp_path / "build").glob(".*")] == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system on which a snapshot has no room for its store."""
    folder = tmp_path / "disk"
    with mounted(folder, "-t", "tmpfs", "-o", "size=1m", "tmpfs"):
        yield folder


def test_a_build_on_a_full_disk_says_so_and_leaves_the_last_good_snapshot(
    inputs: Inputs, archive: Path, small_disk: Path
) -> None:
    before = write_snapshot(small_disk, [])
    with pytest.raises(OSError, match=r"no snapshot was written: .*No space left") as caught:
        build(inputs, small_disk, archive)
    assert caught.value.filename == str(small_disk)
    assert current_snapshot(small_disk) == before
    assert {path.name for path in small_disk.iterdir()} == {"current", before.path.name}


def test_a_snapshot_has_the_name_of_its_canonical_quads(small: Summary) -> None:
    quads = small.snapshot.quads_file.read_bytes()
    assert small.snapshot.path.name == hashlib.sha256(quads).hexdigest()[:16]
    assert quads == sort_n_quads(canonicalise(small.snapshot.quads()))


def test_a_remark_in_a_file_makes_no_other_snapshot(
    inputs: Inputs, archive: Path, copied_snapshot: Snapshot, tmp_path: Path
) -> None:
    with (inputs.data / "entities.ttl").open("a") as file:
        file.write("# a remark\n")
    again = build(inputs, tmp_path / "build", archive).snapshot
    assert again.path == copied_snapshot.path
    assert is_fresh(again, inputs)


def test_a_build_tells_its_stages(small: Summary) -> None:
    assert [stage.name for stage in small.stages][:3] == ["read", "check", "close"]
    assert all(stage.peak > 1 << 20 for stage in small.stages)


def test_a_snapshot_is_fresh_until_a_file_changes(inputs: Inputs, small: Summary) -> None:
    assert is_fresh(small.snapshot, inputs)
    with (inputs.data / "entities.ttl").open("a") as file:
        file.write("# a remark\n")
    assert not is_fresh(small.snapshot, inputs)
    assert not is_fresh(None, inputs)
