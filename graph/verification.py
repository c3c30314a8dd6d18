"""The verification of the evidence: whether each sentence and quote is in the archived text."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pyoxigraph import Store

from graph.errors import DataError
from graph.evidence import Article, Sentence, articles
from graph.finding import Finding


class Status(StrEnum):
    """How a sentence stands to the archived text."""

    EXACT = "exact"
    MOVED = "moved"
    MISSING = "missing"
    NO_TEXT = "no text here"


@dataclass(frozen=True, slots=True)
class Verification:
    """How one sentence, or an article as a whole, stands; `detail` says what differs."""

    article: str
    name: str
    iri: str
    status: Status
    detail: str = ""

    def __str__(self) -> str:
        """Return the line of the report, `s02 exact`."""
        return f"{self.name} {self.status}" + (f": {self.detail}" if self.detail else "")


def verify(store: Store, archive: Path) -> list[Verification]:
    """Return how each article that the store describes, and each of its sentences, stands."""
    return [line for article in articles(store) for line in verify_article(article, archive)]


def verify_article(article: Article, archive: Path) -> Iterator[Verification]:
    """Return one line for the article as a whole, then one for each of its sentences."""
    path = archive / f"{article.name}.txt"
    text = read_text(path) if path.is_file() else None
    status, detail = Status.EXACT, ""
    if text is None:
        status, detail = Status.NO_TEXT, f"{path} does not exist"
    elif sha256(text) != article.sha256:
        status, detail = Status.MISSING, "the archived text is not the one that was read"
    yield Verification(article.name, article.name, article.iri, status, detail)
    for sentence in article.sentences:
        status, detail = (Status.NO_TEXT, "") if text is None else verify_sentence(sentence, text)
        yield Verification(article.name, sentence.name, sentence.iri, status, detail)


def verify_sentence(sentence: Sentence, text: str) -> tuple[Status, str]:
    """Return how a sentence stands to the text of its article."""
    start, end = sentence.start, sentence.end
    segment = text[start:end]
    status, detail = Status.EXACT, ""
    if sha256(segment) != sentence.sha256:
        found = find(sentence, text)
        if found is None:
            return Status.MISSING, f"the text at {start} to {end} is another one" + lost(
                sentence, text
            )
        segment = text[found : found + end - start]
        status, detail = Status.MOVED, f"from {start} to {found}"
    if absent := lost(sentence, segment):
        return Status.MISSING, absent.removeprefix("; ")
    return status, detail


def find(sentence: Sentence, text: str) -> int | None:
    """Return where a sentence stands by its length and hash, or None."""
    length = sentence.end - sentence.start
    for start in range(max(0, len(text) - length + 1)):
        if sha256(text[start : start + length]) == sentence.sha256:
            return start
    return None


def lost(sentence: Sentence, text: str) -> str:
    """Return which quotes of the sentence the text does not hold, "" where it holds them all."""
    return "".join(f'; "{quote}" is not in it' for quote in sentence.quotes if quote not in text)


def read_text(path: Path) -> str:
    """Return a text as the offsets count it: UTF-8 without a mark, NFC, LF line ends."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError([Finding(str(path), None, "is not UTF-8")]) from None
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def sha256(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
