"""The README is true: its answers are the answers, its commands run, its map is the map."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Store

from bench.client import Client
from bench.documents import documents
from bench.endpoint import CPEC
from graph.answering.evaluation import run_select
from graph.snapshot import Snapshot
from ontology.namespace import BASE, ID
from tests.conftest import ROOT
from tests.server.conftest import Run

README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("session", blocks("console"))
def test_a_session_in_the_readme_is_what_the_command_prints(cpec: Run, session: str) -> None:
    command, _, output = session.partition("\n")
    done = cpec(*shlex.split(command.removeprefix("$ cpec ")))
    assert [line.rstrip() for line in done.stdout.splitlines()] == output.splitlines()


def commands() -> list[str]:
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [line for line in lines if re.match("cpec (?!serve|review)", line)]  # servers do not end


@pytest.mark.long
@pytest.mark.parametrize("command", commands())
def test_a_command_in_the_readme_runs(cpec: Run, tmp_path: Path, command: str) -> None:
    given = {
        "question.rq": "ASK {}",
        "text.txt": "Talks\n\nBoth spoke.",
        "bodies.csv": "Body\nHigher Education Commission\n",
        "sdg-codes.ttl": '<x:9> <http://www.w3.org/2000/01/rdf-schema#label> "9" .',
    }
    for name, text in given.items():
        (tmp_path / name).write_text(text)
    line = command.partition("#")[0].replace("DIR", str(tmp_path))
    build = str(tmp_path.parent / "readme-build")
    reads_files = line.split()[1] in {"article", "draft", "validate", "verify"}
    option = [] if reads_files else ["--out", build]
    done = cpec(*shlex.split(line)[1:], *option, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    files = [path for path in tmp_path.iterdir() if path.name not in given]
    assert done.stdout or [path.stat().st_size > 0 for path in files] == [True]


def test_the_curl_of_the_readme_is_answered(client: Client, store: Store) -> None:
    (block,) = [block for block in blocks("sh") if block.startswith("curl")]
    line = shlex.split(block.replace("\\\n", " ").replace("http://localhost:8000", client.address))
    done = subprocess.run([*line, "--silent"], capture_output=True, text=True, check=True)
    areas = {iri.rpartition("/")[2] for iri in done.stdout.split()[1:]}
    technologies = {"Artificial_Intelligence", "Gas_Hydrates", "Spatial_Information"}
    intended = NamedNode(f"{BASE}ontology#intendsCooperationIn")
    quads = store.quads_for_pattern(NamedNode(f"{ID}Pakistan"), intended, None)
    assert areas == {str(quad.object).strip("<>").rpartition("/")[2] for quad in quads}
    assert areas > technologies


def test_the_query_of_the_readme_has_answers(store: Store) -> None:
    for query in blocks("sparql"):
        assert next(run_select(store, query))


def test_every_link_between_documents_leads_somewhere() -> None:
    for document in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")):
        links = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text("utf-8"))
        assert [link for link in links if not (document.parent / link).exists()] == [], document


def test_the_map_names_every_folder_that_holds_code() -> None:
    folders = {path.parent.name for path in ROOT.glob("[!.]*/*.py")}
    assert {*folders, "deploy"} == set(re.findall(r"\| \[`(\w+)/`\]", README))


def test_every_target_that_the_readme_names_is_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"`?make (\w+)", README):
        assert f"\n{target}:" in makefile


def test_the_command_is_installed() -> None:
    assert CPEC.is_file()


def test_the_figures_and_tables_of_documents_are_those_of_make_docs(snapshot: Snapshot) -> None:
    for path, text in documents(snapshot).items():
        assert path.read_text("utf-8") == text, f"{path.name}: run make docs"
        assert text.count("written by make docs -->") == 1
