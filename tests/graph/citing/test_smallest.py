"""The graphs that a row cites: the fewest, and the ones whose statements nobody would infer."""

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.dataset import memory_store
from ontology.namespace import HEAD, ID
from tests.graph import toy
from tests.graph.citing.law import find_breach
from tests.graph.citing.talks import short
from tests.graph.reclosing import Reclosing

KINDS = """
PREFIX : <https://w3id.org/cpec-graph/ontology#>
<https://w3id.org/cpec-graph/graph/ontology> {
  :A rdfs:subClassOf :B . :p rdfs:domain :A ; rdfs:subPropertyOf :q .
  :n rdfs:subPropertyOf rdfs:label . :K a :A }
<https://w3id.org/cpec-graph/id/x/s01> { _:b a :A . :p :p id:a . id:a :n "a" . id:b :p _:b }
<https://w3id.org/cpec-graph/id/x/s02> { _:b a :B . :p :q id:a . id:a rdfs:label "a" . :K a :B }
"""


@pytest.mark.parametrize(
    ("text", "proofs"),
    [
        ("SELECT ?x { ?x a cpec:B } ORDER BY ?x", [["s02"], ["s01"], ["s02"]]),
        ("SELECT ?x { ?x cpec:q id:a }", [["s02"]]),
        ("SELECT ?x { ?x rdfs:label ?y }", [["s02"]]),
        ("SELECT ?x { id:b cpec:p ?x . ?x a cpec:B }", [["s01 s02"]]),
        ("SELECT ?x { ?x a+ cpec:B . ?y cpec:p+ ?x }", [["s01 s02"]]),
    ],
)
def test_what_is_stated_and_would_not_be_inferred_is_cited_where_it_is_stated(
    text: str, proofs: list[list[str]]
) -> None:
    """The build writes no inference of blank nodes, of the vocabulary, or in RDFS's own terms."""
    quads = list(parse(HEAD + KINDS, RdfFormat.TRIG))
    reclosing = Reclosing(quads)
    inferred = reclosing.infer(quads)
    store = memory_store([*quads, *inferred])
    answer = cite(store, EvidenceIndex(store), text)
    assert [short(citation) for citation in answer.citations] == proofs
    assert find_breach(reclosing, text, answer, range(len(answer.rows))) is None


def test_of_all_proofs_those_that_state_a_row_come_first_and_fewer_graphs_are_found_too() -> None:
    text = "ASK { id:d cpec:w ?x . id:e cpec:w ?y . id:a cpec:q id:c }"
    stated = """
    PREFIX x: <https://w3id.org/cpec-graph/id/x#>
    x:1 { id:d cpec:w 1 } x:2 { id:d cpec:w 1 } x:3 { id:d cpec:w 1 }
    x:5 { id:d cpec:w 1 . id:a cpec:q id:b } x:6 { id:e cpec:w 1 . id:b cpec:q id:c }
    x:7 { id:a cpec:q id:c }
    """
    quads = toy.close(tuple(parse(HEAD + stated, RdfFormat.TRIG)))
    store = memory_store(quads)
    answer = cite(store, EvidenceIndex(store), text)
    (citation,) = answer.citations
    proofs = [[name.rpartition("#")[2] for name in proof] for proof in citation.proofs]
    assert proofs[: citation.stated] == [[n, "6", "7"] for n in "123"]
    assert proofs[citation.stated :] == [["5", "6"]]
    assert find_breach(Reclosing(quads), text, answer, [0]) is None


@pytest.mark.parametrize("tested", ["?y = id:a", "!BOUND(?w) || ?y = id:a"])
def test_a_parameter_that_an_optional_alone_mentions_needs_no_triple_of_it(tested: str) -> None:
    stated = """
    PREFIX x: <https://w3id.org/cpec-graph/id/x#>
    x:1 { id:a cpec:p id:b } x:2 { id:c cpec:q id:d }
    """
    store = memory_store(toy.close(tuple(parse(HEAD + stated, RdfFormat.TRIG))))
    text = f"SELECT ?x ?y {{ ?y cpec:p ?z OPTIONAL {{ ?x cpec:q ?w }} FILTER ({tested}) }}"
    answer = cite(store, EvidenceIndex(store), text, {"x": NamedNode(f"{ID}c")})
    assert [citation.proofs for citation in answer.citations] == [((f"{ID}x#1",),)]
