"""No sentence about an answer is refuted by the values of the graph."""

import re
from collections import Counter
from random import Random
from typing import Final, NamedTuple

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, QueryBoolean, Store

from graph.answering.evaluation import query_store
from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.dataset import graph_of
from graph.emptiness.cause import Cause
from graph.emptiness.explanation import explain_emptiness
from graph.wording.phrase import find_phrase
from ontology.namespace import ID
from ontology.terms import CPEC, RDF, RDFS, XSD
from tests.graph.emptiness.refutation import Refuter, read_term

QUERIES: Final = 500
BLOCKS: Final = 20

TYPES: Final = (
    *(XSD + name for name in ("string", "date", "dateTime", "integer", "decimal", "gYear")),
    "urn:unknown:type",
)
TAGS: Final = ("", "en", "en-gb", "ur", "zh", "fr", "de")

LITERAL_PLACES: Final = {
    "pattern": "SELECT ?x {{ ?x {p} {v} }}",
    "filter": "SELECT ?x {{ ?x {p} ?v FILTER({v} = ?v) }}",
    "in": "SELECT ?x {{ ?x {p} ?v FILTER(?v IN ({v}, {w})) }}",
    "values": "SELECT ?x {{ VALUES ?v {{ {v} {w} }} ?x {p} ?v }}",
    "exists": "SELECT ?x {{ ?x a ?kind FILTER EXISTS {{ ?x {p} {v} }} }}",
    "order": "SELECT ?x {{ ?x {p} ?v FILTER(?v >= {v}) }}",
    "language": "SELECT ?x {{ ?x {p} ?v FILTER(LANG(?v) = {tag}) }}",
    "absent": "SELECT ?x {{ VALUES ?x {{ {s} }} FILTER NOT EXISTS {{ ?x {p} {v} }} }}",
    "minus": "SELECT ?x {{ VALUES ?x {{ {s} }} MINUS {{ ?x {p} ?v FILTER(?v = {v}) }} }}",
    "absent of several": "SELECT ?x {{ ?x {p} ?any FILTER NOT EXISTS {{ ?x {p} {v} }} }} LIMIT 5",
}
"""Queries with a literal in the place of another."""

THING_PLACES: Final = {
    "pattern": "SELECT ?x {{ {s} {p} ?x }}",
    "both": "ASK {{ {s} {p} {o} }}",
    "object": "SELECT ?x {{ ?x {p} {o} }}",
    "filter": "SELECT ?x {{ ?y {p} ?x FILTER(?y = {s}) }}",
    "values": "SELECT ?x {{ VALUES ?y {{ {s} }} ?y {p} ?x }}",
    "class": "SELECT ?x {{ ?x {p} {o} ; a {c} }}",
    "absent": "SELECT ?x {{ VALUES ?x {{ {o} }} FILTER NOT EXISTS {{ {s} {p} ?x }} }}",
    "absent class": "SELECT ?x {{ VALUES ?x {{ {o} }} FILTER NOT EXISTS {{ ?y {p} ?x ; a {c} }} }}",
    "denied": "SELECT ?x {{ ?x a {c} FILTER NOT EXISTS {{ ?x {p} ?any }} }} LIMIT 3",
    "denied of one": "ASK {{ ?x a ?c FILTER(?x = {s}) FILTER NOT EXISTS {{ ?x {p} ?any }} }}",
    "denied of ends": "SELECT ?x {{ ?x {p} ?y MINUS {{ ?x a {c} }} }} LIMIT 3",
    "minus": "SELECT ?x {{ VALUES ?x {{ {o} }} MINUS {{ {s} {p} ?x }} }}",
}
"""Queries about two things."""


MEETING: Final = "the 12th Joint Cooperation Committee meeting"
NO_TAG = "no language"
LANGUAGE = re.compile(r"no \?v is in “(.*)”; the graph has it in (.*)")
NOTHING = re.compile(r"(\".*\"(?:@\S+)?) matches nothing here; write ", re.DOTALL)
ERROR = re.compile(r"FILTER ?\((.*)\) is an error for each solution", re.DOTALL)
"""Sentences about the values of a property, which the refuter cannot know."""


class Asked(NamedTuple):
    """A query with a mistake: its kind, its place, the term that is meant, and a property."""

    mistake: str
    place: str
    text: str
    meant: NamedNode | Literal
    predicate: NamedNode


