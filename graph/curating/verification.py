"""The verification of the evidence: whether each sentence and quote is in the archived text."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from pyoxigraph import Store

from graph.curating.anchor import AnchorError, ReadPassage
from graph.curating.evidence import Article, Sentence, read_articles
from graph.curating.master_file import read_bytes
from graph.errors import DataError, Finding

ARCHIVE: Final = Path("archive")
"""The folder of the texts of articles, which belong to their publishers: git ignores it."""


class TextMatch(StrEnum):
    """The result of comparing a sentence with the archived text."""

    EXACT = "exact"
    MOVED = "moved"
    MISSING = "missing"
    NO_TEXT = "no text here"


@dataclass(frozen=True, slots=True)
class Verification:
    """The status of a sentence or of an article; `detail` describes the difference.

    `quotes` lists the quotes that the text of the sentence lacks, and the anchors that do not lead
    to it.
    """

    name: str
    iri: str
    status: TextMatch
    detail: str = ""
    quotes: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the line of the report, `s02 exact`."""
        return f"{self.name} {self.status}" + (f": {self.detail}" if self.detail else "")


def verify(store: Store, archive: Path) -> list[Verification]:
    """Return the verification of each article that a store describes, and of its sentences."""
    return [line for article in read_articles(store) for line in verify_article(article, archive)]


def verify_article(article: Article, archive: Path) -> Iterator[Verification]:
    """Yield the verification of an article, then of each of its sentences."""
    path = archive / f"{article.name}.txt"
    if not path.exists():
        yield Verification(article.name, article.iri, TextMatch.NO_TEXT, f"{path} does not exist")
        for sentence in article.sentences:
            yield Verification(sentence.name, sentence.iri, TextMatch.NO_TEXT)
        return
    text = read_text(path)
    status, detail = TextMatch.EXACT, ""
    if sha256(text) != article.sha256:
        status, detail = TextMatch.MISSING, "the archived text is not the one that was read"
    elif article.characters not in {0, len(text)}:
        detail = f"{len(text)} characters were read, not {article.characters}"
        status = TextMatch.MISSING
    yield Verification(article.name, article.iri, status, detail)
    for sentence in article.sentences:
        yield verify_sentence(sentence, text)


def verify_sentence(sentence: Sentence, text: str) -> Verification:
    """Return the verification of a sentence against the text of its article."""
    start, end = sentence.start, sentence.end
    position = (
        start if sha256(text[start:end]) == sentence.sha256 else find_sentence(sentence, text)
    )
    details: list[str] = []
    faults: dict[str, str] = {}
    moved: list[str] = []
    if position is None:
        status, quotes = TextMatch.MISSING, find_absent_quotes(sentence, text)
        details.append(f"the text at {start} to {end} is another one")
    else:
        status = TextMatch.EXACT if position == start else TextMatch.MOVED
        passage = ReadPassage(text[position : position + end - start], text)
        quotes = find_absent_quotes(sentence, passage.sentence)
        moved = find_moved_quotes(sentence, passage.sentence)
        faults = find_anchor_faults(sentence, passage)
    if status is TextMatch.MOVED:
        details.append(f"from {start} to {position}")
    details += [f'"{quote}" is not in it' for quote in quotes]
    details += [f'the anchor "{words}": {fault}' for words, fault in faults.items()]
    details += moved
    if quotes or faults or moved:
        status = TextMatch.MISSING
    return Verification(sentence.name, sentence.iri, status, "; ".join(details), (*quotes, *faults))


def find_sentence(sentence: Sentence, text: str) -> int | None:
    """Return the offset of a text with the length and the hash of a sentence, or None."""
    length = sentence.end - sentence.start
    for start in range(max(0, len(text) - length + 1)):
        if sha256(text[start : start + length]) == sentence.sha256:
            return start
    return None


def find_absent_quotes(sentence: Sentence, text: str) -> tuple[str, ...]:
    """Return the quotes of a sentence that a text lacks."""
    return tuple(quote.words for quote in sentence.quotes if quote.words not in text)


def find_moved_quotes(sentence: Sentence, text: str) -> list[str]:
    """Return for each quote that the text has elsewhere where its offsets lead to, in words."""
    return [
        f'"{quote.words}" is not at {quote.start}, but at {text.find(quote.words)}'
        for quote in sentence.quotes
        if quote.start >= 0
        and quote.words in text
        and not text.startswith(quote.words, quote.start)
    ]


def find_anchor_faults(sentence: Sentence, passage: ReadPassage) -> dict[str, str]:
    """Return the faults of the anchors of a sentence, by their words."""
    faults: dict[str, str] = {}
    for anchor in sentence.anchors:
        try:
            located = passage.locate(anchor)
        except AnchorError as error:
            faults[anchor.words] = str(error)
        else:
            if located != anchor:
                faults[anchor.words] = f"it is at {located.start} to {located.end} of the sentence"
    return faults


def read_text(path: Path) -> str:
    """Return a text as the offsets count it: UTF-8 without a mark, NFC, LF line ends.

    Raises DataError.
    """
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError([Finding(str(path), None, "is not UTF-8")]) from None
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def sha256(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
