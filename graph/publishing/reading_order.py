"""The order of statements for readers: by kind, by thing, by property."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

from pyoxigraph import Literal, NamedNode, Quad

from graph.dataset import graph_of
from graph.written_value import read_count
from ontology.namespace import (
    BACKGROUND,
    DATASET_GRAPH,
    EDITORIAL_GRAPH,
    EVIDENCE_GRAPH,
    GRAPH,
    ID,
    INFERRED_GRAPH,
    LINKS,
    ONTOLOGY_GRAPH,
)
from ontology.outline import HEADINGS, packaged_outline
from ontology.terms import DCTERMS, OA, RDF, RDFS, SKOS, term_text
from ontology.vocabulary import LANGUAGES

DIGITS: Final = re.compile(r"(\d+)")
FIRST_PROPERTIES: Final = (
    RDF.TYPE.value,
    RDFS.LABEL.value,
    SKOS.ALT_LABEL.value,
    DCTERMS.TITLE.value,
    *(RDF + name for name in ("subject", "predicate", "object", "reifies")),
    *(OA + name for name in ("hasSource", "hasSelector", "exact")),
)
"""The properties that come first: the types and labels of a thing, the parts of a record."""

GRAPH_HEADINGS: Final = {
    ID: "Sentences",
    BACKGROUND: "Background sources",
    EDITORIAL_GRAPH: "Types, labels and translations by the project",
    LINKS: "Links to other data",
    GRAPH + "extract/": "Extracts of other data",
    EVIDENCE_GRAPH: "The evidence: articles, sentences, records of statements, quotes",
    INFERRED_GRAPH: "Inferred statements",
    ONTOLOGY_GRAPH: "The vocabulary",
    DATASET_GRAPH: "The description of the dataset",
    "": "Other graphs",
}
"""The headings of the named graphs, in order, by the start of their names."""

Natural = tuple[tuple[int, str], ...]
"""A sort key of a text that compares numbers by value, so that s9 comes before s10."""


def natural_key(text: str) -> Natural:
    """Return the natural sort key of a text."""
    parts = enumerate(DIGITS.split(text))
    return tuple((read_count(part) or 0, part) if odd % 2 else (0, part) for odd, part in parts)


@dataclass(frozen=True, slots=True)
class ReadingOrder:
    """Sorts quads by the types of their subjects; `this` is the subject of the whole document."""

    types: Mapping[str, frozenset[str]]
    this: str = ""

    @classmethod
    def from_quads(cls, quads: Iterable[Quad], this: str = "") -> Self:
        """Return the order of a dataset, from the types that its quads state."""
        types: dict[str, set[str]] = defaultdict(set)
        for quad in quads:
            if quad.predicate == RDF.TYPE and isinstance(quad.object, NamedNode):
                types[term_text(quad.subject)].add(quad.object.value)
        return cls({name: frozenset(classes) for name, classes in types.items()}, this)

    def sort(self, quads: Iterable[Quad]) -> list[Quad]:
        """Return the quads sorted by graph, thing, property and value."""
        quads = list(quads)
        things = {quad.subject for quad in quads}
        # each term is ranked once, and not once for each quad that has it
        ranks = {thing: self.rank(term_text(thing)) for thing in things}
        headings = list(GRAPH_HEADINGS)  # sentences first, the vocabulary last
        graphs = {
            name: (headings.index(match_prefix(name)), natural_key(name))
            for name in set(map(graph_of, quads))
        }
        properties = {name: rank_property(name.value) for name in {q.predicate for q in quads}}
        values = {
            (is_type, value): rank_value(value, is_type=is_type)
            for is_type, value in {(quad.predicate == RDF.TYPE, quad.object) for quad in quads}
        }
        return sorted(
            quads,
            key=lambda quad: (
                graphs[graph_of(quad)],
                ranks[quad.subject],
                properties[quad.predicate],
                values[quad.predicate == RDF.TYPE, quad.object],
            ),
        )

    def find_section(self, thing: str) -> int:
        """Return the index of the heading of a thing, -1 for the subject of the document.

        A part of a source, such as `s01#quote-1`, belongs to the section of the source.
        """
        if thing == self.this:
            return -1
        source = thing.partition("#")[0]
        types = self.types.get(source) or self.types.get(thing) or ()
        return packaged_outline().find_section(types)

    def find_heading(self, thing: str) -> str:
        """Return the heading above a thing, "" for the subject of the document."""
        section = self.find_section(thing)
        return "" if section < 0 else HEADINGS[section]

    def rank(self, thing: str) -> tuple[int, int, Natural]:
        """Return the sort key of a thing: by section, then terms in the order of the ontology."""
        return self.find_section(thing), packaged_outline().rank(thing)[0], natural_key(thing)


def find_graph_heading(name: str) -> str:
    """Return the heading above a named graph."""
    return GRAPH_HEADINGS[match_prefix(name)]


def match_prefix(name: str) -> str:
    """Return the key of GRAPH_HEADINGS with which the name of a graph begins."""
    return next(start for start in GRAPH_HEADINGS if name.startswith(start))


def rank_property(name: str) -> tuple[int, int, str]:
    """Return the sort key of a property: FIRST_PROPERTIES, then in the order of the ontology."""
    if name in FIRST_PROPERTIES:
        return FIRST_PROPERTIES.index(name), 0, name
    return len(FIRST_PROPERTIES), *packaged_outline().rank(name)


def rank_value(value: object, *, is_type: bool) -> tuple[int, int, Natural]:
    """Return the sort key of a value: texts by language, classes from the narrowest."""
    if isinstance(value, Literal):
        tag = value.language or ""
        language = LANGUAGES.index(tag) if tag in LANGUAGES else len(LANGUAGES)
        return language, 0, natural_key(str(value))
    if is_type:
        return 0, packaged_outline().breadth(term_text(value)), natural_key(str(value))
    return 0, 0, natural_key(str(value))
