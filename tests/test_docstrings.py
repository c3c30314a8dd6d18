"""The examples in docstrings are true."""

import doctest
from importlib import import_module

import pytest

from tests.conftest import ROOT

FOLDERS = ("graph", "ontology", "queries", "server")
APART = "graph.knowledge_graph"
"""Its example opens the graph, as docs/python.md does, which tests/graph runs."""

MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for folder in FOLDERS
    for path in sorted((ROOT / folder).rglob("*.py"))
    if ">>> " in path.read_text("utf-8")
]


@pytest.mark.parametrize("name", [name for name in MODULES if name != APART])
def test_the_examples_of_a_module_are_what_it_answers(name: str) -> None:
    results = doctest.testmod(import_module(name))
    assert results.attempted
    assert not results.failed


def test_there_are_examples() -> None:
    assert len(MODULES) > 3
