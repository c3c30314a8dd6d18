"""The copy of the union answers as the whole dataset does, before and after a write."""

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, serialize

from graph.answering.binding import bind_question
from graph.answering.evaluation import Query, evaluate
from graph.answering.format import GRAPH_FORMATS, RESULT_FORMATS
from graph.dataset import with_union
from graph.excluding.exclusion import Exclusion
from graph.reasoning.kernel import Kernel
from graph.sparql.guard import Limits, check_query
from ontology.namespace import ID
from ontology.terms import RDF
from queries.catalogue import catalogue
from server.engine.writing.delta import Delta
from server.tasks.worker_dataset import WorkerDataset, copy_union, follow_union
from server.writing.materialisation import Materialisation, rebuild

TSV, TRIPLES = RESULT_FORMATS[3], GRAPH_FORMATS[1]


@pytest.fixture(scope="module")
def union(store: Store) -> Store:
    """The copy of the union, which nobody changes."""
    return copy_union(store)


@pytest.fixture(scope="module")
def known(store: Store) -> set[str]:
    """The names of the things of the shipped graph."""
    return {quad.subject.value for quad in store if isinstance(quad.subject, NamedNode)}


@pytest.mark.parametrize(
    "name", [n for n, q in catalogue().items() if not check_query(q.text, Limits())]
)
def test_the_union_alone_answers_the_catalogue(
    store: Store, union: Store, known: set[str], name: str
) -> None:
    question = catalogue()[name]
    asked = Query(question.text, TSV, None, bind_question(question, {}, known))
    assert evaluate(union, asked).body == evaluate(store, asked).body


@pytest.mark.parametrize("text", ["DESCRIBE id:HEC", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"])
def test_the_union_alone_describes_and_constructs(store: Store, union: Store, text: str) -> None:
    asked = Query(text, None, TRIPLES)
    some, everything = (evaluate(copy, asked).body for copy in (union, store))
    assert sorted(some.splitlines()) == sorted(everything.splitlines())


@pytest.mark.parametrize(
    "exclusion",
    [
        Exclusion(only=("Daily_Times",)),
        Exclusion(as_of="2021-07-12"),
    ],
)
def test_what_is_built_of_one_source_is_what_is_left_without_all_others(
    store: Store, exclusion: Exclusion
) -> None:
    kernel, reduced = Kernel(store), Store()
    reduced.extend(store)
    removal = exclusion.removal(store)
    rebuilt, part = rebuild(store, kernel, removal)
    change = Materialisation(kernel).exclude(reduced, kernel, removal, union=True)
    change.apply(reduced, union=True)
    assert set(rebuilt) == set(reduced)
    assert set(part.quads()) == set(kernel.quads())
    assert set(rebuilt.named_graphs()) == set(reduced.named_graphs())


@pytest.mark.parametrize(
    "exclusion",
    [
        Exclusion(("inp-wealthpk-2026-04-29",)),
        Exclusion(as_of="2021-07-12"),
    ],
)
def test_the_whole_dataset_can_be_read_beside_the_rest(store: Store, exclusion: Exclusion) -> None:
    copy = Store()
    copy.extend(store)
    dataset = WorkerDataset(copy, True, 1 << 20, materialisation=Materialisation.build(copy))
    assert dataset.reconciliation.ask("entity", "robotics")["result"]
    dataset.exclude_sources(exclusion)
    rest = set(dataset.store)
    assert rest != set(store)
    known = {quad.subject.value for quad in rest if isinstance(quad.subject, NamedNode)}
    named = dataset.reconciliation.ask("entity", "robotics")["result"]
    assert all(ID + own["id"] in known for own in named)
    with dataset.open_whole() as whole:
        assert set(whole) == set(store)
    assert set(dataset.store) == rest


def test_the_types_of_things_stand_side_by_side(union: Store) -> None:
    are_types = [quad.predicate == RDF.TYPE for quad in union]
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
