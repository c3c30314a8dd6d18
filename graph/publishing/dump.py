"""The dumps: files of the whole graph that the build writes beside the snapshot.

They hold every named graph except `graph:dataset`, which describes them with their checksums.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final

from pyoxigraph import Quad

from graph.answering.format import GRAPHS
from graph.publishing.plain_export import PLAIN_FORMATS, PlainExport, PlainFormat
from graph.publishing.rdf_export import (
    HOLDS_EVIDENCE,
    HOLDS_NAMED_GRAPHS,
    HOLDS_UNION,
    MOST_ARRANGED,
    export_rdf,
)

STEM: Final = "cpec-graph"

RDF_DUMPS: Final = (
    ("nq", "", HOLDS_NAMED_GRAPHS),
    ("ttl", "", HOLDS_UNION),
    ("nt", "", HOLDS_UNION),
    ("trig", "", HOLDS_NAMED_GRAPHS),
    ("jsonld", "", HOLDS_NAMED_GRAPHS),
    ("ttl", "-evidence", HOLDS_EVIDENCE),
)
"""The format of each RDF dump, the mark in its file name, and its content in words."""

LARGE_DATASET_FORMATS: Final = frozenset({"nt", "trig", "nq", "csv"})
"""The formats of the dumps of a large dataset; `cpec export` still writes the others."""


@dataclass(frozen=True, slots=True)
class Dump:
    """A file of a dump: its name, media type, title, size in bytes and SHA-256 in hexadecimal."""

    name: str
    media_type: str
    title: str
    size: int
    sha256: str

    @property
    def edition(self) -> str:
        """The first 16 digits of the hash: of the N-Quads, they name the edition of the data."""
        return self.sha256[:16]


def write_dumps(folder: Path, quads: Iterable[Quad]) -> list[Dump]:
    """Write the dumps of the quads to a folder; equal quads in equal order give equal bytes."""
    quads = list(quads)
    first = write_n_quads(folder, quads)
    return [first, *(dump for task in plan_other_dumps(folder, quads, first) for dump in task())]


def write_n_quads(folder: Path, quads: Iterable[Quad]) -> Dump:
    """Write the N-Quads dump, whose hash names the edition in the heads of the other dumps."""
    (first,) = write_graph(folder, quads, RDF_DUMPS[0], "")
    return first


def plan_other_dumps(
    folder: Path, quads: list[Quad], first: Dump
) -> list[Callable[[], list[Dump]]]:
    """Return the tasks that write the other dumps, the slowest first."""
    large = len(quads) > MOST_ARRANGED
    tables = [form for form in PLAIN_FORMATS if not large or form.name in LARGE_DATASET_FORMATS]
    kinds = [kind for kind in RDF_DUMPS[1:] if not large or kind[0] in LARGE_DATASET_FORMATS]
    return [
        partial(write_tables, folder, quads, tables),
        *(partial(write_graph, folder, quads, kind, first.edition) for kind in kinds),
    ]


def write_tables(folder: Path, quads: Iterable[Quad], forms: Iterable[PlainFormat]) -> list[Dump]:
    """Write the tables and the network, which share one search for proofs."""
    tables = PlainExport(quads)
    return [
        write_dump(folder / f"{STEM}{form.ending}", form.media_type, form.title, form.write(tables))
        for form in forms
    ]


def write_graph(
    folder: Path, quads: Iterable[Quad], kind: tuple[str, str, str], edition: str
) -> list[Dump]:
    """Write a dump in RDF."""
    name, mark, title = kind
    body = export_rdf(quads, GRAPHS[name], evidence=bool(mark), edition=edition)
    path = folder / f"{STEM}{mark}.{name}"
    return [write_dump(path, GRAPHS[name].media_type, title, body)]


def write_dump(path: Path, media_type: str, title: str, body: bytes) -> Dump:
    """Write one dump."""
    path.write_bytes(body)
    return Dump(path.name, media_type, title, len(body), sha256(body).hexdigest())
