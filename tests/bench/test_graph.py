"""The generator of graphs: as large as asked, the same each time, in the project's own model."""

import pytest

from bench.graph import quads
from ontology.namespace import EDITORIAL_GRAPH, EVIDENCE_GRAPH, ID
from ontology.terms import CPEC, RDF


@pytest.mark.parametrize("size", [500, 5_000])
def test_a_graph_has_the_size_that_was_asked_and_is_the_same_each_time(size: int) -> None:
    made = list(quads(size))
    assert len(set(made)) == len(made) == size
    assert made == list(quads(size))


def test_a_statement_is_in_the_graph_of_a_sentence() -> None:
    made = list(quads(5_000))
    sentences = {quad.subject for quad in made if str(quad.object) == f"<{CPEC}Sentence>"}
    graphs = {quad.graph_name for quad in made}
    named = {str(graph) for graph in graphs - sentences}
    assert named == {f"<{EDITORIAL_GRAPH}>", f"<{EVIDENCE_GRAPH}>"}
    assert all(str(sentence).startswith(f"<{ID}article-") for sentence in sentences)
    assert any(quad.predicate == RDF.TYPE for quad in made)
