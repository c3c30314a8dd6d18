"""The evidence: the articles, and the position, hash and quotes of each sentence."""

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
    """A sentence: its offsets in the normalised text (`end` exclusive), its hash and its quotes."""

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
        """Return the local name, which also names the archived file."""
        return self.iri.removeprefix(ID)


def read_articles(store: Store) -> list[Article]:
    """Return the articles that the store describes, in the order of their IRIs."""
    quotes: dict[str, list[str]] = {}
    for iri, quote in select_values(store, QUOTES):
        quotes.setdefault(iri, []).append(quote)
    sentences: dict[str, list[Sentence]] = {}
    for iri, article, position, sha256, start, end in select_values(store, SENTENCES):
        offsets = int(start), int(end)
        quoted = (*quotes.get(iri, ()),)
        sentence = Sentence(iri, article, int(position), sha256, *offsets, quoted)
        sentences.setdefault(article, []).append(sentence)
    return [
        Article(iri, sha256, (*sentences.get(iri, ()),))
        for iri, sha256 in select_values(store, ARTICLES)
    ]


def select_values(store: Store, query: str) -> list[list[str]]:
    """Return the rows of a SELECT query as text, "" for an unbound variable."""
    return [
        [cell.value if isinstance(cell, NamedNode | Literal) else "" for cell in row]
        for row in run_select(store, query)
    ]
