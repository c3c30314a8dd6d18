"""The page of the measurements."""

import pytest

from bench.build import SECTIONS as BUILDS
from bench.build import SIZING
from bench.page import PAGE, with_section

SECTIONS = [
    *("throughput", "start", "citing", "citing large", "service"),
    *("crowd", "kills", "large kills", "soak"),
]
MARKED = "# Page\n<!-- two -->\n<!-- end -->\n<!-- one -->\nold\n<!-- end -->\n"


def test_a_section_is_replaced_and_the_others_stay() -> None:
    page = with_section(with_section(MARKED, "two", "2 \\1"), "one", "new")
    assert "old" not in page
    assert page.index("2 \\1\n<!-- end -->") < page.index("new\n<!-- end -->")
    assert page.count("2 \\1") == page.count("new") == 1


def test_a_section_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        with_section(MARKED, "three", "3")


@pytest.mark.parametrize("name", SECTIONS)
def test_the_page_has_a_section_for_each_command(name: str) -> None:
    assert "new" in with_section(PAGE.read_text("utf-8"), name, "new")


@pytest.mark.parametrize("name", BUILDS.values())
def test_the_page_of_sizes_has_a_section_for_each_engine(name: str) -> None:
    assert "new" in with_section(SIZING.read_text("utf-8"), name, "new")
