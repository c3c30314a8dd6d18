"""The dumps: files of the whole graph, beside a snapshot and of the versions of a written store.

They hold every named graph except `graph:dataset`, which describes them in DCAT 3 with their
checksums in SPDX (https://www.w3.org/TR/vocab-dcat-3/). The dumps of a version::

    folder/dumps/             the files
    folder/manifest.json      the bytes and the SHA-256 of each
    folder/description.nt     the description of the version, if it has a name
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from graph.answering.format import GRAPH_FORMATS, GRAPHS
from graph.dataset import graph_of
from graph.errors import UnfollowedAxiomError, UnwritableError
from graph.publishing.dataset_description import describe_dataset
from graph.publishing.dataset_quad import DATASET, expand, read_description, state
from graph.publishing.plain_export import PLAIN_FORMATS, PlainExport, PlainFormat
from graph.publishing.rdf_export import (
    HOLDS_EVIDENCE,
    HOLDS_NAMED_GRAPHS,
    HOLDS_UNION,
    MOST_ARRANGED,
    export_rdf,
)
from graph.snapshot import FILES, Snapshot, describe_file, write_manifest
from ontology.namespace import BASE, DATASET_GRAPH

STEM: Final = "cpec-graph"
RDF_MEDIA_TYPES = {form.media_type for form in GRAPH_FORMATS}
DUMP_FOLDER = BASE + "data/dumps/"

DESCRIPTION: Final = "description.nt"
"""The file of the description, in N-Triples."""

COUNTS: Final = frozenset(
    expand(f"void:{name}")
    for name in (
        *("triples", "entities", "classes", "properties"),
        *("distinctSubjects", "distinctObjects"),
    )
)
COUNTED: Final = (f"{DATASET}#class-", f"{DATASET}#property-", DUMP_FOLDER)
"""The beginnings of the names of partitions and dumps."""

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
    """Write the dumps of the quads to a folder; equal quads in equal order give equal bytes.

    A dump is left out if its format cannot say all of it, as few say triple terms, or if its tables
    need axioms that no rule follows.
    """
    quads = list(quads)
    dumps = [write_n_quads(folder, quads)]
    for task in plan_other_dumps(folder, quads, dumps[0]):
        with suppress(UnwritableError, UnfollowedAxiomError):
            dumps += task()
    return dumps


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
        write_dump(
            folder / f"{STEM}{form.ending}", form.media_type, form.title, [form.write(tables)]
        )
        for form in forms
    ]


def write_graph(
    folder: Path, quads: Iterable[Quad], kind: tuple[str, str, str], edition: str
) -> list[Dump]:
    """Write a dump in RDF."""
    name, mark, title = kind
    body = export_rdf(quads, GRAPHS[name], evidence=bool(mark), edition=edition)
    path = folder / f"{STEM}{mark}.{name}"
    return [write_dump(path, GRAPHS[name].media_type, title, [body])]


def write_dump(path: Path, media_type: str, title: str, parts: Iterable[bytes]) -> Dump:
    """Write one dump, part by part."""
    with path.open("wb") as file:
        file.writelines(parts)
    written = describe_file(path)
    return Dump(path.name, media_type, title, written["bytes"], written["hash"])


def describe_distributions(dumps: Iterable[Dump], folder: str = "") -> Iterator[Quad]:
    """Yield the dumps as distributions, the SPARQL endpoint and the feed as data services.

    The addresses of the dumps are in a `folder` below DUMP_FOLDER, such as `000000007-3f9c51e0/`.
    """
    for dump in dumps:
        address, title = DUMP_FOLDER + folder + dump.name, str(Literal(dump.title, language="en"))
        values = asdict(dump) | {"address": address, "title": title}
        yield from read_description("distribution", **values)
        if dump.media_type in RDF_MEDIA_TYPES:  # VoID, section 3.1: a dump in RDF
            yield state(DATASET, "void:dataDump", NamedNode(address))
    yield from read_description("services")


def write_downloads(folder: Path, quads: Iterable[Quad], version: str = "") -> None:
    """Write the dumps of quads into a folder, all of them or none; a version is described too.

    A dataset without `graph:dataset`, which describes it, is not described.
    """
    parts: tuple[list[Quad], list[Quad]] = ([], [])
    for quad in quads:
        parts[graph_of(quad) == DATASET_GRAPH].append(quad)
    stated, described = parts
    new = folder / "new"
    new.mkdir()
    dumps = write_dumps(new, stated)
    if version and described:
        description = dict.fromkeys([
            *drop_counts(quad.triple for quad in described),
            *(quad.triple for quad in describe_dataset(stated)),
            *(quad.triple for quad in describe_distributions(dumps, f"{version}/")),
        ])  # fmt: skip
        serialize(description, folder / DESCRIPTION, RdfFormat.N_TRIPLES)
    files = {f"dumps/{dump.name}": {"bytes": dump.size, "hash": dump.sha256} for dump in dumps}
    write_manifest(Snapshot(folder).manifest_file, {FILES: files})
    new.rename(Snapshot(folder).dumps)


def drop_counts(description: Iterable[Triple]) -> list[Triple]:
    """Return a description of a dataset without its counts and dumps: the rest outlives a write."""
    return [
        triple
        for triple in description
        if triple.predicate not in COUNTS
        and not any(
            isinstance(node, NamedNode) and node.value.startswith(COUNTED)
            for node in (triple.subject, triple.object)
        )
    ]
