"""How much of a sentence may be repeated: characters covered, never more than it has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.curating.coverage import measure_coverage, merge_quotes
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
    quotes = ("The corridor, to which both", "to which both are parties", "which", "intelligence")
    assert merge_quotes(quotes) == ["intelligence", "The corridor, to which both are parties"]
    assert measure_coverage(describe(*quotes)) == 51


def test_an_anchor_covers_its_words_alone() -> None:
    anchors = Anchor("The corridor … parties", 0, 39), Anchor("both are", 23, 31)
    assert measure_coverage(describe(*anchors)) == len("The corridor") + len("parties") + 8


@given(st.lists(st.tuples(st.integers(0, 77), st.integers(1, 78)), max_size=8))
def test_quotes_never_cover_more_than_their_union(ranges: list[tuple[int, int]]) -> None:
    ranges = [(start, end) for start, end in ranges if start < end]
    quotes = [SENTENCE[start:end] for start, end in ranges]
    union = {position for start, end in ranges for position in range(start, end)}
    pieces = merge_quotes(quotes)
    assert sum(map(len, pieces)) <= sum(map(len, {*quotes}))
    if len(pieces) == 1:
        assert len(pieces[0]) <= max(len(union), *map(len, quotes))


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
