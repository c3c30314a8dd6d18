"""The distributions of the dataset: its dumps with their sizes and checksums, and its endpoint.

DCAT 3, https://www.w3.org/TR/vocab-dcat-3/; checksums in the terms of SPDX.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad

from graph.answering.format import GRAPH_FORMATS
from graph.publishing.dump import Dump
from graph.publishing.statement import DATASET, LICENCE, iri, number, said
from ontology.namespace import BASE

RDF = {form.media_type for form in GRAPH_FORMATS}
DUMPS = BASE + "data/dumps/"
MEDIA = "https://www.iana.org/assignments/media-types/"


def distributions(dumps: Iterable[Dump]) -> Iterator[Quad]:
    """Yield the dumps as distributions, and the SPARQL endpoint as a data service."""
    for dump in dumps:
        yield from distribution(dump)
    service = BASE + "sparql"
    yield said(service, "rdf:type", iri("dcat:DataService"))
    yield said(service, "dcterms:title", Literal("SPARQL 1.1 endpoint", language="en"))
    yield said(service, "dcat:endpointURL", NamedNode(service))
    yield said(service, "dcat:endpointDescription", NamedNode(service))
    yield said(service, "dcat:servesDataset", NamedNode(DATASET))
    yield said(service, "dcterms:license", NamedNode(LICENCE))
    yield said(service, "dcterms:conformsTo", NamedNode("https://www.w3.org/TR/sparql11-protocol/"))


def distribution(dump: Dump) -> Iterator[Quad]:
    """Yield what is said of one dump."""
    here, checksum = DUMPS + dump.name, DUMPS + dump.name + "#checksum"
    yield said(DATASET, "dcat:distribution", NamedNode(here))
    if dump.media_type in RDF:  # VoID, section 3.1: a dump in RDF
        yield said(DATASET, "void:dataDump", NamedNode(here))
    yield said(here, "rdf:type", iri("dcat:Distribution"))
    yield said(here, "dcterms:title", Literal(dump.title, language="en"))
    yield said(here, "dcterms:license", NamedNode(LICENCE))
    yield said(here, "dcat:downloadURL", NamedNode(here))
    yield said(here, "dcat:accessURL", NamedNode(here))
    yield said(here, "dcat:mediaType", NamedNode(MEDIA + dump.media_type))
    yield said(here, "dcat:byteSize", number(dump.size))
    yield said(here, "spdx:checksum", NamedNode(checksum))
    yield said(checksum, "rdf:type", iri("spdx:Checksum"))
    yield said(checksum, "spdx:algorithm", iri("spdx:checksumAlgorithm_sha256"))
    yield said(checksum, "spdx:checksumValue", Literal(dump.sha256, datatype=iri("xsd:hexBinary")))
