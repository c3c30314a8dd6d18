"""Quotations: fragments in the order of the text, those that overlap as one."""

from hypothesis import given
from hypothesis import strategies as st

from graph.wording.quotation import (
    Fragment,
    merge_fragments,
    name_range,
    quote_fragments,
    shorten_quotation,
    split_quotation,
)

SENTENCE = "The corridor, to which both are parties, now concerns “artificial” intelligence."

RANGES = st.lists(
    st.tuples(st.integers(0, len(SENTENCE) - 1), st.integers(1, 30)).map(
        lambda ends: Fragment(ends[0], SENTENCE[ends[0] : sum(ends)])
    ),
    max_size=8,
)


@given(RANGES)
def test_a_quotation_is_made_of_the_ranges_of_the_text_in_its_order(
    fragments: list[Fragment],
) -> None:
    merged = merge_fragments(fragments)
    covered = {place for own in fragments for place in range(own.start, own.end)}
    assert [place for own in merged for place in range(own.start, own.end)] == sorted(covered)
    assert all(SENTENCE[own.start : own.end] == own.words for own in merged)
    assert len(quote_fragments(fragments)) == bool(fragments)


def test_ranges_that_overlap_with_other_signs_are_not_joined() -> None:
    fragments = [Fragment(0, "hello"), Fragment(3, "XXXX")]
    assert quote_fragments(fragments) == ["hello … XXXX"]
    assert merge_fragments([Fragment(0, "hello"), Fragment(3, "lo there")]) == [
        Fragment(0, "hello there")
    ]


def test_a_fragment_without_a_place_is_a_quotation_by_itself() -> None:
    fragments = [Fragment(-1, "both are"), Fragment(4, "corridor"), Fragment(-1, "corridor")]
    assert quote_fragments(fragments) == ["corridor", "both are"]


def test_the_name_of_a_selector_has_the_place_of_words_that_are_as_long() -> None:
    name = name_range("https://example.org/s01", Fragment(4, "corridor"))
    assert name == "https://example.org/s01#char=4,12"
    assert Fragment.read(name, "corridor").start == 4
    assert Fragment.read(name, "corridors").start == -1
    assert Fragment.read(f"{name}9999999999", "corridor").start == -1
    assert Fragment.read("", "corridor").start == -1


@given(RANGES.filter(bool), st.integers(0, 100))
def test_a_shortened_quotation_ends_behind_one_of_its_phrases(
    fragments: list[Fragment], length: int
) -> None:
    (quotation,) = quote_fragments(fragments)
    shortened = shorten_quotation(quotation, length)
    phrases = split_quotation(shortened.removesuffix(" …"))
    assert phrases == split_quotation(quotation)[: len(phrases)]
    assert len(phrases) == 1 or len(shortened) <= length + 2
