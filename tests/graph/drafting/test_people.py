"""Who is meant: a pronoun, a short name, a title, and a plan that the graph has already."""

from __future__ import annotations

from datetime import date

import pytest

from graph.curating.skeleton import number_sentences, split_text
from graph.drafting.discourse import Discourse
from graph.drafting.lexicon import NameLexicon
from graph.drafting.pattern import read_grammar
from graph.drafting.reading import SentenceReading, read_article
from tests.graph.drafting.test_rules import read


def read_all(text: str, lexicon: NameLexicon, language: str = "en") -> list[SentenceReading]:
    """Return the readings of the sentences of a text."""
    discourse = Discourse("a-2021-07-13", language, date(2021, 7, 13), lexicon, read_grammar())
    return [*read_article(discourse, text, number_sentences(None, split_text(text, language)))]


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        (
            "Ahsan Iqbal said CPEC grew. He noted Nong Rong came. He said it should grow.",
            ["Ahsan_Iqbal"] * 3,
        ),
        (
            "Nong Rong spoke. Ahsan Iqbal said so. Rong added that it grew.",
            ["", "Ahsan_Iqbal", "Nong_Rong"],
        ),
        ("Nong Rong spoke. The minister said so. He added that it grew.", ["", "", ""]),
        ("Nong Rong and Mr Sun Rong spoke. Rong added that it grew.", ["", ""]),
    ],
)
def test_he_is_the_last_speaker_and_a_short_name_is_that_of_one_person(
    text: str, speakers: list[str], lexicon: NameLexicon
) -> None:
    assert [own.speaker for own in read_all(text, lexicon)] == speakers


def test_a_title_of_several_offices_is_the_one_that_its_holder_has(lexicon: NameLexicon) -> None:
    _, claims, _ = read("Chief Minister Sarfraz Bugti spoke.", lexicon)
    assert ("Sarfraz_Bugti", "org:holds", "Chief_Minister_Balochistan") in {
        (own.subject, own.predicate, own.object) for own in claims
    }


def test_a_plan_for_the_same_day_is_that_of_the_graph(lexicon: NameLexicon) -> None:
    (reading,) = read_all("The 10th JCC meeting will be held on 16 July 2021.", lexicon)
    assert {own.subject for own in reading.claims if own.predicate == "cpec:newStatus"} == {
        "JCC_Meeting_10_Planned"
    }
    (reading,) = read_all("The 10th JCC meeting will be held on 17 July 2021.", lexicon)
    changes = [own.subject for own in reading.claims if own.predicate == "cpec:newStatus"]
    assert not {*changes} & lexicon.types.keys()


def test_what_a_meeting_will_discuss_is_not_told_as_its_subject(lexicon: NameLexicon) -> None:
    (reading,) = read_all("The 10th JCC meeting will discuss mining.", lexicon)
    assert not [
        own for own in reading.claims if own.predicate == "schema:about" and own.is_asserted
    ]
