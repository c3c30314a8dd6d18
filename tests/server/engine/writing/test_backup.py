"""Backups: their notes, and the stores that are made of them."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

from graph.answering.evaluation import Query
from graph.answering.format import RESULTS
from graph.errors import StoreError
from ontology.namespace import BASE
from ontology.terms import OWL
from server.engine.request import WriteKey
from server.engine.writing.backup_note import Backup, list_backups
from server.engine.writing.store_folder import Identity
from server.graph_settings import GraphSettings
from server.request import Update
from server.writing.backup import back_up, restore
from server.writing.retirement import RETIRED, TRUE
from tests.mounting import mounted
from tests.server.engine.local_engine import LocalEngine
from tests.server.engine.writing.test_writing import read_numbers

pytestmark = pytest.mark.long

ARTICLES = """
INSERT DATA {
  GRAPH graph:evidence {
    id:one a cpec:NewsArticle .
    id:two-s01 a cpec:Sentence ; oa:hasSource id:two }
  GRAPH id:one-s01 { <x:s> <x:p> 1 }
}"""


def write(engine: LocalEngine, number: int) -> None:
    engine.update(Update(f"INSERT DATA {{ GRAPH <x:g> {{ <x:s> <x:p> {number} }} }}"))


@pytest.fixture
def store(settings: GraphSettings, tmp_path: Path) -> Path:
    """A store with the number 1, and of two articles the record or a sentence."""
    with LocalEngine.start(settings) as engine:
        engine.update(Update(ARTICLES))
    return tmp_path / "data"


def test_a_backup_notes_store_version_path_and_articles_in_both_places(
    store: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    backup = back_up(store, copy)
    assert backup.store == Identity.read(store).id
    assert backup.version == (store / "current").readlink().name
    assert backup.path == str(copy)
    assert backup.articles == (f"{BASE}id/one", f"{BASE}id/two")
    assert Backup.read(copy / "backup.json") == backup
    assert [Backup.read(note) for note in (store / "backups").iterdir()] == [backup]
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(".")]


def test_a_restored_store_has_an_id_of_its_own_and_names_its_origin(
    settings: GraphSettings, store: Path, tmp_path: Path
) -> None:
    copy, restored = tmp_path / "copy", tmp_path / "restored"
    backup = back_up(store, copy)
    identity, _ = restore(copy, restored)
    assert identity == Identity.read(restored)
    assert identity.id != backup.store
    assert identity.origin == {"store": backup.store, "version": backup.version}
    assert [Backup.read(note) for note in (restored / "backups").iterdir()] == [backup]
    with LocalEngine.start(replace(settings, data_dir=restored), new=False) as engine:
        assert engine.version == backup.version
        assert read_numbers(engine) == {1}
        write(engine, 2)
    with LocalEngine.start(settings, new=False) as engine:
        assert read_numbers(engine) == {1}
    assert restore(copy, tmp_path / "again")[0].id != identity.id


def test_a_backup_keeps_what_the_store_was_filled_for(own: LocalEngine, tmp_path: Path) -> None:
    write(own, 1)
    assert own.settings.data_dir is not None
    back_up(own.settings.data_dir, tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path / "restored")
    settings = replace(own.settings, data_dir=tmp_path / "restored")
    with pytest.raises(OSError, match="default graph own, not union"):
        LocalEngine.start(replace(settings, default_graph="union"))
    with LocalEngine.start(settings) as engine:
        assert engine.query(Query("ASK { GRAPH <x:g> { ?s ?p 1 } }")).body.count(b"true")


def test_a_backup_is_made_on_another_file_system(store: Path, tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "-t", "tmpfs", "tmpfs"):
        backup = back_up(store, tmp_path / "disk" / "copy")
        restore(tmp_path / "disk" / "copy", tmp_path / "restored")
    with LocalEngine.start(GraphSettings(data_dir=tmp_path / "restored")) as engine:
        assert (engine.version, read_numbers(engine)) == (backup.version, {1})


def test_a_backup_is_a_new_folder(store: Path, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    with pytest.raises(StoreError, match="a backup is a new folder"):
        back_up(store, tmp_path / "copy")
    with pytest.raises(FileNotFoundError):
        back_up(store, tmp_path / "missing" / "copy")
    with pytest.raises(StoreError, match="holds no store"):
        back_up(tmp_path / "missing", tmp_path / "copy2")
    assert not (store / "backups").exists()
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(".")]


def test_a_backup_is_no_store(store: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    back_up(store, copy)
    for new in (False, True):
        with pytest.raises(StoreError, match=f"`cpec restore {copy} DIR` makes a store of it"):
            LocalEngine.start(GraphSettings(data_dir=copy), new=new)


def test_a_store_is_not_restored_over_another(
    settings: GraphSettings, store: Path, tmp_path: Path
) -> None:
    back_up(store, tmp_path / "copy")
    identity = Identity.read(store)
    with pytest.raises(StoreError, match="already holds a store"):
        restore(tmp_path / "copy", store)
    with LocalEngine.start(settings) as engine:
        with pytest.raises(OSError, match="in use by another server"):
            restore(tmp_path / "copy", store)
        write(engine, 2)
        assert read_numbers(engine) == {1, 2}
    assert Identity.read(store) == identity


@pytest.mark.parametrize("file", ["CURRENT", "*.sst"])
@pytest.mark.parametrize("loss", ["missing", "changed"])
def test_a_backup_that_is_not_whole_is_not_restored(
    store: Path, tmp_path: Path, file: str, loss: str
) -> None:
    back_up(store, tmp_path / "copy")
    damaged = next((tmp_path / "copy" / "store").glob(file))
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.unlink()
    if loss == "changed":
        damaged.write_bytes(content)
    with pytest.raises(StoreError, match=f"{damaged} is missing, cut or changed"):
        restore(tmp_path / "copy", tmp_path / "restored")
    assert not (tmp_path / "restored").exists()


@pytest.mark.parametrize(
    "change",
    [
        {"version": "../000000001-00000000"},
        {"settings": {"../base": "", "default-graph": "union"}},
        {"articles": None},
        {"more": 1},
    ],
)
def test_a_note_that_is_no_note_is_refused(
    store: Path, tmp_path: Path, change: dict[str, object]
) -> None:
    back_up(store, tmp_path / "copy")
    note = tmp_path / "copy" / "backup.json"
    note.write_text(json.dumps(json.loads(note.read_text()) | change))
    with pytest.raises(StoreError, match=f"{note} is damaged"):
        restore(tmp_path / "copy", tmp_path / "restored")
    note.unlink()
    with pytest.raises(StoreError, match=r"is no backup: it has no backup\.json"):
        restore(tmp_path / "copy", tmp_path / "restored")


def test_a_restore_that_was_killed_is_made_again(store: Path, tmp_path: Path) -> None:
    copy, restored = tmp_path / "copy", tmp_path / "restored"
    back_up(store, copy)
    restore(copy, restored)
    (restored / "current").unlink()
    generations = restored / "generations"
    next(generations.iterdir()).rename(generations / ".restored")
    shutil.rmtree(restored / "backups")
    with pytest.raises(OSError, match="is no link to the newest"):
        LocalEngine.start(GraphSettings(data_dir=restored), new=False)
    restore(copy, restored)
    with LocalEngine.start(GraphSettings(data_dir=restored), new=False) as engine:
        assert read_numbers(engine) == {1}


def test_a_restored_store_lacks_the_articles_that_are_retired(
    settings: GraphSettings, store: Path, tmp_path: Path
) -> None:
    copy, restored = tmp_path / "copy", tmp_path / "restored"
    backup = back_up(store, copy)
    assert list_backups(store, {f"{BASE}id/one"}) == [str(copy)]
    assert list_backups(store, {f"{BASE}id/three"}) == []
    (store / "backups" / "cut.json").write_text("{", "ascii")
    assert list_backups(store, {f"{BASE}id/three"}) == ["backups/cut.json (damaged)"]
    (store / "backups" / "cut.json").unlink()
    quads = [retirement(name) for name in ("one", "three")]
    assert restore(copy, restored, quads)[1] == [f"{BASE}id/one"]
    with LocalEngine.start(replace(settings, data_dir=restored), new=False) as engine:
        assert engine.version > backup.version
        naming = "ASK { GRAPH ?g { ?s ?p ?o } FILTER(?g != graph:retired && ?s = id:one) }"
        assert b"false" in engine.query(Query(naming, RESULTS["json"])).body
        assert (
            b"true" in engine.query(Query("ASK { ?s oa:hasSource id:two }", RESULTS["json"])).body
        )
    assert [path.name for path in restored.iterdir() if path.name.startswith(".")] == []


def test_a_restored_store_knows_the_keys_of_the_writes_that_it_has(
    settings: GraphSettings, store: Path, tmp_path: Path
) -> None:
    numbers = [
        Update(f"INSERT DATA {{ GRAPH <x:g> {{ <x:s> <x:p> {number} }} }}") for number in (7, 8)
    ]
    with LocalEngine.start(settings, new=False) as engine:
        kept = engine.update(numbers[0], WriteKey("kept", "7"))
        back_up(store, tmp_path / "copy")
        engine.update(numbers[1], WriteKey("later", "8"))
    restore(tmp_path / "copy", tmp_path / "restored")
    with LocalEngine.start(replace(settings, data_dir=tmp_path / "restored"), new=False) as engine:
        assert engine.settle("kept") == kept
        assert engine.settle("later") is None


def test_a_damaged_note_is_named_by_a_removal(
    settings: GraphSettings, store: Path, tmp_path: Path
) -> None:
    back_up(store, tmp_path / "copy")
    (note,) = (store / "backups").iterdir()
    note.write_bytes(b"{")
    removal = Update("INSERT DATA { GRAPH graph:retired { id:one owl:deprecated true } }")
    with LocalEngine.start(settings, new=False) as engine:
        assert engine.update(removal).report["backups"] == [f"backups/{note.name} (damaged)"]


def retirement(name: str) -> Quad:
    """Return the quad that retires an article."""
    return Quad(NamedNode(f"{BASE}id/{name}"), OWL.DEPRECATED, TRUE, RETIRED)
