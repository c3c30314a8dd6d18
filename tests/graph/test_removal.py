"""The removal of an article: its graphs, its revisions, the snapshots that had it."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.build import build
from graph.curating.master import Inputs, Retired, read_retired_things
from graph.errors import DataError, UnknownNameError
from graph.removal import remove_article
from graph.snapshot import current_snapshot
from ontology.namespace import ID
from ontology.vocabulary import ONTOLOGY_FOLDER as ONTOLOGY
from tests.graph.test_validation import NEXT as ARTICLE

NEXT = "next-2026-06-01"
REVISED = "next-2026-06-02"
RELATION = f"GRAPH graph:evidence {{ id:{REVISED} prov:wasRevisionOf id:{NEXT} . }}\n"


@pytest.fixture
def revised(inputs: Inputs) -> Inputs:
    """The small data with two versions of one more article."""
    prefix = "PREFIX prov: <http://www.w3.org/ns/prov#>\n"
    later = ARTICLE.replace(NEXT, REVISED).replace("684ad9", "684ad6").replace("Courier", "Post")
    for name, text in ((NEXT, ARTICLE), (REVISED, f"{prefix}{later}{RELATION}")):
        (inputs.data / "articles" / f"{name}.trig").write_text(text, "utf-8")
    return Inputs(inputs.data, ONTOLOGY)


def list_files(inputs: Inputs) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in inputs.data.rglob("*") if path.is_file()}


def test_an_article_goes_with_its_revisions_and_from_every_snapshot(revised: Inputs) -> None:
    builds = revised.data.parent / "builds"
    first = build(revised, builds).snapshot
    assert NEXT.encode() in first.quads_file.read_bytes()
    assert remove_article(revised, builds, REVISED) == [NEXT, REVISED]
    snapshot = current_snapshot(builds)
    assert snapshot is not None
    assert NEXT.encode() not in snapshot.quads_file.read_bytes()
    assert not first.path.exists()
    assert [path for path in list_files(revised) if "next" in path.name] == []
    retired = Retired.from_quads(read_retired_things(revised))
    gone = [f"{ID}{name}{part}" for name in (NEXT, REVISED) for part in ("", "/s01")]
    assert all(map(retired.is_gone, gone))
    assert not retired.is_gone(f"{ID}Pakistan")


def test_an_unknown_article_is_named(inputs: Inputs, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="there is no article talks"):
        remove_article(inputs, tmp_path / "builds", "talks")


def test_an_article_that_other_files_name_stays_as_it_was(revised: Inputs, tmp_path: Path) -> None:
    with (revised.data / "entities.ttl").open("a", encoding="utf-8") as file:
        file.write('id:next-2026-06-01 skos:editorialNote "It is read in part."@en .\n')
        file.write("id:Pakistan rdfs:seeAlso id:next-2026-06-01 .\n")
    before = list_files(revised)
    with pytest.raises(DataError, match=r"entities\.ttl:\d+: .* is typed neither"):
        remove_article(revised, tmp_path / "builds", NEXT)
    assert list_files(revised) == before
