"""References: where a source is found, in words."""

from __future__ import annotations

import pytest

from graph.wording.reference import write_reference
from graph.wording.text import isolate, write_date


def test_a_reference_says_what_is_known() -> None:
    assert write_reference("WealthPk", "2026-04-29", "8") == "WealthPk, 29 April 2026, sentence 8"
    assert write_reference("WealthPk", "", "0") == "WealthPk, headline"
    assert write_reference("", "", "") == ""


@pytest.mark.parametrize("text", ["20260429", "2026-W18-3", "", "14"])
def test_what_is_no_calendar_date_is_said_as_it_is(text: str) -> None:
    assert write_date(text) == text


def test_what_runs_from_right_to_left_turns_nothing_around_it() -> None:
    assert isolate("میں (AI)") == "\N{FIRST STRONG ISOLATE}میں (AI)\N{POP DIRECTIONAL ISOLATE}"
    assert isolate("巴基斯坦 2026") == "巴基斯坦 2026"
