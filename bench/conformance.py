"""Run the W3C SPARQL suites on a real server of this project, over HTTP.

    python -m bench.conformance             writes docs/conformance.md
    python -m bench.conformance --check     fails if fewer tests pass than the page lists

The suites and the runner of the first kind of tests stand beside the project, in $CPEC_SHARED or in
../shared: `tools/sparql_suite.py` and `conformance/sparql`.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench import protocol
from bench.client import Client
from bench.endpoint import Endpoint

ROOT: Final = Path(__file__).parent.parent
PAGE: Final = ROOT / "docs" / "conformance.md"
ROW: Final = re.compile(r"\| ([\w .()]+?) \| (\d+) \| (\d+) \|")

HEAD: Final = """# Conformance

Written by `make conformance`, which starts the server (`cpec serve --empty --default-graph own`)
and runs the W3C SPARQL 1.1 and 1.2 tests on it over HTTP. `make long` fails where a number falls.

| tests | passed | of | left out |
|---|---|---|---|
"""


VERSIONS: Final = ("1.1", "1.2")

ENGINE: Final = {
    "grouping#group01": ": pyoxigraph's store keeps no second spelling of a number, `001` is `1`",
    "grouping#select-variable-reuse": ": pyoxigraph refuses a use of the name of an aggregate",
    "syntax#nested-aggregate-functions": ": pyoxigraph accepts an aggregate of an aggregate",
    "syntax-triple-terms-negative#tripleterm-subject-03": (
        ": pyoxigraph accepts a triple term as the subject of one in an expression"
    ),
    "syntax-triple-terms-negative#tripleterm-subject-06": (
        ": pyoxigraph accepts a literal as the subject of a triple term in an expression"
    ),
}
"""The failures of SPARQL 1.2: each is the engine's, which answers alike without the server."""


@dataclass(slots=True)
class Row:
    """One line of the table, and the tests that failed with their reasons."""

    tests: str
    passed: int = 0
    total: int = 0
    skipped: int = 0
    failures: list[str] = field(default_factory=list)


def find_suites() -> Path | None:
    """Return the folder that has the suites, or None."""
    folder = Path(os.environ.get("CPEC_SHARED", ROOT.parent / "shared"))
    has_runner = (folder / "tools/sparql_suite.py").is_file()
    return folder if has_runner and (folder / "conformance/sparql/sparql11").is_dir() else None


def server(folder: Path) -> Endpoint:
    """Return a server of an empty store."""
    return Endpoint.writable(folder, "--empty", "--default-graph", "own")


def evaluation(folder: Path, writer: Client, scratch: Path) -> list[Row]:
    """Run the tests of queries, updates, syntax and formats, of both versions."""
    return [row for version in VERSIONS for row in run_suite(folder, writer, scratch, version)]


def run_suite(folder: Path, writer: Client, scratch: Path, version: str) -> list[Row]:
    """Run the tests of one version of SPARQL."""
    suite = "sparql" + version.replace(".", "")
    writer.update("DROP ALL")
    root, out = writer.address, scratch / "results.json"
    options = ["--suite", suite, "--kit", str(folder / "conformance/sparql")]
    options += ["--query", f"{root}/query", "--update", f"{root}/update", "--gsp", f"{root}/store"]
    options += ["--header", f"Authorization: Bearer {writer.token}", "--out", str(out)]
    subprocess.run(
        [sys.executable, folder / "tools/sparql_suite.py", *options],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    rows: dict[str, Row] = {}
    for result in json.loads(out.read_bytes())["results"]:
        row = rows.setdefault(result["area"], Row(f"SPARQL {version} {result['area']}"))
        row.passed += result["status"] == "pass"
        row.skipped += result["status"] == "skip"
        row.total += result["status"] != "skip"
        if result["status"] == "fail":
            row.failures.append(result["test"].removeprefix(f"{suite}/"))
    return [rows[area] for area in sorted(rows) if rows[area].total]


def requests(folder: Path, writer: Client) -> list[Row]:
    """Run the tests that are requests."""
    kit = folder / "conformance/sparql/sparql11"
    rows = []
    for name, outcomes in (
        ("SPARQL 1.1 Protocol", protocol.protocol(kit, writer)),
        ("SPARQL 1.1 Graph Store Protocol", protocol.graph_store(kit, writer)),
        ("SPARQL 1.1 Service Description", protocol.service_description(writer)),
    ):
        failures = [f"{outcome.name}: {outcome.why}" for outcome in outcomes if outcome.why]
        rows.append(Row(name, len(outcomes) - len(failures), len(outcomes), 0, failures))
    return rows


def page(rows: list[Row]) -> str:
    """Return the page: the table and the failures."""
    lines = [f"| {row.tests} | {row.passed} | {row.total} | {row.skipped} |" for row in rows]
    text = HEAD + "\n".join(lines) + "\n"
    text += "\nLeft out are tests that must reach the network, SERVICE, and entailment regimes.\n"
    failures = [(row.tests, failure) for row in rows for failure in row.failures]
    if failures:
        text += "\n## Failures\n\n" + "".join(
            f"- {tests}: {failure}{ENGINE.get(failure, '')}\n" for tests, failure in failures
        )
    return text


def list_regressions(rows: list[Row], written: str) -> list[str]:
    """Return the suites with fewer passed tests than the page says."""
    before = {match[1]: int(match[2]) for match in ROW.finditer(written)}
    now = Counter({row.tests: row.passed for row in rows})
    return [
        f"{tests}: {now[tests]}, was {passed}"
        for tests, passed in before.items()
        if now[tests] < passed
    ]


def main() -> None:
    """Run everything, and write or compare the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    folder = find_suites()
    if folder is None:
        raise SystemExit("no suites: set CPEC_SHARED to a folder with tools/ and conformance/")
    with tempfile.TemporaryDirectory() as scratch, server(Path(scratch)) as endpoint:
        rows = requests(folder, endpoint.writer)
        rows += evaluation(folder, endpoint.writer, Path(scratch))
    text = page(rows)
    print(text)
    if not check:
        PAGE.write_text(text, "utf-8")
    elif faults := list_regressions(rows, PAGE.read_text("utf-8")):
        raise SystemExit("\n".join(faults))


if __name__ == "__main__":
    main()
