"""The order in which a person reads statements: thing by thing, kind after kind."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

from pyoxigraph import Literal, NamedNode, Quad

from graph.dataset import graph_of
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
from ontology.terms import DCTERMS, OA, RDF, RDFS, SKOS

DIGITS: Final = re.compile(r"(\d+)")
LANGUAGES: Final = ("en", "ur", "zh")
FIRST_PROPERTIES: Final = (
    RDF.TYPE.value,
    RDFS.LABEL.value,
    SKOS.ALT_LABEL.value,
    DCTERMS.TITLE.value,
    *(RDF + name for name in ("subject", "predicate", "object", "reifies")),
    *(OA + name for name in ("hasSource", "hasSelector", "exact")),
)
"""The properties that say what a thing or a record is, before all others."""

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
"""The headings of the named graphs by what their names begin with, the first first."""

Natural = tuple[tuple[int, str], ...]
"""A text as a key: its numbers count as numbers, so that s9 stands before s10."""


def natural_key(text: str) -> Natural:
    """Return the key of a text."""
    parts = enumerate(DIGITS.split(text))
    return tuple((int(part), part) if odd % 2 else (0, part) for odd, part in parts)


@dataclass(frozen=True, slots=True)
class ReadingOrder:
    """Sorts the statements of a dataset; `this` is the thing that a document is about."""

    types: Mapping[str, frozenset[str]]
    this: str = ""

    @classmethod
    def of(cls, quads: Iterable[Quad], this: str = "") -> Self:
        """Return the order of a dataset, which says of what class its things are."""
        types: dict[str, set[str]] = defaultdict(set)
        for quad in quads:
            if quad.predicate == RDF.TYPE and isinstance(quad.object, NamedNode):
                types[term_text(quad.subject)].add(quad.object.value)
        return cls({name: frozenset(found) for name, found in types.items()}, this)

    def sorted(self, quads: Iterable[Quad]) -> list[Quad]:
        """Return the quads in order: by graph, thing, property and value."""
        quads = list(quads)
        things = {quad.subject for quad in quads}
        places = {thing: self.place(term_text(thing)) for thing in things}
        graphs = {name: rank_graph(name) for name in set(map(graph_of, quads))}
        properties = {name: rank_property(name.value) for name in {q.predicate for q in quads}}
        values = {
            (is_type, value): rank_value(value, is_type=is_type)
            for is_type, value in {(quad.predicate == RDF.TYPE, quad.object) for quad in quads}
        }
        return sorted(
            quads,
            key=lambda quad: (
                graphs[graph_of(quad)],
                places[quad.subject],
                properties[quad.predicate],
                values[quad.predicate == RDF.TYPE, quad.object],
            ),
        )

    def section(self, thing: str) -> int:
        """Return the place of a thing's heading; what a document is about has none above it.

        A part of a source, `s01#quote-1`, stands with it.
        """
        if thing == self.this:
            return -1
        whole = thing.partition("#")[0]
        return packaged_outline().section(self.types.get(whole) or self.types.get(thing) or ())

    def heading(self, thing: str) -> str:
        """Return the heading that a thing stands below, "" for what the document is about."""
        section = self.section(thing)
        return "" if section < 0 else HEADINGS[section]

    def place(self, thing: str) -> tuple[int, int, Natural]:
        """Return the key of a thing: by its kind, terms as the ontology declares them."""
        return self.section(thing), packaged_outline().rank(thing)[0], natural_key(thing)


def rank_graph(name: str) -> tuple[int, Natural]:
    """Return the key of a named graph: what is stated first, the vocabulary last."""
    return list(GRAPH_HEADINGS).index(match_prefix(name)), natural_key(name)


def find_graph_heading(name: str) -> str:
    """Return the heading that a named graph stands below."""
    return GRAPH_HEADINGS[match_prefix(name)]


def match_prefix(name: str) -> str:
    """Return what the name of a graph begins with."""
    return next(start for start in GRAPH_HEADINGS if name.startswith(start))


def rank_property(name: str) -> tuple[int, int, str]:
    """Return the key of a property: type and labels, then as the ontology declares them."""
    if name in FIRST_PROPERTIES:
        return FIRST_PROPERTIES.index(name), 0, name
    return len(FIRST_PROPERTIES), *packaged_outline().rank(name)


def rank_value(value: object, *, is_type: bool) -> tuple[int, int, Natural]:
    """Return the key of a value: languages in the order of ours, the narrowest class first."""
    if isinstance(value, Literal):
        known = value.language in LANGUAGES
        language = LANGUAGES.index(value.language) if known and value.language else len(LANGUAGES)
        return language, 0, natural_key(str(value))
    if is_type:
        return 0, packaged_outline().breadth(term_text(value)), natural_key(str(value))
    return 0, 0, natural_key(str(value))


def term_text(node: object) -> str:
    """Return an IRI as its text, and every other term as N-Triples write it."""
    return node.value if isinstance(node, NamedNode) else str(node)


def lexical_form(node: object) -> str:
    """Return the text of an IRI or a literal, without its language or datatype."""
    return node.value if isinstance(node, NamedNode | Literal) else str(node)
