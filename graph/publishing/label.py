"""The labels of names: how people call a country, a property, a sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from ontology.namespace import shorten
from ontology.terms import DCTERMS, RDFS

LABEL_PROPERTIES: Final = (RDFS.LABEL.value, DCTERMS.TITLE.value)
"""The properties that name something, the first first."""

ENGLISH: Final = ("en", "")
"""The languages of an English label, the first first: "" is that of a text without one."""


@dataclass(frozen=True, slots=True)
class Labels:
    """The label of each IRI, by language."""

    texts: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, quads: Iterable[Quad]) -> Self:
        """Return the labels that the quads state; the first in the order of the alphabet counts."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        named = [quad for quad in quads if quad.predicate.value in LABEL_PROPERTIES]
        for quad in sorted(named, key=label_rank):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
                language = quad.object.language or ""
                found[quad.subject.value].setdefault(language, quad.object.value)
        return cls(found)

    def text(self, iri: str, language: str) -> str:
        """Return the label of an IRI in a language, or ""."""
        return self.texts.get(iri, {}).get(language, "")

    def english(self, node: NamedNode | BlankNode | Literal | Triple) -> str:
        """Return a term in words: a label, the text of a literal, or else a short name."""
        if isinstance(node, Literal):
            return node.value
        if not isinstance(node, NamedNode):
            return str(node)
        labels = (self.text(node.value, language) for language in ENGLISH)
        return next(filter(None, labels), "") or shorten(node.value).strip("<>")


def label_rank(quad: Quad) -> tuple[int, str]:
    """Return the key under which labels are sorted."""
    return LABEL_PROPERTIES.index(quad.predicate.value), str(quad)
