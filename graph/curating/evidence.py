"""The evidence: the articles, and the position, hash and quotes of each sentence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Store

from graph.answering.evaluation import read_query, run_select
from graph.curating.annotation import replace_annotations
from graph.curating.master_file import read_master_file
from graph.dataset import memory_store
from graph.wording.quotation import POSITION, Fragment
from graph.written_value import read_count
from ontology.namespace import ID
from ontology.terms import OA

SENTENCES: Final = read_query(__file__, "sentences")
QUOTES: Final = read_query(__file__, "quotes")
ANCHORS: Final = read_query(__file__, "anchors")
ARTICLES: Final = read_query(__file__, "articles")
REVISIONS = """
SELECT DISTINCT ?article WHERE {
  <%s> (prov:wasRevisionOf|^prov:wasRevisionOf)* ?article . ?article a cpec:NewsArticle
} ORDER BY ?article
"""


@dataclass(frozen=True, slots=True)
class Anchor:
    """An anchor: its words, and the offsets of its passage in the sentence, -1 if unknown."""

    run: Fragment
    start: int = -1
    end: int = -1


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

    @property
    def length(self) -> int:
        """Return the number of its characters."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Article:
    """An article, the hash of its normalised text, and its sentences in order.

    `characters` is the length of the part that was read, 0 if all of it was. An article that
    `is_anchored` may not be quoted.
    """

    iri: str
    sha256: str
    characters: int
    sentences: tuple[Sentence, ...]
    is_anchored: bool = False

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
    for iri, selector, words, *ends in select_values(store, ANCHORS):
        anchor = Anchor(Fragment.read_anchor(selector, words), *map(read_offset, ends))
        anchors.setdefault(iri, []).append(anchor)
    sentences: dict[str, list[Sentence]] = {}
    for iri, article, position, sha256, start, end in select_values(store, SENTENCES):
        offsets = read_number(start), read_number(end)
        quoted, anchored = tuple(quotes.get(iri, ())), tuple(anchors.get(iri, ()))
        number = read_number(position)
        sentence = Sentence(iri, article, number, sha256, *offsets, quoted, anchored)
        sentences.setdefault(article, []).append(sentence)
    return [
        Article(
            iri,
            sha256,
            read_number(characters),
            (*sentences.get(iri, ()),),
            quoting == OA.RANGE_SELECTOR.value,
        )
        for iri, sha256, characters, quoting in select_values(store, ARTICLES)
    ]


def read_article_file(path: Path) -> list[Article]:
    """Return the articles that a file of the master copy describes; raises DataError."""
    return read_articles(memory_store(replace_annotations(read_master_file(path, None).quads)))


def read_number(text: str) -> int:
    """Return a whole number, 0 for another text: the shapes report it."""
    return read_count(text) or 0


def read_offset(position: str) -> int:
    """Return the offset that the name of a position has, -1 if it has none."""
    offset = read_count(position.rpartition(POSITION)[2])
    return -1 if offset is None else offset


def find_revisions(store: Store, article: str) -> list[str]:
    """Return an article, the versions that it revises and those that revise it; [] if unknown."""
    return [iri for (iri,) in select_values(store, REVISIONS % article)]


def select_values(store: Store, query: str) -> list[list[str]]:
    """Return the rows of a SELECT query as text, "" for an unbound variable."""
    return [
        [cell.value if isinstance(cell, NamedNode | Literal) else "" for cell in row]
        for row in run_select(store, query)
    ]
