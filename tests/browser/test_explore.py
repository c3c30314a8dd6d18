"""The picture of the graph: pressed, filtered, and gone through by keyboard."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Open


def test_a_thing_that_is_pressed_shows_its_sentences(open_page: Open) -> None:
    page = open_page("/explore?around=HEC")
    page.locator(".node", has_text="Higher Education Commission").first.click()
    panel = page.locator("#told")
    expect(panel).to_contain_text("tasked the Higher Education Commission")
    expect(page.locator(".edge.lit")).not_to_have_count(0)
    panel.get_by_role("link", name="its page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Higher Education Commission")


def test_a_line_that_is_pressed_opens_its_sentence(open_page: Open) -> None:
    page = open_page("/explore?modality=Tasked")
    page.locator(".edge").first.dispatch_event("click")
    panel = page.locator("#told")
    expect(panel.locator("q").first).to_be_visible()
    panel.get_by_role("link", name="sentence 8").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("CPEC Phase II")
    assert page.url.endswith("#s08")


def test_a_filter_draws_anew_in_place(open_page: Open) -> None:
    page = open_page("/explore")
    lines = page.locator(".edge").count()
    page.get_by_role("checkbox", name="Reported").uncheck()
    expect(page.locator(".edge")).not_to_have_count(lines)
    assert "modality=Ongoing" in page.url
    assert "modality=Reported" not in page.url
    page.locator(".node").first.click()
    expect(page.locator("#told")).to_be_visible()


def test_the_arrow_keys_go_from_thing_to_thing(open_page: Open) -> None:
    page = open_page("/explore")
    page.locator(".node").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".node:focus")).to_have_attribute("data-node", "1")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".node:focus")).not_to_have_attribute("data-node", "1")
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#told")).to_be_hidden()


def test_names_are_whole_and_one_thing_has_the_tab_stop(open_page: Open) -> None:
    page = open_page("/explore")
    assert "…" not in "".join(page.locator(".node text").all_text_contents())
    boxes = [node.bounding_box() for node in page.locator(".node text").all()]
    picture = page.locator(".canvas").bounding_box()
    assert picture
    assert all(box and box["x"] + box["width"] <= picture["x"] + picture["width"] for box in boxes)
    page.locator(".node", has_text="CPEC Phase II").first.click()
    expect(page.locator('.node[tabindex="0"]')).to_have_count(1)
    expect(page.locator('.node[tabindex="0"]')).to_have_class(re.compile("chosen"))


def test_a_telephone_has_the_table_and_cuts_nothing(open_page: Open) -> None:
    page = open_page("/explore?around=HEC", width=360)
    expect(page.locator(".canvas")).to_be_hidden()
    expect(page.locator("#statements table")).to_contain_text("tasked the Higher Education")
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_without_javascript_the_tables_stand_in(open_page: Open) -> None:
    page = open_page("/explore?around=HEC", script=False)
    expect(page.locator("#statements table")).to_contain_text("tasked the Higher Education")
    page.get_by_role("checkbox", name="Reported").uncheck()
    page.get_by_role("button", name="Draw").click()
    expect(page.locator("#statements table")).not_to_contain_text("reported")
