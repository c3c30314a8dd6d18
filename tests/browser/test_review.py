"""The review of a whole draft by keys alone, as a curator or a screen reader's user does it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, expect

from tests.browser.conftest import CPEC, ROOT, Open
from tests.browser.test_page import AXE, SERIOUS

TEXTS: Final = ROOT / "tests" / "draft" / "texts"
ENVIRONMENT: Final = {**os.environ, "CPEC_BASE": ""}


@contextmanager
def reviewing(folder: Path, name: str, day: str) -> Iterator[str]:
    """Draft a text, and yield the address of its review."""
    data = shutil.copytree(ROOT / "graph" / "data", folder / "data")
    for path in sorted((data / "articles").iterdir())[
        3:
    ]:  # a page closes the graph: fewer are enough
        path.unlink()
    source = ("--date", day, "--publisher", "The Courier", "--address", "https://c.example/1")
    subprocess.run(
        [CPEC, "draft", TEXTS / f"{name}.txt", *source, "-o", "draft.trig", "--data", data],
        check=True,
        cwd=folder,
        env=ENVIRONMENT,
    )
    command = [str(CPEC), "review", "draft.trig", "--data", str(data)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=folder, env=ENVIRONMENT
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[2]
        finally:
            process.terminate()


def find_violations(page: Page) -> list[tuple[str, list[str]]]:
    """Return what axe-core finds that is serious."""
    page.evaluate(AXE.read_text("utf-8"))
    violations = page.evaluate("axe.run()")["violations"]
    return [
        (violation["id"], [node["html"] for node in violation["nodes"]])
        for violation in violations
        if violation["impact"] in SERIOUS
    ]


def press(page: Page, key: str) -> None:
    """Press a key that leads to a page, and wait for it."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_a_whole_draft_is_reviewed_by_keys(open_page: Open, tmp_path: Path) -> None:
    with reviewing(tmp_path, "04-denial", "2026-08-04") as address:
        page = open_page(address, host=address.rstrip("/").rpartition("/")[0])
        assert find_violations(page) == []
        accept = page.get_by_role("button", name="Accept, next")
        expect(accept).to_be_focused()
        press(page, "r")
        expect(page.get_by_role("status").first).to_have_text("Rejected.")
        press(page, "z")
        expect(page.get_by_role("status").first).to_have_text("Undone.")
        press(page, "e")
        assert find_violations(page) == []
        expect(page.get_by_label("Who or what")).to_be_focused()
        press(page, "Escape")
        press(page, "s")
        assert find_violations(page) == []
        expect(page.get_by_label("Who says it; empty")).to_be_focused()
        page.get_by_label("How it is read").fill("A note of ours.")
        press(page, "Enter")
        expect(page.get_by_role("status").first).to_have_text("Noted.")
        expect(page.get_by_text("Read so: A note of ours.")).to_be_visible()
        press(page, "Enter")  # the focus is on the button: no script is needed

        page.locator("#sentence").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Shift+ArrowRight")
        words = page.locator("#selected").inner_text().strip("“”")
        press(page, "n")
        expect(page.get_by_label("The words that state it").first).to_have_value(words)
        press(page, "Escape")
        for _ in range(60):
            if page.get_by_role("heading", name="All is decided").is_visible():
                break
            press(page, "u" if page.get_by_label("in our own words").is_visible() else "a")
        expect(page.get_by_role("heading", name="All is decided")).to_be_visible()
        assert find_violations(page) == []
        draft = (tmp_path / "draft.trig").read_text("utf-8")
        assert "draft:Unreviewed" not in draft
        assert "It says more than is stated." in draft
        report = subprocess.run(
            [CPEC, "review", "draft.trig", "--report"],
            check=True, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True,
        ).stdout  # fmt: skip
        assert re.search(r"seconds a claim: \d+\.\d", report)


def test_an_urdu_draft_runs_from_right_to_left(open_page: Open, tmp_path: Path) -> None:
    with reviewing(tmp_path, "06-urdu", "2026-05-13") as address:
        host = address.rstrip("/").rpartition("/")[0]
        page = open_page(f"{address}?names=ur", host=host, dark=True, width=390)
        expect(page.locator("#sentence")).to_have_attribute("dir", "rtl")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert find_violations(page) == []
        press(page, "a")
        expect(page.get_by_role("status").first).to_have_text("قبول ہوا۔")
