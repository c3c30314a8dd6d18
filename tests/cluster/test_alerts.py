"""The alerts: promtool reads them and tries them, and the page explains each."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
ALERTS = re.findall(r"- alert: (\w+)", (DEPLOY / "alerts.yaml").read_text("utf-8"))


@pytest.mark.parametrize(
    "command",
    [
        ("check", "config", DEPLOY / "prometheus.yaml"),
        ("check", "rules", DEPLOY / "alerts.yaml"),
        ("test", "rules", Path(__file__).with_name("alerts_test.yaml")),
    ],
    ids=lambda command: " ".join(command[:2]),
)
@pytest.mark.skipif(not shutil.which("promtool"), reason="no promtool: apt-get install prometheus")
def test_promtool_finds_no_fault(command: tuple[str | Path, ...]) -> None:
    done = subprocess.run(["promtool", *command], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_says_of_each_alert_what_it_means() -> None:
    page = (ROOT / "docs" / "operating.md").read_text("utf-8")
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == ALERTS
