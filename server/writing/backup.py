"""Backups of a writable store: made while a server writes, and restored as a store of their own.

    COPY/backup.json            the note: store, version, path, time, settings, articles and files
    COPY/store/                 a generation
    COPY/keys                   the idempotency keys of its writes

backup_note.py has the notes.
"""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from pyoxigraph import Quad, Store

from graph.answering.evaluation import read_query
from graph.curating.evidence import select_values
from graph.errors import StoreError
from graph.snapshot import describe_file
from server.engine.writing.backup_note import Backup, note_backup
from server.engine.writing.delta import Delta, Effect, parse_quads
from server.engine.writing.generation import SETTINGS, Generations, link_current, link_generation
from server.engine.writing.key_journal import FILE as KEYS
from server.engine.writing.key_journal import KeyJournal
from server.engine.writing.store_folder import (
    BACKUP_NOTE,
    Identity,
    StoreFolder,
    current_generation,
    next_version,
    sync,
    write_synced,
)
from server.tasks.graph_task import complete_write
from server.tasks.worker_dataset import WorkerDataset
from server.writing.materialisation import Materialisation
from server.writing.retirement import mentions, read_retired
from server.writing.store import open_generations

MAX_TRIES: Final = 100
STORE: Final = "store"

ARTICLES: Final = read_query(__file__, "articles")
"""The articles of which a store has the record, or a sentence."""


def back_up(directory: Path, copy: Path) -> Backup:
    """Copy the newest generation of a store into a new folder, and note that in both.

    The copy has each write that was acknowledged before, and none in part. On the same file system
    its tables are links. Raises StoreError and OSError.
    """
    identity = Identity.read(directory)
    if os.path.lexists(copy):
        raise StoreError(f"{copy} is there already: a backup is a new folder")
    with TemporaryDirectory(prefix=".backup-", dir=directory) as within:
        generation = hold_generation(directory, Path(within))
        settings = {name: (directory / name).read_text("ascii") for name in SETTINGS}
        articles = tuple(
            row[0] for row in select_values(Store.read_only(str(generation)), ARTICLES)
        )
        now = datetime.now(UTC).isoformat(timespec="seconds")
        path = str(copy.absolute())
        files = describe_files(generation)
        backup = Backup(identity.id, generation.name, path, now, settings, articles, files)
        draft = copy.with_name(f".{copy.name}.{secrets.token_hex(4)}")
        draft.mkdir(mode=0o700)
        try:
            shutil.move(generation, draft / STORE)
            sync_files(draft / STORE)
            if (directory / KEYS).exists():
                shutil.copy2(directory / KEYS, draft / KEYS)
                sync(draft / KEYS)
            write_synced(draft / BACKUP_NOTE, backup.encode())
            note_backup(directory, backup)
            draft.rename(copy)
            sync(copy.absolute().parent)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    return backup


def hold_generation(directory: Path, within: Path) -> Path:
    """Return a copy of the newest generation, by links, which no write removes."""
    while True:
        generation = current_generation(directory)
        try:
            link_generation(generation, within / generation.name)
            return within / generation.name
        except FileNotFoundError:
            if current_generation(directory) == generation:
                raise


def restore(
    copy: Path, directory: Path, retired: Iterable[Quad] = ()
) -> tuple[Identity, list[str]]:
    """Make a store of a backup, with an id of its own; return that, and the removed articles.

    `retired` has quads of `graph:retired`: the articles that they retire are removed before the
    store is one. A restore that was killed can be made again. Raises StoreError if the folder is no
    whole backup or the directory holds a store, and OSError, as if a server has it.
    """
    backup = Backup.read(copy / BACKUP_NOTE)
    files = describe_files(copy / STORE)
    for name in sorted(files.keys() | backup.files.keys()):
        if files.get(name) != backup.files.get(name):
            raise StoreError(f"{copy / STORE / name} is missing, cut or changed since the backup")
    identity = Identity(origin={"store": backup.store, "version": backup.version})
    folder = StoreFolder(directory, identity)
    try:
        draft = directory / ".restored"  # a store itself, for the retirements
        remove_folder(draft)
        shutil.copytree(copy / STORE, draft / "generations" / backup.version)
        sync_files(draft / "generations" / backup.version)
        link_current(draft, backup.version)
        for name, value in backup.settings.items():
            write_synced(draft / name, value)
            write_synced(directory / name, value)
        if (copy / KEYS).exists():
            shutil.copy2(copy / KEYS, directory / KEYS)
            KeyJournal(directory, backup.version)  # drops those of later writes
        removed = retire(draft, backup, list(retired))
        generation = current_generation(draft)
        note_backup(directory, replace(backup, path=str(copy.absolute())))
        (directory / "generations").mkdir(mode=0o700, exist_ok=True)
        generation.rename(directory / "generations" / generation.name)
        sync(directory / "generations")
        link_current(directory, generation.name)
        remove_folder(draft)
    finally:
        folder.close()
    return identity, removed


def retire(draft: Path, backup: Backup, retired: list[Quad]) -> list[str]:
    """Retire articles in a store of a backup, and return their names; raises StoreError."""
    if not retired:
        return []
    try:
        generations = open_generations(draft, union=backup.settings["default-graph"] == "union")
    except ValueError as error:
        raise StoreError(str(error)) from None
    return retire_stored(generations, retired)


def remove_folder(folder: Path) -> None:
    """Remove a folder, if it is there; RocksDB closes a store in it after a while."""
    for _ in range(MAX_TRIES):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.1)
    raise StoreError(f"{folder} cannot be removed, and may have words of retired articles")


def describe_files(folder: Path) -> dict[str, object]:
    """Return the size and the SHA-256 of each file in a folder, by name."""
    return {file.name: describe_file(file) for file in folder.iterdir()}


def sync_files(folder: Path) -> None:
    """Wait until the files in a folder are on the disk."""
    for file in folder.iterdir():
        sync(file)
    sync(folder)


def retire_stored(generations: Generations, retired: Iterable[Quad]) -> list[str]:
    """Retire what quads of `graph:retired` say, and publish the store if that changes it.

    Return the names of the articles that the store had. Nothing of before is kept.
    """
    memory, union = Store(), generations.union
    for graph in generations.store.named_graphs():
        memory.add_graph(graph)
    memory.extend(generations.store)
    effect = Effect(set(), {quad for quad in retired if quad not in memory})
    if not effect.added:
        return []
    dataset = WorkerDataset(memory, union, 0, materialisation=Materialisation.build(memory))
    delta = Delta.decode(*complete_write(dataset, effect))
    delta.apply(generations.store, union=union)
    generations.publish_anew(next_version(generations.current.name))
    generations.prune(set(), generations.current.name)
    removed = parse_quads(delta.removed)
    names = read_retired(parse_quads(delta.added))
    return sorted(iri for iri in names if any(mentions(quad, {iri}) for quad in removed))
