"""The skeleton of the file of an article: its head and its sentences, with offsets and hashes.

The text is in English, Urdu or Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sentencex
from pyoxigraph import Literal, NamedNode, Store

from graph.curating.verification import sha256
from graph.errors import DataError, Finding
from ontology.namespace import EDITORIAL, ID
from ontology.terms import RDF, RDFS, SKOS

ABBREVIATIONS: Final = frozenset(
    (
        *("Addl", "Amb", "Asst", "Brig", "Col", "Dist", "Distt", "Div", "Dy", "Engr", "Gen"),
        *("Govt", "Hon", "Lt", "Maj", "Min", "Prof", "Retd", "Rs", "Secy", "Sen", "Sr"),
    )
)
"""English abbreviations that stand before a capital letter: titles, offices and a currency."""

LAST_WORD: Final = re.compile(r"(\w+)\.\W*$")
CLOSED: Final = re.compile(r"[.!?…。！？۔؟][\"'”’»」』）)\]]*$")
"""The end of a sentence in the three scripts."""

MAX_LOOSE_CHARACTERS: Final = 80
"""The length up to which a line without a full stop is a byline or a heading, and no sentence."""

MAX_TITLE: Final = 300
"""The characters of a title at most, as the shape of an article says."""

PROLOGUE: Final = """BASE            <https://w3id.org/cpec-graph/id/{article}/>
PREFIX cpec:    <https://w3id.org/cpec-graph/ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX graph:   <https://w3id.org/cpec-graph/graph/>
PREFIX id:      <https://w3id.org/cpec-graph/id/>
PREFIX oa:      <http://www.w3.org/ns/oa#>
PREFIX org:     <http://www.w3.org/ns/org#>
PREFIX prov:    <http://www.w3.org/ns/prov#>
PREFIX rdfs:    <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema:  <https://schema.org/>
PREFIX skos:    <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd:     <http://www.w3.org/2001/XMLSchema#>
"""

SENTENCE: Final = """
# ── {name} {rule}

GRAPH graph:evidence {{
    <{name}> a cpec:Sentence ;{notes}
        oa:hasSource id:{article} ;
        schema:position {position} ;
        cpec:attributedTo id:{speaker} ;
        schema:sha256 "{hash}" ;
        oa:hasSelector <{name}#position> .
    <{name}#position> a oa:TextPositionSelector ; oa:start {start} ; oa:end {end} .
}}

