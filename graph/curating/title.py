"""The titles of sentences, our own word: INP-WealthPk, 29 April 2026, sentence 8."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Store

from graph.curating.evidence import values
from graph.reference import reference
from ontology.namespace import EVIDENCE_GRAPH, PREFIXES

PLACED: Final = """
SELECT ?sentence ?name ?date ?position WHERE {
  %s
  GRAPH graph:evidence {
    ?sentence a cpec:Sentence ; oa:hasSource ?article ; schema:position ?position .
    OPTIONAL { ?article dcterms:title ?title }
    OPTIONAL { ?article dcterms:date ?date }
    OPTIONAL { ?article dcterms:publisher ?publisher }
  }
  OPTIONAL { GRAPH graph:editorial { ?publisher rdfs:label ?label FILTER (LANG(?label) = "en") } }
  BIND (COALESCE(?label, ?title, "") AS ?name)
} ORDER BY ?sentence STR(?name) STR(?date) STR(?position)
"""

OF: Final = """
VALUES ?touched { %s }
GRAPH graph:evidence { { ?touched a cpec:Sentence BIND (?touched AS ?sentence) }
  UNION { ?sentence oa:hasSource ?touched ; a cpec:Sentence } }
"""

TITLE: Final = NamedNode(PREFIXES["dcterms"] + "title")
EVIDENCE: Final = NamedNode(EVIDENCE_GRAPH)


def titles(store: Store, of: Iterable[NamedNode] | None = None) -> list[Quad]:
    """Return the titles of sentences as evidence: of all, or of these and those of these articles.

    What has a title of its own is not left out.
    """
    touched = "" if of is None else OF % " ".join(map(str, of))
    found: dict[str, str] = {}
    for sentence, name, date, position in values(store, PLACED % touched):
        found.setdefault(sentence, reference(name, date, position))
    return [
        Quad(NamedNode(sentence), TITLE, Literal(text, language="en"), EVIDENCE)
        for sentence, text in found.items()
    ]


def untitled(store: Store, found: Iterable[Quad]) -> list[Quad]:
    """Return those titles of which the sentence has no other in the store."""
    return [
        quad
        for quad in found
        if next(store.quads_for_pattern(quad.subject, TITLE, None, EVIDENCE), quad) == quad
    ]
