"""`cpec find` looks a name up as a draft does, and lists near names."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from server.command import cpec as main


def find(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["find", *arguments])


@pytest.mark.parametrize(
    ("name", "thing"),
    [("JCC", "JCC"), ("جے سی سی", "JCC"), ("中巴经济走廊", "CPEC"), ("the HEC", "HEC")],
)
def test_a_name_in_any_script_leads_to_its_thing_and_its_sentences(name: str, thing: str) -> None:
    result = find(name, "--limit", "1")
    assert result.exit_code == 0, result.output
    ((score, found, kind, label, told),) = (own.split("\t") for own in result.stdout.splitlines())
    assert (score, found) == ("100", thing)
    assert kind
    assert label
    assert "/s" in told


def test_a_near_name_is_less_sure_and_an_unknown_one_is_named() -> None:
    result = find("Joint Coperation Comittee", "--limit", "1")
    score, found, *_ = result.stdout.split("\t")
    assert (found, int(score) < 100) == ("JCC", True)
    unknown = find("xqzzy")
    assert (unknown.exit_code, unknown.stdout) == (1, "")
    assert "'xqzzy'" in unknown.stderr
