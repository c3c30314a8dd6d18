"""A store at rest loses the articles that are retired, on disk too."""

from pathlib import Path
from shutil import copytree, ignore_patterns

from pyoxigraph import NamedNode

from ontology.namespace import HEAD, ID
from server.engine.location import Location
from server.writing.backup import retire_stored
from server.writing.retirement import RETIRED
from server.writing.store import open_generations
from tests.server.writing.test_retirement import GONE, KEPT, list_named, read, retire


def test_a_store_at_rest_loses_what_is_retired(tmp_path: Path) -> None:
    source = tmp_path / "source.trig"
    source.write_text(HEAD + KEPT + GONE, "utf-8")
    generations = open_generations(tmp_path / "store", Location(source), union=True, new=True)
    first = generations.current
    assert retire_stored(generations, [*retire("gone"), *retire("unknown")]) == [f"{ID}gone"]
    left = [quad for quad in list_named(generations.store) if quad.graph_name != RETIRED]
    assert len(left) == len(read(KEPT))
    assert not first.exists()
    assert retire_stored(generations, retire("gone")) == []
    copy = tmp_path / "copy"  # a start removes the working copy, which this process has open
    copytree(tmp_path / "store", copy, symlinks=True, ignore=ignore_patterns("working*"))
    again = open_generations(copy, union=True)
    assert not again.store.contains_named_graph(NamedNode(f"{ID}gone/s01"))
    files = [path for path in (tmp_path / "store").rglob("*") if path.is_file()]
    assert not [path for path in files if b"its words" in path.read_bytes()]
