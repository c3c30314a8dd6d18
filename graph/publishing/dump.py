"""The dumps: files of the whole graph that the build writes beside the snapshot.

They hold every named graph except `graph:dataset`, which describes them in DCAT 3 with their
checksums in SPDX (https://www.w3.org/TR/vocab-dcat-3/).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from graph.answering.format import GRAPH_FORMATS, GRAPHS
from graph.publishing.dataset_quad import DATASET, LICENCE, expand, integer, state
from graph.publishing.plain_export import PLAIN_FORMATS, PlainExport, PlainFormat
from graph.publishing.rdf_export import (
    HOLDS_EVIDENCE,
    HOLDS_NAMED_GRAPHS,
    HOLDS_UNION,
    MOST_ARRANGED,
    export_rdf,
)
from ontology.namespace import BASE

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


RDF_MEDIA_TYPES = {form.media_type for form in GRAPH_FORMATS}
DUMP_FOLDER = BASE + "data/dumps/"
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"


SERVICES: Final = (
    ("sparql", "SPARQL 1.1 endpoint", "https://www.w3.org/TR/sparql11-protocol/"),
    ("feed", "Linked Data Event Stream of changes", "https://w3id.org/ldes/specification"),
)
"""The path of each data service, its title, and the specification that it conforms to."""


def describe_distributions(dumps: Iterable[Dump]) -> Iterator[Quad]:
    """Yield the dumps as distributions, the SPARQL endpoint and the feed as data services."""
    for dump in dumps:
        yield from describe_dump(dump)
    for path, title, specification in SERVICES:
        service = BASE + path
        yield state(service, "rdf:type", expand("dcat:DataService"))
        yield state(service, "dcterms:title", Literal(title, language="en"))
        yield state(service, "dcat:endpointURL", NamedNode(service))
        yield state(service, "dcat:endpointDescription", NamedNode(service))
        yield state(service, "dcat:servesDataset", NamedNode(DATASET))
        yield state(service, "dcterms:license", NamedNode(LICENCE))
        yield state(service, "dcterms:conformsTo", NamedNode(specification))


def describe_dump(dump: Dump) -> Iterator[Quad]:
    """Yield the description of one dump: its format, address, size and SHA-256."""
    address = DUMP_FOLDER + dump.name
    checksum = address + "#checksum"
    yield state(DATASET, "dcat:distribution", NamedNode(address))
    if dump.media_type in RDF_MEDIA_TYPES:  # VoID, section 3.1: a dump in RDF
        yield state(DATASET, "void:dataDump", NamedNode(address))
    yield state(address, "rdf:type", expand("dcat:Distribution"))
    yield state(address, "dcterms:title", Literal(dump.title, language="en"))
    yield state(address, "dcterms:license", NamedNode(LICENCE))
    yield state(address, "dcat:downloadURL", NamedNode(address))
    yield state(address, "dcat:accessURL", NamedNode(address))
    yield state(address, "dcat:mediaType", NamedNode(MEDIA_TYPES + dump.media_type))
    yield state(address, "dcat:byteSize", integer(dump.size))
    yield state(address, "spdx:checksum", NamedNode(checksum))
    yield state(checksum, "rdf:type", expand("spdx:Checksum"))
    yield state(checksum, "spdx:algorithm", expand("spdx:checksumAlgorithm_sha256"))
    yield state(
        checksum, "spdx:checksumValue", Literal(dump.sha256, datatype=expand("xsd:hexBinary"))
    )
