"""The labels of things: the names that people use for a country, a property, a sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from ontology.namespace import shorten
from ontology.terms import DCTERMS, RDFS

LABEL_PROPERTIES: Final = (RDFS.LABEL.value, DCTERMS.TITLE.value)
"""The properties whose values are labels, by preference."""

ENGLISH: Final = ("en", "")
"""The language tags of an English label, by preference; "" is a text without a tag."""


@dataclass(frozen=True, slots=True)
class Labels:
    """The label of each IRI, by language."""

    texts: Mapping[str, Mapping[str, str]]

    @classmethod
    def from_quads(cls, quads: Iterable[Quad]) -> Self:
        """Return the labels in the quads: the first in code-point order of each language."""
        texts: dict[str, dict[str, str]] = defaultdict(dict)
        named = [quad for quad in quads if quad.predicate.value in LABEL_PROPERTIES]
        for quad in sorted(named, key=label_rank):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
                language = quad.object.language or ""
                texts[quad.subject.value].setdefault(language, quad.object.value)
        return cls(texts)

    def find(self, iri: str, language: str) -> str:
        """Return the label of an IRI in a language, "" if it has none."""
        return self.texts.get(iri, {}).get(language, "")

    def name_in_english(self, node: NamedNode | BlankNode | Literal | Triple) -> str:
        """Return a term for readers: its label, the lexical form of a literal, or a short name."""
        if isinstance(node, Literal):
            return node.value
        if not isinstance(node, NamedNode):
            return str(node)
        labels = (self.find(node.value, language) for language in ENGLISH)
        return next(filter(None, labels), "") or shorten(node.value).strip("<>")


def label_rank(quad: Quad) -> tuple[int, str]:
    """Return the sort key of the quad of a label: by preference, then by text."""
    return LABEL_PROPERTIES.index(quad.predicate.value), str(quad)
