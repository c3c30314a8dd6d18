"""`graph:reifiers` has a reifier for each record, and only who asks for triple terms meets it."""

from random import Random

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from graph.answering.evaluation import Query, evaluate, run_select
from graph.answering.format import GRAPHS, RESULTS
from graph.answering.reifier import Reification, copy_reified, list_records, list_reifiers
from graph.dataset import memory_store
from graph.errors import UnwritableError
from graph.publishing.rdf_export import reify_statements
from graph.snapshot import Snapshot
from ontology.namespace import EVIDENCE, REIFIERS
from ontology.terms import CPEC, OA, RDF
from server.engine.writing.delta import Effect
from server.tasks.worker_dataset import copy_union, follow_union

SHOWN = "SELECT * { ?s ?p ?o ~ ?statement {| oa:exact ?quote ; cpec:modality ?m |} }"
TERMS = "SELECT ?t { ?r rdf:reifies ?t FILTER isTRIPLE(?t) }"
WITH_GRAPH = "SELECT ?s ?p ?o ?quote ?g { ?s ?p ?o {| oa:exact ?quote |} GRAPH ?g { ?s ?p ?o } }"


@pytest.fixture(scope="module")
def union(store: Store) -> Store:
    """The copy of the union, which nobody changes."""
    return copy_union(store)


def count_rows(store: Store, text: str) -> int:
    return sum(1 for _ in run_select(store, text))


def reifies(triples: set[Triple]) -> set[Triple]:
    return {triple for triple in triples if triple.predicate == RDF.REIFIES}


def test_each_record_has_the_reifier_that_the_export_writes(shipped_quads: list[Quad]) -> None:
    store = memory_store(shipped_quads)
    records = set(list_records(store))
    exported = {quad.triple for quad in reify_statements(shipped_quads, shipped_quads)}
    exported = {triple for triple in exported if triple.subject in records}
    reified = set(list_reifiers(store))
    assert len(reifies(reified)) == len(records) > 100
    assert reifies(reified) == reifies(exported)
    words = {OA.EXACT, CPEC.ANCHOR}
    assert {triple for triple in reified if triple.predicate in words} == {
        triple for triple in exported if triple.predicate in words
    }
    assert {triple.predicate for triple in reified} == {
        *(RDF.REIFIES, OA.HAS_SOURCE, CPEC.MODALITY),
        *words,
    }


def test_the_same_rows_come_beside_the_union_and_within_the_default_graph(
    store: Store, union: Store
) -> None:
    answers = [sorted(map(str, run_select(s, SHOWN))) for s in (union, copy_reified(store, SHOWN))]
    assert answers[0] == answers[1]
    assert len(answers[0]) == len(set(answers[0])) > 100


def test_no_quad_stands_in_the_union_and_in_the_reifiers(union: Store) -> None:
    beside = list(union.quads_for_pattern(None, None, None, REIFIERS))
    assert beside
    assert not [quad for quad in beside if Quad(*quad.triple) in union]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?t { ?r rdf:reifies ?t }",
        "SELECT ?g { GRAPH ?g { ?r rdf:reifies ?t } }",
        "SELECT ?r { GRAPH graph:reifiers { ?r ?p ?o } }",
    ],
)
def test_nobody_meets_a_triple_term_who_did_not_ask(store: Store, union: Store, text: str) -> None:
    assert count_rows(union if "GRAPH" not in text else store, text) == 0


def test_a_query_that_asks_meets_them_in_no_named_graph(store: Store) -> None:
    text = 'VERSION "1.2" SELECT ?g ?t { GRAPH ?g { ?r rdf:reifies ?t } }'
    assert count_rows(copy_reified(store, text), text) == 0
    assert count_rows(copy_reified(store, WITH_GRAPH), WITH_GRAPH) > 100


def test_a_query_that_names_the_graph_gets_it(store: Store) -> None:
    text = "SELECT ?r { GRAPH graph:reifiers { ?r cpec:modality ?m ; oa:hasSource ?s } }"
    assert count_rows(copy_reified(store, text), text) == len(set(list_records(store)))


@pytest.mark.parametrize("name", ["csv", "jsonld"])
def test_a_format_without_triple_terms_names_those_that_have_them(union: Store, name: str) -> None:
    text, form = TERMS, RESULTS.get(name)
    if form is None:
        text = "CONSTRUCT { ?r rdf:reifies ?t } { ?r rdf:reifies ?t FILTER isTRIPLE(?t) }"
    formats = RESULTS if form else GRAPHS
    with pytest.raises(UnwritableError) as error:
        evaluate(union, Query(text, form, GRAPHS.get(name)))
    for other, capable in formats.items():
        assert (f"{other} (" in str(error.value)) is (other != name), error.value
        if other != name:
            asked = Query(text, RESULTS.get(other), GRAPHS.get(other))
            assert b"Robotics" in evaluate(union, asked).body, capable


def test_csv_writes_an_answer_without_triple_terms(union: Store) -> None:
    body = evaluate(union, Query(SHOWN, RESULTS["csv"], None)).body
    assert body.count(b"\r\n") == 1 + count_rows(union, SHOWN)


def test_a_record_with_many_ends_names_no_triple() -> None:
    record = NamedNode("x:record")
    crowd = Store()
    crowd.add(Quad(record, RDF.TYPE, RDF.STATEMENT, EVIDENCE))
    for end in (RDF.SUBJECT, RDF.PREDICATE, RDF.OBJECT):
        crowd.extend(Quad(record, end, NamedNode(f"x:{n}"), EVIDENCE) for n in range(1000))
    assert list(list_reifiers(crowd)) == []


def change(random: Random, store: Store) -> Effect:
    """Return a random change of the records: parts of them come, go, and go to other records."""
    records = sorted(set(list_records(store)), key=str)
    quads = sorted(store.quads_for_pattern(None, None, None, EVIDENCE), key=str)
    removed = set(random.sample(quads, 30))
    sample = random.sample(quads, 30)
    added = {
        Quad(random.choice(records), quad.predicate, quad.object, EVIDENCE)  # type: ignore[arg-type]
        for quad in sample
    }
    added.add(Quad(random.choice(records), OA.EXACT, Literal("said directly"), EVIDENCE))  # type: ignore[arg-type]
    added.add(Quad(random.choice(records), OA.EXACT, Literal("elsewhere"), NamedNode("x:g")))  # type: ignore[arg-type]
    return Effect(removed - added, {quad for quad in added if quad not in store})


def test_the_reifiers_follow_the_writes_of_records(first_snapshot: Snapshot) -> None:
    random = Random(7)  # noqa: S311 - not a secret
    store = memory_store(first_snapshot.quads())
    union = copy_union(store)
    for _ in range(8):
        delta = change(random, store).delta()
        delta.apply(store, union=True)
        follow_union(union, store, delta)
        expected = copy_union(store)
        assert set(union) == set(expected)
    expected_union = Store()
    expected_union.extend(union.quads_for_pattern(None, None, None, DefaultGraph()))
    store.extend(Reification(is_default=True).list_quads(store))
    beside = union.quads_for_pattern(None, None, None, REIFIERS)
    expected_union.extend(Quad(*quad.triple) for quad in beside)
    assert set(expected_union) == set(store.quads_for_pattern(None, None, None, DefaultGraph()))
