"""The copy of the union answers as the whole dataset does, before and after a write."""

from __future__ import annotations

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, serialize

from graph.answering.binding import bind_question
from graph.answering.evaluation import Query, evaluate
from graph.answering.format import GRAPH_FORMATS, RESULT_FORMATS
from graph.dataset import with_union
from graph.engine.guard import Limits, check_query
from graph.engine.worker_dataset import copy_union, follow_union
from graph.engine.writing.delta import Delta
from ontology.terms import RDF
from queries.catalogue import catalogue

TSV, TRIPLES = RESULT_FORMATS[3], GRAPH_FORMATS[1]


@pytest.mark.parametrize(
    "name", [n for n, q in catalogue().items() if not check_query(q.text, Limits())]
)
def test_the_union_alone_answers_the_catalogue(store: Store, name: str) -> None:
    question = catalogue()[name]
    known = {quad.subject.value for quad in store if isinstance(quad.subject, NamedNode)}
    asked = Query(question.text, TSV, None, bind_question(question, {}, known))
    assert evaluate(copy_union(store), asked).body == evaluate(store, asked).body


@pytest.mark.parametrize("text", ["DESCRIBE id:HEC", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"])
def test_the_union_alone_describes_and_constructs(store: Store, text: str) -> None:
    asked = Query(text, None, TRIPLES)
    union, everything = (evaluate(copy, asked).body for copy in (copy_union(store), store))
    assert sorted(union.splitlines()) == sorted(everything.splitlines())


def test_the_types_of_things_stand_side_by_side(store: Store) -> None:
    are_types = [quad.predicate == RDF.TYPE for quad in copy_union(store)]
    assert are_types == sorted(are_types)
    assert set(are_types) == {True, False}


def quad(subject: str, graph: str) -> Quad:
    return Quad(NamedNode(f"x:{subject}"), NamedNode("x:p"), NamedNode("x:o"), NamedNode(graph))


def test_the_union_alone_follows_a_write() -> None:
    store = Store()
    store.extend(with_union([quad("once", "x:g"), quad("twice", "x:g"), quad("twice", "x:h")]))
    union = copy_union(store)
    removed = [quad("once", "x:g"), quad("twice", "x:g")]
    delta = Delta(
        serialize(removed, format=RdfFormat.N_QUADS) or b"",
        serialize([quad("new", "x:g")], format=RdfFormat.N_QUADS) or b"",
    )
    delta.apply(store, union=True)
    follow_union(union, store, delta)
    assert set(union) == set(store.quads_for_pattern(None, None, None, DefaultGraph()))
    assert {triple.subject.value for triple in union if isinstance(triple.subject, NamedNode)} == {
        "x:twice",
        "x:new",
    }
