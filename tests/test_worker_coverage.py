"""The lines of workers count for coverage, though a worker is killed and may open no file."""

import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest
from coverage import CoverageData

from server.tasks import query_task
from tests.conftest import ROOT

pytestmark = pytest.mark.long

PROGRAM = """
from graph.answering.evaluation import Query
from server.graph_settings import GraphSettings
from tests.server.engine.local_engine import LocalEngine

with LocalEngine.start(GraphSettings()) as engine:
    engine.query(Query("ASK {}"))
"""


def test_the_lines_of_an_answer_are_kept_when_its_worker_is_killed(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    data = tmp_path / "data"
    run = [sys.executable, "-m", "coverage"]
    settings = [f"--rcfile={ROOT / 'pyproject.toml'}", f"--data-file={data}"]
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, "utf-8")
    subprocess.run([*run, "run", *settings, str(program)], env=kept, cwd=ROOT, check=True)
    subprocess.run([*run, "combine", *settings], env=kept, cwd=ROOT, check=True)
    combined = CoverageData(str(data))
    combined.read()
    lines, first = inspect.getsourcelines(query_task.query)
    own = range(first + 1, first + len(lines))
    assert set(own) & set(combined.lines(query_task.__file__) or ())
