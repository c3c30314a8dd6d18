"""The store that asks a remote one: each pattern has the quads that pyoxigraph's store has."""

from collections.abc import Iterable
from itertools import product
from typing import Any

import pytest
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    NamedNode,
    Quad,
    QuerySolution,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    Variable,
    parse,
    serialize,
)

from graph.dataset import with_union
from graph.errors import EndpointError
from ontology.namespace import VERSION_GRAPH
from server.remote.asked import AskedStore
from server.remote.publication import GraphChecksum, Publication
from server.remote.store import RemoteStore
from tests.server.stores.conftest import Theirs

pytestmark = pytest.mark.long

QUADS = list(
    parse(
        """
        <urn:g?p> { <http://x/?p=1&?o> <urn:p?s> "?o } \\\\ \\" \\n"@en, 1, <http://x/?p=1&?o> }
        <urn:h> { <http://x/?p=1&?o> <urn:p?s> 1 . <urn:a> <urn:b> "é"^^<urn:t> }
        """,
        RdfFormat.TRIG,
    )
)


def write_triples(triples: Iterable[Triple]) -> str:
    """Return triples as N-Triples."""
    return (serialize(triples, format=RdfFormat.N_TRIPLES) or b"").decode()


@pytest.fixture
def pair(theirs: Theirs) -> tuple[AskedStore, Store]:
    """A store that asks, and one in memory with the same."""
    local = Store()
    local.extend(with_union(QUADS))
    for graph in local.named_graphs():
        assert isinstance(graph, NamedNode)
        text = local.dump(format=RdfFormat.N_TRIPLES, from_graph=graph) or b""
        theirs.put(graph.value, text.decode())
    union = local.dump(format=RdfFormat.N_TRIPLES, from_graph=DefaultGraph()) or b""
    remote = RemoteStore.from_address(
        f"{theirs.query.partition('?')[0]}?default-graph-uri=urn:both"
    )
    theirs.put("urn:both", union.decode())
    publication = Publication("1", {q.graph_name.value: GraphChecksum(0, "") for q in QUADS})
    theirs.put(VERSION_GRAPH, write_triples(publication.triples()))
    return AskedStore(remote, publication, is_held=False), local


def test_each_pattern_has_the_same_quads(pair: tuple[AskedStore, Store]) -> None:
    asked, local = pair
    subjects, predicates, objects, graphs = (
        {getattr(quad, name) for quad in QUADS} | {None}
        for name in ("subject", "predicate", "object", "graph_name")
    )
    patterns = list(product(subjects, predicates, objects, graphs | {DefaultGraph()}))
    assert len(patterns) > 100
    for pattern in patterns:
        matches = set(asked.quads_for_pattern(*pattern))
        assert matches == set(local.quads_for_pattern(*pattern)), pattern
    assert set(asked) == set(local)


def test_what_is_asked_beside_patterns(pair: tuple[AskedStore, Store]) -> None:
    asked, local = pair
    assert all(quad in asked for quad in local)
    assert Quad(NamedNode("urn:a"), NamedNode("urn:b"), NamedNode("urn:c")) not in asked
    assert list(asked.quads_for_pattern(BlankNode("a"), None, None)) == []
    assert set(asked.named_graphs()) == set(local.named_graphs())
    assert asked.contains_named_graph(NamedNode("urn:h"))
    assert not asked.contains_named_graph(NamedNode("urn:both"))


def test_a_variable_that_is_given_is_given_everywhere(pair: tuple[AskedStore, Store]) -> None:
    asked, local = pair
    given: dict[Variable, Any] = {Variable("x"): NamedNode("urn:a")}
    for text in (
        "SELECT ?x ?o { ?x ?p ?o }",
        "SELECT ?x ?o { ?s ?p ?o { SELECT ?x ?o { ?x ?p ?o } } FILTER (?x = <urn:a>) }",
        "SELECT ?x (COUNT(?o) AS ?n) { ?x ?p ?o } GROUP BY ?x",
        "SELECT ?x ?n { { SELECT ?x (COUNT(?o) AS ?n) { ?x ?p ?o } GROUP BY ?x } }",
        "SELECT ?x ?o { ?x <urn:b> ?y . ?s ?p ?o FILTER NOT EXISTS { ?x ?q ?o } }",
        "SELECT ?x ?o { ?x <urn:b> ?y . ?s ?p ?o OPTIONAL { ?x ?q ?o } FILTER (!BOUND(?q)) }",
    ):
        answers = (store.query(text, substitutions=given) for store in (asked, local))
        theirs, ours = (sorted(str(list(row)) for row in answer) for answer in answers)  # type: ignore[union-attr]
        assert theirs == ours, text


def test_a_store_that_answers_no_query_is_told(pair: tuple[AskedStore, Store]) -> None:
    asked, _ = pair
    with pytest.raises(EndpointError, match=r"the status (400|500)"):
        asked.query(
            "SELECT * { ?s ?p ?o FILTER (<urn:no-function>(?o)) }",
            custom_functions={NamedNode("urn:no-function"): lambda *_: None},
        )
    with pytest.raises(SyntaxError):
        asked.query("SELECT * { ?s ?p }")


def solutions(asked: AskedStore, text: str) -> list[QuerySolution]:
    """Return the solutions of a SELECT."""
    answer = asked.query(text)
    assert isinstance(answer, QuerySolutions)
    return list(answer)


def test_graphs_are_those_of_the_publication_however_many(theirs: Theirs) -> None:
    graphs = [f"urn:one-of-many:{number}" for number in range(300)]
    publication = Publication("1", dict.fromkeys(graphs, GraphChecksum(1, "")))
    remote = RemoteStore.from_address(
        f"{theirs.query.partition('?')[0]}?default-graph-uri=urn:many"
    )
    theirs.put(VERSION_GRAPH, write_triples(publication.triples()))
    theirs.put("urn:many", "<urn:a> <urn:many> <urn:c> .")
    for graph in (graphs[0], "urn:others"):
        theirs.put(graph, "<urn:a> <urn:many> <urn:c> .")
    asked = AskedStore(remote, publication, is_held=False)
    (row,) = solutions(asked, "SELECT ?g { ?a <urn:many> ?c GRAPH ?g { ?a <urn:many> ?c } }")
    assert row["g"] == NamedNode(graphs[0])
    for graph, count in ((graphs[0], 1), (graphs[1], 0), ("urn:others", 0)):
        text = f"SELECT ?a {{ ?a <urn:many> ?c GRAPH <{graph}> {{ ?a <urn:many> ?c }} }}"
        assert len(solutions(asked, text)) == count, graph
    assert len(set(asked.quads_for_pattern(None, NamedNode("urn:many"), None))) == 2
