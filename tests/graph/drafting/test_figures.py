"""Dates and amounts are read as precisely as a sentence tells them, and no more."""

from __future__ import annotations

from datetime import date

import pytest

from graph.drafting.figure import find_figures

DAY = date(2026, 8, 8)


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("It was signed on 2 June 2026.", ["2026-06-02"]),
        ("It was signed on June 2, 2026.", ["2026-06-02"]),
        ("It is to open in March 2027, or by 2028.", ["2027-03", "2028"]),
        ("It was held on Friday.", ["2026-08-07"]),
        ("It will be held on Friday, he said on Monday.", ["2026-08-14", "2026-08-03"]),
        ("It is to begin on Wednesday.", ["2026-08-12"]),
        ("It was held last month, and in November last year.", ["2026-07", "2025-11"]),
        ("It runs from 2025-2029.", ["2025", "2029"]),
        ("It opens on 15 January.", ["2027-01-15"]),
        ("You may march in, and it may rain.", []),
        ("It was signed on 31 February 2026.", []),
        ("会议于2027年3月5日举行。", ["2027-03-05"]),
        ("اجلاس 12 مئی 2026 کو ہوا۔", ["2026-05-12"]),
    ],
)
def test_a_date_is_as_precise_as_told(sentence: str, values: list[str]) -> None:
    assert [own.value for own in find_figures(sentence, DAY)] == values


@pytest.mark.parametrize(
    ("sentence", "figures"),
    [
        ("China gave 1,200 tents.", [("1200", "tents", "")]),
        ("It cost $4.5 million.", [("4500000", "USD", "")]),
        ("It cost Rs1.2 billion.", [("1200000000", "PKR", "")]),
        ("It cost 60 million yuan.", [("60000000", "CNY", "")]),
        ("At least 30 students came.", [("30", "students", "AtLeast")]),
        ("It lasts for 5 years.", []),
        ("China hands over 12 buses.", [("12", "buses", "")]),
        ("提供800个名额。", [("800", "个", "")]),
        ("走廊2.0升级版", []),
    ],
)
def test_an_amount_has_its_unit_and_its_bound(
    sentence: str, figures: list[tuple[str, str, str]]
) -> None:
    assert [(own.value, own.unit, own.bound) for own in find_figures(sentence, DAY)] == figures
