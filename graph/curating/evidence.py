"""The evidence: which sentence of which article, where it stands and what it is quoted with."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Store

from graph.answering.evaluation import run_select
from ontology.namespace import ID

SENTENCES = """
SELECT ?sentence ?article ?position ?sha256 ?start ?end WHERE {
  GRAPH graph:evidence {
    ?sentence a cpec:Sentence ; oa:hasSource ?article ; schema:position ?position ;
      schema:sha256 ?sha256 ; oa:hasSelector ?selector .
    ?selector oa:start ?start ; oa:end ?end .
  }
} ORDER BY ?article ?position ?sentence
"""
QUOTES = """
SELECT ?sentence ?quote WHERE {
  GRAPH graph:evidence {
    ?sentence a cpec:Sentence ; oa:hasSelector ?selector . ?selector oa:exact ?quote .
  }
} ORDER BY ?sentence ?selector ?quote
"""
ARTICLES = """
SELECT DISTINCT ?article ?sha256 WHERE {
  GRAPH graph:evidence {
    ?sentence a cpec:Sentence ; oa:hasSource ?article .
    OPTIONAL { ?article schema:sha256 ?sha256 }
  }
} ORDER BY ?article
"""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: its place in the normalised text (`end` exclusive), its hash and its quotes."""

    iri: str
    article: str
    position: int
    sha256: str
    start: int
    end: int
    quotes: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return the last part of the name, `s02`."""
        return self.iri.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Article:
    """An article, the hash of its normalised text, and its sentences in order."""

    iri: str
    sha256: str
    sentences: tuple[Sentence, ...]

    @property
    def name(self) -> str:
        """Return the local name, which is also that of the archived file."""
        return self.iri.removeprefix(ID)


def articles(store: Store) -> list[Article]:
    """Return the articles that the store describes, in the order of their IRIs."""
    quotes: dict[str, list[str]] = {}
    for iri, quote in values(store, QUOTES):
        quotes.setdefault(iri, []).append(quote)
    sentences: dict[str, list[Sentence]] = {}
    for iri, article, position, sha256, start, end in values(store, SENTENCES):
        place = int(position), sha256, int(start), int(end)
        found = Sentence(iri, article, *place, (*quotes.get(iri, ()),))
        sentences.setdefault(article, []).append(found)
    return [
        Article(iri, sha256, (*sentences.get(iri, ()),)) for iri, sha256 in values(store, ARTICLES)
    ]


def values(store: Store, query: str) -> list[list[str]]:
    """Return the rows of a SELECT query as text, "" where a variable is unbound."""
    return [
        [cell.value if isinstance(cell, NamedNode | Literal) else "" for cell in row]
        for row in run_select(store, query)
    ]
