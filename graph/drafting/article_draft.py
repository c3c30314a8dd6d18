"""The draft of an article: its file with marks, its normalised text, and the table of its mentions.

A drafted statement has its anchor, and three marks: `draft:review`, `draft:rule` and
`draft:confidence`. A sentence has `draft:review` too, so that none is accepted unread.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeAlias

from pyoxigraph import Literal, NamedNode, Store

from graph.curating.anchor import (
    ARTICLE_SHARE,
    IDEOGRAPH,
    AnchorError,
    Choice,
    Passage,
    ReadSentence,
    choose_anchors,
    limit_anchors,
    split_words,
    write_anchor,
)
from graph.curating.evidence import Anchor
from graph.curating.master import Master
from graph.curating.skeleton import (
    Content,
    Head,
    NumberedSentence,
    find_headline,
    number_sentences,
    split_text,
    write_skeleton,
)
from graph.curating.verification import sha256
from graph.drafting.discourse import Discourse
from graph.drafting.figure import DATE, QUANTITY
from graph.drafting.lexicon import NameLexicon
from graph.drafting.marked_sentence import Node, list_things
from graph.drafting.pattern import read_grammar
from graph.drafting.reading import SentenceReading, read_article
from graph.drafting.statement import Claim
from graph.errors import DataError, Finding
from graph.wording.quotation import ELLIPSIS, Fragment, measure_fragments
from ontology.base import PUBLISHED
from ontology.namespace import ID
from ontology.terms import SCHEMA

MOST: Final = 200_000
"""The characters of a text at most: a book is no article."""

COLUMNS: Final = [
    "type",
    "start",
    "end",
    "text",
    "sentence",
    "thing",
    "class",
    "value",
    "unit",
    "confidence",
]
UNSEEN: Final = re.compile(
    "[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
    "|(?<![\u0600-\u06ff])[\u200c\u200d]"
)
"""Signs that no reader sees, and that would part a name or turn the text around it.

Joiners belong to the spelling after an Arabic letter alone.
"""

CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f]")
DENIAL: Final = 'cpec:reading "The sentence denies it, and does not say who says it."@en'
UNREVIEWED: Final = "draft:review draft:Unreviewed"


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft: the content of its file, its normalised text, its mentions and its counts."""

    file: str
    text: str
    mentions: str
    sentences: tuple[NumberedSentence, ...]
    claims: int
    loose: tuple[str, ...]


def normalise_text(text: str, name: str) -> tuple[str, int]:
    """Return a text as offsets count it, and how many unseen signs it has lost.

    Raises DataError for what is no text, or too long.
    """
    fault = ""
    if CONTROL.search(text):
        fault = "is binary: expected text or HTML in UTF-8"
    elif not text.strip():
        fault = "is empty: expected the text of an article"
    elif len(text) > MOST:
        fault = f"has {len(text):,} characters, and {MOST:,} is the most: draft its parts"
    if fault:
        raise DataError([Finding(name, None, fault)])
    plain, lost = UNSEEN.subn("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", plain), lost


def require_new_text(text: str, article: str, store: Store, name: str) -> None:
    """Raise DataError if the graph has the article, or another one with the text."""
    for quad in store.quads_for_pattern(None, SCHEMA.SHA256, Literal(sha256(text)), None):
        known = getattr(quad.subject, "value", "").removeprefix(ID)
        raise DataError([Finding(name, None, f"is the text of {known}, which the graph has")])
    for _ in store.quads_for_pattern(NamedNode(ID + article), None, None, None):
        message = f"id:{article} is in the graph: give another name with --id"
        raise DataError([Finding(name, None, message)])


