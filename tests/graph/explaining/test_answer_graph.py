"""A cited answer as RDF has the rows, proofs and sources of the answer as JSON."""

from __future__ import annotations

from collections import defaultdict

import pytest
from pyoxigraph import BlankNode, NamedNode, Quad, QuerySolutions, Store, parse
from rdflib import Graph

from graph.answering.evaluation import query_store
from graph.answering.format import GRAPHS
from graph.citing.answer import Citation, CitedAnswer
from graph.citing.citation import cite
from graph.citing.form import answer_uncited
from graph.citing.index import EvidenceIndex
from graph.citing.solution import TermRow
from graph.errors import AnswerTooLargeError
from graph.explaining.answer_graph import RS, write_rdf
from graph.wording.source import CitedSource
from graph.wording.statement import Modality
from ontology.namespace import ID, ONTOLOGY_GRAPH
from ontology.terms import CPEC

AREAS = "SELECT ?area ?note { id:Pakistan cpec:cooperatesIn ?area OPTIONAL { ?area cpec:x ?note } }"
COOPERATES = "ASK { id:Pakistan cpec:cooperatesIn id:%s }"
TURTLE = GRAPHS["ttl"]
CAP = 1 << 24


@pytest.fixture(scope="module")
def index(store: Store) -> EvidenceIndex:
    return EvidenceIndex(store)


def read(answer: CitedAnswer, store: Store, form: str = "ttl") -> Store:
    """Return an answer as RDF in a store."""
    graph = Store()
    for quad in parse(write_rdf(answer, store, GRAPHS[form], CAP), GRAPHS[form].reader):
        graph.add(Quad(quad.subject, quad.predicate, quad.object))
    return graph


def ask(store: Store, where: str, *names: str) -> list[tuple[str, ...]]:
    """Return the values of variables in a pattern as texts."""
    shown = " ".join(f"?{name}" for name in names)
    answer = query_store(store, f"PREFIX rs: <{RS}> SELECT {shown} {{ {where} }} ORDER BY {shown}")
    assert isinstance(answer, QuerySolutions)
    return [tuple(str(getattr(term, "value", term)) for term in row) for row in answer]


@pytest.mark.parametrize("form", GRAPHS)
def test_rows_and_proofs_are_those_of_the_answer(
    store: Store, index: EvidenceIndex, form: str
) -> None:
    answer = cite(store, index, AREAS)
    rdf = read(answer, store, form)
    bound = "?s rs:index ?n ; rs:binding [ rs:variable ?v ; rs:value ?area ]"
    areas = [(str(place), "area", str(row[0].value)) for place, row in enumerate(answer.rows, 1)]  # type: ignore[union-attr]
    assert sorted(ask(rdf, bound, "n", "v", "area")) == sorted(areas)
    assert ask(rdf, "?s rs:resultVariable ?v", "v") == [("area",), ("note",)]
    proofs = defaultdict(set)
    rests = "?p prov:specializationOf [ rs:index ?n ] ; prov:wasDerivedFrom ?g"
    for number, proof, graph in ask(rdf, rests, "n", "p", "g"):
        proofs[number, proof].add(graph)
    assert {(number, frozenset(graphs)) for (number, _), graphs in proofs.items()} == {
        (str(place), frozenset(proof))
        for place, citation in enumerate(answer.citations, 1)
        for proof in citation.proofs
    }


def test_the_selectors_of_the_sentences_stand_beside(store: Store, index: EvidenceIndex) -> None:
    answer = cite(store, index, AREAS)
    rdf = read(answer, store)
    quoted = """?p prov:wasDerivedFrom ?g . ?g oa:hasSelector ?selector
      { ?selector a oa:TextQuoteSelector ; oa:exact ?quote } UNION
      { ?selector a oa:RangeSelector ; cpec:anchor ?anchor ; oa:hasStartSelector ?first ;
          oa:hasEndSelector ?last }"""
    assert {graph for (graph,) in ask(rdf, quoted, "g")} == {*answer.sources}


def test_rdflib_reads_the_same_and_the_same_answer_is_the_same_bytes(
    store: Store, index: EvidenceIndex
) -> None:
    first, second = (write_rdf(cite(store, index, AREAS), store, TURTLE, CAP) for _ in range(2))
    assert first == second
    assert len(Graph().parse(data=first, format="turtle")) == len(
        read(cite(store, index, AREAS), store)
    )


