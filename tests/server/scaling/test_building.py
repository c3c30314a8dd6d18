"""A build beyond memory: the snapshot of the build in memory, from fragments that are kept."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.articles import write_articles
from graph.build import Summary, build
from graph.curating.master import Inputs
from graph.errors import DataError
from graph.publishing.reading_order import natural_key
from graph.snapshot import Snapshot
from graph.snapshot_folder import describe_contents
from server.scaling.building import build_in_tables
from server.scaling.closing import natural_text
from server.scaling.tables import open_duck
from tests.mounting import mounted

duckdb = pytest.importorskip("duckdb", reason="needs DuckDB: pip install '.[scale]'")

PAGE = Path(__file__).parents[3] / "docs/sizing.md"
SMALL = Path(__file__).parents[2] / "graph/small"
ARTICLE = "talks-2026-05-02"
MORE = ("talks-2026-05-10", "talks-2026-05-9")
"""Articles whose numbers have another order than their characters."""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small master copy with three articles, and its build beyond memory; nobody changes it."""
    path = tmp_path_factory.mktemp("base")
    inputs = copy_inputs(SMALL, path)
    for name in MORE:
        text = article(inputs).read_text("utf-8")
        own = text.replace(ARTICLE, name).replace("3e554e24", f"{len(name):08}", 1)
        article(inputs, name).write_text(own, "utf-8")
        add(inputs, "entities.ttl", f'id:{name} a cpec:NewsArticle ; rdfs:label "{name}"@en .\n')
    build_beyond_memory(inputs, path)
    return path


def copy_inputs(path: Path, to: Path) -> Inputs:
    """Copy a master copy."""
    for folder in ("data", "ontology"):
        shutil.copytree(path / folder, to / folder)
    return Inputs(to / "data", to / "ontology")


@pytest.fixture
def inputs(base: Path, tmp_path: Path) -> Inputs:
    """A copy of the three articles."""
    return copy_inputs(base, tmp_path)


@pytest.fixture
def tables(base: Path, tmp_path: Path) -> Path:
    """A copy of their build beyond memory, where the next one goes."""
    return Path(shutil.copytree(base / "tables", tmp_path / "tables", symlinks=True))


def article(inputs: Inputs, name: str = ARTICLE) -> Path:
    return inputs.data / "articles" / f"{name}.trig"


def add(inputs: Inputs, file: str, text: str) -> None:
    """Append a text to a file of the data."""
    with (inputs.data / file).open("a", encoding="utf-8") as data:
        data.write(text)


def say(inputs: Inputs, name: str, fact: str) -> None:
    """Let the second sentence of an article state a fact."""
    words = '{| oa:exact "both are parties" |}'
    add(inputs, f"articles/{name}.trig", f"GRAPH <s02> {{ {fact} ~ <s02#9> {words} . }}\n")


def build_beyond_memory(inputs: Inputs, folder: Path, most: int = 200_000) -> Summary:
    return build_in_tables(open_duck, inputs, folder / "tables", SMALL / "text", most)


def build_in_memory(inputs: Inputs, folder: Path) -> Summary:
    return build(inputs, folder / "memory", SMALL / "text")


def list_messages(
    make: Callable[[Inputs, Path], Summary], inputs: Inputs, folder: Path
) -> set[str]:
    """Return the messages of the findings of a build that fails."""
    with pytest.raises(DataError) as raised:
        make(inputs, folder)
    assert not (folder / "tables/current").exists()
    return {finding.message for finding in raised.value.findings}


def require_same(expected: Snapshot, actual: Snapshot) -> None:
    """Hold that two snapshots have one name, one graph and the same dumps."""
    assert expected.version == actual.version == actual.path.name
    assert describe_contents(expected) == describe_contents(actual)
    for path in (expected.quads_file, *sorted(expected.dumps.iterdir())):
        other = actual.path / path.relative_to(expected.path)
        assert path.read_bytes() == other.read_bytes(), path.name


def fragments(folder: Path) -> dict[str, int]:
    """Return the files of the fragments, each with the number of its inode."""
    return {path.name: path.stat().st_ino for path in (folder / "tables/fragments").glob("*.nq")}


