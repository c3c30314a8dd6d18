"""The distributions of the dataset: its dumps with their sizes and checksums, and its endpoint.

DCAT 3, https://www.w3.org/TR/vocab-dcat-3/; checksums in the terms of SPDX.
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
    """Yield what is said of one dump."""
    here, checksum = DUMP_FOLDER + dump.name, DUMP_FOLDER + dump.name + "#checksum"
    yield state(DATASET, "dcat:distribution", NamedNode(here))
    if dump.media_type in RDF_MEDIA_TYPES:  # VoID, section 3.1: a dump in RDF
        yield state(DATASET, "void:dataDump", NamedNode(here))
    yield state(here, "rdf:type", expand("dcat:Distribution"))
    yield state(here, "dcterms:title", Literal(dump.title, language="en"))
    yield state(here, "dcterms:license", NamedNode(LICENCE))
    yield state(here, "dcat:downloadURL", NamedNode(here))
    yield state(here, "dcat:accessURL", NamedNode(here))
    yield state(here, "dcat:mediaType", NamedNode(MEDIA_TYPES + dump.media_type))
    yield state(here, "dcat:byteSize", integer(dump.size))
    yield state(here, "spdx:checksum", NamedNode(checksum))
    yield state(checksum, "rdf:type", expand("spdx:Checksum"))
    yield state(checksum, "spdx:algorithm", expand("spdx:checksumAlgorithm_sha256"))
    yield state(
        checksum, "spdx:checksumValue", Literal(dump.sha256, datatype=expand("xsd:hexBinary"))
    )
