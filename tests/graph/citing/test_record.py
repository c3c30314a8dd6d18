"""A query about records cites the sentence: a record is a part of its source."""

import pytest
from pyoxigraph import RdfFormat, Store, parse

from graph.answering.reifier import copy_reified
from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.dataset import memory_store
from ontology.namespace import HEAD
from tests.graph import toy
from tests.graph.citing.law import find_breach
from tests.graph.citing.talks import short
from tests.graph.reclosing import Reclosing

DATA = """
BASE <https://w3id.org/cpec-graph/id/x/>
GRAPH <s01> { id:a cpec:p id:b . id:c cpec:q id:d }
GRAPH <s02> { id:a cpec:p id:b }
GRAPH graph:editorial { id:a cpec:w "A"@en . id:c cpec:w "C"@en }
GRAPH graph:evidence {
  id:x dcterms:title "Talks" ; dcterms:source <https://news.example/talks> .
  <s01> a cpec:Sentence ; oa:hasSource id:x ; schema:position 1 ; cpec:attributedTo id:reporter ;
    oa:hasSelector <s01#position> , <s01#quote-1> , <s01#quote-2> .
  <s02> a cpec:Sentence ; oa:hasSource id:x ; schema:position 2 ; oa:hasSelector <s02#quote-1> .
  <s03> a cpec:Sentence ; oa:hasSource id:x ; schema:position 3 ; oa:hasSelector <s03#quote-1> .
  <s01#position> a oa:TextPositionSelector ; oa:start 1 ; oa:end 20 .
  <s01#1> a rdf:Statement ; rdf:subject id:a ; rdf:predicate cpec:p ; rdf:object id:b ;
    oa:hasSource <s01> ; oa:hasSelector <s01#quote-1> ; cpec:modality cpec:Ongoing .
  <s01#2> a rdf:Statement ; rdf:subject id:c ; rdf:predicate cpec:q ; rdf:object id:d ;
    oa:hasSource <s01> ; oa:hasSelector <s01#quote-2> ; cpec:modality cpec:Reported .
  <s02#1> a rdf:Statement ; rdf:subject id:a ; rdf:predicate cpec:p ; rdf:object id:b ;
    oa:hasSource <s02> ; oa:hasSelector <s02#quote-1> ; cpec:modality cpec:Ongoing .
  <s03#1> a cpec:UnassertedStatement ; cpec:saidSubject id:a ; cpec:saidPredicate cpec:q ;
    cpec:saidObject id:d ; oa:hasSource <s03> ; oa:hasSelector <s03#quote-1> ;
    cpec:modality cpec:Denied .
  <s01#quote-1> a oa:TextQuoteSelector ; oa:exact "a p b" .
  <s01#quote-2> a oa:TextQuoteSelector ; oa:exact "c q d" .
  <s02#quote-1> a oa:TextQuoteSelector ; oa:exact "a does p b" .
  <s03#quote-1> a oa:TextQuoteSelector ; oa:exact "no a q d" .
  <alone> a rdf:Statement ; rdf:subject id:a ; rdf:predicate cpec:q ; cpec:modality cpec:Aim .
}
"""
QUADS = toy.close(tuple(parse(HEAD + DATA, RdfFormat.TRIG)))
SAID = "?r a cpec:UnassertedStatement ; cpec:saidSubject id:a ; cpec:modality ?m"
ASKED = "?r rdf:subject id:a ; rdf:predicate ?p ; cpec:modality ?m"


@pytest.fixture(scope="module")
def store() -> Store:
    return memory_store(QUADS)


