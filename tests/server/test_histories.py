"""Reads and writes of several clients, over several fronts, through kills: one register."""

from pathlib import Path

import pytest

from bench.histories import PARTS, run

pytestmark = pytest.mark.long


def test_random_histories_are_those_of_one_register(tmp_path: Path) -> None:
    tally = run(tmp_path, range(12), seed=3)
    print(tally)
    assert tally.violations == []
    assert tally.writes["200"]
    assert set(tally.kills) <= set(PARTS)
    assert tally.kills
