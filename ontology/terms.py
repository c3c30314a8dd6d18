"""The RDF terms that the code names, each declared once, as attributes of their namespace.

A namespace is a string, so `OWL + "sameAs"` is an IRI and `iri.startswith(CPEC)` is a test; its
attributes are nodes, so mypy knows every name. A term that a single table names is written there.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Triple

from ontology.base import read_base

RdfTerm: TypeAlias = NamedNode | BlankNode | Literal | Triple
GraphName: TypeAlias = NamedNode | BlankNode | DefaultGraph


def term_text(node: object) -> str:
    """Return an IRI without brackets, and any other term in N-Triples syntax."""
    return node.value if isinstance(node, NamedNode) else str(node)


class Namespace(str):
    """The IRI with which the terms of a vocabulary begin."""

    __slots__ = ()


class _CPEC(Namespace):
    IRI = read_base() + "ontology#"
    ANCHOR = NamedNode(IRI + "anchor")
    ASSESSED = NamedNode(IRI + "Assessed")
    ATTRIBUTED_TO = NamedNode(IRI + "attributedTo")
    BACKGROUND_SOURCE = NamedNode(IRI + "BackgroundSource")
    CHARACTERS_READ = NamedNode(IRI + "charactersRead")
    COUNTERPART = NamedNode(IRI + "counterpart")
    DATE = NamedNode(IRI + "date")
    DERIVATION_REASON = NamedNode(IRI + "derivationReason")
    DERIVED_FROM = NamedNode(IRI + "derivedFrom")
    LABEL_STATUS = NamedNode(IRI + "labelStatus")
    MODALITY = NamedNode(IRI + "modality")
    ONGOING = NamedNode(IRI + "Ongoing")
    ONGOING_PHRASE = NamedNode(IRI + "ongoingPhrase")
    PHRASE = NamedNode(IRI + "phrase")
    PLANNED_PHRASE = NamedNode(IRI + "plannedPhrase")
    QUOTED_BY = NamedNode(IRI + "quotedBy")
    READING = NamedNode(IRI + "reading")
    SAID_OBJECT = NamedNode(IRI + "saidObject")
    SAID_PREDICATE = NamedNode(IRI + "saidPredicate")
    SAID_SUBJECT = NamedNode(IRI + "saidSubject")
    SENTENCE = NamedNode(IRI + "Sentence")
    UNASSERTED_STATEMENT = NamedNode(IRI + "UnassertedStatement")


class _DCTERMS(Namespace):
    IRI = "http://purl.org/dc/terms/"
    ALTERNATIVE = NamedNode(IRI + "alternative")
    CREATOR = NamedNode(IRI + "creator")
    DATE = NamedNode(IRI + "date")
    DESCRIPTION = NamedNode(IRI + "description")
    ISSUED = NamedNode(IRI + "issued")
    IS_REPLACED_BY = NamedNode(IRI + "isReplacedBy")
    PUBLISHER = NamedNode(IRI + "publisher")
    SOURCE = NamedNode(IRI + "source")
    TITLE = NamedNode(IRI + "title")


class _OA(Namespace):
    IRI = "http://www.w3.org/ns/oa#"
    END = NamedNode(IRI + "end")
    EXACT = NamedNode(IRI + "exact")
    HAS_END_SELECTOR = NamedNode(IRI + "hasEndSelector")
    HAS_SELECTOR = NamedNode(IRI + "hasSelector")
    HAS_SOURCE = NamedNode(IRI + "hasSource")
    HAS_START_SELECTOR = NamedNode(IRI + "hasStartSelector")
    RANGE_SELECTOR = NamedNode(IRI + "RangeSelector")
    START = NamedNode(IRI + "start")
    TEXT_QUOTE_SELECTOR = NamedNode(IRI + "TextQuoteSelector")


class _OWL(Namespace):
    IRI = "http://www.w3.org/2002/07/owl#"
    ANNOTATED_SOURCE = NamedNode(IRI + "annotatedSource")
    ANNOTATED_TARGET = NamedNode(IRI + "annotatedTarget")
    CLASS = NamedNode(IRI + "Class")
    DATATYPE_PROPERTY = NamedNode(IRI + "DatatypeProperty")
    DEPRECATED = NamedNode(IRI + "deprecated")
    INVERSE_OF = NamedNode(IRI + "inverseOf")
    OBJECT_PROPERTY = NamedNode(IRI + "ObjectProperty")
    PROPERTY_CHAIN_AXIOM = NamedNode(IRI + "propertyChainAxiom")
    SYMMETRIC_PROPERTY = NamedNode(IRI + "SymmetricProperty")
    THING = NamedNode(IRI + "Thing")
    VERSION_INFO = NamedNode(IRI + "versionInfo")
    VERSION_IRI = NamedNode(IRI + "versionIRI")


class _RDF(Namespace):
    IRI = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    FIRST = NamedNode(IRI + "first")
    JSON = NamedNode(IRI + "JSON")
    LANG_STRING = NamedNode(IRI + "langString")
    NIL = NamedNode(IRI + "nil")
    OBJECT = NamedNode(IRI + "object")
    PREDICATE = NamedNode(IRI + "predicate")
    REIFIES = NamedNode(IRI + "reifies")
    REST = NamedNode(IRI + "rest")
    STATEMENT = NamedNode(IRI + "Statement")
    SUBJECT = NamedNode(IRI + "subject")
    TYPE = NamedNode(IRI + "type")


class _RDFS(Namespace):
    IRI = "http://www.w3.org/2000/01/rdf-schema#"
    COMMENT = NamedNode(IRI + "comment")
    DOMAIN = NamedNode(IRI + "domain")
    LABEL = NamedNode(IRI + "label")
    RANGE = NamedNode(IRI + "range")
    SEE_ALSO = NamedNode(IRI + "seeAlso")
    SUB_CLASS_OF = NamedNode(IRI + "subClassOf")
    SUB_PROPERTY_OF = NamedNode(IRI + "subPropertyOf")


class _SCHEMA(Namespace):
    IRI = "https://schema.org/"
    DOMAIN_INCLUDES = NamedNode(IRI + "domainIncludes")
    ARCHIVED_AT = NamedNode(IRI + "archivedAt")
    DATE_CREATED = NamedNode(IRI + "dateCreated")
    IN_LANGUAGE = NamedNode(IRI + "inLanguage")
    POSITION = NamedNode(IRI + "position")
    RANGE_INCLUDES = NamedNode(IRI + "rangeIncludes")
    SHA256 = NamedNode(IRI + "sha256")


class _SKOS(Namespace):
    IRI = "http://www.w3.org/2004/02/skos/core#"
    ALT_LABEL = NamedNode(IRI + "altLabel")
    EDITORIAL_NOTE = NamedNode(IRI + "editorialNote")
    PREF_LABEL = NamedNode(IRI + "prefLabel")


class _SPDX(Namespace):
    IRI = "http://spdx.org/rdf/terms#"
    CHECKSUM_VALUE = NamedNode(IRI + "checksumValue")


class _VOID(Namespace):
    IRI = "http://rdfs.org/ns/void#"
    TRIPLES = NamedNode(IRI + "triples")


class _XSD(Namespace):
    IRI = "http://www.w3.org/2001/XMLSchema#"
    BOOLEAN = NamedNode(IRI + "boolean")
    DATE = NamedNode(IRI + "date")
    DECIMAL = NamedNode(IRI + "decimal")
    INTEGER = NamedNode(IRI + "integer")
    STRING = NamedNode(IRI + "string")


CPEC: Final = _CPEC(_CPEC.IRI)
"""The vocabulary of this project: `ontology/cpec.ttl`."""

DCTERMS: Final = _DCTERMS(_DCTERMS.IRI)
OA: Final = _OA(_OA.IRI)
"""The Web Annotation vocabulary (https://www.w3.org/TR/annotation-vocab/)."""

OWL: Final = _OWL(_OWL.IRI)
RDF: Final = _RDF(_RDF.IRI)
RDFS: Final = _RDFS(_RDFS.IRI)
SCHEMA: Final = _SCHEMA(_SCHEMA.IRI)
SKOS: Final = _SKOS(_SKOS.IRI)
SPDX: Final = _SPDX(_SPDX.IRI)
VOID: Final = _VOID(_VOID.IRI)
XSD: Final = _XSD(_XSD.IRI)