def test_a_build_beyond_memory_gives_the_same_bytes(inputs: Inputs, tmp_path: Path) -> None:
    expected = build_in_memory(inputs, tmp_path)
    actual = build_beyond_memory(inputs, tmp_path)
    require_same(expected.snapshot, actual.snapshot)
    assert actual.snapshot.manifest == expected.snapshot.manifest | {
        "files": actual.snapshot.manifest["files"]
    }


@pytest.mark.parametrize("name", ["small", pytest.param("generated", marks=pytest.mark.long)])
def test_the_dumps_of_a_large_graph_are_streamed_with_the_same_bytes(
    inputs: Inputs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    if name == "generated":
        shutil.rmtree(inputs.data)
        write_articles(inputs.data, 12)
        inputs = Inputs(inputs.data)
    for module in ("dump", "rdf_export", "plain_export"):
        monkeypatch.setattr(f"graph.publishing.{module}.MOST_ARRANGED", 0)
    expected = build_in_memory(inputs, tmp_path)
    assert {path.suffix for path in expected.snapshot.dumps.iterdir()} == {
        *(".nq", ".nt", ".trig", ".csv")
    }
    require_same(expected.snapshot, build_beyond_memory(inputs, tmp_path, most=0).snapshot)
    again = build_beyond_memory(inputs, tmp_path, most=0)  # reads no article
    require_same(expected.snapshot, again.snapshot)


def test_the_statement_of_the_page_makes_a_table_in_parquet_of_the_dump(
    tables: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dumps = tables / "current/dumps"
    monkeypatch.chdir(dumps)
    duckdb.execute(PAGE.read_text("utf-8").partition("```sql\n")[2].partition("```")[0])
    rows = duckdb.execute("SELECT * FROM 'cpec-graph.parquet'").fetchall()
    lines = (dumps / "cpec-graph.nq").read_text("utf-8").splitlines()
    assert sorted(f"{' '.join(row)} ." for row in rows) == sorted(lines)


@pytest.mark.usefixtures("tables")
def test_an_article_that_is_as_it_was_is_not_read_again(inputs: Inputs, tmp_path: Path) -> None:
    before = fragments(tmp_path)
    say(inputs, MORE[0], "id:Pakistan cpec:advances id:CPEC")
    actual = build_beyond_memory(inputs, tmp_path)
    after = fragments(tmp_path)
    assert len(before) == len(after) == 3
    assert len(before.items() & after.items()) == 2
    require_same(build_in_memory(inputs, tmp_path).snapshot, actual.snapshot)


def test_one_text_as_two_articles_is_found_and_so_is_a_denial_of_what_nobody_says(
    inputs: Inputs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.scaling.fragment.BATCH", 1)
    text = article(inputs, MORE[0]).read_text("utf-8")
    article(inputs, MORE[0]).write_text(text.replace(f"{len(MORE[0]):08}", "3e554e24"), "utf-8")
    denied = '<< id:China cpec:advances id:CPEC ~ <s01#8> >> oa:exact "spoke of"'
    for name, fact in ((MORE[0], "id:China cpec:advances id:CPEC"), (MORE[1], "")):
        if fact:
            say(inputs, name, fact)
        add(
            inputs,
            f"articles/{name}.trig",
            f"GRAPH <s01> {{ {denied if fact else denied.replace('id:CPEC ', 'id:Islamabad ')} ;"
            " cpec:modality cpec:Denied . }\n",
        )
    expected = list_messages(build_in_memory, inputs, tmp_path)
    assert list_messages(build_beyond_memory, inputs, tmp_path) == expected


@pytest.mark.usefixtures("tables")
def test_an_article_is_removed_with_its_fragment(inputs: Inputs, tmp_path: Path) -> None:
    article(inputs, MORE[0]).unlink()
    actual = build_beyond_memory(inputs, tmp_path)
    assert (actual.articles, len(fragments(tmp_path))) == (2, 2)


def test_another_vocabulary_has_all_articles_checked_again(
    inputs: Inputs, tables: Path, tmp_path: Path
) -> None:
    vocabulary = inputs.ontology / "cpec.ttl"
    text = vocabulary.read_text("utf-8")
    vocabulary.write_text(text.replace("cpec:advances a ", "cpec:furthers a ", 1), "utf-8")
    messages = list_messages(build_beyond_memory, inputs, tmp_path / "fresh")
    (tables / "current").unlink()
    assert list_messages(build_beyond_memory, inputs, tmp_path) == messages


@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_a_fragment_that_is_not_what_its_name_says_is_named(
    inputs: Inputs, tables: Path, tmp_path: Path, damage: str
) -> None:
    current = (tables / "current").resolve()
    path = tables / "fragments" / min(fragments(tmp_path))
    lines = path.read_bytes().splitlines(keepends=True)
    path.unlink()
    if damage == "changed":
        path.write_bytes(b"".join(lines[1:]))
    with pytest.raises(DataError, match=f"{path}.* is {damage}.*remove .*/fragments and build"):
        build_beyond_memory(inputs, tmp_path)
    assert (tables / "current").resolve() == current


def test_a_manifest_that_is_not_as_it_was_written_is_named(
    inputs: Inputs, tables: Path, tmp_path: Path
) -> None:
    path = tables / "fragments/manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["articles"][ARTICLE]
    path.write_text(json.dumps(manifest))
    with pytest.raises(OSError, match=r"cut or changed.*fragments/manifest\.json"):
        build_beyond_memory(inputs, tmp_path)


def test_the_defects_of_an_article_are_named_and_the_others_are_kept(
    inputs: Inputs, tmp_path: Path
) -> None:
    article(inputs, MORE[0]).write_bytes(article(inputs, MORE[0]).read_bytes()[:-5])
    say(inputs, MORE[1], "id:CPEC cpec:hasNoSuch id:China")
    expected = list_messages(build_in_memory, inputs, tmp_path)
    messages = list_messages(build_beyond_memory, inputs, tmp_path)
    assert expected <= messages  # without the file that is cut, the others are not checked there
    assert any("hasNoSuch" in message for message in messages)
    assert len(fragments(tmp_path)) == 1


@pytest.mark.parametrize(
    ("axiom", "facts"),
    [
        ("", ("id:CPEC cpec:under id:Odd", "id:Odd cpec:under id:CPEC")),
        ("", ("id:CPEC cpec:hasParty id:Odd", "id:Odd a cpec:Framework")),
        (
            "cpec:Country owl:disjointWith cpec:City .",
            ("id:CPEC cpec:hasParty id:Odd", "id:Odd a cpec:City"),
        ),
    ],
    ids=["a cycle", "a misreading", "a contradiction"],
)
def test_a_defect_that_two_articles_make_together_is_found(
    inputs: Inputs,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    axiom: str,
    facts: tuple[str, str],
) -> None:
    monkeypatch.setattr("server.scaling.fragment.BATCH", 1)
    with (inputs.ontology / "cpec.ttl").open("a") as vocabulary:
        vocabulary.write(axiom)
    add(inputs, "entities.ttl", 'id:Odd a cpec:Undertaking ; rdfs:label "odd"@en .\n')
    for name, fact in zip(MORE, facts, strict=True):
        say(inputs, name, fact)
    expected = list_messages(build_in_memory, inputs, tmp_path)
    assert len(expected) > 0
    assert list_messages(build_beyond_memory, inputs, tmp_path) == expected


@pytest.mark.long
@pytest.mark.parametrize("size", ["40k", "3m"])
def test_a_disk_that_fills_is_named_and_nothing_is_published(
    inputs: Inputs, tmp_path: Path, size: str
) -> None:
    disk = tmp_path / "tables"
    cpec = str(Path(sys.executable).with_name("cpec"))
    command = [cpec, "build", "--data", str(inputs.data), "--out", str(disk), "--engine", "duckdb"]
    with mounted(disk, "-t", "tmpfs", "-o", f"size={size}", "tmpfs"):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        left = {path.name for path in disk.iterdir()}
    assert done.returncode == 1
    assert "No space left on device" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert left <= {"fragments"}


def test_the_order_of_numbers_survives_as_text() -> None:
    names = ["s9", "s10", "s010", "s9a", "s", "s9/2", "s9-1", "t", "10", "9"]
    assert sorted(names, key=natural_text) == sorted(names, key=natural_key)
