"""The limits that the documents name are those of the code."""

from __future__ import annotations

import pytest

from graph.citing.citation import MANY_ROWS
from graph.citing.following.membership import MOST_MEMBERS
from graph.citing.following.solution import MOST_SOLUTIONS
from graph.citing.trial import MOST_TRIALS
from graph.engine import Limits
from graph.engine import Settings as EngineSettings
from graph.engine.disk import INTERIM_ABOVE
from graph.engine.indexing import PROMPT
from graph.evaluator import MOST_UNKNOWN
from graph.publishing.resource import MOST
from graph.reasoning.provenance import SMALL
from graph.reasoning.sets.choice import MANY_NEEDS
from graph.reasoning.subset import MOST_TRIPLES
from graph.service.narrowing import LONGEST
from server.command.serve import MOST_SERVICES
from server.settings import Settings
from tests.conftest import ROOT

ENGINE, SERVER, TEXT = EngineSettings(), Settings(), Limits()

SAID = [
    (
        "citations.md",
        f"more than {MANY_ROWS:,} rows, or of a row that needs more than {MANY_NEEDS}",
    ),
    ("provenance.md", f"for more than {MANY_NEEDS} facts at once"),
    ("citations.md", f"more than {MOST_SOLUTIONS:,} solutions"),
    ("citations.md", f"count more than {MOST_MEMBERS:,}"),
    ("citations.md", f"({ENGINE.cite_most:,}, the union counted)"),
    ("provenance.md", f"Past {MOST_TRIPLES:,} triples, or {MOST_TRIALS} trials"),
    ("citations.md", f"Up to {SMALL:,} triples"),
    ("citations.md", f"up to {PROMPT:,} quads"),
    ("engine.md", f"{TEXT.nesting} levels of nesting, {TEXT.patterns} patterns in one group"),
    ("engine.md", f"{TEXT.operators:,} operators, {TEXT.repeats} repeated paths"),
    ("engine.md", f"A query may call {MOST_UNKNOWN} of them"),
    ("engine.md", f"more than {ENGINE.quick_time} s of the processor"),
    ("engine.md", f"past {INTERIM_ABOVE >> 20} MiB on disk"),
    ("http.md", f"{LONGEST:,} characters"),
    ("http.md", f"labels of {MOST:,} of them"),
    ("http.md", f"at most {MOST_SERVICES} SERVICE"),
    ("http.md", f"{SERVER.services_at_once} queries at once"),
    ("http.md", f"a head of more than {SERVER.max_header >> 10} KiB"),
]


@pytest.mark.parametrize(("page", "phrase"), SAID)
def test_a_document_names_the_limit_of_the_code(page: str, phrase: str) -> None:
    assert phrase in " ".join((ROOT / "docs" / page).read_text("utf-8").split())
