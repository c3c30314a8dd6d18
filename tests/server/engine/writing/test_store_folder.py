"""The folder of a store: its id, who holds it, and how its loss is seen."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from graph.errors import StoreError
from server.engine.writing.store_folder import Identity, StoreFolder
from server.writing.store import open_generations


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """The folder of a store that nobody holds."""
    folder = StoreFolder(tmp_path / "store", Identity())
    open_generations(folder.path, union=True, new=True)
    folder.close()
    return folder.path


def test_a_store_keeps_its_id(directory: Path) -> None:
    identity = Identity.read(directory)
    assert len(identity.id) == 32
    StoreFolder(directory).close()
    assert Identity.read(directory) == identity


@pytest.mark.parametrize("made", [False, True])
def test_a_folder_without_a_store_is_refused_and_stays_as_it_is(tmp_path: Path, made: bool) -> None:
    bare = tmp_path / "bare"
    if made:
        bare.mkdir()
    with pytest.raises(StoreError, match=r"holds no store: is its volume mounted.*--new"):
        StoreFolder(bare)
    assert bare.exists() == made
    assert not made or not [*bare.iterdir()]


def test_a_store_of_an_earlier_release_is_sent_to_migrate(directory: Path) -> None:
    (directory / "identity").unlink()
    with pytest.raises(StoreError, match=f"`cpec migrate {directory}` gives it one"):
        StoreFolder(directory)


@pytest.mark.parametrize("content", ["", "{}", '{"id": 1', '"id"', "null"])
def test_a_damaged_identity_is_named(directory: Path, content: str) -> None:
    (directory / "identity").write_text(content)
    with pytest.raises(StoreError, match=f"{directory}/identity is damaged"):
        StoreFolder(directory)


def test_a_store_is_not_made_twice(directory: Path) -> None:
    identity = Identity.read(directory)
    with pytest.raises(StoreError, match="already holds a store: leave out --new"):
        StoreFolder(directory, Identity())
    assert Identity.read(directory) == identity


def test_a_held_store_is_refused(directory: Path) -> None:
    held = StoreFolder(directory)
    for new in (None, Identity()):
        with pytest.raises(OSError, match="in use by another server"):
            StoreFolder(directory, new)
    held.close()
    StoreFolder(directory).close()


def replace_by_a_copy(directory: Path) -> None:
    """Put a copy with the same id in the place of a store, whose inodes are then free."""
    shutil.copytree(directory, directory.with_name("copy"), symlinks=True)
    shutil.rmtree(directory)
    directory.with_name("copy").rename(directory)


@pytest.mark.parametrize(
    "lose",
    [
        shutil.rmtree,
        lambda directory: directory.rename(directory.with_name("moved")),
        lambda directory: (directory / "identity").unlink(),
        lambda directory: (directory / "lock").unlink(),
        replace_by_a_copy,
    ],
)
def test_a_held_store_that_is_not_at_its_path_is_lost(
    directory: Path, lose: Callable[[Path], None]
) -> None:
    held = StoreFolder(directory)
    assert held.find_loss() == ""
    lose(directory)
    assert held.find_loss().startswith(str(directory))
    held.close()
