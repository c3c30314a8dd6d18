"""Anchors: the first and the last words of a passage, which lead to it where it was published.

A text fragment (https://wicg.github.io/scroll-to-text-fragment/) leads to the first place where the
words of an anchor occur, so its first words occur once in the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from pyoxigraph import Literal, RdfFormat, parse

from graph.curating.evidence import Anchor
from graph.errors import Finding
from graph.wording.quotation import ELLIPSIS, split_quotation

MAX_WORDS: Final = 6
IDEOGRAPH: Final = re.compile(r"[\u3400-\u9fff]")
LETTER: Final = r"[^\W\u3400-\u9fff]"
"""A letter or a digit of a script with spaces; beside an ideograph it begins or ends a word."""

WRITTEN: Final = re.compile(
    r'~\s*<(?P<record>[^>\s]*)>|cpec:anchor\s+(?P<literal>"(?:[^"\\\n]|\\.)*")'
    r"(?:\s*;\s*oa:start\s+\d+)?(?:\s*;\s*oa:end\s+\d+)?"
    r'|oa:exact\s+(?P<quote>"(?:[^"\\\n]|\\.)*")(?!\s*,)(?:\s*;\s*oa:start\s+\d+(?:\s*,\s*\d+)*)?'
)
"""The name of a record, or an anchor or a quote with its offsets, as an article's file has them."""


class AnchorError(ValueError):
    """An anchor that does not lead to one passage of its sentence; its text says why."""


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A sentence and the text that it is in, where anchors lead to."""

    sentence: str
    text: str

    def locate(self, anchor: Anchor) -> Anchor:
        """Return an anchor with its offsets in the sentence; raises AnchorError."""
        first = next(find_words(anchor.first, self.sentence), None)
        if first is None:
            raise AnchorError(f'"{anchor.first}" is not in the sentence')
        if (count := len(list(find_words(anchor.first, self.text)))) > 1:
            raise AnchorError(f'"{anchor.first}" occurs {count} times in the text')
        if not anchor.last:
            return replace(anchor, start=first.start(), end=first.end())
        last = next(find_words(anchor.last, self.sentence, first.end()), None)
        if last is None:
            raise AnchorError(f'"{anchor.last}" does not follow "{anchor.first}" in the sentence')
        return replace(anchor, start=first.start(), end=last.end())

    def locate_quote(self, quotation: str) -> list[int]:
        """Return the offset of each phrase of a quotation in the sentence; raises AnchorError."""
        offsets: list[int] = []
        end = 0
        for phrase in split_quotation(quotation):
            offset = self.sentence.find(phrase, end)
            if offset < 0:
                fault = "does not follow in the sentence" if offsets else "is not in the sentence"
                raise AnchorError(f'"{phrase}" {fault}')
            offsets.append(offset)
            end = offset + len(phrase)
        return offsets

    def shorten(self, words: str) -> Anchor:
        """Return the anchor of a passage that is written out, six words at most.

        Raises AnchorError if no such anchor leads to the passage. Chinese is not shortened: it has
        no spaces to tell its words apart.
        """
        passage = words.split()
        if ELLIPSIS in words or len(passage) <= MAX_WORDS or IDEOGRAPH.search(words):
            return self.locate(Anchor(words))
        whole = next(find_words(words, self.sentence), None)
        if whole is None:
            raise AnchorError(f'"{words}" is not in the sentence')
        for start, end in ((2, 2), (3, 2), (3, 3), (4, 2), (2, 4), (4, 1), (5, 1)):
            ends = " ".join(passage[:start]), " ".join(passage[-end:])
            try:
                anchor = self.locate(Anchor(f" {ELLIPSIS} ".join(ends)))
            except AnchorError:
                continue
            if (anchor.start, anchor.end) == whole.span():
                return anchor
        raise AnchorError(f"no six of its words lead to it: begin or end {words!r} elsewhere")


def find_words(words: str, text: str, start: int = 0) -> Iterator[re.Match[str]]:
    """Yield where a text has some words, as whole words; small and capital letters are the same."""
    spaced = r"\s+".join(map(re.escape, words.split()))
    before, after = (
        "" if not words or IDEOGRAPH.match(sign) or not sign.isalnum() else boundary
        for sign, boundary in ((words[:1], rf"(?<!{LETTER})"), (words[-1:], rf"(?!{LETTER})"))
    )
    return re.compile(before + spaced + after, re.IGNORECASE).finditer(text, start)


@dataclass(slots=True)
class AnchorWriter:
    """Writes the offsets of anchors and quotes into the file of an article, and counts them.

    `sentences` are by their names.
    """

    name: str
    sentences: Mapping[str, ReadPassage]
    sentence: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def fill(self, content: str) -> str:
        """Return the content with all offsets, and with the long passages of anchors shortened."""
        return WRITTEN.sub(self.fill_words, content)

    def fill_words(self, match: re.Match[str]) -> str:
        """Return an anchor or a quote with its offsets; a fault becomes a finding."""
        if match["record"]:
            self.sentence = match["record"].partition("#")[0].rpartition("/")[2]
            return match[0]
        kind, written = (
            ("quote", match["quote"]) if match["quote"] else ("anchor", match["literal"])
        )
        words = read_literal(written)
        try:
            passage = self.find_passage()
            if kind == "quote":
                offsets = " , ".join(map(str, passage.locate_quote(words)))
                filled = f"oa:exact {written} ; oa:start {offsets}"
            else:
                anchor = passage.shorten(words)
                ends = f"oa:start {anchor.start} ; oa:end {anchor.end}"
                filled = f"cpec:anchor {Literal(anchor.words)} ; {ends}"
        except AnchorError as error:
            line = match.string.count("\n", 0, match.start()) + 1
            self.findings.append(Finding(self.name, line, f'the {kind} "{words}": {error}'))
            return match[0]
        self.counts[kind] += 1
        return filled

    def find_passage(self) -> ReadPassage:
        """Return the sentence that the anchors belong to; raises AnchorError."""
        if self.sentence not in self.sentences:
            raise AnchorError(f"{self.sentence or 'its sentence'} is not described in the file")
        return self.sentences[self.sentence]


def read_literal(written: str) -> str:
    """Return the text of a literal as Turtle writes it."""
    (quad,) = parse(f"<x:s> <x:p> {written} .", RdfFormat.TURTLE)
    return getattr(quad.object, "value", "")
