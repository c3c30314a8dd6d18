"""The titles of sentences, which the build writes: INP-WealthPk, 29 April 2026, sentence 8."""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode, Quad, Store

from graph.curating.evidence import values
from graph.reference import reference
from ontology.namespace import EVIDENCE_GRAPH, PREFIXES

UNTITLED = """
SELECT ?sentence ?name ?date ?position WHERE {
  GRAPH graph:evidence {
    ?sentence a cpec:Sentence ; oa:hasSource ?article ; schema:position ?position .
    OPTIONAL { ?article dcterms:title ?title }
    OPTIONAL { ?article dcterms:date ?date }
    OPTIONAL { ?article dcterms:publisher ?publisher }
    FILTER NOT EXISTS { ?sentence dcterms:title ?given }
  }
  OPTIONAL { GRAPH graph:editorial { ?publisher rdfs:label ?label FILTER (LANG(?label) = "en") } }
  BIND (COALESCE(?label, ?title, "") AS ?name)
} ORDER BY ?sentence STR(?name) STR(?date) STR(?position)
"""


def titles(store: Store) -> list[Quad]:
    """Return the titles of the sentences that the master copy gives none, as evidence."""
    found: dict[str, str] = {}
    for sentence, name, date, position in values(store, UNTITLED):
        found.setdefault(sentence, reference(name, date, position))
    title, graph = NamedNode(PREFIXES["dcterms"] + "title"), NamedNode(EVIDENCE_GRAPH)
    return [
        Quad(NamedNode(sentence), title, Literal(text, language="en"), graph)
        for sentence, text in found.items()
    ]
