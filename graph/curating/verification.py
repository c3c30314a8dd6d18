"""The verification of the evidence: whether each sentence, quote and anchor is in a text."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from pyoxigraph import Store
from rapidfuzz.fuzz import partial_ratio_alignment

from graph.curating.anchor import ReadSentence
from graph.curating.evidence import Article, Sentence, read_articles
from graph.curating.master_file import read_bytes
from graph.curating.page_text import extract_text, is_page
from graph.errors import DataError, Finding
from graph.wording.quotation import Fragment

ARCHIVE: Final = Path("archive")
"""The folder of the texts of articles, which belong to their publishers: git ignores it."""

SUFFIXES: Final = (".txt", ".html")
"""The suffixes of the files of a text, in the order in which they are looked for."""

ALIKE: Final = 75.0
LEAST_ALIKE: Final = 8
"""The score, of 100, and the characters, from which a run of a text is a quote that changed."""


class TextMatch(StrEnum):
    """The result of comparing a text, a sentence, a quote or an anchor with the archived text."""

    EXACT = "exact"
    MOVED = "moved"
    CHANGED = "changed"
    GONE = "gone"
    NO_TEXT = "no text here"


@dataclass(frozen=True, slots=True)
class WordsMatch:
    """The status of a quote or an anchor; `detail` says what stands there.

    `fault` says what is wrong with it in a sentence that is still the same.
    """

    words: str
    status: TextMatch
    detail: str = ""
    fault: str = ""

    def __str__(self) -> str:
        status = f"{self.status}: {self.detail}" if self.detail else self.status
        return f'"{self.words}" ' + (f"{self.fault} ({status})" if self.fault else status)


@dataclass(frozen=True, slots=True)
class Verification:
    """The status of a sentence or of an article; `detail` describes the difference.

    `words` are the quotes and the anchors of the sentence, each with its status.
    """

    name: str
    iri: str
    status: TextMatch
    detail: str = ""
    words: tuple[WordsMatch, ...] = ()

    def __str__(self) -> str:
        """Return the line of the report, `s02 exact`, with the quotes and anchors at fault."""
        details = "; ".join(filter(None, [self.detail, *map(str, self.faults)]))
        return f"{self.name} {self.status}" + (f": {details}" if details else "")

    @property
    def faults(self) -> tuple[WordsMatch, ...]:
        """The quotes and anchors of a changed sentence that do not stand as they did."""
        if self.status in {TextMatch.EXACT, TextMatch.MOVED}:
            return ()
        return tuple(own for own in self.words if own.status is not TextMatch.EXACT)


def verify(store: Store, archive: Path) -> list[Verification]:
    """Return the verification of each article that a store describes, and of its sentences."""
    return [line for article in read_articles(store) for line in verify_article(article, archive)]


def verify_article(article: Article, archive: Path) -> Iterator[Verification]:
    """Yield the verification of an article, then of each of its sentences."""
    files = [archive / f"{article.name}{suffix}" for suffix in SUFFIXES]
    path = next((file for file in files if file.exists()), None)
    if path is None:
        missing = f"{files[0]} does not exist"
        yield Verification(article.name, article.iri, TextMatch.NO_TEXT, missing)
        for sentence in article.sentences:
            yield Verification(sentence.name, sentence.iri, TextMatch.NO_TEXT)
        return
    text, status, detail = read_text(path), TextMatch.EXACT, ""
    if is_page(text):
        text = extract_text(text, str(path))[1]
    if sha256(text) != article.sha256:
        status = TextMatch.CHANGED
        detail = f"the archived text is not the one that was read; its SHA-256 is {sha256(text)}"
    elif article.characters not in {0, len(text)}:
        status = TextMatch.CHANGED
        detail = f"{len(text)} characters were read, not {article.characters}"
    lines = list(verify_sentences(article.sentences, text))
    if status is TextMatch.CHANGED and {line.status for line in lines} == {TextMatch.GONE}:
        status = TextMatch.GONE
    yield Verification(article.name, article.iri, status, detail)
    yield from lines


def verify_sentences(sentences: tuple[Sentence, ...], text: str) -> Iterator[Verification]:
    """Yield the verification of the sentences of an article against a text.

    The words of a sentence that is not there are looked for between its neighbours that are.
    """
    starts = [find_sentence(sentence, text) for sentence in sentences]
    for number, (sentence, start) in enumerate(zip(sentences, starts, strict=True)):
        if start is not None:
            yield verify_found(sentence, start, text)
            continue
        before = [
            place + own.length
            for own, place in zip(sentences[:number], starts[:number], strict=True)
            if place is not None
        ]
        after = [place for place in starts[number + 1 :] if place is not None]
        first, last = max(before, default=0), min(after, default=len(text))
        yield verify_lost(sentence, text, slice(first, last) if first < last else slice(None))


def verify_found(sentence: Sentence, start: int, text: str) -> Verification:
    """Return the verification of a sentence that stands in a text, at an offset."""
    status = TextMatch.EXACT if start == sentence.start else TextMatch.MOVED
    detail = "" if status is TextMatch.EXACT else f"from {sentence.start} to {start}"
    own = ReadSentence(text[start : start + sentence.length], text)
    faults = {quote.words: find_fault(quote, own.sentence) for quote in sentence.quotes}
    faults |= {anchor.run.anchor: own.find_fault(anchor) for anchor in sentence.anchors}
    words = tuple(
        replace(match_words(own_words, own.sentence, text), fault=fault)
        if fault
        else WordsMatch(own_words, status)
        for own_words, fault in faults.items()
    )
    if any(faults.values()):
        status = TextMatch.CHANGED
    return Verification(sentence.name, sentence.iri, status, detail, words)


def verify_lost(sentence: Sentence, text: str, place: slice) -> Verification:
    """Return the verification of a sentence that a text does not have, by its words."""
    runs = dict.fromkeys([*sentence.quotes, *(anchor.run for anchor in sentence.anchors)])
    words = tuple(
        WordsMatch(run.words, TextMatch.EXACT)
        if not find_fault(run, text[sentence.start : sentence.end])
        else match_words(run.words, text[place], text)
        for run in runs
    )
    is_gone = {own.status for own in words} <= {TextMatch.GONE}
    status = TextMatch.GONE if is_gone else TextMatch.CHANGED
    detail = f"the text at {sentence.start} to {sentence.end} is another one"
    return Verification(sentence.name, sentence.iri, status, detail, words)


def match_words(words: str, place: str, text: str) -> WordsMatch:
    """Return the status of words that do not stand where they did.

    They are moved if their sentence's place in a text has them, or else the text; and changed if
    the place has a similar run. A short word is similar to too much.
    """
    if words in place:
        return WordsMatch(words, TextMatch.MOVED)
    if len(words) >= LEAST_ALIKE:
        found = partial_ratio_alignment(words, place, score_cutoff=ALIKE)
        if found is not None:
            run = place[found.dest_start : found.dest_end].strip()
            return WordsMatch(words, TextMatch.CHANGED, f'"{run}"')
    return WordsMatch(words, TextMatch.MOVED if words in text else TextMatch.GONE)


def find_sentence(sentence: Sentence, text: str) -> int | None:
    """Return the offset of a text with the length and the hash of a sentence, or None.

    That is its own offset, if the sentence is still there.
    """
    length = sentence.length
    starts: list[int] = [sentence.start, *range(max(0, len(text) - length + 1))]
    for start in starts:
        if sha256(text[start : start + length]) == sentence.sha256:
            return start
    return None


def find_fault(quote: Fragment, sentence: str) -> str:
    """Return what is wrong with a quote of a sentence in words, "" for a good one."""
    if quote.words not in sentence:
        return "is not in it"
    if quote.start >= 0 and not sentence.startswith(quote.words, quote.start):
        return f"is not at {quote.start}, but at {sentence.find(quote.words)}"
    return ""


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
