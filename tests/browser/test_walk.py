"""The walk of an analyst: from the first page to a copied citation, by mouse and by keyboard."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Open


def test_an_analyst_walks_from_the_first_page_to_a_copied_citation(open_page: Open) -> None:
    page = open_page("/")
    page.get_by_role("combobox", name="Search").press_sequentially("Higher Educaton", delay=5)
    expect(page.get_by_role("option").first).to_contain_text("Higher Education Commission")
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
    assert "\nSaba, A. (2026, April 29). Pakistan, China advance CPEC Phase II" in copied
    assert "Via cpec-graph, “In which areas do both countries cooperate?”, 14 rows" in copied

    (permalink,) = re.findall(r"http\S+receipt=\S+", copied)
    later = open_page(permalink, script=False)
    expect(later.locator(".receipt")).to_contain_text("The same answer as when it was cited")
    expect(later.get_by_role("table")).to_contain_text("artificial intelligence")


def test_a_row_and_a_statement_are_cited_for_a_reference_manager(open_page: Open) -> None:
    page = open_page("/questions/cooperation-areas")
    row = page.get_by_role("row", name="artificial intelligence").first
    row.get_by_role("button", name="cite the row: artificial intelligence").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("In which areas")
    page.get_by_role("button", name="Copy as BibTeX").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("@article{cpec-graph-")
    assert "row “Pakistan and China cooperate in artificial intelligence" in copied
    page.get_by_role("link", name="The permalink").click()
    expect(page.locator(".receipt")).to_contain_text("The row that was cited is marked.")
    expect(page.locator("tr.cited")).to_contain_text("artificial intelligence")

    page = open_page("/page/HEC")
    page.locator(".line a.chip").first.click()
    page.locator(".line .quotes").get_by_role("link", name="cite", exact=True).click()
    page.get_by_role("button", name="Copy as RIS").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "N1  - “tasked the Higher Education Commission”" in copied


def test_an_answer_that_changed_says_so_beside_todays(open_page: Open) -> None:
    page = open_page(f"/questions/tasks?receipt=0123456789abcdef.sha256-{'0' * 64}", script=False)
    expect(page.locator(".receipt")).to_contain_text("This answer has changed")
    expect(page.get_by_role("table")).to_contain_text("artificial intelligence")


def test_an_answer_in_the_editor_is_cited_with_its_query(open_page: Open) -> None:
    page = open_page(
        "/sparql?query=SELECT%20%3Farea%20%7B%20id%3AHEC%20cpec%3AtaskedInArea%20%3Farea%20%7D&cite=true"
    )
    page.get_by_role("link", name="cite", exact=True).click()
    page.get_by_role("button", name="Copy as APA").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "“SELECT ?area { id:HEC cpec:taskedInArea ?area }”, 1 row" in copied
    page.get_by_role("link", name="The permalink").click()
    expect(page.locator("#answer .receipt")).to_contain_text("The same answer")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#answer .receipt")).to_have_count(0)


def test_the_tab_key_reaches_the_text_and_the_words_of_the_sources(open_page: Open) -> None:
    page = open_page("/page/HEC")
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
    expect(summary.locator("xpath=..").locator(".quote").first).to_be_visible()


def test_an_entity_has_sixty_tab_stops_at_most(open_page: Open) -> None:
    for name in ("Pakistan", "China", "CPEC", "HEC"):
        page = open_page(f"/page/{name}")
        stops = 0
        while True:
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement === document.body"):
                break
            stops += 1
            assert stops <= 60, name
        print(f"{name}: {stops} tab stops")


def test_without_javascript_a_page_has_all_of_it(open_page: Open) -> None:
    page = open_page("/page/HEC", script=False)
    page.locator(".line a.chip").first.click()
    expect(page.locator(".said .quote:target q").first).to_be_visible()
    page.get_by_role("searchbox", name="Search").fill("中巴")
    page.keyboard.press("Enter")
    expect(
        page.get_by_role("link", name="China-Pakistan Economic Corridor", exact=True)
    ).to_be_visible()
