"""Pages on paper: an article takes as few sheets as it needs."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Open

ARTICLE = "/page/inp-wealthpk-2026-04-29"


def test_an_article_is_printed_without_a_blank_page(open_page: Open) -> None:
    page = open_page(ARTICLE)
    sheets = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", sheets)) <= 7
    page.emulate_media(media="print")
    assert page.locator("header").is_hidden()
    assert page.locator(".sentence .words").first.is_visible()
    assert page.locator(".inferred .proof").first.is_hidden()


def test_the_ledger_is_printed_with_its_lines_over_time(open_page: Open) -> None:
    page = open_page("/promises?status=Planned")
    page.emulate_media(media="print")
    expect(page.locator("form.parameters")).to_be_hidden()
    expect(page.locator("tbody .chart")).to_have_count(1)
    sheet = page.locator("tbody tr").bounding_box()
    line = page.locator("tbody .chart .open").bounding_box()
    assert sheet is not None
    assert line is not None
    assert line["width"] > 100
    assert sheet["x"] <= line["x"] < line["x"] + line["width"] <= sheet["x"] + sheet["width"]
    expect(page.locator("tbody")).to_contain_text("None of the 2 later articles speaks of it.")
    expect(page.locator("tbody .said .line").first).to_be_visible()
