"""The engine in a checkout without the ontology and the questions, with a toy of a site."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import graph
import server
from tests.server.engine import toy_site
from tests.waiting import COMMAND_TIME

FILES = ("graph/__init__.py", "graph/errors.py", "server/__init__.py")
ABSENT = 'raise ImportError("the engine imports what it must not know")\n'
ANSWERS = """\
quads: 0
added: 1
added: 1
quads: 2
killed
quads: 2
quads: 2
added: 0
added: 0
quads: 2
killed
quads: 2
"""
"""Of a new store, and of the same store in another run."""


def test_a_site_of_two_tasks_is_served_by_the_engine_alone(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    checkout = Path(str(server.__file__)).parents[1]
    assert Path(str(graph.__file__)).parents[1] == checkout
    shutil.copytree(checkout / "server/engine", tree / "server/engine")
    (tree / "graph").mkdir()
    for file in FILES:
        shutil.copy(checkout / file, tree / file)
    for name in ("ontology", "queries"):
        (tree / f"{name}.py").write_text(ABSENT)
    shutil.copy(str(toy_site.__file__), tree)
    run = subprocess.run(
        [sys.executable, "-P", "-m", "toy_site", str(tmp_path / "store")],
        env={**os.environ, "PYTHONPATH": str(tree)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=COMMAND_TIME,
    )
    assert (run.stdout, run.stderr) == (ANSWERS, "")
