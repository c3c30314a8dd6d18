"""The editor: a query runs, its rows have footnotes, words are completed, an error is shown."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open


def write_query(page: Page, text: str) -> None:
    """Replace the query in the editor."""
    page.locator(".CodeMirror-line").first.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def test_a_query_runs_by_keyboard_and_its_rows_have_footnotes(open_page: Open) -> None:
    page = open_page("/sparql")
    write_query(page, "SELECT ?area { id:HEC cpec:taskedInArea ?area }")
    page.keyboard.press("Control+Enter")
    row = page.get_by_role("row").nth(1)
    expect(row).to_contain_text("artificial intelligence")
    expect(row).to_contain_text("tasked")
    row.get_by_role("link", name="source 1").click()
    expect(page.locator("#source-1")).to_contain_text("tasked the Higher Education Commission")
    assert "query=SELECT+%3Farea" in page.url
    page.get_by_role("button", name="Copy the link").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    again = open_page(copied, script=False)
    expect(again.get_by_role("table")).to_contain_text("artificial intelligence")


def test_the_back_button_leads_to_the_query_before(open_page: Open) -> None:
    page = open_page("/sparql?query=ASK%20%7B%7D")
    write_query(page, "SELECT ?x { VALUES ?x { 42 } }")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("table")).to_contain_text("42")
    page.go_back()
    expect(page.locator("#answer strong")).to_have_text("yes")
    expect(page.locator(".CodeMirror-code")).to_contain_text("ASK {}")


def test_words_of_the_vocabulary_are_completed(open_page: Open) -> None:
    page = open_page("/sparql")
    write_query(page, "SELECT * { ?x cpec:taskedIn")
    page.keyboard.press("Control+Space")
    expect(page.locator(".CodeMirror-hint").first).to_contain_text("cpec:taskedInArea")
    page.keyboard.press("Enter")
    expect(page.locator(".CodeMirror-code")).to_contain_text("?x cpec:taskedInArea")
    write_query(page, "SELECT * { ?x a cpec:Undertak")
    page.keyboard.press("Control+Space")
    expect(page.locator(".CodeMirror-hint").first).to_contain_text("cpec:Undertaking")


def test_things_are_completed_by_a_part_of_a_name_with_their_labels(open_page: Open) -> None:
    page = open_page("/sparql")
    write_query(page, "SELECT * { id:Pakis")
    page.keyboard.press("Control+Space")
    hint = page.locator(".CodeMirror-hint").first
    expect(hint).to_contain_text("id:Pakistan")
    expect(hint.locator(".gloss")).to_have_text(" Pakistan")
    page.keyboard.press("Enter")
    expect(page.locator(".CodeMirror-code")).to_contain_text("SELECT * { id:Pakistan")
    write_query(page, "SELECT * { ?body cpec:taskedInArea id:Artif")
    page.keyboard.press("Control+Space")
    expect(page.locator(".CodeMirror-hint", has_text="id:Artificial_Intelligence")).to_be_visible()


def test_a_correction_is_one_press_away_without_a_script_too(open_page: Open) -> None:
    page = open_page(
        "/sparql?query=SELECT+*+%7B+id%3APakistn+cpec%3AcooperatesIn+%3Farea+%7D", script=False
    )
    page.get_by_role("link", name="Did you mean id:Pakistan?").click()
    expect(page.get_by_role("table")).to_contain_text("artificial intelligence")


def test_a_prefix_of_ours_is_no_error_and_another_is(open_page: Open) -> None:
    page = open_page("/sparql")
    expect(page.locator(".parseErrorIcon")).to_have_count(0)
    write_query(page, "SELECT * { ?x nobody:knows ?y }")
    expect(page.locator(".parseErrorIcon")).to_have_count(1)


def test_an_error_is_marked_in_the_query(open_page: Open) -> None:
    page = open_page("/sparql", refused="status of 400")
    write_query(page, "SELECT ?area {\n  id:HEC cpec:taskedInArea ?area\n} LIMIT many")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Line 3, column 9")
    expect(page.locator(".CodeMirror .at-fault")).to_have_text("many")
    expect(page.locator(".CodeMirror .fault-line")).to_contain_text("LIMIT many")
    page.keyboard.press("Control+End")
    for _ in "many":
        page.keyboard.press("Backspace")
    page.keyboard.type("5")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("table")).to_contain_text("artificial intelligence")
    expect(page.locator(".CodeMirror .at-fault")).to_have_count(0)


def test_a_source_stays_crossed_out_until_it_is_brought_back(open_page: Open) -> None:
    page = open_page("/sparql")
    write_query(page, "SELECT ?area { id:HEC cpec:taskedInArea ?area }")
    page.keyboard.press("Control+Enter")
    page.get_by_role("link", name="cross out").click()
    expect(page.locator(".struck")).to_contain_text("sentence 8 had never been read")
    expect(page.get_by_text("Nothing in the graph matches")).to_be_visible()
    write_query(page, "SELECT ?area { id:HEC cpec:taskedInArea ?area } LIMIT 9")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("link", name="cite")).to_have_attribute(
        "href", re.compile("LIMIT.*without")
    )
    expect(page.locator(".struck")).to_contain_text("sentence 8 had never been read")
    page.get_by_role("link", name="bring it back").click()
    expect(page.get_by_role("table")).to_contain_text("artificial intelligence")
    expect(page.locator(".struck")).to_have_count(0)


def test_the_keyboard_leaves_the_editor(open_page: Open) -> None:
    page = open_page("/sparql")
    page.locator(".CodeMirror-line").first.click()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Run")).to_be_focused()


def test_without_javascript_the_form_runs(open_page: Open) -> None:
    page = open_page("/sparql?question=intended-areas", script=False)
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("table")).to_contain_text("marine technology")
    expect(page.get_by_role("link", name="source 1").first).to_be_visible()
