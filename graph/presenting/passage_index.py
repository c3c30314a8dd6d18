"""The index of passages: finds statements, sources and questions by their words (SQLite's FTS5)."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from threading import Lock
from typing import Final

from graph.presenting.name_index import comparison_key
from graph.presenting.passage import Passage

LONGEST_PASSAGE: Final = 2000
"""The characters of a passage, and of its quotes and its names, that are searched."""

HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
CHARACTER: Final = re.compile(f"[{HAN}]")
RUN: Final = re.compile(f"[{HAN}]+|[^\\s{HAN}]+")

INFLECTION: Final = re.compile(r"(?<=[a-z]{3})(?:ions?|ings?|ed|es|s|e)$")
"""The ending of an English word that its other forms lack: cooperates, cooperation, chaired."""

SHORTEST_BEGINNING: Final = 3
"""The letters from which on a word is found by its beginning: AI is not found in "aims"."""

CREATE: Final = (
    "CREATE VIRTUAL TABLE passage USING fts5(kind, words, quotes, names, content='', "
    "tokenize='unicode61')"
)
FIND: Final = (
    "SELECT rowid FROM passage WHERE passage MATCH ? "
    "ORDER BY bm25(passage, 0, 4, 2, 1), rowid LIMIT ?"
)
"""The best passages (Okapi BM25): words count more than quotes, quotes more than names."""


class PassageIndex:
    """The passages of one version of the dataset.

    A Chinese character is a token, and a Chinese word a phrase: so one character is found as well
    as ten. FTS5's trigrams find no word of two characters, such as 中巴.
    """

    def __init__(self, passages: Iterable[Passage]) -> None:
        self.passages = list(passages)
        self.lock = Lock()
        self.database = sqlite3.connect(":memory:", check_same_thread=False)
        self.database.execute(CREATE)
        rows = (
            (number, own.kind, *map(write_tokens, list_texts(own)))
            for number, own in enumerate(self.passages)
        )
        self.database.executemany(
            "INSERT INTO passage (rowid, kind, words, quotes, names) VALUES (?, ?, ?, ?, ?)", rows
        )

    def find(self, text: str, kind: str, most: int) -> list[Passage]:
        """Return the passages of a kind with all words of a text, or else with some, best first."""
        terms = write_terms(text)
        for conjunction in (" AND ", " OR ") if terms else ():
            asked = f'kind : "{kind}" AND {{words quotes names}} : ({conjunction.join(terms)})'
            with self.lock:
                rows = self.database.execute(FIND, (asked, most)).fetchall()
            if rows:
                return [self.passages[number] for (number,) in rows]
        return []


def list_texts(passage: Passage) -> tuple[Iterable[str], ...]:
    """Return the texts of a passage by column: its words, its quotes, its names."""
    return passage.words.values(), passage.quotes + passage.anchors, passage.names


def write_tokens(texts: Iterable[str]) -> str:
    """Return texts as they are compared, with blanks around each Chinese character."""
    key = comparison_key("\n".join(texts), LONGEST_PASSAGE)
    return CHARACTER.sub(r" \g<0> ", key)


def write_terms(text: str) -> list[str]:
    """Return the terms of a search for FTS5: beginnings of words, phrases of characters.

    >>> write_terms("cooperates in AI: 中巴")
    ['"cooperat"*', '"in"', '"ai"', '"中 巴"']
    """
    terms = []
    for run in RUN.findall(comparison_key(text)):
        if CHARACTER.match(run):
            terms.append(f'"{" ".join(run)}"')
        elif len(run) >= SHORTEST_BEGINNING:
            terms.append(f'"{INFLECTION.sub("", run)}"*')
        else:
            terms.append(f'"{run}"')
    longer = [term for term in terms if len(term) > len('"s"') or CHARACTER.search(term)]
    return list(dict.fromkeys(longer or terms))
