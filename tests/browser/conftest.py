"""A real server on loopback, and Debian's chromium, which must hear nothing from elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.default_signals import give_default_signals
from tests.waiting import PATIENCE

ROOT: Final = Path(__file__).parents[2]
CPEC: Final = ROOT / ".venv" / "bin" / "cpec"
CHROMIUM: Final = shutil.which("chromium") or "/usr/bin/chromium"
TOKEN: Final = "a-token-that-is-long-enough-for-a-test"  # noqa: S105 - of this server alone
HOSTILE: Final = """
PREFIX id: <https://w3id.org/cpec-graph/id/>
PREFIX cpec: <https://w3id.org/cpec-graph/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
INSERT DATA { GRAPH <http://example.org/g> { id:Hostile cpec:partyTo id:CPEC ; rdfs:label
  "<script>document.title='ran'</script><img src=x onerror=\\"document.title='ran'\\">"@en } }
"""

Open = Callable[..., Page]
"""Opens a path in a window: how wide, dark, without script; `refused` is a status it meets."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--keep", action="store_true", help="write the pictures of the README")


def pytest_configure() -> None:
    """Wait long for what a page shows, and give what is started the default signals."""
    expect.set_options(timeout=1000 * PATIENCE)
    give_default_signals()


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[str]:
    """Serve the shipped graph, and give the address without a slash at its end."""
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            [CPEC, "serve", "--port", "0", "--out", folder / "build", *options],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, "CPEC_BASE": ""},
        ) as process,
    ):
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            assert line, (folder / "log").read_text("utf-8")
            yield line.split()[2].rstrip("/")
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("server")) as host:
        yield host


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server into which somebody wrote a label that is a script."""
    folder = tmp_path_factory.mktemp("hostile")
    token = folder / "token"
    token.touch(mode=0o600)
    token.write_text(TOKEN, "ascii")
    options = ("--token-file", str(token), "--data-dir", str(folder / "store"), "--new")
    with serving(folder, *options) as host:
        update = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/sparql-update"}
        with urlopen(Request(f"{host}/update", HOSTILE.encode(), update)) as reply:
            assert reply.status in {200, 204}
        yield host


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[Open]:
    """Open pages; in the end none has asked another host for anything, or complained."""
    pages: list[Page] = []
    heard: list[str] = []

    def open_page(
        path: str,
        *,
        host: str = address,
        width: int = 1280,
        height: int = 800,
        dark: bool = False,
        script: bool = True,
        refused: str = "no status",
    ) -> Page:
        context = chromium.new_context(
            base_url=host,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            permissions=["clipboard-read", "clipboard-write"],
        )
        context.set_default_timeout(1000 * PATIENCE)
        page = context.new_page()
        page.on(
            "console",
            lambda said: (
                heard.append(said.text)
                if said.type == "error" and refused not in said.text
                else None
            ),
        )
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on(
            "request",
            lambda asked: None if asked.url.startswith(host) else heard.append(asked.url),
        )
        pages.append(page)
        reply = page.goto(path)
        assert reply is not None
        assert reply.status == 200
        return page

    yield open_page
    for page in pages:
        page.context.close()
    assert heard == []
