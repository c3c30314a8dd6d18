"""Sentences: the statements of the shipped graph in each language of the ontology."""

from __future__ import annotations

import re

import pytest
from pyoxigraph import Literal, NamedNode, Store, Triple

from graph.wording.display_name import Names
from graph.wording.phrase import PHRASES
from graph.wording.sentence import GRAMMARS, write_sentence, write_sentences
from ontology.namespace import ID
from ontology.terms import CPEC, RDF, XSD
from ontology.vocabulary import LANGUAGES

SENTENCES = [
    ("Pakistan", "cooperatesIn", "Robotics", "ur", "پاکستان کا روبوٹکس میں تعاون ہے"),
    ("Pakistan", "cooperatesIn", "Robotics", "zh", "巴基斯坦在机器人技术方面合作"),
    ("Pakistan", "cooperatesWith", "China", "zh", "巴基斯坦与中国合作"),
]


@pytest.fixture(scope="module")
def names(store: Store) -> Names:
    return Names(store)


@pytest.mark.parametrize(("subject", "predicate", "value", "language", "words"), SENTENCES)
def test_a_statement_is_a_sentence_of_its_language(
    names: Names, subject: str, predicate: str, value: str, language: str, words: str
) -> None:
    triple = Triple(NamedNode(ID + subject), NamedNode(CPEC + predicate), NamedNode(ID + value))
    assert write_sentence(triple, names, language=language) == words
    assert write_sentences(triple, names)[language] == words


def test_a_phrase_has_every_language() -> None:
    told = {(iri, modality) for iri, modality, _ in PHRASES}
    missing = {(*key, x) for key in told for x in LANGUAGES if (*key, x) not in PHRASES}
    assert missing == {(RDF.TYPE.value, "", "en")}  # a class has an article in English
    assert GRAMMARS.keys() == set(LANGUAGES)


def test_no_phrase_says_words_twice_in_a_row() -> None:
    texts = [text for phrase in PHRASES.values() for text in (*phrase.before, *phrase.after)]
    assert [text for text in texts if re.search(r"\b(\w+(?: \w+)*) \1\b", text)] == []


def test_a_weaker_statement_is_weaker_in_every_language(names: Names) -> None:
    triple = Triple(
        NamedNode(ID + "Pakistan"), NamedNode(CPEC + "advances"), NamedNode(ID + "CPEC_Phase_II")
    )
    reported = write_sentences(triple, names, CPEC + "Reported")
    ongoing = write_sentences(triple, names, CPEC.ONGOING.value)
    assert all(reported[language] != ongoing[language] for language in LANGUAGES)
    assert ongoing["zh"].startswith("巴基斯坦正在推进")


def test_a_date_is_in_the_words_of_the_language(names: Names) -> None:
    day = Literal("2026-03-31", datatype=XSD.DATE)
    triple = Triple(NamedNode(ID + "JCC_14_Minutes_Signing"), NamedNode(CPEC + "date"), day)
    sentences = write_sentences(triple, names)
    assert "31 مارچ 2026" in sentences["ur"]
    assert "2026年3月31日" in sentences["zh"]


def test_a_property_without_a_phrase_is_said_in_english(names: Names) -> None:
    triple = Triple(NamedNode(ID + "China"), NamedNode("https://schema.org/name"), Literal("x"))
    assert write_sentences(triple, names) == {"en": "China – schema:name: “x”"}
    assert write_sentence(triple, names, language="ur") == "China – schema:name: “x”"


def test_a_name_without_the_language_is_isolated(names: Names) -> None:
    triple = Triple(NamedNode(ID + "China"), NamedNode(CPEC + "partyTo"), NamedNode("http://x/(a)"))
    assert "\N{FIRST STRONG ISOLATE}http://x/(a)\N{POP DIRECTIONAL ISOLATE}" in write_sentence(
        triple, names, language="ur"
    )
