"""Five tasks that somebody new walks from the first page, each in few clicks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open

JCC: Final = "10th Joint Cooperation Committee meeting"
Click = Callable[[Locator], None]


def see_what_became_of_the_meeting(page: Page, click: Click) -> None:
    click(page.get_by_role("link", name="10th meeting", exact=True))
    click(page.locator("main").get_by_role("link", name=JCC, exact=True))
    expect(page.locator("article")).to_contain_text("Status: completed")


def cite_the_meeting_in_chicago(page: Page, click: Click) -> None:
    see_what_became_of_the_meeting(page, click)
    click(page.locator("article").get_by_role("link", name="Cite", exact=True))
    click(page.get_by_role("button", name="Copy as Chicago"))
    assert "cpec-graph" in page.evaluate("navigator.clipboard.readText()")


def get_the_amounts_as_a_table(page: Page, click: Click) -> None:
    click(page.get_by_role("link", name="Which amounts do sources give?"))
    with page.expect_download() as download:
        click(page.get_by_role("link", name="csv with citations"))
    text = download.value.path().read_text("utf-8-sig")
    assert "1200000000,CNY" in text
    assert "mee-2023-09-25/s05" in text


def look_for_the_ministry_in_wikidata(page: Page, click: Click) -> None:
    page.get_by_role("combobox", name="Search").press_sequentially("Ministry of Planning", delay=5)
    option = page.get_by_role("option").filter(has_text="Ministry of Planning, Development").first
    click(option)
    click(page.locator("summary", has_text="Elsewhere"))
    link = page.get_by_role("link", name="Look for it in Wikidata")
    expect(link).to_have_attribute(
        "href",
        "https://www.wikidata.org/w/index.php?search="
        "Ministry%20of%20Planning%2C%20Development%20and%20Special%20Initiatives",
    )


def see_what_one_paper_alone_says(page: Page, click: Click) -> None:
    click(page.get_by_role("navigation", name="Main").get_by_role("link", name="Sources"))
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="Profit", exact=True))
    click(row.first.get_by_role("cell").nth(2).get_by_role("link"))
    expect(page.locator("#fell")).to_be_visible()
    expect(page.locator("main")).to_contain_text("opportunities to train and study")


@pytest.mark.parametrize(
    ("task", "most"),
    [
        (see_what_became_of_the_meeting, 2),
        (cite_the_meeting_in_chicago, 4),
        (get_the_amounts_as_a_table, 2),
        (look_for_the_ministry_in_wikidata, 2),
        (see_what_one_paper_alone_says, 2),
    ],
)
def test_a_task_is_done_in_few_clicks(
    open_page: Open, task: Callable[[Page, Click], None], most: int
) -> None:
    page, clicks = open_page("/"), 0

    def click(place: Locator) -> None:
        nonlocal clicks
        clicks += 1
        place.click()

    task(page, click)
    assert clicks <= most
    print(f"{task.__name__}: {clicks} clicks")
