"""How much of a sentence may be repeated: characters covered, never more than it has."""

import pytest

from graph.curating.check import measure_coverage
from graph.curating.evidence import Anchor, Sentence
from graph.curating.master import Inputs
from graph.errors import DataError
from graph.validation import validate
from graph.wording.quotation import Fragment

ARTICLE = "articles/talks-2026-05-02.trig"
SENTENCE = "The corridor, to which both are parties, now concerns artificial intelligence."


def describe(*words: str | Anchor) -> Sentence:
    quotes = tuple(Fragment(-1, text) for text in words if isinstance(text, str))
    anchors = tuple(anchor for anchor in words if isinstance(anchor, Anchor))
    return Sentence("s", "a", 1, "", 0, len(SENTENCE), quotes, anchors)


def test_overlapping_quotes_cover_what_they_share_once() -> None:
    placed = (
        Fragment(0, SENTENCE[:27]),
        Fragment(14, SENTENCE[14:39]),
        Fragment(66, SENTENCE[66:78]),
    )
    sentence = Sentence("s", "a", 1, "", 0, len(SENTENCE), placed)
    assert measure_coverage(sentence) == 39 + 12


def test_a_quote_without_an_offset_counts_whole_unless_another_has_it() -> None:
    assert measure_coverage(describe("to which both", "both are parties", "which")) == 13 + 16


def test_an_anchor_covers_its_words_alone() -> None:
    anchors = Anchor(Fragment(23, "both are"), 0, 39), Anchor(Fragment(28, "are parties"), 23, 39)
    assert measure_coverage(describe(*anchors)) == len("both are parties")


def quote_most(inputs: Inputs, end: int) -> None:
    path = inputs.data / ARTICLE
    text = path.read_text("utf-8").replace("oa:end 161", f"oa:end {end}")
    whole = "The corridor, to which both are parties, now concerns artificial"
    path.write_text(text.replace("concerns artificial intelligence", whole), "utf-8")


def test_a_short_sentence_may_be_quoted_as_far_as_its_facts_need(inputs: Inputs) -> None:
    quote_most(inputs, 161)
    validate(inputs)


def test_a_longer_one_by_three_quarters_and_the_message_counts_what_is_covered(
    inputs: Inputs,
) -> None:
    quote_most(inputs, 83 + 121)
    more = "is in the text of the sentence, which nobody"
    path = inputs.data / ARTICLE
    text = path.read_text("utf-8").replace('oa:exact "both are parties"', f'oa:exact "{more}"')
    path.write_text(text, "utf-8")
    with pytest.raises(DataError) as caught:
        validate(inputs)
    (finding,) = caught.value.findings
    assert finding.line == 46
    assert finding.message == (
        "the quotes of id:talks-2026-05-02/s02 cover 108 of its 121 characters: three quarters, "
        "90, is the most that may be quoted"
    )
