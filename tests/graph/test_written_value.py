"""Numbers, days and names that anyone may have written."""

import pytest

from graph.errors import ParameterError
from graph.written_value import MOST_NAME, read_count, read_day, require_name


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("9" * 18, 10**18 - 1),
        *((text, None) for text in ("9" * 19, "1" * 4301, "", "-1", "+1", " 1", "1\n", "1_0", "٣")),
        *((text, None) for text in ("²", "½", "1.0", "1e3", "NaN", "0x1")),
    ],
)
def test_a_count_has_ascii_digits_that_fit_into_64_bits(text: str, number: int | None) -> None:
    assert read_count(text) == number


@pytest.mark.parametrize(
    "text",
    [
        *("2026-02-30", "0000-01-01", "20260101", "2026-W01-1", "99999999999-01-01", "2026", ""),
        *("2026-01-01Z", "2026-01-01\n", "-0001-01-01", "٢٠٢٦-٠١-٠١", "1" * 4301),
    ],
)
def test_a_day_is_one_of_the_calendar(text: str) -> None:
    assert read_day(text) is None
    assert str(read_day("9999-12-31")) == "9999-12-31"


def test_a_name_that_is_too_long_is_told_its_limit() -> None:
    assert require_name("x" * MOST_NAME)
    with pytest.raises(ParameterError, match=r"2,000 characters at most, not 100,000"):
        require_name("x" * 100_000)
