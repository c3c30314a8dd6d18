"""The JSON-LD context: the ontology's own words, and a few that everyone knows, for their IRIs.

https://www.w3.org/TR/json-ld11/#the-context. A property that may have several values is a set, so
that its values are always an array; one of which the shapes allow one value alone is not.
"""

from __future__ import annotations

from functools import cache
from typing import Final, TypeAlias

from pyoxigraph import NamedNode, RdfFormat, parse

from ontology.namespace import PREFIXES, rebase, shorten
from ontology.terms import CPEC, XSD
from ontology.vocabulary import ONTOLOGY_FOLDER, SHAPES_FILE, Vocabulary

Definition: TypeAlias = str | dict[str, str | list[str]]
"""A term definition: an IRI, or an IRI with what its values are."""

KEYWORDS: Final[dict[str, Definition]] = {
    "id": "@id",
    "type": {"@id": "@type", "@container": "@set"},
    "reverse": "@reverse",
}
"""The keywords of JSON-LD without their signs."""

NAMESPACES: Final = {name: start for name, start in PREFIXES.items() if name not in KEYWORDS}
"""The prefixes; the names of things, `id:Pakistan`, are written out."""

LANGUAGE_MAPS: Final = (
    *("rdfs:label", "rdfs:comment"),
    *("skos:altLabel", "skos:prefLabel", "skos:editorialNote"),
    *("dcterms:title", "dcterms:description"),
    "cpec:reading",
)
"""Properties of text in several languages, written `{"en": ..., "ur": ...}`."""

ONE_TEXT_A_LANGUAGE: Final = frozenset({"rdfs:label", "skos:prefLabel", "dcterms:title"})
"""Those of them that have one text in a language (the shapes; SKOS, section 5.4)."""

WELL_KNOWN: Final[dict[str, str]] = {
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
    "skos:exactMatch": "@id",
}
"""Properties of other vocabularies that are called by their local names, with their `@type`."""


REFERENCES: Final = frozenset({CPEC.MODALITY.value, CPEC.LABEL_STATUS.value})
"""Annotation properties of ours whose values are IRIs."""

SH: Final = PREFIXES["sh"]


def build_context(vocabulary: Vocabulary) -> dict[str, Definition]:
    """Return the context: keywords and prefixes first, then terms in the order of their names.

    Where a word of ours is also that of another vocabulary, ours is the term.
    """
    terms: dict[str, Definition] = {
        name.partition(":")[2]: define_property(name, kind) for name, kind in WELL_KNOWN.items()
    }
    terms |= {name.partition(":")[2]: define_language_map(name) for name in LANGUAGE_MAPS}
    for iri in sorted(vocabulary.classes | vocabulary.properties):
        local = iri.removeprefix(CPEC)
        if local != iri and local not in PREFIXES and shorten(iri) not in LANGUAGE_MAPS:
            terms[local] = define_term(iri, vocabulary)
    return {**KEYWORDS, **NAMESPACES, **dict(sorted(terms.items()))}


def define_term(iri: str, vocabulary: Vocabulary) -> Definition:
    """Return the definition of a term of the ontology."""
    name, kind = shorten(iri), vocabulary.datatype.get(iri)
    if iri in vocabulary.classes:
        return name
    if iri in vocabulary.object_properties | REFERENCES:
        return define_property(name, "@id")
    return define_property(name, shorten(kind) if kind and kind != XSD.STRING.value else "")


def define_property(name: str, kind: str) -> Definition:
    """Return the definition of a property whose values are of a kind, "" where of any."""
    parts: dict[str, str | list[str]] = {"@id": name}
    if kind:
        parts["@type"] = kind
    if name not in single_valued_properties():
        parts["@container"] = "@set"
    return parts if len(parts) > 1 else name


def define_language_map(name: str) -> Definition:
    """Return the definition of a property of texts in several languages."""
    container = "@language" if name in ONE_TEXT_A_LANGUAGE else ["@language", "@set"]
    return {"@id": name, "@container": container}


@cache
def single_valued_properties() -> frozenset[str]:
    """Return the properties that have one value at most, as the packaged shapes have it."""
    text = rebase((ONTOLOGY_FOLDER / SHAPES_FILE).read_text("utf-8"))
    quads = list(parse(text, format=RdfFormat.TURTLE))
    most = NamedNode(SH + "maxCount")
    shapes = {quad.subject for quad in quads if quad.predicate == most and is_one(quad.object)}
    paths = {
        quad.object.value
        for quad in quads
        if quad.predicate.value == SH + "path"
        and quad.subject in shapes
        and isinstance(quad.object, NamedNode)
    }
    return frozenset(map(shorten, paths))


def is_one(term: object) -> bool:
    """Return whether a term is the number 1."""
    return getattr(term, "value", "") == "1"
