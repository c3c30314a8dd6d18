"""Every kind of page: axe-core, widths, the direction of Urdu, and scripts that may not run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open

EVIL: Final = "/sparql?query=SELECT%20*%20%7B%20id%3AHostile%20%3Fp%20%3Fo%20%7D"
AXE: Final = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS: Final = {"serious", "critical"}
PAGES: Final = (
    "/",
    "/things/",
    "/articles/",
    "/page/Pakistan",
    "/page/AI_Framework?names=ur",
    "/page/JCC_Meeting_10",
    "/page/JCC_Meeting_14?names=zh",
    "/page/CGS_2022_36",
    "/questions/amounts",
    "/questions/amounts?sort=-value&filter=solar",
    "/timeline",
    "/timeline?names=ur",
    "/promises",
    "/promises?promise=JCC_Meeting_10&names=ur",
    "/feed",
    "/about",
    "/?names=ur",
    "/?names=zh",
    "/questions/what-became",
    "/page/inp-wealthpk-2026-04-29",
    "/page/inp-wealthpk-2026-04-29?without=inp-wealthpk-2026-04-29/s08",
    "/page/AI_Framework?without=inp-wealthpk-2026-04-29/s08",
    "/questions/cooperation-areas?without=inp-wealthpk-2026-04-29/s08",
    "/sources",
    "/graph/background/country-codes",
    "/sources?without=inp-wealthpk-2026-04-29/s08",
    "/questions/",
    "/questions/cooperation-areas",
    "/questions/modalities",
    "/questions/timeline?names=zh",
    "/questions/parties",
    "/questions/names",
    f"/questions/tasks?receipt=0123456789abcdef.sha256-{'0' * 64}",
    "/cite?question=cooperation-areas",
    "/cite?s=HEC&p=taskedInArea&o=Artificial_Intelligence&names=ur",
    "/search?q=tech",
    "/explain?s=Pakistan&p=cooperatesIn&o=Artificial_Intelligence",
    "/sparql",
    "/sparql?query=SELECT%20*%20%7B%20id%3AHEC%20%3Fp%20%3Fo%20%7D&cite=true",
    "/sparql?question=names",
    "/explore",
    "/explore?names=ur",
    "/dataset",
    "/api",
    "/ontology",
)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_axe_finds_nothing_serious(open_page: Open, path: str, width: int, dark: bool) -> None:
    page = open_page(path, width=width, dark=dark)
    page.evaluate(AXE.read_text("utf-8"))
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    violations = page.evaluate("axe.run()")["violations"]
    assert [
        (violation["id"], node["target"], node["failureSummary"])
        for violation in violations
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ] == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_a_narrow_screen(open_page: Open, path: str) -> None:
    page = open_page(path, width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_urdu_stands_right_to_left_and_english_in_it_left_to_right(open_page: Open) -> None:
    page = open_page("/page/Islamabad?names=ur")
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text("اسلام آباد")
    expect(title).to_have_css("direction", "rtl")
    assert "Nastaliq" in title.evaluate("element => getComputedStyle(element).fontFamily")
    box, column = title.evaluate(
        """element => {
          const range = document.createRange();
          range.selectNodeContents(element);
          return [range.getBoundingClientRect().right, element.getBoundingClientRect().right];
        }"""
    )
    assert abs(box - column) < 2
    expect(page.locator(".words q").first).to_have_css("direction", "ltr")
    page.get_by_role("link", name="پاکستان").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("پاکستان")


@pytest.mark.parametrize(
    ("path", "texts"),
    [
        ("/promises", "thead text"),
        ("/timeline", "thead text"),
        ("/page/inp-wealthpk-2026-04-29", "svg.marks text"),
    ],
)
def test_time_and_sentences_run_as_the_language_does(
    open_page: Open, path: str, texts: str
) -> None:
    for language, is_mirrored in (("en", False), ("ur", True)):
        page = open_page(f"{path}?names={language}")
        places = page.locator(texts).evaluate_all(
            "texts => texts.map(text => text.getBoundingClientRect().left)"
        )
        assert len(places) > 1
        assert places == sorted(places, reverse=is_mirrored)


@pytest.mark.parametrize("language", ["ur", "zh"])
def test_scripts_write_in_the_language_of_the_page(open_page: Open, language: str) -> None:
    page = open_page(f"/questions/cooperation-areas?names={language}")
    copied = page.locator("button.copy").first
    before = copied.text_content() or "-"
    copied.click()
    expect(copied).not_to_contain_text(before)
    assert_no_latin(copied.text_content())
    assert_no_latin(page.locator(".suggestions").first.get_attribute("aria-label"))
    page = open_page(f"/explore?names={language}")
    page.locator(".node").first.click()
    for control in page.locator("#told .heading a, #told .heading button").all():
        assert_no_latin(control.text_content())
    assert f"names={language}" in (
        page.locator("#told .heading a").last.get_attribute("href") or ""
    )
    page = open_page(f"/sparql?names={language}&query=ASK%7B%7D")
    page.route("**/sparql?*", lambda _: None)
    run = page.locator("#ask .run button").first
    assert_no_latin(page.get_by_role("textbox").last.get_attribute("aria-label"))
    before = run.text_content() or "-"
    run.click()
    expect(run).not_to_have_text(before)
    assert_no_latin(run.text_content())
    page.locator("#stop").click()
    assert_no_latin(page.get_by_role("alert").text_content())


def assert_no_latin(text: str | None) -> None:
    """Fail for a text that is empty or has a Latin letter."""
    assert text
    assert not re.search("[A-Za-z]", text), text


def test_a_network_that_is_too_wide_leaves_its_rows(open_page: Open) -> None:
    for width, count in ((1280, 1), (390, 0)):
        page = open_page("/questions/parties", width=width)
        expect(page.locator(".drawing:visible")).to_have_count(count)
        expect(page.get_by_role("table")).to_be_visible()


def test_no_line_begins_with_the_number_of_a_source(open_page: Open) -> None:
    page = open_page("/page/Pakistan", width=390)
    begun = page.evaluate(
        """[...document.querySelectorAll('.line .chip')].filter(chip => {
          const line = chip.parentElement.getBoundingClientRect();
          return chip.checkVisibility() && chip.getBoundingClientRect().left < line.left + 6;
        }).length"""
    )
    assert begun == 0


def test_a_script_in_a_label_does_not_run(open_page: Open, hostile: str) -> None:
    for path in ("/page/Hostile", "/page/CPEC", "/search?q=script", "/things/", "/explore", EVIL):
        page = open_page(path, host=hostile)
        page.wait_for_load_state("networkidle")
        assert page.title() != "ran"
    page = open_page("/page/Hostile", host=hostile)
    expect(page.get_by_role("heading", level=1)).to_contain_text("<script>")
    page.get_by_role("combobox", name="Search").press_sequentially("script", delay=5)
    expect(page.get_by_role("option").first).to_contain_text("<script>")
    assert page.title() != "ran"


def test_paper_has_the_footnotes_and_no_buttons(open_page: Open) -> None:
    page = open_page("/questions/cooperation-areas")
    page.emulate_media(media="print")
    expect(page.locator(".sources li").first).to_be_visible()
    expect(page.get_by_role("button", name="Copy citation")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
