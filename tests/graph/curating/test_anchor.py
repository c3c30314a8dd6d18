"""Anchors: the words that lead to one passage, and the offsets of both in the sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.curating.anchor import (
    ARTICLE_SHARE,
    AnchorError,
    AnchorWriter,
    ReadSentence,
    choose_anchors,
    locate_quote,
    read_literal,
)
from graph.curating.evidence import Anchor
from graph.wording.quotation import Fragment, measure_fragments

TEXT = (
    "Dy. Chairman Khan, who chaired the meeting, said that the parties would sign a memorandum "
    "on 5,000 solar home systems in Beijing."
)
SENTENCE = ReadSentence(TEXT, f"The meeting, in Beijing\n\nOther words.\n{TEXT}\n")
WORDS = ["fund", "of", "the", "talks", "corridor", "new"]


@pytest.mark.parametrize(
    ("words", "passage"),
    [
        ("who chaired", "who chaired"),
        ("WHO chaired", "who chaired"),
        ("sign a … in Beijing", "sign a memorandum on 5,000 solar home systems in Beijing"),
        ("Dy. Chairman … said", "Dy. Chairman Khan, who chaired the meeting, said"),
    ],
)
def test_a_passage_is_written_out_or_by_its_ends(words: str, passage: str) -> None:
    assert TEXT[slice(*SENTENCE.find_passage(words))] == passage


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("the", '"the" occurs 2 times in the sentence'),
        ("the meetings", '"the meetings" is not in the sentence'),
        ("chair", '"chair" is not in the sentence'),
        ("sign a … who chaired", '"who chaired" does not follow "sign a" in the sentence'),
    ],
)
def test_a_passage_that_is_not_found_says_why(words: str, fault: str) -> None:
    with pytest.raises(AnchorError) as error:
        SENTENCE.find_passage(words)
    assert str(error.value) == fault


@pytest.mark.parametrize(
    ("passage", "anchor"),
    [
        ("the parties would sign a memorandum", "sign a"),
        ("the meeting", "meeting …"),
        ("meeting, said", "meeting, said"),
        ("said that", "said that"),
        ("in Beijing", "Beijing …"),
    ],
)
def test_an_anchor_is_the_shortest_telling_run_that_is_once_in_the_text_or_else_the_sentence(
    passage: str, anchor: str
) -> None:
    runs = SENTENCE.list_runs(SENTENCE.find_passage(passage), passage)
    assert runs[0].anchor == anchor


def test_a_passage_without_a_run_of_its_own_has_no_anchor() -> None:
    again = ReadSentence("the fund of the fund", "the fund of the fund")
    with pytest.raises(AnchorError, match="write another passage"):
        again.list_runs((0, 8), "the fund")
    with pytest.raises(AnchorError, match="write another passage"):
        ReadSentence("A b", "A b").list_runs((0, 1), "A")


def test_in_chinese_the_curator_writes_the_anchor() -> None:
    text = "会议由国家发展和改革委员会副主任周海兵主持。"
    sentence = ReadSentence(text, f"会议召开\n\n{text}")
    passage = sentence.find_passage("副主任 … 主持")
    assert text[slice(*passage)] == "副主任周海兵主持"
    runs = sentence.list_runs(passage, "副主任 … 主持")
    assert [run.anchor for run in runs] == ["主持", "副主任"]
    assert [run.anchor for run in sentence.list_runs(passage, "周海兵")] == ["周海兵"]
    assert sentence.list_runs((0, 2), "会议")[0].anchor == "会议 …"


@given(
    st.lists(st.sampled_from(WORDS), min_size=8, max_size=24).map(" ".join),
    st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6)), min_size=1, max_size=6),
)
def test_each_passage_has_an_anchor_of_its_own_within_it(
    text: str, ranges: list[tuple[int, int]]
) -> None:
    sentence = ReadSentence(text, f"new talks\n\n{text}")
    runs = {}
    for start, size in ranges:
        words = text.split(" ")
        own = words[start : start + size]
        begin = len(" ".join(words[:start])) + (start > 0)
        passage = begin, begin + len(" ".join(own))
        try:
            runs[passage] = sentence.list_runs(passage, "")
        except AnchorError:
            continue
    try:
        chosen = choose_anchors({"s01": sentence}, {"s01": runs})["s01"]
    except AnchorError:
        return
    assert len(set(chosen.values())) == len(runs)
    for passage, run in chosen.items():
        assert not sentence.find_fault(Anchor(run, *passage))
    shortest = measure_fragments(own[0] for own in runs.values())
    if len(runs) == 1 and shortest <= len(text) // ARTICLE_SHARE:
        assert measure_fragments(chosen.values()) == shortest


def test_the_anchors_of_a_sentence_that_show_too_much_are_exchanged() -> None:
    text = "Marine sciences and energy resources are in the plan"
    sentence = ReadSentence(text, f"{text}. Marine technology, renewable energy, human resources")
    rest = ReadSentence("Other words. " * 9, sentence.text)
    passages = [sentence.find_passage(words) for words in ("Marine sciences", "energy resources")]
    runs = {passage: sentence.list_runs(passage, "") for passage in passages}

    def choose(first: ReadSentence) -> list[str]:
        (chosen,) = choose_anchors({"s01": first, "s02": rest}, {"s01": runs}).values()
        return [run.anchor for run in chosen.values()]

    assert choose(ReadSentence(text, sentence.text, is_headline=True)) == [
        "sciences",
        "energy resources",
    ]
    assert choose(sentence) == ["sciences", "energy …"]


@pytest.mark.parametrize(
    ("anchor", "fault"),
    [
        (Anchor(Fragment(19, "who chaired"), 19, 42), ""),
        (Anchor(Fragment(31, "the meeting", unique=False), 19, 42), ""),
        (Anchor(Fragment(31, "the meeting"), 19, 42), "occurs 2 times in the text"),
        (Anchor(Fragment(18, "who chaired"), 19, 42), "is at 19 of the sentence"),
        (Anchor(Fragment(19, "who sat"), 19, 42), "is not in it"),
        (Anchor(Fragment(19, "who chaired"), 23, 42), "is not within its passage, 23 to 42"),
        (
            Anchor(Fragment(19, "who"), 19, 41),
            "has a passage, 19 to 41, that does not begin and end",
        ),
        (Anchor(Fragment(-1, "who"), 19, 42), "is at 19 of the sentence"),
    ],
)
def test_an_anchor_and_its_passage_are_held_to_the_text(anchor: Anchor, fault: str) -> None:
    found = SENTENCE.find_fault(anchor)
    assert found.startswith(fault)
    assert bool(found) == bool(fault)


FILE = """GRAPH <s01> {
    id:a cpec:p id:b ~ <s01#1> {| cpec:anchor "who chaired" ; cpec:modality cpec:Ongoing |} .
    << id:a cpec:p id:c ~ <s01#2> >> cpec:anchor "sign a memorandum on 5,000 solar home systems" .
    id:a cpec:p id:d ~ <s01#3> {| cpec:anchor "a \\"word\\"" ; oa:start 1 ; oa:end 2 |} .
    id:a cpec:p id:e ~ <s01#4> {| cpec:anchor "the … said" ; oa:start 31 ; oa:end 48 |} .
}
GRAPH <s02> { id:a cpec:p id:b ~ <s02#1> {| cpec:anchor "who" |} . }
"""


def test_the_anchors_are_written_into_the_file_and_faults_named_with_their_lines() -> None:
    writer = AnchorWriter("a.trig", {"s01": SENTENCE})
    filled = writer.fill(FILE)
    assert 'cpec:anchor "chaired" ; oa:start 19 , 23 ; oa:end 30 ; cpec:modality' in filled
    assert 'cpec:anchor "sign a" ; oa:start 72 ; oa:end 117 .' in filled
    assert 'cpec:anchor "meeting, said" ; oa:start 31 , 35 ; oa:end 48 |}' in filled
    assert writer.counts == {"anchor": 3}
    assert [(finding.line, finding.message) for finding in writer.findings] == [
        (4, 'the anchor "a "word"": "a "word"" is not in the sentence'),
        (7, 'the anchor "who": s02 is not described in the file'),
    ]
    assert AnchorWriter("a.trig", {"s01": SENTENCE}).fill(filled) == filled


def test_a_quote_that_is_not_in_the_sentence_says_so() -> None:
    assert locate_quote("who chaired … in Beijing", TEXT) == [19, 118]
    with pytest.raises(AnchorError, match='"who" does not follow in the sentence'):
        locate_quote("in Beijing … who", TEXT)


def test_a_literal_is_read_as_turtle_writes_it() -> None:
    assert read_literal(r'"a \"b\" \u4E2D"') == 'a "b" 中'


def test_words_that_overlap_themselves_occur_twice() -> None:
    sentence = ReadSentence("fund fund fund ends", "fund fund fund ends")
    assert sentence.place_run(0, 9) is None
    assert sentence.place_run(10, 19) == Fragment(10, "fund ends")
    assert ReadSentence("the fund", "the fund of the\nfund").place_run(0, 8) == Fragment(
        0, "the fund", unique=False
    )
