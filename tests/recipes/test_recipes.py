"""Each recipe of docs/contributing.md is carried out in a copy of the tree, and works."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.recipes.recipe import Command, Edit, Recipe, read_recipes

RECIPES = read_recipes((ROOT / "docs" / "contributing.md").read_text("utf-8"))
FOREIGN = ("PYTEST_", "PYTHONPATH", "CPEC_", "COV_")
"""How the names of the variables begin that would have the copy run other code than its own."""

LATER = 1 << 32
PATIENCE = 900
"""The seconds after which a command hangs, whatever the load of the machine."""

ADDRESS = "http://localhost:8000"


class Copy:
    """A copy of the tree with an environment of its own, which imports the copy's packages."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder / "tree"
        self.stack = stack
        self.address = ""
        self.environment = {
            **{n: value for n, value in os.environ.items() if not n.startswith(FOREIGN)},
            "PATH": f"{self.folder / '.venv' / 'bin'}:{os.environ['PATH']}",
            "XDG_CACHE_HOME": str(folder / "cache"),
            "CPEC_SHARED": str(folder / "no-shared"),
        }
        names = self.git("ls-files", "-co", "--exclude-standard", cwd=ROOT).splitlines()
        for name in names:
            if (ROOT / name).is_file():
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, self.folder / name)
        self.make_environment()
        self.git("init", "--quiet")
        self.git("add", "--all")
        self.git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "before")

    def git(self, *arguments: str, cwd: Path | None = None) -> str:
        """Return the output of git."""
        git = shutil.which("git") or "git"
        done = subprocess.run(
            [git, *arguments], cwd=cwd or self.folder, check=True, capture_output=True, text=True
        )
        return done.stdout

    def make_environment(self) -> None:
        """Make an environment with the packages of this one, and with the copy for our own."""
        binaries = self.folder / ".venv" / "bin"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", binaries.parent], check=True)
        packages = f"lib/python3.{sys.version_info.minor}/site-packages"
        (binaries.parent / packages / "copy.pth").write_text(
            f"{self.folder}\n{Path(sys.prefix) / packages}\n"
        )
        for script in (Path(sys.prefix) / "bin").iterdir():
            if not (target := binaries / script.name).exists() and script.is_file():
                head = script.read_bytes()[:200]
                if head.startswith(b"#!") and b"python" in head.partition(b"\n")[0]:
                    text = script.read_text("utf-8").partition("\n")[2]
                    target.write_text(f"#!{binaries / 'python'}\n{text}", "utf-8")
                    target.chmod(0o755)
                else:
                    target.symlink_to(script)
        for name in ("runtime", "installed"):
            (binaries.parent / name).touch()
            os.utime(binaries.parent / name, (LATER, LATER))  # an edit of pyproject.toml is older

    def run(self, command: Command) -> None:
        """Run a command; its output is the one in the document."""
        text = command.text
        if ADDRESS in text:
            self.address = self.address or self.serve()
            text = text.replace(ADDRESS, self.address)
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", text],  # noqa: S607
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        output = done.stdout.replace(self.address or ADDRESS, ADDRESS)
        assert (done.returncode, command.prints(output)) == (0, True), (
            f"$ {command.text}\n{output}\ninstead of\n{command.output}"
        )

    def serve(self) -> str:
        """Start a server of the copy; return its address."""
        cpec = str(self.folder / ".venv" / "bin" / "cpec")
        process = self.stack.enter_context(
            subprocess.Popen(
                [cpec, "serve", "--port", "0"],
                cwd=self.folder,
                env=self.environment,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        self.stack.callback(process.terminate)
        assert process.stdout
        line = process.stdout.readline()
        assert line, "the server did not start"
        return line.split()[2].rstrip("/")

    def list_changes(self) -> set[str]:
        """Return the paths of the files that are new or another."""
        return {line[3:] for line in self.git("status", "--porcelain", "-uall").splitlines()}


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Copy]:
    with ExitStack() as stack:
        yield Copy(tmp_path, stack)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.title.replace(" ", "-"))
def test_a_recipe_is_carried_out_and_works(recipe: Recipe, copy: Copy) -> None:
    for step in recipe.steps:
        if isinstance(step, Edit):
            step.apply(copy.folder)
        else:
            copy.run(step)
    assert copy.list_changes() <= recipe.files