def draft_article(text: str, head: Head, master: Master) -> Draft:
    """Return the draft of an article of a day; raises DataError if it has no sentence."""
    lexicon = NameLexicon.read(quad for file in master.files for quad in file.quads)
    headline = find_headline(head.title, text)
    pieces = split_text(text, head.language)
    sentences = tuple(number_sentences(headline, pieces))
    if not sentences:
        raise DataError([Finding(head.article, None, "has no sentence")])
    day = date.fromisoformat(head.date)
    discourse = Discourse(head.article, head.language, day, lexicon, read_grammar())
    readings = list(read_article(discourse, text, sentences))
    read = {
        own.name: ReadSentence(own.span.cut(text), text, own.position == 0) for own in sentences
    }
    kept = AnchorChooser(read).choose(readings)
    contents = {
        own.sentence.name: Content(
            own.speaker,
            (*list_origins(own, discourse, head), *list_notes(own, discourse)),
            kept[own.sentence.name],
        )
        for own in readings
    }
    written = write_skeleton(head, text, sentences, contents)
    prefix = f"PREFIX draft:   <{PUBLISHED}draft#>\n"
    begin, _, end = written.partition("\n}\n")
    file = f"{prefix}{begin}\n{write_things(readings, discourse)}}}\n{end}"
    loose = tuple(span.cut(text) for span in pieces.loose if span != headline)
    claims = sum(map(len, kept.values()))
    return Draft(file, text, write_mentions(readings, discourse), sentences, claims, loose)


def list_origins(own: SentenceReading, discourse: Discourse, head: Head) -> Iterator[str]:
    """Yield the origin of a sentence that another medium says: it is the medium's, passed on."""
    publisher = head.publisher.name if head.publisher else ""
    if own.speaker not in {"", publisher} and discourse.find_kind(own.speaker) == "MediaOutlet":
        yield f"cpec:derivedFrom id:{own.speaker}"


def list_notes(own: SentenceReading, discourse: Discourse) -> Iterator[str]:
    """Yield of which things of a sentence nothing is drafted, and that nobody has reviewed it."""
    told = {name for claim in own.claims for name in (claim.subject, claim.object)}
    left = [
        discourse.find_label(thing)
        for node in own.mentions
        for thing in node.things
        if thing in discourse.lexicon.labels and thing not in told and node.confidence > MENTIONED
    ]
    if left:
        listed = ", ".join(dict.fromkeys(left))
        yield f"cpec:unsaid {Literal(f'What it says of {listed}.', language='en')}"
    yield UNREVIEWED


MENTIONED: Final = 0.8


SAID: Final = {"StatusChange": "Event", "Signing": "Event", "Assistance": "Undertaking"}
"""The classes of situations of which nothing is asserted: a plan denied is no change of status."""


def write_things(readings: Sequence[SentenceReading], discourse: Discourse) -> str:
    """Return a line for each new thing that claims, speakers and mentions name."""
    claims = [claim for own in readings for claim in own.claims]
    named = {name for claim in claims for name in (claim.subject, claim.object)}
    named |= {own.speaker for own in readings}
    named |= {thing for own in readings for thing in list_things(own.mentions)}
    stated = {
        claim.subject
        for claim in claims
        if claim.is_asserted and "plannedFor" not in claim.predicate
    }
    lines = []
    for thing, (kind, label) in discourse.new.items():
        if thing in named:
            kind = kind if thing in stated else SAID.get(kind, kind)  # noqa: PLW2901
            value = "MonetaryAmount" if thing in discourse.money else "QuantitativeValue"
            also = f" , schema:{value}" if kind == "Amount" else ""
            language = "en" if label.isascii() else discourse.language
            written = Literal(label, language=language)
            lines.append(f"    id:{thing} a cpec:{kind}{also} ; rdfs:label {written} .\n")
    return "".join(lines)


Passages: TypeAlias = dict[Claim, Passage]
"""The passages of the claims of a sentence."""


