"""The sources of a statement: in which words each states it, how it is meant and who says it.

A statement that has a record is quoted with its own words, any other with those of its source.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode, Quad

from graph.dataset import graph_of
from graph.evaluation import Answer, Query
from graph.explaining.term import Term, term, text_of
from graph.publishing.resource import JSON, Node, rows

QUOTES: Final = """
SELECT DISTINCT ?source ?subject ?predicate ?object ?quote ?meant ?by ?reading {
  VALUES ?source { %s }
  { GRAPH graph:evidence { ?source oa:hasSelector ?selector . ?selector oa:exact ?quote } } UNION
  {
    GRAPH graph:evidence {
      ?record oa:hasSource ?source ; rdf:subject ?subject ; rdf:predicate ?predicate ;
        rdf:object ?object .
      OPTIONAL { ?record oa:hasSelector ?selector . ?selector oa:exact ?quote }
      OPTIONAL { ?record cpec:reading ?reading }
    }
    OPTIONAL {
      GRAPH graph:evidence { ?record cpec:modality ?modality }
      GRAPH graph:ontology { ?modality rdfs:label ?meant FILTER (LANG(?meant) = "en") }
    }
    OPTIONAL { GRAPH graph:evidence { ?source oa:hasSource ?article } }
    OPTIONAL {
      GRAPH graph:evidence { ?record cpec:attributedTo ?agent }
      GRAPH graph:editorial { ?agent rdfs:label ?by FILTER (LANG(?by) = "en") }
      FILTER (?agent != ?article)
    }
  }
} ORDER BY ?source STRLEN(STR(?selector)) ?selector
"""


@dataclass(frozen=True, slots=True)
class Source:
    """A source of a statement, and its quotes: those of the statement, where it has a record.

    `meant` is the modality of the statement and `by` who says it if not the article, in words, ""
    where that is not known; `readings` are how the words of the source were read.
    """

    name: Term
    quotes: tuple[str, ...] = ()
    meant: str = ""
    by: str = ""
    readings: tuple[str, ...] = ()


Spo = tuple[Node, Node, Node]
"""The subject, predicate and object of a statement."""


def quotes(quads: Iterable[Quad]) -> Query:
    """Return the query for what is quoted from the graphs of the statements."""
    graphs = sorted({str(quad.graph_name) for quad in quads if graph_of(quad)})
    return Query(QUOTES % " ".join(graphs), JSON, None)


def sources_of(quoted: Answer, words: dict[str, str]) -> dict[tuple[str, Spo | None], Source]:
    """Return the source of each statement that has a record, and under None that of its graph."""
    found: dict[tuple[str, Spo | None], Source] = {}
    for name, subject, predicate, value, quote, meant, by, reading in rows(quoted):
        triple = (subject, predicate, value) if subject and predicate and value else None
        place = text_of(name), triple
        one = found.get(place) or source_of(text_of(name), words)
        found[place] = Source(
            one.name,
            with_text(one.quotes, quote),
            text_of(meant) if meant else one.meant,
            text_of(by) if by else one.by,
            with_text(one.readings, reading),
        )
    return found


def source_of(graph: str, words: dict[str, str]) -> Source:
    """Return a source of which no more than its name is known."""
    return Source(term(NamedNode(graph), words))


def with_text(texts: tuple[str, ...], node: Node | None) -> tuple[str, ...]:
    """Return some texts with another one, each once."""
    return tuple(dict.fromkeys((*texts, text_of(node)))) if node else texts
