"""Excluded sources: their records go with them, and the statements of other sources stay."""

from __future__ import annotations

import pytest
from pyoxigraph import Quad

from graph.dataset import graph_of, memory_store
from graph.excluding.exclusion import Exclusion
from graph.reasoning.kernel import Kernel
from ontology.namespace import EVIDENCE_GRAPH, ID, INFERRED_GRAPH
from tests.graph.citing.test_record import QUADS
from tests.graph.reclosing import Reclosing

SENTENCES = [f"{ID}x/s0{number}" for number in (1, 2, 3)]


def keep_stated(exclusion: Exclusion) -> set[Quad]:
    """Return the stated quads that an exclusion leaves."""
    removed, _ = exclusion.removal(memory_store(QUADS), Kernel(QUADS))
    return {quad for quad in QUADS if graph_of(quad) != INFERRED_GRAPH} - removed


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_records_of_a_struck_sentence_go_with_it(sentence: str) -> None:
    belongs = set(Reclosing(QUADS).by_graph[sentence])
    assert any(graph_of(quad) == EVIDENCE_GRAPH for quad in belongs)
    stated = keep_stated(Exclusion(without=(sentence,)))
    assert belongs.isdisjoint(stated)
    assert not [quad for quad in stated if str(quad.subject).startswith(f"<{sentence}")]


def test_records_of_other_sources_and_of_none_stay() -> None:
    stated = keep_stated(Exclusion(only=(SENTENCES[2],)))
    by_graph = Reclosing(QUADS).by_graph
    assert stated >= set(by_graph[SENTENCES[2]])
    assert [quad for quad in stated if str(quad.subject).endswith("/alone>")]
    assert not stated & {*by_graph[SENTENCES[0]], *by_graph[SENTENCES[1]]}


def test_without_its_article_nothing_is_left_of_a_source() -> None:
    stated = keep_stated(Exclusion(without=(f"{ID}x",)))
    belongs = (f"<{ID}x>", f"<{ID}x/s0")
    assert not [quad for quad in stated if str(quad.subject).startswith(belongs)]
