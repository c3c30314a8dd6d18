"""The distributions of the dataset: its dumps with their sizes and checksums, and its endpoint.

DCAT 3, https://www.w3.org/TR/vocab-dcat-3/; checksums are in SPDX.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad

from graph.answering.format import GRAPH_FORMATS
from graph.publishing.dataset_quad import DATASET, LICENCE, expand, integer, state
from graph.publishing.dump import Dump
from ontology.namespace import BASE

RDF_MEDIA_TYPES = {form.media_type for form in GRAPH_FORMATS}
DUMP_FOLDER = BASE + "data/dumps/"
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"


def describe_distributions(dumps: Iterable[Dump]) -> Iterator[Quad]:
    """Yield the dumps as distributions, and the SPARQL endpoint as a data service."""
    for dump in dumps:
        yield from describe_dump(dump)
    service = BASE + "sparql"
    yield state(service, "rdf:type", expand("dcat:DataService"))
    yield state(service, "dcterms:title", Literal("SPARQL 1.1 endpoint", language="en"))
    yield state(service, "dcat:endpointURL", NamedNode(service))
    yield state(service, "dcat:endpointDescription", NamedNode(service))
    yield state(service, "dcat:servesDataset", NamedNode(DATASET))
    yield state(service, "dcterms:license", NamedNode(LICENCE))
    yield state(
        service, "dcterms:conformsTo", NamedNode("https://www.w3.org/TR/sparql11-protocol/")
    )


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
