"""The wheel in a fresh environment asks the graph that it holds; `make release` runs this."""

import os
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

from tests.conftest import ROOT


def release() -> str:
    """Return the version of the project, as pyproject.toml states it."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def test_the_wheel_asks_in_a_fresh_environment(tmp_path: Path) -> None:
    (wheel,) = (ROOT / "dist").glob("*.whl")
    assert len(list((ROOT / "dist").glob("*.tar.gz"))) == 1
    venv.create(tmp_path / "fresh", with_pip=True)
    binaries = tmp_path / "fresh" / "bin"
    given = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": ""}

    def run(*command: str) -> str:
        done = subprocess.run(
            command, cwd=tmp_path, env=given, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    lock = str(ROOT / "lock" / "serve.txt")
    install = (str(binaries / "pip"), "install", "--quiet", "--no-compile")
    run(*install, "--no-deps", "--require-hashes", "--requirement", lock)
    run(*install, str(wheel))
    assert sys.prefix not in run(
        str(binaries / "python"), "-c", "import graph; print(graph.__file__)"
    )
    assert wheel.name == f"cpec_graph-{release()}-py3-none-any.whl"
    answer = run(str(binaries / "cpec"), "ask", "intended-areas", "--cite")
    assert "Gas_Hydrates" in answer
    assert "Profit, 8 September 2025, sentence 8" in answer