ANNOTATED = "?a ?b ?c {| oa:exact ?q |}"
# A sentence that has no speaker comes first.
REIFIED = [
    ("SELECT ?q { id:c cpec:q id:d {| oa:exact ?q |} }", [["s01"]]),
    (f"SELECT ?a ?b ?c ?q {{ {ANNOTATED} }} ORDER BY ?q", [["s02"], ["s01"], ["s01"]]),
    ("SELECT ?r ?a ?c { ?r rdf:reifies <<( ?a cpec:q ?c )>> } ORDER BY ?c ?r", [["s01"], ["s03"]]),
    ("SELECT ?q { << id:a cpec:q id:d ~ ?r >> oa:exact ?q }", [["s03"]]),
    ("SELECT ?t { ?r rdf:reifies ?t ; cpec:modality cpec:Denied FILTER isTRIPLE(?t) }", [["s03"]]),
    ("SELECT ?g ?q { ?a ?b ?c {| oa:exact ?q |} GRAPH ?g { ?a ?b id:d, ?c } }", [["s01"]]),
    ("SELECT DISTINCT ?a { ?a ?b id:b {| oa:exact ?q ; cpec:modality ?m |} }", [["s02", "s01"]]),
    ("SELECT ?a { ?a cpec:p ?c {| oa:exact ?q |} } ORDER BY ?a LIMIT 1", [["s02", "s01"]]),
    ("ASK { ?a cpec:p ?b ~ ?r }", [["s02", "s01"]]),
    (
        """CONSTRUCT { ?r rdf:reifies <<( ?c ?b ?a )>> }
           { ?a ?b ?c ~ ?r {| cpec:modality cpec:Reported |} }""",
        [["s01"]],
    ),
    ("SELECT (COUNT(?r) AS ?n) { ?r rdf:reifies <<( id:a ?p ?o )>> }", [["basis s01 s02 s03"]]),
    (
        """SELECT ?t (COUNT(?r) AS ?n) { ?r rdf:reifies ?t FILTER (OBJECT(?t) = id:b) }
           GROUP BY ?t""",
        [["basis s01 s02"]],
    ),
    ("SELECT ?w { ?a cpec:q ?d {| oa:exact ?q |} . ?a cpec:w ?w }", [["editorial s01"]]),
    (
        "SELECT ?q { << ?a ?b ?c >> oa:exact|cpec:none ?q . FILTER(?c = id:d) } ORDER BY ?q",
        [["s01"], ["s03"]],
    ),
    (
        "SELECT ?r { ?r rdf:reifies <<( ?a ?b id:d )>> MINUS { ?r cpec:modality cpec:Denied } }",
        [["s01"]],
    ),
    ("SELECT ?r { GRAPH graph:reifiers { ?r oa:exact 'c q d' ; cpec:modality ?m } }", [["s01"]]),
    ('VERSION "1.2" SELECT ?q { ?r oa:exact ?q ; a rdf:Statement ; rdf:object id:d }', [["s01"]]),
]
CITED = [
    *REIFIED,
    (f"SELECT ?r {{ {ASKED} }} ORDER BY ?r", [["evidence"], ["s01"], ["s02"]]),
    (f"SELECT DISTINCT ?m {{ {ASKED} ; oa:hasSource ?s }}", [["s01", "s02"]]),
    (f"SELECT ?r {{ GRAPH graph:evidence {{ {SAID} }} }}", [["s03"]]),
    (f"SELECT ?r {{ {SAID} }}", [["s03"]]),
    (f"SELECT ?r ?g {{ GRAPH ?g {{ {SAID} }} }}", [["s03"]]),
    (f"SELECT ?r {{ GRAPH ?g {{ {SAID} }} }}", [["s03"]]),
    ("SELECT ?r FROM graph:evidence { ?r cpec:modality cpec:Denied }", [["s03"]]),
    (f"ASK {{ {SAID} }}", [["s03"]]),
    (f"SELECT ?w {{ {SAID} ; cpec:saidSubject ?x . ?x cpec:w ?w }}", [["editorial s03"]]),
    ("SELECT ?q { <https://w3id.org/cpec-graph/id/x/s02> oa:hasSelector ?q }", [["s02"]]),
    ("SELECT ?s { ?s oa:hasSelector/oa:exact 'no a q d' } ORDER BY ?s", [["s03"], ["s03"]]),
    ("SELECT ?t { ?q oa:exact ?t ; a oa:TextQuoteSelector } ORDER BY ?t LIMIT 1", [["s02"]]),
    ("SELECT ?s ?n { ?s schema:position ?n } ORDER BY ?n LIMIT 1", [["evidence"]]),
    ("SELECT ?p { ?p oa:start 1 ; ^oa:hasSelector ?s }", [["evidence"]]),
    (
        "SELECT ?n { ?r cpec:saidSubject id:a ; oa:hasSource ?s . ?s schema:position ?n }",
        [["evidence s03"]],
    ),
    (
        "SELECT ?s { ?r cpec:modality cpec:Denied ; oa:hasSource/oa:hasSource ?s }",
        [["evidence s03"]],
    ),
    (
        "SELECT ?s { ?s cpec:p id:b . ?r rdf:subject ?s ; rdf:object id:b }",
        [["s02", "s01"], ["s02", "s01"]],
    ),
    (f"SELECT (COUNT(DISTINCT ?r) AS ?n) {{ {ASKED} ; oa:hasSource ?s }}", [["basis s01 s02"]]),
    (
        "SELECT ?s { ?s a cpec:Sentence FILTER NOT EXISTS { GRAPH ?s { ?a ?b ?c } } }",
        [["evidence"]],
    ),
    ("SELECT ?g { GRAPH ?g { } ?r oa:hasSource ?g ; cpec:modality cpec:Reported }", [["s01"]]),
    (
        """SELECT ?w { ?x cpec:w ?w . GRAPH graph:evidence { OPTIONAL { ?x cpec:none ?y } }
            FILTER(?x = id:c) }""",
        [["editorial s01", "editorial s02", "editorial s03", "editorial evidence"]],
    ),
    ("DESCRIBE <https://w3id.org/cpec-graph/id/x/s03%23none>", []),
    (
        "CONSTRUCT { ?r cpec:modality ?m } { ?r cpec:saidSubject id:a ; cpec:modality ?m }",
        [["s03"]],
    ),
]


@pytest.mark.parametrize(("text", "proofs"), CITED)
def test_a_row_about_records_is_cited_by_their_source(
    store: Store, index: EvidenceIndex, text: str, proofs: list[list[str]]
) -> None:
    answer = cite(copy_reified(store, text), index, text)
    assert [short(citation) for citation in answer.citations] == proofs
    assert {citation.status for citation in answer.citations} <= {"cited"}
    uncut = text.partition(" LIMIT ")[0]
    assert find_breach(Reclosing(QUADS), uncut, answer, range(len(answer.rows))) is None


def test_a_record_is_quoted_with_its_own_words_alone(store: Store, index: EvidenceIndex) -> None:
    text = "SELECT ?r { ?r rdf:subject id:c ; cpec:modality ?m }"
    (source,) = cite(store, index, text).sources.values()
    assert source.quote == "c q d"
