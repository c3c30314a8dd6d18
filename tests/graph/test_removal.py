"""The removal of an article: its graphs, its revisions, the snapshots that had it."""

import re
from pathlib import Path

import pytest

from graph.build import build
from graph.curating.master import Inputs, Retired, read_retired_things
from graph.dataset import graph_of
from graph.errors import DataError, UnknownNameError
from graph.removal import remove_article
from graph.snapshot import current_snapshot
from ontology.namespace import ID, RETIRED_GRAPH
from ontology.terms import OWL
from ontology.vocabulary import ONTOLOGY_FOLDER as ONTOLOGY
from tests.graph.full_disk import bounded_files
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


@pytest.mark.long
def test_an_article_goes_with_its_revisions_and_from_every_snapshot(revised: Inputs) -> None:
    builds = revised.data.parent / "builds"
    first = build(revised, builds).snapshot
    assert NEXT.encode() in first.quads_file.read_bytes()
    change, tombstones = remove_article(revised, builds, REVISED)
    assert list(change.names) == tombstones == [NEXT, REVISED]
    snapshot = current_snapshot(builds)
    assert snapshot is not None
    naming = [quad for quad in snapshot.quads() if "/next-" in str(quad)]
    assert [(graph_of(quad), quad.predicate) for quad in naming] == 2 * [
        (RETIRED_GRAPH, OWL.DEPRECATED)
    ]
    assert not first.path.exists()
    assert [path for path in list_files(revised) if "next" in path.name] == []
    names = Retired.from_quads(read_retired_things(revised))
    gone = [f"{ID}{name}{part}" for name in (NEXT, REVISED) for part in ("", "/s01")]
    assert all(map(names.is_gone, gone))
    assert not names.is_gone(f"{ID}Pakistan")


def test_what_no_snapshot_has_leaves_nothing(revised: Inputs, tmp_path: Path) -> None:
    before = {path: own for path, own in list_files(revised).items() if "next" not in path.name}
    change, retired = remove_article(revised, tmp_path / "builds", NEXT)
    assert (change.names, retired) == ((NEXT, REVISED), [])
    assert list_files(revised) == before


@pytest.mark.parametrize("most", [10, 20_000], ids=["no tombstone", "no snapshot"])
def test_a_full_disk_leaves_all_as_it_was(revised: Inputs, tmp_path: Path, most: int) -> None:
    before = list_files(revised)
    generation = tmp_path / "builds" / "0123456789abcdef"
    generation.mkdir(parents=True)
    (generation / "graph.nq").write_text(f"<{ID}{NEXT}> <x:a> 1 .", "utf-8")
    with bounded_files(most), pytest.raises(OSError, match="File too large"):
        remove_article(revised, tmp_path / "builds", NEXT)
    assert list_files(revised) == before


def test_an_unknown_article_is_named(inputs: Inputs, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="there is no article talks"):
        remove_article(inputs, tmp_path / "builds", "talks")


def test_an_article_that_other_files_name_stays_as_it_was(revised: Inputs, tmp_path: Path) -> None:
    with (revised.data / "entities.ttl").open("a", encoding="utf-8") as file:
        file.write('id:next-2026-06-01 skos:editorialNote "It is read in part."@en .\n')
        file.write("id:Pakistan rdfs:seeAlso id:next-2026-06-01 .\n")
    before = list_files(revised)
    with pytest.raises(DataError, match=r"entities\.ttl:\d+: names id:next-2026-06-01, which"):
        remove_article(revised, tmp_path / "builds", NEXT)
    assert list_files(revised) == before


def test_an_article_that_alone_describes_what_another_names_stays(
    inputs: Inputs, tmp_path: Path
) -> None:
    (inputs.data / "articles" / f"{NEXT}.trig").write_text(ARTICLE, "utf-8")
    other = inputs.data / "articles" / "talks-2026-05-02.trig"
    text = other.read_text("utf-8")
    (publisher,) = re.findall(r"dcterms:publisher (id:\w+) ;", text)
    other.write_text(text.replace(f"publisher {publisher}", "publisher id:Courier"), "utf-8")
    line = text[: text.index("dcterms:publisher")].count("\n") + 1
    builds = tmp_path / "builds"
    before = list_files(inputs)
    with pytest.raises(DataError) as error:
        remove_article(inputs, builds, NEXT)
    (finding,) = error.value.findings
    assert (Path(finding.path).name, finding.line) == (other.name, line)
    assert re.fullmatch(
        rf"names id:Courier, which \S*/{NEXT}\.trig alone describes: "
        "describe it in a file that stays, or take it out here",
        finding.message,
    )
    assert list_files(inputs) == before
    assert not builds.exists() or list(builds.iterdir()) == []
    with (inputs.data / "entities.ttl").open("a", encoding="utf-8") as file:
        file.write('id:Courier a cpec:MediaOutlet ; rdfs:label "Courier"@en .\n')
    remove_article(inputs, builds, NEXT)
    assert not (inputs.data / "articles" / f"{NEXT}.trig").exists()
