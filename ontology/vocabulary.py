"""The vocabulary: the classes, properties and modalities that the ontology declares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Quad

from ontology.terms import CPEC, OWL, RDF, RDFS, XSD

ONTOLOGY_FOLDER: Final = Path(__file__).parent
"""The folder of the packaged ontology."""

AXIOM_FILES: Final = ("cpec.ttl", "alignments.ttl")
"""The files of `graph:ontology`."""

ALIGNED_FILE: Final = "aligned.ttl"
"""The axioms of the aligned vocabularies, for checks only: they are in no graph."""

SHAPES_FILE: Final = "shapes.ttl"
"""The SHACL shapes, which are in no graph."""

LANGUAGES: Final = ("en", "ur", "zh")
"""The languages of labels, in the order of display."""

MODALITIES: Final = ("Background", "Reported", "Ongoing", "Tasked", "Aim", "Assessed")
"""The local names of the modalities, strongest first."""

STRENGTH: Final = {CPEC + name: rank for rank, name in enumerate(MODALITIES)}
"""The rank of each modality IRI, 0 for the strongest."""

CLASS_TYPES: Final = frozenset({OWL.CLASS.value, RDFS + "Class"})
PROPERTY_TYPES: Final = frozenset(
    {RDF + "Property"} | {OWL + kind + "Property" for kind in ("Object", "Datatype", "Annotation")}
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The terms that an ontology declares, without the retired ones.

    `modality` and `datatype` map the properties that have one to its IRI.
    """

    classes: frozenset[str]
    properties: frozenset[str]
    object_properties: frozenset[str]
    modality: dict[str, str]
    datatype: dict[str, str]

    @classmethod
    def from_quads(cls, quads: Iterable[Quad]) -> Vocabulary:
        """Return the vocabulary that quads declare; other quads may be among them."""
        quads = list(quads)
        retired = find_deprecated(quads)
        named = [
            (quad.subject.value, quad.predicate.value, quad.object.value)
            for quad in quads
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode)
            if quad.subject.value not in retired
        ]

        def with_type(types: Iterable[str]) -> frozenset[str]:
            return frozenset(s for s, p, o in named if p == RDF.TYPE.value and o in types)

        return cls(
            classes=with_type(CLASS_TYPES),
            properties=with_type(PROPERTY_TYPES),
            object_properties=with_type({OWL.OBJECT_PROPERTY.value}),
            modality={s: o for s, p, o in named if p == CPEC.MODALITY.value},
            datatype={s: o for s, p, o in named if p == RDFS.RANGE.value and o.startswith(XSD)},
        )


def find_deprecated(quads: Iterable[Quad]) -> frozenset[str]:
    """Return the IRIs that are `owl:deprecated true`."""
    return frozenset(
        quad.subject.value
        for quad in quads
        if quad.predicate == OWL.DEPRECATED
        if isinstance(quad.subject, NamedNode) and getattr(quad.object, "value", "") == "true"
    )


def strongest_modality(modalities: Iterable[str]) -> str:
    """Return the strongest of some modality IRIs, "" if none is known."""
    return min(filter(STRENGTH.__contains__, modalities), key=STRENGTH.__getitem__, default="")


def weakest_modality(modalities: Iterable[str]) -> str:
    """Return the weakest of some modality IRIs, "" if none is known."""
    return max(filter(STRENGTH.__contains__, modalities), key=STRENGTH.__getitem__, default="")
