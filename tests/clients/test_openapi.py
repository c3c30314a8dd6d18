"""The OpenAPI document: schemathesis holds the server to it, and a client is generated from it."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final
from urllib.request import urlopen

import pytest

BIN: Final = Path(sys.executable).parent
EXCLUDED: Final = (
    "positive_data_acceptance",  # `s=x` is a string, and names nothing
    "missing_required_header",  # 401 only where a token is configured, else 403
    "unsupported_method",  # OpenAPI 3.1 has no QUERY method, which is served
    "allow_header_conformance",
)
"""Checks of schemathesis for which this server is more than a schema can say."""


@pytest.mark.parametrize("phases", ["examples,coverage", "fuzzing"])
def test_each_answer_is_as_the_document_says(address: str, tmp_path: Path, phases: str) -> None:
    command = [str(BIN / "schemathesis"), "run", f"{address}/openapi.json", "--url", address]
    bounds = ["--phases", phases, "--max-examples", "5", "--seed", "1"]
    checks = ["--checks", "all", "--exclude-checks", ",".join(EXCLUDED)]
    done = subprocess.run(
        [*command, *bounds, *checks],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-20_000:]


@pytest.fixture(scope="module")
def generated(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Import a module of the client that openapi-python-client generates from the document."""
    folder = tmp_path_factory.mktemp("generated")
    (folder / "openapi.json").write_bytes(urlopen(f"{address}/openapi.json").read())
    command = [str(BIN / "openapi-python-client"), "generate", "--path", "openapi.json"]
    subprocess.run([*command, "--meta", "none", "--output-path", "cpec"], cwd=folder, check=True)
    sys.path.insert(0, str(folder))
    yield lambda name: importlib.import_module(f"cpec.{name}")
    sys.path.remove(str(folder))


def test_a_generated_client_explains_a_statement(
    address: str, generated: Callable[[str], Any]
) -> None:
    client = generated("client").Client(base_url=address)
    explain = generated("api.explaining.explain")
    explanation = explain.sync(
        client=client, s="HEC", p="taskedInArea", o="Artificial_Intelligence"
    )
    assert explanation.modality.name == "tasked"
    assert explanation.proofs
    problem = explain.sync(client=client, s="HEC", p="taskedInArea", o="Pakistn")
    assert problem.status == 404
    assert "Pakistn" in problem.detail


def test_a_generated_client_asks_and_searches(
    address: str, generated: Callable[[str], Any], query: str, areas: set[str]
) -> None:
    client = generated("client").Client(base_url=address)
    answer = generated("api.asking.query").sync(
        client=client, query=query, cite=True, format_="json"
    )
    rows = answer["results"]["bindings"]
    assert {row["area"]["value"] for row in rows} == areas
    assert len(answer["citations"]) == len(rows)
    json_format = generated("models").SearchFormat.JSON
    search = generated("api.finding.search")
    matches = search.sync(client=client, q="higher educaton", format_=json_format).matches
    assert matches[0].label == "Higher Education Commission"
