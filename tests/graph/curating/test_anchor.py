"""Anchors: the words that lead to one passage, and their offsets in its sentence."""

from __future__ import annotations

import pytest

from graph.curating.anchor import AnchorError, AnchorWriter, ReadPassage, read_literal
from graph.curating.evidence import Anchor

SENTENCE = (
    "Dy. Chairman Khan, who chaired the meeting, said that the parties would sign a memorandum "
    "on 5,000 solar home systems in Beijing."
)
PASSAGE = ReadPassage(SENTENCE, f"The meeting, in Beijing\n\nOther words.\n{SENTENCE}\n")


@pytest.mark.parametrize(
    ("words", "passage"),
    [
        ("who chaired", "who chaired"),
        ("WHO chaired", "who chaired"),
        ("sign a … in Beijing", "sign a memorandum on 5,000 solar home systems in Beijing"),
        ("Dy. Chairman … said", "Dy. Chairman Khan, who chaired the meeting, said"),
    ],
)
def test_an_anchor_has_the_offsets_of_its_passage(words: str, passage: str) -> None:
    anchor = PASSAGE.locate(Anchor(words))
    assert SENTENCE[anchor.start : anchor.end] == passage


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("the meeting … Beijing", '"the meeting" occurs 2 times in the text'),
        ("the meetings", '"the meetings" is not in the sentence'),
        ("chair", '"chair" is not in the sentence'),
        ("Other words", '"Other words" is not in the sentence'),
        ("in Beijing … sign a", '"in Beijing" occurs 2 times in the text'),
        ("sign a … who chaired", '"who chaired" does not follow "sign a" in the sentence'),
    ],
)
def test_an_anchor_that_does_not_lead_to_one_passage_says_why(words: str, fault: str) -> None:
    with pytest.raises(AnchorError) as error:
        PASSAGE.locate(Anchor(words))
    assert str(error.value) == fault


def test_a_passage_that_is_written_out_is_shortened() -> None:
    whole = "the parties would sign a memorandum on 5,000 solar home systems"
    anchor = PASSAGE.shorten(whole)
    assert anchor.words == "the parties … home systems"
    assert SENTENCE[anchor.start : anchor.end] == whole


def test_no_last_words_that_occur_earlier_in_the_passage_end_it() -> None:
    text = "A fund of the fund of the fund of the fund was set up."
    with pytest.raises(AnchorError, match="no six of its words lead to it"):
        ReadPassage(text, text).shorten("A fund of the fund of the fund of the fund")


def test_chinese_words_have_no_spaces_and_are_not_shortened() -> None:
    text = "会议由国家发展和改革委员会副主任周海兵主持。"
    passage = ReadPassage(text, f"会议召开\n\n{text}")
    anchor = passage.shorten("副主任 … 主持")
    assert text[anchor.start : anchor.end] == "副主任周海兵主持"
    whole = "国家发展和改革委员会副主任周海兵主持"
    assert passage.shorten(whole).words == whole
    with pytest.raises(AnchorError, match="occurs 2 times"):
        passage.shorten("会议")
    aid = ReadPassage("中方将援助5000套系统。", "中方将援助5000套系统。")
    assert aid.locate(Anchor("5000套系统")).start == 5


FILE = """GRAPH <s01> {
    id:a cpec:p id:b ~ <s01#1> {| cpec:anchor "who chaired" ; cpec:modality cpec:Ongoing |} .
    << id:a cpec:p id:c ~ <s01#2> >> cpec:anchor "sign a memorandum on 5,000 solar home systems" .
    id:a cpec:p id:d ~ <s01#3> {| cpec:anchor "a \\"word\\"" ; oa:start 1 ; oa:end 2 |} .
}
GRAPH <s02> { id:a cpec:p id:b ~ <s02#1> {| cpec:anchor "who" |} . }
"""


def test_the_offsets_are_written_into_the_file_and_faults_named_with_their_lines() -> None:
    writer = AnchorWriter("a.trig", {"s01": PASSAGE})
    filled = writer.fill(FILE)
    assert 'cpec:anchor "who chaired" ; oa:start 19 ; oa:end 30 ; cpec:modality' in filled
    assert 'cpec:anchor "sign a … home systems" ; oa:start 72 ; oa:end 117 .' in filled
    assert writer.counts == {"anchor": 2}
    assert [(finding.line, finding.message) for finding in writer.findings] == [
        (4, 'the anchor "a "word"": "a "word"" is not in the sentence'),
        (6, 'the anchor "who": s02 is not described in the file'),
    ]
    assert AnchorWriter("a.trig", {"s01": PASSAGE}).fill(filled) == filled


def test_a_literal_is_read_as_turtle_writes_it() -> None:
    assert read_literal(r'"a \"b\" \u4E2D"') == 'a "b" 中'
