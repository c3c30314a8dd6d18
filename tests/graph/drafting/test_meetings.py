"""A meeting is known by its committee and its ordinal, and a new one is named by them."""

from __future__ import annotations

from datetime import date

import pytest

from graph.curating.skeleton import find_headline, number_sentences, split_text
from graph.drafting.discourse import Discourse
from graph.drafting.lexicon import NameLexicon
from graph.drafting.pattern import read_grammar
from graph.drafting.reading import read_article


def read_meetings(text: str, language: str, lexicon: NameLexicon) -> dict[str, str]:
    """Return the meetings that claims of a text are about, each with the label of a new one."""
    discourse = Discourse("a-2027-01-02", language, date(2027, 1, 2), lexicon, read_grammar())
    headline = find_headline(text.partition("\n")[0], text) if "\n" in text else None
    sentences = number_sentences(headline, split_text(text, language))
    claims = [own for read in read_article(discourse, text, sentences) for own in read.claims]
    subjects = dict.fromkeys(own.subject for own in claims)
    meetings = [own for own in subjects if discourse.is_a(own, "Meeting")]
    return {own: discourse.new[own][1] if own in discourse.new else "" for own in meetings}


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "The 10th Joint Cooperation Committee meeting was held in Beijing."),
        ("en", "The tenth (Special) JCC meeting was held in Beijing."),
        ("en", "The 10th Special CPEC JCC Meeting was held in Beijing."),
        (
            "en",
            "The 10th meeting of the Pakistan-China Joint Cooperation Committee (JCC) was held.",
        ),
        ("ur", "جے سی سی کا 10 واں اجلاس بیجنگ میں منعقد ہوا۔"),
        ("ur", "10 ویں جوائنٹ کوآپریشن کمیٹی کا اجلاس بیجنگ میں منعقد ہوا۔"),
        ("ur", "جے سی سی کا دسواں اجلاس بیجنگ میں منعقد ہوا۔"),
        ("zh", "中巴经济走廊联合合作委员会（以下简称“联委会”）第十次会议在北京举行。"),
    ],
)
def test_a_known_meeting_is_found_by_its_committee_and_its_ordinal(
    language: str, sentence: str, lexicon: NameLexicon
) -> None:
    assert read_meetings(sentence, language, lexicon) == {"JCC_Meeting_10": ""}


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "The 23rd JCC meeting was held in Beijing."),
        ("ur", "جے سی سی کا 23 واں اجلاس بیجنگ میں منعقد ہوا۔"),
        ("zh", "联委会第二十三次会议在北京举行。"),
    ],
)
def test_a_new_meeting_is_named_by_its_committee_and_its_ordinal(
    language: str, sentence: str, lexicon: NameLexicon
) -> None:
    named = {"JCC_Meeting_23": "23rd Joint Cooperation Committee meeting"}
    assert read_meetings(sentence, language, lexicon) == named


def test_a_meeting_of_the_headline_is_the_one_whose_ordinal_follows(lexicon: NameLexicon) -> None:
    text = "JCC meeting held in Beijing\n\nThe 23rd JCC meeting was held in Beijing."
    assert [*read_meetings(text, "en", lexicon)] == ["JCC_Meeting_23"]


def test_a_meeting_of_another_body_is_another(lexicon: NameLexicon) -> None:
    text = "The 23rd JCC meeting was held in Beijing. The 3rd HEC meeting was held in Islamabad."
    assert [*read_meetings(text, "en", lexicon)] == ["JCC_Meeting_23", "HEC_Meeting_3"]


@pytest.mark.parametrize(
    "sentence",
    ["The JCC meeting is normally held in Beijing.", "This was the first JCC meeting since 2019."],
)
def test_a_habit_and_a_first_since_then_have_no_ordinal(
    sentence: str, lexicon: NameLexicon
) -> None:
    assert not any("_Meeting_" in own for own in read_meetings(sentence, "en", lexicon))
