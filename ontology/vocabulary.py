"""The vocabulary: the classes, properties and modalities that the ontology declares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Quad

from ontology.terms import CPEC, OWL, RDF, RDFS, XSD

ONTOLOGY_FOLDER: Final = Path(__file__).parent
"""Where the packaged ontology stands."""

AXIOM_FILES: Final = ("cpec.ttl", "alignments.ttl")
"""The files that are loaded into `graph:ontology`."""

ALIGNED_FILE: Final = "aligned.ttl"
"""The axioms of the vocabularies that we align to, which are not part of the graph."""

SHAPES_FILE: Final = "shapes.ttl"
"""The SHACL shapes, which are not part of the graph."""

MODALITIES: Final = ("Background", "Reported", "Ongoing", "Tasked", "Aim", "Assessed")
"""The local names of the modalities, strongest first."""

STRENGTH: Final = {CPEC + name: place for place, name in enumerate(MODALITIES)}
"""The place of each modality, the strongest first."""

CLASS_TYPES: Final = frozenset({OWL.CLASS.value, RDFS + "Class"})
PROPERTY_TYPES: Final = frozenset(
    {RDF + "Property"} | {OWL + kind + "Property" for kind in ("Object", "Datatype", "Annotation")}
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the ontology declares; `modality` and `datatype` are by property, where it has one.

    Retired terms are not among them.
    """

    classes: frozenset[str]
    properties: frozenset[str]
    object_properties: frozenset[str]
    modality: dict[str, str]
    datatype: dict[str, str]

    @classmethod
    def from_quads(cls, quads: Iterable[Quad]) -> Vocabulary:
        """Return the vocabulary that the quads of the ontology, among others, declare."""
        quads = list(quads)
        retired = find_deprecated(quads)
        named = [
            (quad.subject.value, quad.predicate.value, quad.object.value)
            for quad in quads
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode)
            if quad.subject.value not in retired
        ]

        def typed(types: Iterable[str]) -> frozenset[str]:
            return frozenset(s for s, p, o in named if p == RDF.TYPE.value and o in types)

        return cls(
            classes=typed(CLASS_TYPES),
            properties=typed(PROPERTY_TYPES),
            object_properties=typed({OWL.OBJECT_PROPERTY.value}),
            modality={s: o for s, p, o in named if p == CPEC.MODALITY.value},
            datatype={s: o for s, p, o in named if p == RDFS.RANGE.value and o.startswith(XSD)},
        )


def find_deprecated(quads: Iterable[Quad]) -> frozenset[str]:
    """Return the IRIs that quads retire."""
    return frozenset(
        quad.subject.value
        for quad in quads
        if quad.predicate == OWL.DEPRECATED
        if isinstance(quad.subject, NamedNode) and getattr(quad.object, "value", "") == "true"
    )


def strongest_modality(modalities: Iterable[str]) -> str:
    """Return the strongest of modalities, "" where none is known."""
    return min(filter(STRENGTH.__contains__, modalities), key=STRENGTH.__getitem__, default="")


def weakest_modality(modalities: Iterable[str]) -> str:
    """Return the weakest of modalities, "" where none is known."""
    return max(filter(STRENGTH.__contains__, modalities), key=STRENGTH.__getitem__, default="")
