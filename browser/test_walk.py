"""The walk of an analyst: from the first page to a copied citation, by mouse and by keyboard."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from browser.conftest import Open


def test_an_analyst_walks_from_the_first_page_to_a_copied_citation(opened: Open) -> None:
    page = opened("/")
    page.get_by_role("combobox", name="Find a name").press_sequentially("Higher Educaton", delay=5)
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Higher Education Commission")

    page.locator(".line a.chip").first.click()
    expect(page.locator(".line .quotes q").first).to_have_text(
        "tasked the Higher Education Commission"
    )
    page.get_by_text("Why?").click()
    expect(page.locator(".proof")).to_contain_text("is tasked with cooperation")

    page.get_by_role("navigation", name="Main").get_by_role("link", name="Questions").click()
    page.get_by_role("link", name="In which areas do both countries cooperate?").click()
    expect(page.get_by_role("table")).to_contain_text("artificial intelligence")
    page.get_by_role("button", name="Copy citation").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.match("cpec-graph, “In which areas do both countries cooperate.”, 8 rows", copied)
    assert "INP-WealthPk, 29 April 2026, sentences" in copied
    assert copied.endswith("CC BY 4.0.")


def test_the_tab_key_reaches_the_text_and_the_words_of_the_sources(opened: Open) -> None:
    page = opened("/page/HEC")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the text")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    summary = page.locator("summary", has_text="The words of the sources").first
    for _ in range(10):
        page.keyboard.press("Tab")
        if summary.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator(".said .quote q").first).to_be_visible()


def test_an_entity_has_sixty_tab_stops_at_most(opened: Open) -> None:
    for name in ("Pakistan", "China", "CPEC", "HEC"):
        page = opened(f"/page/{name}")
        stops = 0
        while True:
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement === document.body"):
                break
            stops += 1
            assert stops <= 60, name
        print(f"{name}: {stops} tab stops")


def test_without_javascript_a_page_has_all_of_it(opened: Open) -> None:
    page = opened("/page/HEC", script=False)
    page.locator(".line a.chip").first.click()
    expect(page.locator(".said .quote q").first).to_be_visible()
    page.get_by_role("searchbox", name="Find a name").fill("中巴")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="China-Pakistan Economic Corridor")).to_be_visible()
