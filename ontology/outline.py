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
"""The headings of a file, each with the widest classes of its things."""

HEADINGS: Final = tuple(heading for heading, _ in SECTIONS)
SECTION: Final = {name: place for place, (_, names) in enumerate(SECTIONS) for name in names}
OTHER_THINGS: Final = HEADINGS.index("Topics, systems, goals and people")
"""The index of the section for classes of the ontology that no other section names."""


@dataclass(frozen=True, slots=True)
class Outline:
    """The position of each term, and the classes directly above each class."""

    position: dict[str, int]
    broader: dict[str, tuple[str, ...]]

    @classmethod
    def from_quads(cls, quads: Iterable[Quad]) -> Self:
        """Return the outline of an ontology; positions follow the order of its quads."""
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
        """Return the index of the heading of a thing; the narrowest of its types decides."""
        for name in sorted(types, key=lambda name: (self.breadth(name), name)):
            for ancestor in self.list_ancestors(name):
                if ancestor in SECTION:
                    return SECTION[ancestor]
            if name.startswith(CPEC):
                return OTHER_THINGS
        return len(SECTIONS) - 1

    def list_ancestors(self, name: str) -> list[str]:
        """Return a class and its ancestors, the nearest first."""
        classes = [name]
        # the loop appends the classes above: a search in breadth, so the nearest come first
        for narrower in classes:
            classes.extend(c for c in self.broader.get(narrower, ()) if c not in classes)
        return classes

    def breadth(self, name: str) -> int:
        """Return the breadth of a class: the number of its ancestors, negative."""
        return -len(self.list_ancestors(name))

    def rank(self, name: str) -> tuple[int, str]:
        """Return the sort key of a term: in the order of declaration, then by IRI."""
        return self.position.get(name, len(self.position)), name


@cache
def packaged_outline() -> Outline:
    """Return the outline of the packaged ontology."""
    return Outline.from_quads(packaged_quads())