@dataclass(frozen=True, slots=True)
class AnchorChooser:
    """Chooses the anchors of a draft; a claim whose anchor would show too much is left out."""

    sentences: dict[str, ReadSentence]
    runs: dict[tuple[str, Passage], list[Fragment]] = field(default_factory=dict)

    def choose(self, readings: Sequence[SentenceReading]) -> dict[str, tuple[str, ...]]:
        """Return the statements of each sentence in Turtle, by its name."""
        kept: dict[str, Passages] = {}
        chosen: dict[str, Choice] = {}
        for reading in readings:
            name = reading.sentence.name
            own = {claim: find_passage(claim, self.sentences[name]) for claim in reading.claims}
            kept[name], chosen[name] = self.fit(name, own)
        lengths = {name: len(own.sentence) for name, own in self.sentences.items()}
        sizes = {name: measure_fragments(own.values()) for name, own in chosen.items()}
        while sum(sizes.values()) > sum(lengths.values()) // ARTICLE_SHARE:
            name = max(sizes, key=lambda own: sizes[own] / lengths[own])
            kept[name], chosen[name] = self.fit(name, leave_out_least(kept[name]))
            sizes[name] = measure_fragments(chosen[name].values())
        return {
            name: tuple(
                write_statement(claim, f"{name}#{number}", chosen[name][passage], passage)
                for number, (claim, passage) in enumerate(own.items(), start=1)
            )
            for name, own in kept.items()
        }

    def fit(self, name: str, passages: Passages) -> tuple[Passages, Choice]:
        """Return the claims of a sentence that it has anchors for, and these."""
        own = self.sentences[name]
        most = limit_anchors(len(own.sentence), own.is_headline)
        while passages:
            with suppress(AnchorError):
                runs = {passage: self.list_runs(name, passage) for passage in passages.values()}
                choice = choose_anchors({name: own}, {name: runs})[name]
                if measure_fragments(choice.values()) <= most:
                    return passages, choice
            passages = leave_out_least(passages)
        return {}, {}

    def list_runs(self, name: str, passage: Passage) -> list[Fragment]:
        """Return the runs that may be the anchor of a passage; raises AnchorError."""
        if (name, passage) not in self.runs:
            own = self.sentences[name]
            self.runs[name, passage] = own.list_runs(passage, suggest_words(passage, own))
        return self.runs[name, passage]


def find_passage(claim: Claim, own: ReadSentence) -> Passage:
    """Return the passage of a claim, from a word to a word."""
    start, end = claim.passage
    words = list(split_words(own.sentence[start:end]))
    if not words or IDEOGRAPH.search(own.sentence[start:end]):
        return start, end
    return start + words[0][0], start + words[-1][1]


def leave_out_least(passages: Passages) -> Passages:
    """Return the claims without those of the least certain passage."""
    least = min(passages, key=lambda claim: (claim.confidence, -claim.passage[0]))
    return {own: passage for own, passage in passages.items() if passage != passages[least]}


def suggest_words(passage: Passage, own: ReadSentence) -> str:
    """Return the words of a passage, in Chinese its short runs with an ellipsis between them."""
    words = own.sentence[slice(*passage)]
    if not IDEOGRAPH.search(words):
        return words
    parts = re.findall("[\u3400-\u9fff]+", words)
    runs = [
        part[at : at + length]
        for length in (2, 3, 4)
        for part in parts
        for at in range(len(part) - length + 1)
    ]
    return f" {ELLIPSIS} ".join(runs)


def write_statement(claim: Claim, name: str, run: Fragment, passage: Passage) -> str:
    """Return a claim in Turtle, with its anchor and its marks."""
    value = claim.object
    if re.fullmatch(r"\w[\w.'-]*", value) and not re.fullmatch(r"\d+(?:\.\d+)?", value):
        value = f"id:{value}"
    triple = f"id:{claim.subject} {claim.predicate} {value}"
    marks = [
        write_anchor(Anchor(run, *passage)),
        *([f"cpec:modality cpec:{claim.modality}"] if claim.modality else []),
        *([DENIAL] if claim.modality == "Denied" else []),
        f'{UNREVIEWED} ; draft:rule "{claim.rule}" ; draft:confidence {claim.confidence}',
    ]
    if claim.is_asserted:
        return f"{triple} ~ <{name}> {{| {' ; '.join(marks)} |}} ."
    return f"<< {triple} ~ <{name}> >> {' ; '.join(marks)} ."


def write_mentions(readings: Sequence[SentenceReading], discourse: Discourse) -> str:
    """Return the table of mentions, dates and quantities: a line each, tab-separated, unquoted."""
    rows = ["\t".join(COLUMNS)]
    for own in readings:
        offset = own.sentence.span.start
        for node in sorted(own.mentions, key=lambda node: (node.start, -node.end)):
            rows += (
                "\t".join(
                    [
                        kind,
                        str(offset + node.start),
                        str(offset + node.end),
                        node.text,
                        own.sentence.name,
                        *cells,
                        str(node.confidence),
                    ]
                )
                for kind, *cells in list_cells(node, discourse)
            )
    return "\n".join(rows) + "\n"


def list_cells(node: Node, discourse: Discourse) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield type, thing, class, value and unit of a node, a row for each thing."""
    if DATE in node.classes:
        yield "date", "", "", node.value, ""
    elif QUANTITY in node.classes:
        yield "quantity", "", "", node.value, node.unit
    for thing in node.things:
        yield "mention", ID + thing, discourse.find_kind(thing), "", ""
