"""References: where a source is found, in words."""

import pytest

from graph.wording.reference import write_reference
from graph.wording.text import isolate, write_time


def test_a_reference_says_what_is_known() -> None:
    assert write_reference("WealthPk", "2026-04-29", "8") == "WealthPk, 29 April 2026, sentence 8"
    assert write_reference("WealthPk", "", "0") == "WealthPk, headline"
    assert write_reference("", "", "") == ""


@pytest.mark.parametrize("text", ["20260429", "2026-W18-3", "", "14", "P", "PT8H", "P1YT8H"])
def test_what_is_no_calendar_date_or_duration_is_said_as_it_is(text: str) -> None:
    assert write_time(text) == text


def test_a_duration_has_words_in_each_language() -> None:
    words = [write_time("P1Y", language) for language in ("en", "ur", "zh")]
    assert words == ["one year", "ایک سال", "1年"]
    assert write_time("P2Y10D") == "2 years 10 days"
    assert write_time("P3M", "ur") == "3 ماہ"


def test_what_runs_from_right_to_left_turns_nothing_around_it() -> None:
    assert isolate("میں (AI)") == "\N{FIRST STRONG ISOLATE}میں (AI)\N{POP DIRECTIONAL ISOLATE}"
    assert isolate("巴基斯坦 2026") == "巴基斯坦 2026"
