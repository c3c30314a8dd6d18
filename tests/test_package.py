"""The package and the habits of the house: its wheel, its types, the hooks of git."""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import yaml

from tests.conftest import ROOT

PACKAGES = ("graph", "ontology", "queries", "server")


def test_the_wheel_holds_the_types_and_the_data_of_each_package(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.iterdir()
    names = set(ZipFile(wheel).namelist())
    assert {f"{package}/py.typed" for package in PACKAGES} <= names
    assert {"graph/data/entities.ttl", "ontology/cpec.ttl", "queries/aims.rq"} <= names
    assert "server/reference/styles/apa.csl" in names
    assert not [name for name in names if name.startswith(("tests/", "bench/"))]


def test_the_changelog_begins_with_the_release_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    heads = re.findall(r"^## (.+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    releases = [head for head in heads if head != "Unreleased"]
    assert releases[0] == project["version"]


def test_what_the_documents_install_by_hand_is_the_wheel_of_this_release() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wheel = f"dist/cpec_graph-{project['version']}-py3-none-any.whl"
    pages = "".join(path.read_text("utf-8") for path in (ROOT / "docs").glob("*.md"))
    installed = set(re.findall(r"pip install '?([^\s'`]+)", pages))
    extras = ("html", "mcp", "scale", "spark")
    assert installed == {wheel, *(f"{wheel}[{extra}]" for extra in extras)}


def test_everything_is_installed_from_hashes_of_the_same_versions() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    pins = dict[str, set[str]]()
    for name, needs in (
        ("serve", []),
        ("dev", [*extras["dev"], *extras["mcp"], *extras["scale"]]),
        ("spark", extras["spark"]),
    ):
        lock = (ROOT / "lock" / f"{name}.txt").read_text("utf-8")
        assert not re.search("://|^-", lock, re.MULTILINE)
        entries = re.findall(
            r"^([\w.-]+)==(\S+) \\\n(?:    --hash=sha256:[0-9a-f]{64}.*\n)+", lock, re.MULTILINE
        )
        assert len(entries) == len(re.findall(r"^\S+==", lock, re.MULTILINE))
        needed = {re.split(r"[\[<>=]", need)[0] for need in (*project["dependencies"], *needs)}
        assert needed <= {package for package, _ in entries}
        for package, version in entries:
            pins.setdefault(package, set()).add(version)
    assert not {package: versions for package, versions in pins.items() if len(versions) > 1}


def test_git_runs_the_tools_of_make_lint_before_a_commit() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (lint,) = re.findall(r"^lint: .*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    tools = [shlex.split(line.replace("$(BIN)", ".venv/bin"))[:-1] for line in lint.splitlines()]
    assert [shlex.split(hook["entry"]) for hook in repository["hooks"]] == tools


def test_each_decision_has_its_line_and_a_missing_number_its_reason() -> None:
    folder = ROOT / "docs" / "decisions"
    readme = (folder / "README.md").read_text("utf-8")
    files = {path.name for path in folder.glob("[0-9]*.md")}
    assert set(re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", readme)) == files
    numbers = sorted(int(name[:4]) for name in files)
    for number in set(range(1, numbers[-1])) - set(numbers):
        assert f"No decision has the number {number:04}" in readme
