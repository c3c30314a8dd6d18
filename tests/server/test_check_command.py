"""`cpec check-text` prints each clause with its verdict, or says what is wrong with the text."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from graph.snapshot import Snapshot
from server.command import cpec as main

TEXT = """Pakistan and China have moved forward on CPEC Phase II. However, the minutes
of the 14th JCC meeting were signed in Beijing; the weather was fine.
"""


Check = Callable[..., Result]


@pytest.fixture
def check(snapshot: Snapshot) -> Check:
    """Run the command on standard input, with some options."""

    def run(text: str, *options: str) -> Result:
        arguments = ["check-text", "-", "--out", str(snapshot.path.parent), *options]
        return CliRunner().invoke(main, arguments, input=text)

    return run


def test_each_clause_has_its_verdict_and_the_text_says_how_many_were_checked(
    check: Check,
) -> None:
    output = check(TEXT.replace("\n", " ")).stdout
    assert "SUPPORTED     Pakistan and China have moved forward" in output
    assert "CONTRADICTED  However, the minutes" in output
    assert output.rstrip().endswith("2 of 3 clauses could be checked")


def test_a_table_and_json_say_the_same(check: Check) -> None:
    rows = list(csv.DictReader(check(TEXT, "--format", "tsv").stdout.splitlines(), delimiter="\t"))
    report = json.loads(check(TEXT, "--format", "json").stdout)
    verdicts = [own["verdict"] for s in report["sentences"] for own in s["clauses"]]
    assert [row["verdict"] for row in rows if row["kind"] == "clause"] == verdicts
    assert report["clauses"] == len(verdicts)


def test_a_text_is_checked_as_known_on_a_day(check: Check) -> None:
    text = "Pakistan and China have moved forward on CPEC Phase II."
    assert check(text).stdout.startswith("SUPPORTED")
    assert check(text, "--as-of", "2021-08-01").stdout.startswith("UNSAID")
    assert check(text, "--without", "inp-wealthpk-2026-04-29").stdout.startswith("UNSAID")


def test_what_is_no_text_is_named(check: Check) -> None:
    for text, words in (("", "is empty"), ("<html><p>x", "is HTML"), ("a" * 20_001, "20000")):
        result = check(text)
        assert result.exit_code == 1
        assert words in result.output.replace(",", "")
        assert "Traceback" not in result.output
