"""Clients in JavaScript: jsonld.js and Comunica, run by the Node that package.json names."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NODE = HERE / "node_modules" / ".bin" / "node"


def run(script: str, *arguments: str) -> list[str]:
    """Return the areas that a script prints as JSON."""
    done = subprocess.run(
        [NODE, HERE / script, *arguments], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


@pytest.mark.parametrize("path", ["sparql", "id/Pakistan", "page/Pakistan", "data/Pakistan.nq"])
def test_comunica_asks_a_source(address: str, query: str, areas: set[str], path: str) -> None:
    rows = run("comunica.mjs", f"{address}/{path}", query)
    assert len(rows) == len(areas)
    assert set(rows) == areas


@pytest.mark.parametrize("path", ["id/Pakistan", "data/Pakistan.jsonld", "page/Pakistan"])
def test_jsonld_js_expands_a_thing(address: str, areas: set[str], path: str) -> None:
    assert set(run("jsonld.mjs", f"{address}/{path}")) >= areas
