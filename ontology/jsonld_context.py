"""The JSON-LD context: a term for each name of the ontology and for well-known properties.

https://www.w3.org/TR/json-ld11/#the-context. A property is a set, whose values are always an array,
unless a thing has one value of it only.
"""

from __future__ import annotations

from functools import cache
from typing import Final, TypeAlias

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from ontology.namespace import PREFIXES, rebase, shorten
from ontology.release import packaged_quads
from ontology.terms import CPEC, XSD
from ontology.vocabulary import ONTOLOGY_FOLDER, SHAPES_FILE, Vocabulary

Definition: TypeAlias = str | dict[str, str | list[str]]
"""A term definition: an IRI, or an expanded definition with `@type` and `@container`."""

KEYWORDS: Final[dict[str, Definition]] = {
    "id": "@id",
    "type": {"@id": "@type", "@container": "@set"},
    "reverse": "@reverse",
}
"""The keywords of JSON-LD without their signs."""

NAMESPACES: Final = {name: start for name, start in PREFIXES.items() if name not in KEYWORDS}
"""The prefixes without `id`, a keyword here: documents write the IRIs of things in full."""

LANGUAGE_MAPS: Final = (
    *("rdfs:label", "rdfs:comment"),
    *("skos:altLabel", "skos:prefLabel", "skos:editorialNote"),
    *("dcterms:title", "dcterms:description"),
    *("cpec:phrase", "cpec:ongoingPhrase", "cpec:plannedPhrase", "cpec:reading"),
)
"""The properties with a language map: `{"en": ..., "ur": ...}`."""

ONE_TEXT_A_LANGUAGE: Final = frozenset({"rdfs:label", "skos:prefLabel", "dcterms:title"})
"""The properties with at most one text in each language (the shapes; SKOS, section 5.4)."""

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
    "oa:hasStartSelector": "@id",
    "oa:hasEndSelector": "@id",
    "oa:start": "",
    "oa:end": "",
    "owl:sameAs": "@id",
    "skos:closeMatch": "@id",
    "skos:exactMatch": "@id",
}
"""The `@type` of the properties of other vocabularies whose term is their local name."""


REFERENCES: Final = frozenset({CPEC.MODALITY.value, CPEC.LABEL_STATUS.value, CPEC.QUOTED_BY.value})
"""The annotation properties of the ontology whose values are IRIs."""

SH: Final = PREFIXES["sh"]

BOUNDS: Final = frozenset({CPEC + "earliest", CPEC + "latest"})
"""The bounds of a day: those of two sources may differ, and contradict each other in nothing."""


def build_context(vocabulary: Vocabulary) -> dict[str, Definition]:
    """Return the context: keywords, prefixes, then terms sorted by name.

    If the ontology and another vocabulary share a local name, the term is the ontology's.
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
    """Return the definition of a property; `kind` is its `@type`, "" for none."""
    parts: dict[str, str | list[str]] = {"@id": name}
    if kind:
        parts["@type"] = kind
    if name not in single_valued_properties():
        parts["@container"] = "@set"
    return parts if len(parts) > 1 else name


def define_language_map(name: str) -> Definition:
    """Return the definition of a property with a language map."""
    container = "@language" if name in ONE_TEXT_A_LANGUAGE else ["@language", "@set"]
    return {"@id": name, "@container": container}


@cache
def single_valued_properties() -> frozenset[str]:
    """Return the prefixed names of the properties that have one value for one thing.

    They have `sh:maxCount 1` in the packaged shapes, or `schema:multipleValues false` in the
    ontology: only sources that contradict each other give these two.
    """
    text = rebase((ONTOLOGY_FOLDER / SHAPES_FILE).read_text("utf-8"))
    quads = list(parse(text, format=RdfFormat.TURTLE))
    most = NamedNode(SH + "maxCount")
    one = Literal("1", datatype=XSD.INTEGER)
    shapes = {quad.subject for quad in quads if (quad.predicate, quad.object) == (most, one)}
    paths = {
        quad.object.value
        for quad in quads
        if quad.predicate.value == SH + "path"
        and quad.subject in shapes
        and isinstance(quad.object, NamedNode)
    }
    declared = {
        quad.subject.value
        for quad in packaged_quads()
        if quad.predicate.value == PREFIXES["schema"] + "multipleValues"
        and isinstance(quad.subject, NamedNode)
    }
    # a day, its month and its year are values beside each other
    return frozenset(map(shorten, paths | (declared - {CPEC + "date"}) | BOUNDS))
