"""The JSON-LD context: the ontology's own words, and a few that everyone knows, for their IRIs.

https://www.w3.org/TR/json-ld11/#the-context
"""

from __future__ import annotations

from typing import Final, TypeAlias

from ontology.namespace import CPEC, PREFIXES, shorten
from ontology.vocabulary import Vocabulary

Definition: TypeAlias = str | dict[str, str]
"""A term definition: an IRI, or an IRI with what its values are."""

LANGUAGE_MAPS: Final = ("rdfs:label", "rdfs:comment", "skos:altLabel", "skos:prefLabel")
"""Properties of text in several languages, written `{"en": ..., "ur": ...}`."""

WELL_KNOWN: Final[dict[str, str]] = {
    "dcterms:title": "",
    "dcterms:creator": "@id",
    "dcterms:publisher": "@id",
    "dcterms:license": "@id",
    "dcterms:subject": "@id",
    "dcterms:isPartOf": "@id",
    "dcterms:hasPart": "@id",
    "schema:position": "",
    "schema:sha256": "",
    "schema:inLanguage": "",
    "schema:location": "@id",
    "oa:hasSource": "@id",
    "oa:hasSelector": "@id",
    "oa:exact": "",
    "oa:start": "",
    "oa:end": "",
    "owl:sameAs": "@id",
    "skos:closeMatch": "@id",
}
"""Properties of other vocabularies that are called by their local names, with their `@type`."""


REFERENCES: Final = frozenset({CPEC + "modality", CPEC + "labelStatus"})
"""Annotation properties of ours whose values are IRIs."""

STRING: Final = PREFIXES["xsd"] + "string"


def context(vocabulary: Vocabulary) -> dict[str, Definition]:
    """Return the context: prefixes first, then terms in the order of their names.

    Where a word of ours is also that of another vocabulary, ours is the term.
    """
    terms: dict[str, Definition] = {
        name.partition(":")[2]: {"@id": name, "@type": kind} if kind else name
        for name, kind in WELL_KNOWN.items()
    }
    terms |= {
        name.partition(":")[2]: {"@id": name, "@container": "@language"} for name in LANGUAGE_MAPS
    }
    for iri in sorted(vocabulary.classes | vocabulary.properties):
        local = iri.removeprefix(CPEC)
        if local != iri and local not in PREFIXES:
            terms[local] = definition(iri, vocabulary)
    return {**PREFIXES, **dict(sorted(terms.items()))}


def definition(iri: str, vocabulary: Vocabulary) -> Definition:
    """Return the definition of a term of the ontology."""
    kind = vocabulary.datatype.get(iri)
    if iri in vocabulary.object_properties | REFERENCES:
        return {"@id": shorten(iri), "@type": "@id"}
    if kind and kind != STRING:
        return {"@id": shorten(iri), "@type": shorten(kind)}
    return shorten(iri)
