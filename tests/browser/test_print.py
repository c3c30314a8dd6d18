"""Pages on paper: an article takes as few sheets as it needs."""

from __future__ import annotations

import re

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
