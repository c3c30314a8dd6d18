"""The examples of the page /api, each run as a reader would copy it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

COMMANDS = {
    "curl": ["sh", "{file}"],
    "sparqlwrapper": [sys.executable, "{file}"],
    "rdflib": [sys.executable, "{file}"],
    "pandas": [sys.executable, "{file}"],
    "r": ["Rscript", "{file}"],
    "javascript": ["node", "{file}"],
}
NEEDS = {"curl": "curl", "r": "Rscript", "javascript": "node"}
PRINTS = {"rdflib": "Higher Education Commission", "pandas": "gas hydrates", "r": "gas hydrates"}


@pytest.fixture(scope="session")
def examples(address: str) -> dict[str, str]:
    """The examples as the page has them, by name."""
    with urlopen(Request(f"{address}/api", headers={"Accept": "text/html"})) as reply:
        text = reply.read().decode()
    codes = re.findall(r'<pre id="code-(\w+)">(.*?)</pre>', text, re.DOTALL)
    assert [name for name, _ in codes] == list(COMMANDS)
    return {name: unescape(code) for name, code in codes}


@pytest.mark.parametrize("name", COMMANDS)
def test_an_example_prints_what_it_is_about_with_the_quotes(
    examples: dict[str, str], tmp_path: Path, name: str
) -> None:
    if name in NEEDS and shutil.which(NEEDS[name]) is None:
        pytest.skip(f"needs {NEEDS[name]}; on Debian: apt-get install curl r-base-core nodejs")
    file = tmp_path / ("example.mjs" if name == "javascript" else "example")
    file.write_text(examples[name], "utf-8")
    command = [part.format(file=file) for part in COMMANDS[name]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    assert PRINTS.get(name, "Artificial_Intelligence").lower() in done.stdout.lower()
    if name not in {"rdflib", "curl"}:
        assert re.search("tasked the Higher Education|will extend", done.stdout)
