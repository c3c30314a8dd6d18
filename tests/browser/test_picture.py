"""The pictures of the README, and the numbers of the pages, as they are when this runs."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from statistics import median
from typing import Final
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import CHROMIUM, ROOT, Open, serving
from tests.waiting import PATIENCE

AREAS: Final = """SELECT ?country ?area WHERE {
  VALUES ?country { id:Pakistan id:China }
  ?country cpec:intendsCooperationIn ?area
} ORDER BY ?country ?area"""
PICTURES: Final = {
    "home": "/",
    "thing": "/page/HEC",
    "question": "/questions/cooperation-areas",
    "editor": f"/sparql?{urlencode({'query': AREAS, 'cite': 'true'})}",
    "explore": "/explore?around=CPEC_Phase_II",
    "struck": "/page/HEC?without=inp-wealthpk-2026-04-29/s08",
}
VIEWS: Final = {
    "phone": ("/page/JCC_Meeting_14", {"width": 390, "height": 1180}),
    "dark": ("/questions/status-history", {"width": 1180, "height": 640, "dark": True}),
    "urdu": ("/page/JCC_Meeting_10?names=ur", {"width": 1180, "height": 900}),
    "print": ("/page/Climate_Memorandum_2023", {"width": 794, "height": 1000}),
}
"""The same pages otherwise: a telephone, dark, from right to left, and as they are printed."""

ARTICLE: Final = "inp-wealthpk-2026-04-29"
STRUCK: Final = (
    "/",
    "/page/Pakistan",
    f"/page/{ARTICLE}",
    "/questions/cooperation-areas",
    "/sources",
)


@pytest.fixture
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where the pictures are written: into the repository only where they are to be kept."""
    return ROOT / "docs" / "pictures" if request.config.getoption("--keep") else tmp_path


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_taken(open_page: Open, folder: Path, name: str) -> None:
    page = open_page(PICTURES[name], width=1180, height=640)
    if name == "thing":
        page.locator(".line a.chip").first.click()
    if name == "explore":
        page.set_viewport_size({"width": 1180, "height": 800})
        page.locator(".node", has_text="CPEC Phase II").first.hover()
    if name == "editor":
        page.set_viewport_size({"width": 1180, "height": 900})
        page.get_by_text("The same as a graph").click()
    take_picture(page, folder / f"{name}.png")


@pytest.mark.parametrize("name", VIEWS)
def test_a_page_is_pictured_otherwise(open_page: Open, folder: Path, name: str) -> None:
    path, options = VIEWS[name]
    page = open_page(path, **options)
    if name == "print":
        page.emulate_media(media="print")
    take_picture(page, folder / f"{name}.png")


def take_picture(page: Page, file: Path) -> None:
    """Write the picture of a page, whose size fits a document."""
    file.parent.mkdir(exist_ok=True)
    assert 10_000 < len(page.screenshot(path=file)) < 200_000


def test_every_page_is_small_and_the_times_of_a_new_server_are_printed(tmp_path: Path) -> None:
    times, sizes, struck = dict[str, float](), dict[str, int](), dict[str, float]()
    with serving(tmp_path) as address:
        with urlopen(f"{address}/sitemap.xml") as reply:
            paths = re.findall(r"<loc>[^<]*?//[^/]+(/[^<]+)</loc>", reply.read().decode())
        for path in ["/", *paths]:
            sizes[path], times[path] = measure_page(address + path)
        for path, source in product(STRUCK, (f"{ARTICLE}/s08", "INP_WealthPk")):
            _, milliseconds = measure_page(f"{address}{path}?without={source}")
            struck[path] = max(struck.get(path, 0), milliseconds)
    largest, slowest = (max(of, key=of.__getitem__) for of in (sizes, times))
    print(f"{len(times)} pages: median {median(times.values()):.0f} ms")
    print(f"slowest: {slowest}, {times[slowest]:.0f} ms")
    print(f"largest: {largest}, {sizes[largest]:,} bytes")
    print("without a sentence, or all of a publisher, at most (ms):", struck)
    assert all(size < 250_000 for path, size in sizes.items() if path != "/ontology")


def measure_page(address: str) -> tuple[int, float]:
    """Return the bytes of a page and the milliseconds that the server took for it."""
    with urlopen(Request(address, headers={"Accept": "text/html"})) as reply:
        timing = re.findall(r"total;dur=([\d.]+)", reply.headers["Server-Timing"])
        return len(reply.read()), float(timing[0])


PAINTED: Final = (*STRUCK, "/sparql")
BLOCKING: Final = """performance.getEntriesByType('resource')
  .filter(one => one.renderBlockingStatus === 'blocking').map(one => new URL(one.name).pathname)"""


@pytest.mark.parametrize("path", PAINTED)
def test_only_styles_stand_before_the_first_paint_which_is_printed(
    chromium: Browser, address: str, path: str
) -> None:
    """A browser that has just started measures itself, so a warm browser measures the page."""
    new = chromium.browser_type.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    first, blocking = measure_paint(new, address + path)
    new.close()
    warm = [measure_paint(chromium, address + path)[0] for _ in range(3)]
    print(f"first paint of {path}: {median(warm):.0f} ms, of a new browser {first:.0f} ms")
    assert blocking
    assert all(one.endswith(".css") for one in blocking), blocking


def measure_paint(browser: Browser, address: str) -> tuple[float, list[str]]:
    """Return the milliseconds to the first paint in an empty cache, and the files that block it."""
    with browser.new_page() as page:
        page.set_default_timeout(1000 * PATIENCE)
        page.goto(address)
        page.screenshot()
        times = page.evaluate("performance.getEntriesByType('paint').map(one => one.startTime)")
        return max(times), page.evaluate(BLOCKING)