GRAPH <{name}> {{
{statements}}}
"""

RULE_WIDTH: Final = 110


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text by its offsets, `end` exclusive."""

    start: int
    end: int

    def cut(self, text: str) -> str:
        """Return the piece."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Segmentation:
    """The sentences of a text in order, and the lines that are none: bylines, dates, headings."""

    sentences: tuple[Span, ...]
    loose: tuple[Span, ...]


def split_text(text: str, language: str, abbreviations: Iterable[str] = ()) -> Segmentation:
    """Return the sentences of a text; no sentence goes beyond its line.

    In English no sentence ends after one of some abbreviations, nor before a small letter. A
    quotation of several sentences stays whole.
    """
    sentences: list[Span] = []
    loose: list[Span] = []
    kept = ABBREVIATIONS | {word.rstrip(".") for word in abbreviations}
    for line in re.finditer(r"[^\n]+", text):
        pieces = split_line(line[0], language, kept)
        spans = [Span(line.start() + piece.start, line.start() + piece.end) for piece in pieces]
        is_loose = (
            len(line[0].strip()) <= MAX_LOOSE_CHARACTERS
            and len(spans) == 1
            and not CLOSED.search(line[0].strip())
        )
        (loose if is_loose else sentences).extend(spans)
    return Segmentation(tuple(sentences), tuple(loose))


def split_line(line: str, language: str, abbreviations: frozenset[str]) -> Iterator[Span]:
    """Yield the sentences of a line without the space around them."""
    start = end = 0
    pieces = sentencex.segment(language, line)
    for piece, following in zip(pieces, [*pieces[1:], ""], strict=True):
        end += len(piece)
        word = LAST_WORD.search(piece)
        goes_on = following.lstrip()[:1].islower() or (word and word[1] in abbreviations)
        if language == "en" and following and goes_on:
            continue
        if own := line[start:end].strip():
            first = line.index(own, start)
            yield Span(first, first + len(own))
        start = end


@dataclass(frozen=True, slots=True)
class NumberedSentence:
    """A sentence with its position in the article: 0 is the headline."""

    position: int
    span: Span

    @property
    def name(self) -> str:
        """Return its name within the article, `s02`."""
        return f"s{self.position:02}"


@dataclass(frozen=True, slots=True)
class Agent:
    """A publisher or an author: the local name of its IRI; `label` and `kind` if it is new."""

    name: str
    label: str = ""
    kind: str = ""

    def describe(self) -> str:
        """Return its type and its label in Turtle, "" if the graph has it."""
        label = Literal(self.label, language="en")
        return (
            f"    id:{self.name} a cpec:{self.kind} ; rdfs:label {label} .\n" if self.kind else ""
        )


@dataclass(frozen=True, slots=True)
class Head:
    """What is known about an article; an empty field is to be filled in by the curator."""

    article: str
    title: str
    language: str
    date: str = ""
    publisher: Agent | None = None
    authors: tuple[Agent, ...] = ()
    address: str = ""
    is_quoted: bool = False
    is_partial: bool = False

    def write(self, text: str) -> str:
        """Return the head of the file: the new agents, and the description of the article."""
        agents = [agent for agent in (self.publisher, *self.authors) if agent]
        selector = "oa:TextQuoteSelector" if self.is_quoted else "oa:RangeSelector"
        lines = [
            f"dcterms:title {Literal(self.title, language=self.language)} ;",
            f'dcterms:date "{self.date or "TODO"}"^^xsd:date ;',
            *(f"dcterms:creator id:{author.name} ;" for author in self.authors),
            f"dcterms:publisher id:{self.publisher.name if self.publisher else 'TODO'} ;",
            f"dcterms:source <{self.address or 'TODO'}> ;",
            f'schema:inLanguage "{self.language}" ;',
            f"cpec:quotedBy {selector} ;",
            *([f"cpec:charactersRead {len(text)} ;"] if self.is_partial else []),
            f'schema:sha256 "{sha256(text)}" .',
        ]
        return (
            PROLOGUE.format(article=self.article)
            + "\nGRAPH graph:editorial {\n"
            + f"    id:{self.article} a cpec:NewsArticle .\n"
            + "".join(dict.fromkeys(agent.describe() for agent in agents))
            + "}\n\nGRAPH graph:evidence {\n"
            + f"    id:{self.article}\n"
            + "".join(f"        {line}\n" for line in lines)
            + "}\n"
        )


@dataclass(frozen=True, slots=True)
class Content:
    """What is known of a sentence: the local name of its speaker, notes, statements in Turtle.

    Each note is a property with its value, each statement a line.
    """

    speaker: str = ""
    notes: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()


def write_skeleton(
    head: Head,
    text: str,
    sentences: Sequence[NumberedSentence],
    contents: Mapping[str, Content] | None = None,
) -> str:
    """Return the file of an article without its text, with the contents of sentences by names."""
    known = contents or {}
    return head.write(text) + "".join(
        SENTENCE.format(
            name=sentence.name,
            rule="─" * (RULE_WIDTH - len(sentence.name)),
            article=head.article,
            position=sentence.position,
            hash=sha256(sentence.span.cut(text)),
            start=sentence.span.start,
            end=sentence.span.end,
            speaker=own.speaker or head.article,
            notes="".join(f"\n        {note} ;" for note in own.notes),
            statements="".join(f"    {statement}\n" for statement in own.statements),
        )
        for sentence in sentences
        for own in [known.get(sentence.name, Content())]
    )


def find_title(name: str, content: str, title: str | None) -> str:
    """Return the given title, or else the first line of a text; raises DataError."""
    lines = [line.strip() for line in content.split("\n") if line.strip()]
    if not lines:
        raise DataError([Finding(name, None, "is empty")])
    title = " ".join((title or lines[0]).split())
    if len(title) > MAX_TITLE:
        raise DataError([
            Finding(
                name,
                None,
                f"the title has {len(title)} characters, and {MAX_TITLE} is the most: "
                "give it with --title",
            )
        ])  # fmt: skip
    return title


def find_headline(title: str, text: str) -> Span | None:
    """Return the line of a text that is the title, or None."""
    words = r"\s+".join(map(re.escape, title.split()))
    line = re.search(rf"^[^\S\n]*({words})[^\S\n]*$", text, re.MULTILINE)
    return Span(*line.span(1)) if line else None


def number_sentences(headline: Span | None, pieces: Segmentation) -> list[NumberedSentence]:
    """Return the headline, if the text has it, as number 0, and the other sentences from 1."""
    body = [
        span
        for span in pieces.sentences
        if headline is None or span.end <= headline.start or span.start >= headline.end
    ]
    numbered = [NumberedSentence(number, span) for number, span in enumerate(body, 1)]
    return [NumberedSentence(0, headline), *numbered] if headline else numbered


def find_agent(store: Store, text: str, kind: str) -> Agent:
    """Return the agent with a name or a label, or else a new one of a kind."""
    for predicate in (RDFS.LABEL, SKOS.ALT_LABEL):
        for quad in store.quads_for_pattern(None, predicate, None, EDITORIAL):
            if getattr(quad.object, "value", "").casefold() == text.casefold():
                return Agent(getattr(quad.subject, "value", "").removeprefix(ID))
    name = make_name(text)
    if next(store.quads_for_pattern(NamedNode(ID + name), RDF.TYPE, None, EDITORIAL), None):
        return Agent(name)
    return Agent(name, text, kind)


def make_name(label: str) -> str:
    """Return the local name of a label.

    >>> make_name("The Nation (Pakistan)")
    'The_Nation_Pakistan'
    """
    return re.sub(r"\W+", "_", label).strip("_")
