"""The vocabulary: the classes, properties and modalities that the ontology declares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Quad

from ontology.namespace import CPEC, PREFIXES, RDF_TYPE

FOLDER: Final = Path(__file__).parent
"""Where the packaged ontology stands."""

AXIOM_FILES: Final = ("cpec.ttl", "alignments.ttl")
"""The files that are loaded into `graph:ontology`."""

SHAPES_FILE: Final = "shapes.ttl"
"""The SHACL shapes, which are not part of the graph."""

MODALITIES: Final = ("Background", "Reported", "Ongoing", "Tasked", "Aim", "Assessed")
"""The local names of the modalities, strongest first."""

CLASS_TYPES: Final = frozenset({PREFIXES["owl"] + "Class", PREFIXES["rdfs"] + "Class"})
PROPERTY_TYPES: Final = frozenset(
    {PREFIXES["rdf"] + "Property"}
    | {PREFIXES["owl"] + kind + "Property" for kind in ("Object", "Datatype", "Annotation")}
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the ontology declares, as sets of IRIs; `modality` is by property."""

    classes: frozenset[str]
    properties: frozenset[str]
    modality: dict[str, str]

    @classmethod
    def of(cls, quads: Iterable[Quad]) -> Vocabulary:
        """Return the vocabulary that the quads of the ontology declare."""
        classes, properties, modality = set(), set(), {}
        for quad in quads:
            if not (isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode)):
                continue
            subject, value = quad.subject.value, quad.object.value
            if quad.predicate.value == RDF_TYPE and value in CLASS_TYPES:
                classes.add(subject)
            elif quad.predicate.value == RDF_TYPE and value in PROPERTY_TYPES:
                properties.add(subject)
            elif quad.predicate.value == CPEC + "modality":
                modality[subject] = value
        return cls(frozenset(classes), frozenset(properties), modality)
