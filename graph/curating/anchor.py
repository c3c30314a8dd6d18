"""Anchors: the words of a passage that lead to it where it was published.

An anchor is the shortest run of whole words, of six characters or more, within its passage that the
text has once: a text fragment (https://wicg.github.io/scroll-to-text-fragment/) leads to it. Where
there is none, or the anchors of a sentence or an article would show more than they may, it is a
shorter run, or one that the sentence has once; an ellipsis behind it says so. Different passages
have different anchors.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from pyoxigraph import Literal, RdfFormat, parse

from graph.curating.evidence import Anchor
from graph.errors import Finding
from graph.wording.quotation import ELLIPSIS, Fragment, measure_fragments, split_quotation

MAX_WORDS: Final = 6
LEAST_LENGTH: Final = 2
"""The characters of an anchor at least: no reader finds a single one."""

TELLING: Final = 6
"""The characters of an anchor at least if its passage has such a run: a page has "to" elsewhere."""

SENTENCE_SHARE: Final = 3
ARTICLE_SHARE: Final = 4
"""The anchors of a sentence show a third of it at most, those of an article a quarter."""

IDEOGRAPH: Final = re.compile(r"[\u3400-\u9fff]")
LETTER: Final = r"[^\W\u3400-\u9fff]"
"""A letter or a digit of a script with spaces; beside an ideograph it begins or ends a word."""

SIGNS: Final = " \t\"'“”‘’«»()[].,;:!?،؛۔؟–—-#@*/"
"""The signs around a word, which are no part of it."""

ANCHOR: Final = (
    r'cpec:anchor\s+(?P<literal>"(?:[^"\\\n]|\\.)*")'
    r"(?:\s*;\s*oa:start\s+(?P<starts>\d+(?:\s*,\s*\d+)*))?(?:\s*;\s*oa:end\s+(?P<end>\d+))?"
)
"""An anchor with its offsets, as an article's file has it."""

WRITTEN: Final = re.compile(
    rf"~\s*<(?P<record>[^>\s]*)>|{ANCHOR}"
    r'|oa:exact\s+(?P<quote>"(?:[^"\\\n]|\\.)*")(?!\s*,)(?:\s*;\s*oa:start\s+\d+(?:\s*,\s*\d+)*)?'
)
"""The name of a record, an anchor, or a quote with its offsets."""

Passage: TypeAlias = tuple[int, int]
"""The offsets of a passage in its sentence."""

Choice: TypeAlias = dict[Passage, Fragment]
"""The anchors of the passages of a sentence."""


