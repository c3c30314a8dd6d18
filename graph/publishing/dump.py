"""The dumps: the whole graph as files, written by the build beside the snapshot.

They hold every named graph but `graph:dataset`, which describes them with their checksums.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from pyoxigraph import Quad

from graph.answering.format import GRAPHS, PLAIN_FORMATS
from graph.progress import bar
from graph.publishing.export import ARRANGED, EVIDENCE, NAMED, UNION, export
from graph.publishing.plain_export import PlainExport

STEM: Final = "cpec-graph"

KINDS: Final = (
    ("nq", "", NAMED),
    ("ttl", "", UNION),
    ("nt", "", UNION),
    ("trig", "", NAMED),
    ("jsonld", "", NAMED),
    ("ttl", "-evidence", EVIDENCE),
)
"""The format of each dump in RDF, what its name ends in, and what it holds."""

LARGE: Final = frozenset({"nt", "trig", "nq", "csv"})
"""The dumps of a dataset that is not arranged for readers; `cpec export` writes the others."""


@dataclass(frozen=True, slots=True)
class Dump:
    """A dump: its file name, its media type, what it holds, its bytes and their SHA-256."""

    name: str
    media_type: str
    title: str
    size: int
    sha256: str

    @property
    def edition(self) -> str:
        """Return the name of the data that it holds, if it is their N-Quads."""
        return self.sha256[:16]


def write_dumps(folder: Path, quads: Iterable[Quad]) -> list[Dump]:
    """Write the dumps of the quads to a folder; the same quads in order give the same bytes.

    The first are their N-Quads, by which the heads of the others name the edition.
    """
    everything = list(quads)
    large = len(everything) > ARRANGED
    found: list[Dump] = []
    for name, mark, title in bar([one for one in KINDS if not large or one[0] in LARGE], "dumps"):
        edition = found[0].edition if found else ""
        body = export(everything, GRAPHS[name], evidence=bool(mark), edition=edition)
        path = folder / f"{STEM}{mark}.{name}"
        found.append(write_dump(path, GRAPHS[name].media_type, title, body))
    tables = PlainExport(everything)
    for form in bar([one for one in PLAIN_FORMATS if not large or one.name in LARGE], "tables"):
        body = tables.write(form)
        found.append(write_dump(folder / f"{STEM}{form.ending}", form.media_type, form.title, body))
    return found


def write_dump(path: Path, media_type: str, title: str, body: bytes) -> Dump:
    """Write one dump."""
    path.write_bytes(body)
    return Dump(path.name, media_type, title, len(body), sha256(body).hexdigest())
