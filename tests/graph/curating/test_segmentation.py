"""The sentences of texts in English, Urdu and Chinese, by their offsets."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.curating.skeleton import split_text
from graph.wording.text import detect_language


def cut(text: str, language: str, *abbreviations: str) -> list[str]:
    pieces = split_text(text, language, abbreviations)
    return [span.cut(text) for span in pieces.sentences]


@pytest.mark.parametrize(
    "sentence",
    [
        "Dy. Chairman Khan met Amb. Jiang.",
        "The Secy. of the Govt. of Punjab signed.",
        "Rs. 5.5 billion went to M/s. Huawei Co. Ltd. for the U.S. plan.",
        "The 14th JCC, i.e. the meeting, was held on Sept. 26.",
        "Dr. A. R. Khan, vs. Gen. Munir (Retd.), spoke.",
        'He said: "We will go. It is done."',
        "He said “We will go. It is done.”",
        "What of it? the minister asked.",
    ],
)
def test_an_abbreviation_or_a_quotation_does_not_end_a_sentence(sentence: str) -> None:
    assert cut(f"{sentence} Then they left.", "en") == [sentence, "Then they left."]


def test_a_curator_may_name_an_abbreviation() -> None:
    text = "It went to Cttee. No. 5 of the House."
    assert len(cut(text, "en")) == 2
    assert cut(text, "en", "Cttee.") == [text]


def test_urdu_and_chinese_end_sentences_with_signs_of_their_own() -> None:
    urdu = ["اجلاس 26 ستمبر کو ہو گا۔", "ڈاکٹر احسن نے کیا کہا؟"]
    chinese = ["会议召开。", "他表示:“我们将继续努力。前景广阔。”", "双方签署了3.5亿元协议!"]
    assert cut(" ".join(urdu), "ur") == urdu
    assert cut("".join(chinese), "zh") == chinese
    assert [detect_language(" ".join(texts)) for texts in (urdu, chinese)] == ["ur", "zh"]


def test_a_byline_is_no_sentence_and_no_sentence_goes_beyond_its_line() -> None:
    pieces = split_text("Talks\n\nBy A. Saba\n\nBoth spoke.\nThe corridor\ngrew.", "en")
    assert [(span.start, span.end) for span in pieces.loose] == [(0, 5), (7, 17), (31, 43)]
    assert [(span.start, span.end) for span in pieces.sentences] == [(19, 30), (44, 49)]


@given(
    st.text(alphabet="aZ.?!。۔؟ \n“”\u200fک中", max_size=60), st.sampled_from(["en", "ur", "zh"])
)
def test_the_sentences_of_any_text_are_in_order_and_leave_out_nothing(
    text: str, language: str
) -> None:
    pieces = split_text(text, language)
    spans = sorted([*pieces.sentences, *pieces.loose], key=lambda span: span.start)
    assert all(span.start < span.end for span in spans)
    assert all(left.end <= right.start for left, right in pairwise(spans))
    assert "".join(text.split()) == "".join("".join(span.cut(text) for span in spans).split())