class AnchorError(ValueError):
    """An anchor that does not lead to one passage of its sentence; its text says why."""


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence, and the text that it is in, where anchors lead to."""

    sentence: str
    text: str
    is_headline: bool = False

    def find_passage(self, words: str) -> Passage:
        """Return where a passage is that is written out, or as `first … last` words.

        Raises AnchorError.
        """
        first, _, last = (part.strip() for part in words.partition(ELLIPSIS))
        begins = list(find_words(first, self.sentence))
        if len(begins) != 1:
            times = f"occurs {len(begins)} times in" if begins else "is not in"
            raise AnchorError(f'"{first}" {times} the sentence')
        begin, end = begins[0].span()
        if not last:
            return begin, end
        match = next(find_words(last, self.sentence, end), None)
        if match is None:
            raise AnchorError(f'"{last}" does not follow "{first}" in the sentence')
        return begin, match.end()

    def list_runs(self, passage: Passage, words: str) -> list[Fragment]:
        """Return the runs of words that may be the anchor of a passage, the best first.

        In Chinese, which has no spaces between words, they are the `words` that a curator wrote, or
        the parts of them between ellipses. Raises AnchorError for a passage without a run.
        """
        offset, own = passage[0], self.sentence[slice(*passage)]
        if IDEOGRAPH.search(own):
            matches = (next(find_words(part.strip(), own), None) for part in words.split(ELLIPSIS))
            spans = [match.span() for match in matches if match]
        else:
            bounds = list(split_words(own))
            starts = enumerate(start for start, _ in bounds)
            spans = [(start, end) for n, start in starts for _, end in bounds[n : n + MAX_WORDS]]
        runs = [run for a, b in spans if (run := self.place_run(offset + a, offset + b))]
        if not runs:
            raise AnchorError("no run of six words or fewer leads to it: write another passage")
        least = 0 if IDEOGRAPH.search(own) else TELLING
        return sorted(
            runs,
            key=lambda run: (not run.unique, len(run.words) < least, len(run.words), run.start),
        )

    def place_run(self, start: int, end: int) -> Fragment | None:
        """Return a run, None if it is too short, or the sentence has it more than once."""
        words = self.sentence[start:end]
        if len(words) < LEAST_LENGTH or not occurs_once(words, self.sentence):
            return None
        return Fragment(start, words, occurs_once(words, self.text))

    def find_fault(self, anchor: Anchor) -> str:
        """Return what is wrong with an anchor of the sentence in words, "" for a good one."""
        run, start, end = anchor.run, anchor.start, anchor.end
        if self.sentence[run.start : run.end] != run.words:
            position = self.sentence.find(run.words)
            return f"is at {position} of the sentence" if position >= 0 else "is not in it"
        if not start <= run.start < run.end <= end:
            return f"is not within its passage, {start} to {end}"
        passages = find_words(self.sentence[start:end], self.sentence)
        if (start, end) not in (match.span() for match in passages):
            return f"has a passage, {start} to {end}, that does not begin and end with words"
        place, text = ("text", self.text) if run.unique else ("sentence", self.sentence)
        count = count_words(run.words, text)
        return "" if count == 1 else f"occurs {count} times in the {place}"


def split_words(passage: str) -> Iterator[Passage]:
    """Yield the offsets of the words of a passage, without the signs around them."""
    for match in re.finditer(r"\S+", passage):
        start = match.end() - len(match[0].lstrip(SIGNS))
        end = match.start() + len(match[0].rstrip(SIGNS))
        if start < end:
            yield start, end


def find_words(words: str, text: str, start: int = 0) -> Iterator[re.Match[str]]:
    """Yield where a text has some words, as whole words; small and capital letters are the same."""
    spaced = r"\s+".join(map(re.escape, words.split()))
    before, after = (
        "" if IDEOGRAPH.match(sign) or not sign.isalnum() else boundary
        for sign, boundary in ((words[:1], rf"(?<!{LETTER})"), (words[-1:], rf"(?!{LETTER})"))
    )
    pattern = re.compile(before + spaced + after, re.IGNORECASE)
    while words and (match := pattern.search(text, start)):
        yield match
        start = match.start() + 1


def count_words(words: str, text: str) -> int:
    """Return how often a text has some words."""
    return len(list(find_words(words, text)))


def occurs_once(words: str, text: str) -> bool:
    """Return whether a text has some words once, which are whole words of it.

    Letters are compared first, which is some twenty times faster than words.
    """
    letters, own = (" ".join(part.casefold().split()) for part in (text, words))
    first = letters.find(own)
    if first >= 0 > letters.find(own, first + 1) and not {*text} & {"İ", "ı"}:  # i, for re
        return True
    return count_words(words, text) == 1


def choose_anchors(
    sentences: Mapping[str, ReadSentence], runs: Mapping[str, Mapping[Passage, Sequence[Fragment]]]
) -> dict[str, Choice]:
    """Return an anchor for each passage of the sentences of an article, by their names.

    Each is the first run of its passage; where a sentence or the article would show more than it
    may, runs are exchanged as long as the sentence then shows less. Raises AnchorError.
    """
    chosen = {name: choose_first(own) for name, own in runs.items()}

    def measure(name: str) -> int:
        return measure_fragments(chosen[name].values())

    for name, own in runs.items():
        most = limit_anchors(len(sentences[name].sentence), sentences[name].is_headline)
        while measure(name) > most and (less := exchange_run(own, chosen[name])):
            chosen[name] = less
    most = sum(len(own.sentence) for own in sentences.values()) // ARTICLE_SHARE
    for name in sorted(runs, key=measure, reverse=True):
        while sum(map(measure, runs)) > most and (less := exchange_run(runs[name], chosen[name])):
            chosen[name] = less
    return chosen


def limit_anchors(length: int, is_headline: bool) -> int:
    """Return the characters that the anchors of a sentence show at most; a title stands whole."""
    return length if is_headline else length // SENTENCE_SHARE


def choose_first(runs: Mapping[Passage, Sequence[Fragment]]) -> Choice:
    """Return the first run of each passage that no other has; raises AnchorError."""
    chosen: Choice = {}
    for passage in sorted(runs, key=lambda passage: (len(runs[passage]), passage)):
        free = (run for run in runs[passage] if run not in chosen.values())
        run = next(free, None)
        if run is None:
            words = runs[passage][0].words
            raise AnchorError(f'"{words}" is the anchor of another passage: unite the two')
        chosen[passage] = run
    return chosen


def exchange_run(runs: Mapping[Passage, Sequence[Fragment]], chosen: Choice) -> Choice | None:
    """Return the choice with one run exchanged that shows the least, None if no one shows less.

    Only if no other exchange helps, an anchor no longer leads from the text.
    """
    for leads in (True, False):
        choices = [
            {**chosen, passage: run}
            for passage, own in runs.items()
            for run in own
            if run not in chosen.values() and (run.unique or not leads)
        ]
        least = min(choices, key=lambda own: measure_fragments(own.values()), default=chosen)
        if measure_fragments(least.values()) < measure_fragments(chosen.values()):
            return least
    return None


@dataclass(slots=True)
class AnchorWriter:
    """Writes the anchors, and the offsets of anchors and quotes, into the file of an article.

    It counts them. `sentences` are by their names.
    """

    name: str
    sentences: Mapping[str, ReadSentence]
    counts: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def fill(self, content: str) -> str:
        """Return the content with all anchors and offsets."""
        anchors = self.choose(content)
        pieces: list[str] = []
        end = 0
        for name, match in walk_words(content):
            written = match[0]
            if match["quote"]:
                written = self.write_quote(name, match)
            elif anchor := anchors.get(match.start()):
                self.counts["anchor"] += 1
                written = write_anchor(anchor)
            pieces += content[end : match.start()], written
            end = match.end()
        return "".join([*pieces, content[end:]])

    def choose(self, content: str) -> dict[int, Anchor]:
        """Return the anchors by their places in the content; a fault becomes a finding."""
        passages: dict[int, tuple[str, Passage]] = {}
        runs: dict[str, dict[Passage, Sequence[Fragment]]] = {}
        for name, match in walk_words(content):
            if not match["literal"]:
                continue
            words = read_literal(match["literal"])
            try:
                sentence = self.find_sentence(name)
                passage = read_passage(match, words, sentence)
                own = runs.setdefault(name, {})
                own[passage] = own.get(passage) or sentence.list_runs(passage, words)
                passages[match.start()] = name, passage
            except AnchorError as error:
                self.report(match, f'the anchor "{words}": {error}')
        try:
            chosen = choose_anchors(self.sentences, runs)
        except AnchorError as error:
            self.findings.append(Finding(self.name, None, str(error)))
            return {}
        return {
            place: Anchor(chosen[name][passage], *passage)
            for place, (name, passage) in passages.items()
        }

    def write_quote(self, name: str, match: re.Match[str]) -> str:
        """Return a quote with its offsets; a fault becomes a finding."""
        words = read_literal(match["quote"])
        try:
            offsets = locate_quote(words, self.find_sentence(name).sentence)
        except AnchorError as error:
            self.report(match, f'the quote "{words}": {error}')
            return match[0]
        self.counts["quote"] += 1
        return f"oa:exact {match['quote']} ; oa:start {' , '.join(map(str, offsets))}"

    def find_sentence(self, name: str) -> ReadSentence:
        """Return the sentence that words belong to; raises AnchorError."""
        if name not in self.sentences:
            raise AnchorError(f"{name or 'its sentence'} is not described in the file")
        return self.sentences[name]

    def report(self, match: re.Match[str], message: str) -> None:
        """Add a finding at the line of a match."""
        line = match.string.count("\n", 0, match.start()) + 1
        self.findings.append(Finding(self.name, line, message))


def write_anchor(own: Anchor) -> str:
    """Return an anchor with its offsets in Turtle."""
    starts = " , ".join(map(str, sorted({own.start, own.run.start})))
    return f"cpec:anchor {Literal(own.run.anchor)} ; oa:start {starts} ; oa:end {own.end}"


def walk_words(content: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Yield each anchor and quote of a file with the name of its sentence."""
    name = ""
    for match in WRITTEN.finditer(content):
        if match["record"]:
            name = match["record"].partition("#")[0].rpartition("/")[2]
        else:
            yield name, match