class MistakeWriter:
    """Writes queries with a mistake about statements of a graph."""

    def __init__(self, store: Store, random: Random) -> None:
        self.random = random
        quads = (quad for quad in store if not graph_of(quad))
        facts = [
            quad.triple
            for quad in quads
            if find_phrase(quad.predicate.value, "") and quad.subject.value.startswith(ID)
            if quad.predicate.value.startswith((CPEC, RDFS.LABEL.value))
            if any(store.quads_for_pattern(quad.subject, RDFS.LABEL, None))
        ]
        facts.sort(key=str)
        self.values = [fact for fact in facts if isinstance(fact.object, Literal)]
        self.things = [
            fact
            for fact in facts
            if isinstance(fact.object, NamedNode) and fact.object.value.startswith(ID)
            if any(store.quads_for_pattern(fact.object, RDFS.LABEL, None))
        ]
        self.classes = sorted(
            {str(q.object) for q in store.quads_for_pattern(None, RDF.TYPE, None)}
        )

    def write(self) -> Asked:
        """Return a query with a mistake."""
        mistake = self.random.choice(["type", "tag", "case", "direction", "class", "name"])
        if mistake in {"type", "tag", "case"}:
            return self.write_literal(mistake)
        return self.write_thing(mistake)

    def write_literal(self, mistake: str) -> Asked:
        """Return a query with a literal of another type, tag or case."""
        fact = self.random.choice(self.values)
        others = [own.object for own in self.values if own.predicate == fact.predicate]
        place = self.random.choice(list(LITERAL_PLACES))
        wrong, other = (
            str(self.spoil(literal, mistake))
            for literal in (fact.object, self.random.choice(others))
        )
        terms = {"s": fact.subject, "p": fact.predicate, "v": wrong, "w": other}
        text = LITERAL_PLACES[place].format(**terms, tag=Literal(self.random.choice(TAGS[1:])))
        return Asked(mistake, place, text, fact.object, fact.predicate)

    def spoil(self, literal: Literal, mistake: str) -> Literal:
        """Return a literal with the characters of another in another type, tag or case."""
        text = literal.value
        if mistake == "case":
            text = self.random.choice([text.lower(), text.upper(), text.title(), text.swapcase()])
            return Literal(text, language=literal.language) if literal.language else Literal(text)
        if mistake == "tag" and literal.language:
            tag = self.random.choice(TAGS)
            return Literal(text, language=tag) if tag else Literal(text)
        return Literal(text, datatype=NamedNode(self.random.choice(TYPES)))

    def write_thing(self, mistake: str) -> Asked:
        """Return a query about things with exchanged ends, a wrong class, or a misspelt name."""
        fact = self.random.choice(self.things)
        place = self.random.choice(list(THING_PLACES))
        terms = {"s": fact.subject, "p": fact.predicate, "o": fact.object}
        meant = fact.predicate
        if mistake == "direction":
            terms |= {"s": fact.object, "o": fact.subject}
        if mistake == "name":
            key = self.random.choice([k for k in terms if f"{{{k}}}" in THING_PLACES[place]])
            meant = terms[key]
            terms[key] = NamedNode(self.misspell(meant.value))
        texts = {key: str(term) for key, term in terms.items()}
        text = THING_PLACES[place].format(**texts, c=self.random.choice(self.classes))
        return Asked(mistake, place, text, meant, fact.predicate)

    def misspell(self, iri: str) -> str:
        """Return an IRI with a letter of its local name left out or doubled."""
        start = max(iri.rfind("#"), iri.rfind("/")) + 2
        place = self.random.randrange(start, max(len(iri), start + 1))
        return iri[:place] + self.random.choice(["", iri[place : place + 1] * 2]) + iri[place + 1 :]


class Law:
    """Puts queries to the law on one graph."""

    def __init__(self, store: Store) -> None:
        self.store, self.index, self.refuter = store, EvidenceIndex(store), Refuter(store)
        self.verdicts: Counter[str] = Counter()

    def check(self, asked: Asked) -> None:
        """Hold each sentence about the answer to a query to the values of the graph."""
        answer = query_store(self.store, asked.text)
        is_empty = not answer if isinstance(answer, QueryBoolean) else not list(answer)
        if is_empty:
            emptiness = explain_emptiness(self.store, (asked.text, None, None, None), self.index)
            assert not emptiness.undetermined, (asked, emptiness)
            assert emptiness.causes, asked
            sentences = [cause.words for cause in emptiness.causes]
            self.check_causes(asked, emptiness.causes)
        else:
            citations = cite(self.store, self.index, asked.text).citations
            sentences = [sentence for citation in citations for sentence in citation.absent]
            self.verdicts["absent"] += len(sentences)
        for sentence in sentences:
            assert not self.refuter.refute(sentence), (asked, sentence)
            assert self.holds_here(asked, sentence), (asked, sentence)
            self.verdicts["said"] += 1

    def holds_here(self, asked: Asked, sentence: str) -> bool:
        """Return whether a sentence about the values of a property holds of these values."""
        quads = self.store.quads_for_pattern(None, asked.predicate, None, DefaultGraph())
        values = [quad.object for quad in quads]
        if match := NOTHING.match(sentence):
            return read_term(match[1]) not in values
        if match := LANGUAGE.match(sentence):
            tags = {value.language or NO_TAG for value in values if isinstance(value, Literal)}
            return match[1] not in tags and {*re.split(", | and ", match[2])} == tags
        if match := ERROR.match(sentence):
            is_judged = f"FILTER(COALESCE(IF({match[1]}, 1, 1), 0) = 1)"
            return not query_store(self.store, f"ASK {{ ?x {asked.predicate} ?v {is_judged} }}")
        return True

    def check_causes(self, asked: Asked, causes: tuple[Cause, ...]) -> None:
        """Count the mistakes that are recognised, and hold what is proposed to having rows."""
        kinds = {cause.kind for cause in causes}
        if asked.mistake in {"type", "tag", "case"} and asked.place not in {"absent", "minus"}:
            self.verdicts["wrong literals"] += 1
            self.verdicts["recognised"] += bool(kinds & {"type", "tag", "text"})
        for cause in causes:
            if cause.query:
                assert list(query_store(self.store, cause.query)), (asked, cause)  # type: ignore[arg-type]
                self.verdicts["corrected"] += 1
        if asked.mistake == "name" and "unknown" in kinds:
            self.verdicts["misspelt"] += 1
            (near,) = {cause.near for cause in causes}
            self.verdicts["near"] += near == getattr(asked.meant, "value", "")


