"""The notes of the backups of a store, in which a removal reads which of them hold an article.

data_dir/backups/….json     the notes of the backups of a store, and of the one that it restores
COPY/backup.json            the note in the backup itself
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

from graph.errors import StoreError
from server.engine.writing.generation import SETTINGS
from server.engine.writing.store_folder import GENERATION_NAME, write_synced

BACKUPS: Final = "backups"


@dataclass(frozen=True, slots=True)
class Backup:
    """The note of a backup: of which store and version it is, and the articles that it holds.

    `path` is where it was made; it may be elsewhere by now. `files` have the size and the SHA-256
    of each file of the generation.
    """

    store: str
    version: str
    path: str
    created: str
    settings: dict[str, str]
    articles: tuple[str, ...]
    files: dict[str, object]

    def encode(self) -> str:
        """Return the note as JSON."""
        return json.dumps(asdict(self), indent=1) + "\n"

    @classmethod
    def read(cls, file: Path) -> Self:
        """Return the note in a file; raises StoreError and OSError."""
        try:
            document = json.loads(file.read_bytes())
            note = cls(**{**document, "articles": tuple(document["articles"])})
            is_whole = GENERATION_NAME.fullmatch(note.version) and {*note.settings} == {*SETTINGS}
        except FileNotFoundError:
            raise StoreError(f"{file.parent} is no backup: it has no {file.name}") from None
        except (ValueError, LookupError, TypeError):
            is_whole = False
        if not is_whole:
            raise StoreError(f"{file} is damaged: it is no note of a backup")
        return note


def list_backups(directory: Path, articles: set[str]) -> list[str]:
    """Return the paths of the backups of a store that hold one of some articles, by their notes.

    Of a damaged note the name is returned: its backup may hold one too.
    """
    holding = set()
    for file in (directory / BACKUPS).glob("*.json"):
        try:
            note = Backup.read(file)
        except StoreError:
            holding.add(f"{BACKUPS}/{file.name} (damaged)")
        else:
            holding |= {note.path} if articles.intersection(note.articles) else set()
    return sorted(holding)


def note_backup(directory: Path, backup: Backup) -> None:
    """Add a note to a store, before the backup is at its path."""
    notes = directory / BACKUPS
    notes.mkdir(mode=0o700, exist_ok=True)
    write_synced(notes / f"{backup.version}-{secrets.token_hex(4)}.json", backup.encode())