def read_passage(match: re.Match[str], words: str, sentence: ReadSentence) -> Passage:
    """Return the passage of an anchor: by its offsets, or by words that are not within these.

    Raises AnchorError.
    """
    if match["starts"] and match["end"]:
        start, end = min(map(int, match["starts"].split(","))), int(match["end"])
        parts = words.removesuffix(ELLIPSIS).split(ELLIPSIS)
        if all(count_words(part.strip(), sentence.sentence[start:end]) for part in parts):
            return start, end
    return sentence.find_passage(words)


def locate_quote(quotation: str, sentence: str) -> list[int]:
    """Return the offset of each phrase of a quotation in a sentence; raises AnchorError."""
    offsets: list[int] = []
    end = 0
    for phrase in split_quotation(quotation):
        offset = sentence.find(phrase, end)
        if offset < 0:
            fault = "does not follow in the sentence" if offsets else "is not in the sentence"
            raise AnchorError(f'"{phrase}" {fault}')
        offsets.append(offset)
        end = offset + len(phrase)
    return offsets


def read_literal(written: str) -> str:
    """Return the text of a literal as Turtle writes it."""
    (quad,) = parse(f"<x:s> <x:p> {written} .", RdfFormat.TURTLE)
    return getattr(quad.object, "value", "")