def test_a_constructed_graph_stands_beside_what_its_triples_rest_on(
    store: Store, index: EvidenceIndex
) -> None:
    text = "CONSTRUCT { ?a cpec:shown _:x } WHERE { id:Pakistan cpec:cooperatesIn ?a }"
    answer = cite(store, index, text)
    rdf = read(answer, store)
    triples = "?s cpec:shown ?o . FILTER(ISBLANK(?o))"
    statements = f"""{triples} [] a rdf:Statement ; rdf:subject ?s ; rdf:predicate cpec:shown ;
        rdf:object ?o ; ^prov:specializationOf/prov:wasDerivedFrom ?g"""
    assert len(ask(rdf, triples, "s")) == len(answer.rows) > 3
    assert {*ask(rdf, statements, "s")} == {*ask(rdf, triples, "s")}
    assert not ask(rdf, "?s a rs:ResultSet", "s")


def test_the_truth_of_an_ask_is_told(store: Store, index: EvidenceIndex) -> None:
    yes = read(cite(store, index, COOPERATES % "Artificial_Intelligence"), store)
    assert ask(yes, "?p prov:specializationOf [ rs:boolean ?b ]", "b") == [("true",)]
    no = read(cite(store, index, COOPERATES % "Robotics"), store)
    remarks = ask(no, "?s rs:boolean ?b ; rdfs:comment ?c", "b", "c")
    assert remarks == [
        ("false", "absent: no source says that Pakistan cooperates in robotics"),
        ("false", "uncited: it rests on an absence, which has no source"),
    ]


def test_what_is_not_cited_says_why(store: Store) -> None:
    rdf = read(answer_uncited(query_store(store, AREAS), "it is being indexed"), store)
    rows = len(ask(rdf, "?s rs:index ?n", "n"))
    assert ask(rdf, "?s rdfs:comment ?c", "c") == [("uncited: it is being indexed",)] * rows
    built = answer_uncited(query_store(store, "DESCRIBE id:HEC"), "it is being indexed")
    assert built.constructed
    assert ask(read(built, store), "?s rdf:subject id:HEC ; rdfs:comment ?c", "c")


def test_all_that_a_citation_has_to_say_is_told(store: Store) -> None:
    graphs = tuple(sorted((f"{ID}a", f"{ID}b")))
    members = "SELECT * { ?s ?p ?o }"
    none, aims = (Modality("", "no modality"),), (Modality(CPEC + "Aim", "aimed at", 2),)
    absent = ("no source says so",)
    citations = [
        Citation("cited", ((), graphs), graphs, more=True, absent=absent, modalities=none * 2),
        Citation("partly", graphs=graphs, reason="too much", members=members),
        Citation("cited", (), graphs[1:], graphs[1:], members=members, modalities=aims),
        Citation("cited", (graphs[:1],), graphs[:1], sufficient=True, modalities=none),
    ]
    rows: list[TermRow] = [(NamedNode(ID + "x"),), (BlankNode("n1"),), (None,), (None,)]
    rdf = read(CitedAnswer(("x",), rows, citations, dict.fromkeys(graphs, CitedSource())), store)
    proved = "?p prov:specializationOf [ rs:index %s ] ; prov:wasDerivedFrom ?g"
    both = [(graph,) for graph in graphs]
    assert ask(rdf, proved % 1, "g") == [(ONTOLOGY_GRAPH,), *both]
    assert ask(rdf, proved % 3, "g") == both[1:]
    assert ask(rdf, "?s rs:index ?n ; prov:wasDerivedFrom ?g", "n", "g") == [
        ("2", graph) for graph in graphs
    ]
    assert ask(rdf, "?s rs:index ?n ; rdfs:comment ?c", "n", "c") == [
        ("1", "absent: no source says so"),
        ("1", "there are other proofs"),
        ("2", "it counts the solutions of SELECT * { ?s ?p ?o }"),
        ("2", "partly: too much"),
        ("3", "it counts the solutions of SELECT * { ?s ?p ?o }"),
        ("4", "the proof suffices; it was not shown to need each of its graphs"),
    ]
    assert ask(rdf, "?s rs:value ?x FILTER(ISBLANK(?x)) FILTER NOT EXISTS { ?x ?y ?z }", "s")


def test_an_answer_beyond_its_cap_is_refused(store: Store, index: EvidenceIndex) -> None:
    with pytest.raises(AnswerTooLargeError):
        write_rdf(cite(store, index, AREAS), store, TURTLE, 500)


def test_a_select_of_three_columns_is_no_constructed_graph(
    store: Store, index: EvidenceIndex
) -> None:
    text = "SELECT ?subject ?predicate ?object { ?subject ?predicate ?object } LIMIT 2"
    rdf = read(cite(store, index, text), store)
    assert len(ask(rdf, "?s rs:binding ?b", "b")) == 6
    assert not ask(rdf, f"?s rdf:predicate ?p FILTER(?p = <{CPEC}partyTo>)", "s")
