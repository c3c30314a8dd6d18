"""The limits in the documents are the limits of the code."""

from __future__ import annotations

import pytest

from graph.answering.evaluator import MOST_UNKNOWN
from graph.engine.engine_settings import EngineSettings
from graph.engine.guard import Limits
from graph.engine.writing.materialisation import MAX_REPORTED_CONTRADICTIONS
from graph.publishing.resource import MOST_LABELLED_NAMES
from graph.reasoning.thresholds import THRESHOLDS
from graph.service.values import MAX_BINDINGS_CHARACTERS
from server.command.serve import SERVICES_PER_QUERY
from server.link import ITEMS_LENGTH
from server.settings import Settings
from tests.conftest import ROOT

ENGINE, SERVER, TEXT = EngineSettings(), Settings(), Limits()

SAID = [
    ("citations.md", f"an answer of more than {THRESHOLDS.rows_with_proofs} rows"),
    ("citations.md", f"Past {THRESHOLDS.rows:,} rows"),
    ("citations.md", f"more than {THRESHOLDS.members:,} solutions"),
    ("citations.md", f"more than {THRESHOLDS.shrunk_graphs} graphs"),
    ("provenance.md", f"at most {THRESHOLDS.row_queries} times for a row"),
    ("provenance.md", f"{THRESHOLDS.answer_queries:,} times for an answer"),
    ("citations.md", f"({ENGINE.cite_most:,}, the union counted)"),
    ("http.md", f"in words, the first {MAX_REPORTED_CONTRADICTIONS}"),
    (
        "provenance.md",
        (
            f"{THRESHOLDS.rule_derivations} derivations by a rule, "
            f"{THRESHOLDS.search_derivations} in all"
        ),
    ),
    ("provenance.md", f"more than {THRESHOLDS.shrunk_graphs} graphs holds the fact"),
    ("engine.md", f"{TEXT.nesting} levels of nesting, {TEXT.patterns} patterns in one group"),
    ("engine.md", f"{TEXT.operators:,} operators, {TEXT.repeats} repeated paths"),
    ("engine.md", f"A query may call {MOST_UNKNOWN} of them"),
    ("engine.md", f"more than {ENGINE.quick_time} s of the processor"),
    ("engine.md", f"past {ENGINE.interim_above >> 20} MiB on disk"),
    ("http.md", f"{MAX_BINDINGS_CHARACTERS:,} characters"),
    ("http.md", f"labels of {MOST_LABELLED_NAMES:,} of them"),
    ("http.md", f"at most {SERVICES_PER_QUERY} SERVICE"),
    ("http.md", f"{SERVER.services_at_once} queries at once"),
    ("http.md", f"the parts of a page, up to {ITEMS_LENGTH:,} characters"),
    ("http.md", f"a head of more than {SERVER.max_header >> 10} KiB"),
]


@pytest.mark.parametrize(("page", "phrase"), SAID)
def test_a_document_names_the_limit_of_the_code(page: str, phrase: str) -> None:
    assert phrase in " ".join((ROOT / "docs" / page).read_text("utf-8").split())
