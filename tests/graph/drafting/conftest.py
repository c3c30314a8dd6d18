"""The lexicon of the shipped graph, read once."""

from __future__ import annotations

import pytest

from graph.curating.master import Inputs, read_master
from graph.drafting.lexicon import NameLexicon


@pytest.fixture(scope="session")
def lexicon() -> NameLexicon:
    return NameLexicon.read(quad for file in read_master(Inputs()).files for quad in file.quads)
