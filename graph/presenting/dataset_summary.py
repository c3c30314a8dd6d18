"""The summary of a dataset, as its description states it: its size, and the files of its dumps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from graph.answering.evaluation import Answer, own_query, read_query
from graph.publishing.resource import read_rows
from graph.wording.display_name import read_text

SUMMARY: Final = own_query(read_query(__file__, "dataset-summary"))
"""The query for the description of the dataset, and its counts."""

FILES: Final = own_query(read_query(__file__, "dump-files"))
"""The query for the files of the dumps."""


@dataclass(frozen=True, slots=True)
class DumpFile:
    """A file of a dump: its path below `/data/dumps/`, media type, bytes, and SHA-256."""

    path: str
    type: str
    size: int
    checksum: str

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.rpartition("/")[2]


def read_summary(answer: Answer) -> list[str]:
    """Return description, triples, classes and properties; [] for a graph without description.

    The counts are "" if they are unknown.
    """
    rows = read_rows(answer)
    return list(map(read_text, rows[0])) if rows else []


def read_files(answer: Answer) -> dict[str, list[DumpFile]]:
    """Return the files of the dumps by title."""
    files: dict[str, list[DumpFile]] = {}
    for row in read_rows(answer):
        file, title, media_type, size, checksum = map(read_text, row)
        path, media_type = file.partition("/dumps/")[2], media_type.partition("/media-types/")[2]
        files.setdefault(title, []).append(DumpFile(path, media_type, int(size), checksum))
    return files