@pytest.fixture(scope="module")
def law(store: Store) -> Law:
    return Law(store)


@pytest.mark.long
@pytest.mark.law
@pytest.mark.parametrize("block", range(BLOCKS))
def test_no_sentence_is_refuted_by_values(law: Law, block: int) -> None:
    law.verdicts.clear()
    for number in range(QUERIES // BLOCKS):
        random = Random(block * 1000 + number)  # noqa: S311 - not a secret
        law.check(MistakeWriter(law.store, random).write())
    assert law.verdicts["said"] >= QUERIES // BLOCKS // 2
    # A block may draw two or three of a mistake: one of them may be missed.
    assert law.verdicts["recognised"] >= 0.8 * (law.verdicts["wrong literals"] - 1)
    assert law.verdicts["near"] >= 0.8 * (law.verdicts["misspelt"] - 1)


@pytest.mark.parametrize(
    "sentence",
    [
        "no source says that any event took place on 26 September 2025",
        "no source says that Pakistan is called “Pakistan”",
        "no source says that anything is called any name, where the name is “Pakistan”",
        "no source says that Pakistan is called “Pakistan”@fr; the graph has “Pakistan”@de",
        "sources say that Pakistan is called “Pakistan”@fr",
        "the graph does not know id:Pakistan",
        'the graph has "Pakistan"@de here, not "Pakistan"@en; write ?x rdfs:label "Pakistan"@de .',
        "“is in” is asked the wrong way round: Pakistan is in Quetta (Cities of GeoNames)",
        "Pakistan is not of the class Country (cpec:Country)",
        f"no source says that Ahsan Iqbal was to attend {MEETING}",
        f"sources say that Ahsan Iqbal attended {MEETING}",
        "no source calls a Joint Cooperation Committee meeting the 10th",
        f"no source names the committee of {MEETING}",
        "no source names the institution of the Chairman of the CPEC Authority",
        "no source says which country the Prime Minister of Pakistan represents",
        "no source gives the status after the agreement on the transformation of CPEC",
        "no source says what the agreement on the transformation of CPEC changed",
        "no source counts 3,000 opportunities to train and study",
        "this part of the query has no solution: { ?x a cpec:City FILTER NOT EXISTS { ?x a ?x } }",
    ],
)
def test_a_false_sentence_is_refuted(law: Law, sentence: str) -> None:
    assert law.refuter.refute(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "this part of the query has no solution: { id:Pakistan ?p ?x . id:Pakistan cpec:no …",
        "this part of the query has fewer than two solutions: { ?x a cpec:City . }",
        "it is said that Pakistan is called “Pakistan”",
    ],
)
def test_a_sentence_that_is_not_read_is_no_true_one(law: Law, sentence: str) -> None:
    with pytest.raises(ValueError, match="not read"):
        law.refuter.refute(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "no ?v is in “en”; the graph has it in ur and zh",
        "no ?v is in “fr”; the graph has it in en and ur",
        "no ?v is in “fr”; the graph has it in no language",
        '"Pakistan"@en matches nothing here; write FILTER(true)',
        'FILTER(LANG(?v) = "en") is an error for each solution, so none satisfies it',
    ],
)
def test_a_false_sentence_about_labels_is_refuted(law: Law, sentence: str) -> None:
    asked = Asked("tag", "pattern", "", RDFS.LABEL, RDFS.LABEL)
    assert not law.holds_here(asked, sentence)


def test_a_few_sentences_are_not_refuted_by_values(law: Law) -> None:
    law.verdicts.clear()
    for number in range(30):
        law.check(MistakeWriter(law.store, Random(number)).write())  # noqa: S311 - not a secret
    assert law.verdicts["said"] > 15
