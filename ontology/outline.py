"""The outline of the vocabulary: the order in which it declares its terms, and its class tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final, Self

from pyoxigraph import NamedNode, Quad

from ontology.release import packaged_quads
from ontology.terms import CPEC, OA, OWL, RDF, RDFS

SECTIONS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("Countries", (CPEC + "Country",)),
    ("Places", (CPEC + "Place",)),
    ("Agents", (CPEC + "Agent",)),
    ("Undertakings", (CPEC + "Undertaking",)),
    ("Events", (CPEC + "Event",)),
    ("Documents", (CPEC + "Document",)),
    ("Tasks", (CPEC + "Mandate",)),
    ("Topics, systems, goals and people", ()),
    (
        "Articles, their sentences and the evidence",
        (
            *(CPEC + name for name in ("NewsArticle", "Sentence")),
            *(OA + name for name in ("TextQuoteSelector", "TextPositionSelector")),
            RDF.STATEMENT.value,
        ),
    ),
    ("Other sources", (CPEC + "BackgroundSource", CPEC + "EditorialSource")),
    (
        "The vocabulary",
        (
            *(OWL + name for name in ("Ontology", "Class")),
            *(OWL + kind + "Property" for kind in ("Object", "Datatype", "Annotation")),
            *(CPEC + name for name in ("Modality", "LabelStatus")),
        ),
    ),
    ("Everything else", ()),
)
"""The headings of a file, each with the widest classes of what stands below it."""

HEADINGS: Final = tuple(heading for heading, _ in SECTIONS)
SECTION: Final = {name: place for place, (_, names) in enumerate(SECTIONS) for name in names}
OTHER_THINGS: Final = HEADINGS.index("Topics, systems, goals and people")
"""The section of the classes of ours that no other section names."""


@dataclass(frozen=True, slots=True)
class Outline:
    """The position of each term, and the classes directly above each class."""

    position: dict[str, int]
    broader: dict[str, tuple[str, ...]]

    @classmethod
    def from_quads(cls, quads: Iterable[Quad]) -> Self:
        """Return the outline of the quads of an ontology, in the order of its files."""
        position: dict[str, int] = {}
        broader: dict[str, list[str]] = defaultdict(list)
        for quad in quads:
            if not isinstance(quad.subject, NamedNode):
                continue
            position.setdefault(quad.subject.value, len(position))
            above = quad.predicate == RDFS.SUB_CLASS_OF
            if above and isinstance(quad.object, NamedNode):
                broader[quad.subject.value].append(quad.object.value)
        return cls(position, {name: tuple(above) for name, above in broader.items()})

    def find_section(self, types: Iterable[str]) -> int:
        """Return the place among the headings of what has these types: the narrowest decides."""
        for name in sorted(types, key=lambda name: (self.breadth(name), name)):
            for ancestor in self.ancestors(name):
                if ancestor in SECTION:
                    return SECTION[ancestor]
            if name.startswith(CPEC):
                return OTHER_THINGS
        return len(SECTIONS) - 1

    def ancestors(self, name: str) -> list[str]:
        """Return a class and those above it, the nearest first."""
        found = [name]
        for one in found:
            found.extend(above for above in self.broader.get(one, ()) if above not in found)
        return found

    def breadth(self, name: str) -> int:
        """Return how wide a class is, negative: the more classes above it, the less."""
        return -len(self.ancestors(name))

    def rank(self, name: str) -> tuple[int, str]:
        """Return the key under which a term is sorted: as declared, others after by their IRIs."""
        return self.position.get(name, len(self.position)), name


@cache
def packaged_outline() -> Outline:
    """Return the outline of the packaged ontology."""
    return Outline.from_quads(packaged_quads())
