"""The evidence: the articles, and the position, hash and quotes of each sentence."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Store

from graph.answering.evaluation import run_select
from graph.wording.quotation import ELLIPSIS, POSITION, Fragment
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
SELECT ?sentence ?selector ?quote WHERE {
  GRAPH graph:evidence {
    ?sentence a cpec:Sentence ; oa:hasSelector ?selector . ?selector oa:exact ?quote .
  }
} ORDER BY ?sentence ?selector ?quote
"""
ANCHORS = """
SELECT ?sentence ?anchor ?first ?last WHERE {
  GRAPH graph:evidence {
    ?sentence a cpec:Sentence ; oa:hasSelector ?selector . ?selector cpec:anchor ?anchor .
    OPTIONAL { ?selector oa:hasStartSelector ?first }
    OPTIONAL { ?selector oa:hasEndSelector ?last }
  }
} ORDER BY ?sentence ?selector ?anchor
"""
ARTICLES = """
SELECT DISTINCT ?article ?sha256 ?characters WHERE {
  GRAPH graph:evidence {
    ?sentence a cpec:Sentence ; oa:hasSource ?article .
    OPTIONAL { ?article schema:sha256 ?sha256 }
    OPTIONAL { ?article cpec:charactersRead ?characters }
  }
} ORDER BY ?article
"""


@dataclass(frozen=True, slots=True)
class Anchor:
    """An anchor: the first and the last words of a passage, and its offsets in its sentence.

    `last` is "" if the passage has few words, which are all in `first`; an offset is -1 if unknown.
    """

    words: str
    start: int = -1
    end: int = -1

    @property
    def first(self) -> str:
        """Return the first words of the passage."""
        return self.words.partition(ELLIPSIS)[0].strip()

    @property
    def last(self) -> str:
        """Return the last words of the passage, "" if the first words are all of it."""
        return self.words.partition(ELLIPSIS)[2].strip()

    @property
    def ranges(self) -> list[tuple[int, int]]:
        """Return the ranges of its words in the sentence."""
        if not self.last:
            return [(self.start, self.end)]
        return [
            (self.start, self.start + len(self.first)),
            (self.end - len(self.last), self.end),
        ]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: its offsets in the normalised text (`end` exclusive), its hash, and its words.

    Its words are the quotes and the anchors of its statements.
    """

    iri: str
    article: str
    position: int
    sha256: str
    start: int
    end: int
    quotes: tuple[Fragment, ...]
    anchors: tuple[Anchor, ...] = ()

    @property
    def name(self) -> str:
        """Return the last part of the name, `s02`."""
        return self.iri.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Article:
    """An article, the hash of its normalised text, and its sentences in order.

    `characters` is the length of the part that was read, 0 if all of it was.
    """

    iri: str
    sha256: str
    characters: int
    sentences: tuple[Sentence, ...]

    @property
    def name(self) -> str:
        """Return the local name, which also names the archived file."""
        return self.iri.removeprefix(ID)


def read_articles(store: Store) -> list[Article]:
    """Return the articles that the store describes, in the order of their IRIs."""
    quotes: dict[str, list[Fragment]] = {}
    for iri, selector, quote in select_values(store, QUOTES):
        quotes.setdefault(iri, []).append(Fragment.read(selector, quote))
    anchors: dict[str, list[Anchor]] = {}
    for iri, words, *ends in select_values(store, ANCHORS):
        anchors.setdefault(iri, []).append(Anchor(words, *map(read_offset, ends)))
    sentences: dict[str, list[Sentence]] = {}
    for iri, article, position, sha256, start, end in select_values(store, SENTENCES):
        offsets = int(start), int(end)
        quoted, anchored = tuple(quotes.get(iri, ())), tuple(anchors.get(iri, ()))
        sentence = Sentence(iri, article, int(position), sha256, *offsets, quoted, anchored)
        sentences.setdefault(article, []).append(sentence)
    return [
        Article(iri, sha256, read_number(characters), (*sentences.get(iri, ()),))
        for iri, sha256, characters in select_values(store, ARTICLES)
    ]


def read_number(text: str) -> int:
    """Return a whole number, 0 for another text: the shapes report it."""
    return int(text) if text.isdecimal() else 0


def read_offset(position: str) -> int:
    """Return the offset that the name of a position has, -1 if it has none."""
    offset = position.rpartition(POSITION)[2]
    return int(offset) if offset.isdecimal() else -1


def select_values(store: Store, query: str) -> list[list[str]]:
    """Return the rows of a SELECT query as text, "" for an unbound variable."""
    return [
        [cell.value if isinstance(cell, NamedNode | Literal) else "" for cell in row]
        for row in run_select(store, query)
    ]
