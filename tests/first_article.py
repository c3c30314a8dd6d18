"""The shipped data as if its first article alone had been read: later articles change no figure."""

from __future__ import annotations

import shutil
from pathlib import Path

from graph.curating.master import DATA

FIRST = "inp-wealthpk-2026-04-29"


def copy_first_article(folder: Path) -> Path:
    """Copy the shipped data without later articles to `data` in a folder; return that."""
    data = Path(shutil.copytree(DATA, folder / "data"))
    for path in (data / "articles").iterdir():
        if path.stem != FIRST:
            path.unlink()
    return data
