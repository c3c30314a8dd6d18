"""What a triple comes to in a named graph."""

from __future__ import annotations

from pyoxigraph import NamedNode, Store

from graph.citing.citation import EvidenceIndex, cite
from ontology.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH


def test_a_triple_of_a_source_rests_on_that_source_alone(store: Store) -> None:
    answer = cite(store, EvidenceIndex(store), "SELECT * { GRAPH ?g { ?s ?p ?o } }")
    found: set[str] = set()
    for row, citation in zip(answer.rows, answer.citations, strict=True):
        name = row[answer.variables.index("g")]
        assert isinstance(name, NamedNode)
        if name.value in {INFERRED_GRAPH, ONTOLOGY_GRAPH}:
            assert name.value not in citation.graphs
        else:
            assert (citation.status, citation.graphs) == ("cited", (name.value,))
        found.add(name.value)
    assert found == {name.strip("<>") for name in map(str, store.named_graphs())}
