"""A source crossed out by hand: fallen statements stay in place with the reason, and come back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open

TASKED = "is tasked in"


@pytest.mark.parametrize("script", [True, False])
def test_a_sentence_is_crossed_out_in_its_article_and_brought_back(
    open_page: Open, script: bool
) -> None:
    page = open_page("/page/inp-wealthpk-2026-04-29", script=script)
    page.get_by_role("link", name="Cross out: sentence 8").click()
    sentence = page.locator("#s08")
    expect(sentence).to_be_in_viewport()
    expect(sentence.locator("s").first).to_have_css("text-decoration-line", "line-through")
    expect(sentence).to_contain_text("only INP-WealthPk, 29 April 2026, sentence 8 said so")
    expect(page.locator(".sentence.fell")).to_have_count(1)
    page.get_by_text("What follows no more").click()
    expect(page.locator(".line", has_text=TASKED).first).to_be_visible()
    page.get_by_role("link", name="bring it back").click()
    expect(page.locator(".sentence.fell")).to_have_count(0)


def test_urdu_that_fell_is_faded_and_not_struck_through(open_page: Open) -> None:
    page = open_page("/page/HEC?without=inp-wealthpk-2026-04-29/s08&names=ur")
    fell = page.locator(".fell s", has=page.locator('[lang="ur"]')).first
    expect(fell).to_have_css("text-decoration-line", "none")


def test_from_the_sources_a_reader_comes_to_why_an_inference_fell(open_page: Open) -> None:
    page = open_page("/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Sources").click()
    page.locator("summary", has_text="Pakistan, China advance CPEC").click()
    page.get_by_role("link", name="Cross out: Sentence 8, Pakistan, China advance CPEC").click()
    expect(page.get_by_role("heading", name="What fell, and why")).to_be_visible()
    line = page.locator(".line", has_text=TASKED).first
    expect(line).to_contain_text("sentence 8 said “The HEC mandate")
    page.goto("/page/HEC?without=inp-wealthpk-2026-04-29/s08")
    fell = page.locator(".fell .line", has_text=TASKED)
    expect(fell.locator("s")).to_be_visible()
    page.get_by_role("link", name="what fell, and why").click()
    expect(page.get_by_role("heading", name="What fell, and why")).to_be_in_viewport()
