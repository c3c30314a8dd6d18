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

ALIGNED_FILE: Final = "aligned.ttl"
"""The axioms of the vocabularies that we align to, which are not part of the graph."""

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
    """What the ontology declares; `modality` and `datatype` are by property, where it has one."""

    classes: frozenset[str]
    properties: frozenset[str]
    object_properties: frozenset[str]
    modality: dict[str, str]
    datatype: dict[str, str]

    @classmethod
    def of(cls, quads: Iterable[Quad]) -> Vocabulary:
        """Return the vocabulary that the quads of the ontology, among others, declare."""
        named = [
            (quad.subject.value, quad.predicate.value, quad.object.value)
            for quad in quads
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode)
        ]

        def typed(types: Iterable[str]) -> frozenset[str]:
            return frozenset(s for s, p, o in named if p == RDF_TYPE and o in types)

        return cls(
            classes=typed(CLASS_TYPES),
            properties=typed(PROPERTY_TYPES),
            object_properties=typed({PREFIXES["owl"] + "ObjectProperty"}),
            modality={s: o for s, p, o in named if p == CPEC + "modality"},
            datatype={
                s: o
                for s, p, o in named
                if p == PREFIXES["rdfs"] + "range" and o.startswith(PREFIXES["xsd"])
            },
        )
