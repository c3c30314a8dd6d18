"""The inferred quads are added and removed with each write, and are on disk together with it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, NamedNode, Quad, Store

from graph.answering.evaluation import Query
from graph.dataset import with_union
from graph.errors import DeadlineError, ForbiddenError, OnDiskError, UnfollowedAxiomError
from graph.reasoning.kernel import INFERRED, Kernel
from ontology.namespace import ID, INFERRED_GRAPH
from ontology.terms import CPEC
from server.engine.writing.delta import Effect
from server.graph_engine import GraphEngine
from server.graph_settings import GraphSettings
from server.request import GraphChange, Update
from server.writing.materialisation import Materialisation
from tests.graph import toy
from tests.server.engine.local_engine import LocalEngine

ONTOLOGY = """
PREFIX owl: <http://www.w3.org/2002/07/owl#>
INSERT DATA { GRAPH graph:ontology {
  cpec:p rdfs:subPropertyOf cpec:q . cpec:q a owl:TransitiveProperty ; rdfs:domain cpec:A .
  cpec:A owl:disjointWith cpec:B } }
"""
FACTS = "GRAPH id:a\\/s01 { id:x cpec:p id:y . id:y cpec:p id:z }"


def make_store(*stated: Quad) -> Store:
    store = Store()
    store.extend(with_union([*toy.AXIOMS, *stated]))
    return store


@settings(max_examples=40)
@given(toy.datasets, st.lists(st.tuples(toy.datasets, toy.datasets), max_size=3))
def test_the_inferred_graph_is_what_follows_after_any_writes(
    stated: tuple[Quad, ...], writes: list[tuple[tuple[Quad, ...], tuple[Quad, ...]]]
) -> None:
    store = make_store(*stated)
    # The store lacks all inferred quads: the first write adds them.
    materialisation = Materialisation.build(store)
    for added, removed in [((), ()), *writes]:
        effect = Effect(
            {quad for quad in removed if quad in store} - {*added},
            {quad for quad in added if quad not in store},
        )
        worker = Materialisation(Kernel(store), materialisation.drift)
        extended, report = worker.extend(effect)
        assert (report["added"], report["removed"]) == (len(effect.added), len(effect.removed))
        extended.delta().apply(store, union=True)
        materialisation.apply(extended.delta())
        closure = {*Kernel(store).inferred_quads()}
        assert {*store.quads_for_pattern(None, None, None, INFERRED)} == closure
        assert materialisation.kernel is not None
        assert {*materialisation.kernel.inferred_quads()} == closure
        union = store.quads_for_pattern(None, None, None, DefaultGraph())
        named = {quad.triple for quad in store if quad.graph_name != DefaultGraph()}
        assert {quad.triple for quad in union} == named


def test_what_is_taken_out_of_the_inferred_graph_and_follows_is_kept_and_counted() -> None:
    store = make_store(
        Quad(toy.THINGS[0], toy.PREDICATES[0], toy.THINGS[1], NamedNode(toy.GRAPHS[0]))
    )
    materialisation = Materialisation.build(store)
    materialisation.extend(Effect())[0].delta().apply(store, union=True)
    materialisation = Materialisation.build(store)
    inferred = {*store.quads_for_pattern(None, None, None, INFERRED)}
    extended, report = materialisation.extend(Effect(removed=inferred, dropped={INFERRED_GRAPH}))
    assert extended == Effect()
    assert report["kept"] == len(inferred) > 0


def test_without_axioms_the_inferred_graph_is_like_another() -> None:
    fact = Quad(toy.THINGS[0], toy.PREDICATES[0], toy.THINGS[1], INFERRED)
    effect = Effect(added={fact})
    assert Materialisation.build(Store()).extend(effect)[0] == effect


def test_a_write_that_something_may_follow_from_waits_for_the_kernel() -> None:
    in_closure = Quad(toy.THINGS[0], toy.PREDICATES[0], toy.THINGS[1], NamedNode(toy.GRAPHS[0]))
    outside = Quad(toy.THINGS[0], toy.PREDICATES[0], toy.THINGS[1], NamedNode("x:g"))
    with pytest.raises(OnDiskError):
        Materialisation(loading=True).extend(Effect(added={in_closure}))
    for materialisation in (Materialisation(loading=True), Materialisation()):
        effect = Effect(added={outside})
        assert materialisation.extend(effect) == (
            effect,
            {"added": 1, "removed": 0, "inferred": None},
        )


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphEngine]:
    with LocalEngine.start(
        GraphSettings(data_dir=tmp_path_factory.mktemp("data"), quick_workers=2)
    ) as engine:
        engine.update(Update(ONTOLOGY))
        yield engine


def holds(engine: GraphEngine, pattern: str) -> bool:
    return bool(json.loads(engine.query(Query(f"ASK {{ {pattern} }}")).body)["boolean"])


def test_what_follows_is_seen_by_the_next_query_and_told(engine: GraphEngine) -> None:
    change = engine.update(Update(f"INSERT DATA {{ {FACTS} }}"))
    assert (change.added, change.report["inferred"]) == (2, {"added": 5, "removed": 0})
    assert holds(engine, "GRAPH graph:inferred { id:x cpec:q id:z . id:y a cpec:A }")
    change = engine.update(Update("DELETE DATA { GRAPH id:a\\/s01 { id:y cpec:p id:z } }"))
    assert (change.removed, change.report["inferred"]) == (1, {"added": 0, "removed": 3})
    assert not holds(engine, "id:x cpec:q id:z")
    engine.change(GraphChange("drop", ID + "a/s01"))
    assert not holds(engine, "GRAPH graph:inferred { ?s ?p ?o }")


def test_a_contradiction_is_told_and_the_write_is_made(engine: GraphEngine) -> None:
    text = "INSERT DATA { GRAPH id:a\\/s02 { id:x cpec:p id:y . id:x a cpec:B } }"
    contradictions = engine.update(Update(text)).report["contradictions"]
    assert contradictions == ["Disjoint classes cpec:A and cpec:B have a common individual id:x"]
    assert engine.change(GraphChange("drop", ID + "a/s02")).report["contradictions"] == []


def test_an_axiom_that_is_not_followed_is_refused_by_name(engine: GraphEngine) -> None:
    text = "INSERT DATA { GRAPH graph:ontology { cpec:p owl:hasKey cpec:q } }"
    before = engine.version
    with pytest.raises(UnfollowedAxiomError, match="cpec:p owl:hasKey cpec:q"):
        engine.update(Update(f"PREFIX owl: <http://www.w3.org/2002/07/owl#> {text}"))
    assert engine.version == before


def test_the_inferred_graph_is_not_written(engine: GraphEngine) -> None:
    with pytest.raises(ForbiddenError, match="write what it follows from"):
        engine.update(Update("INSERT DATA { GRAPH graph:inferred { id:x cpec:q id:y } }"))
    with pytest.raises(ForbiddenError, match="write what it follows from"):
        engine.change(GraphChange("drop", INFERRED_GRAPH))


def test_an_update_that_takes_everything_out_leaves_nothing_that_follows(tmp_path: Path) -> None:
    own = GraphSettings(data_dir=tmp_path / "data", quick_workers=2, default_graph="own")
    with LocalEngine.start(own) as engine:
        engine.update(Update(f"{ONTOLOGY} ; INSERT DATA {{ {FACTS} }}"))
        assert holds(engine, "GRAPH graph:inferred { id:x cpec:q id:z }")
        engine.update(Update("DROP ALL"))
        assert not holds(engine, "GRAPH ?g { ?s ?p ?o }")


@pytest.mark.long
def test_a_dataset_beyond_the_limit_of_citing_is_written_as_it_is(tmp_path: Path) -> None:
    limited = GraphSettings(data_dir=tmp_path / "data", quick_workers=2, cite_most=4)
    with LocalEngine.start(limited) as engine:
        engine.update(Update(ONTOLOGY))
    with LocalEngine.start(limited) as engine:
        assert engine.update(Update(f"INSERT DATA {{ {FACTS} }}")).report["inferred"] is None
        assert not holds(engine, "id:x cpec:q id:z")
    with LocalEngine.start(replace(limited, cite_most=1000)) as engine:
        engine.update(Update("INSERT DATA { GRAPH id:a\\/s03 { id:x cpec:p id:w } }"))
        assert holds(engine, "id:x cpec:q id:z , id:w")


@pytest.mark.long
def test_axioms_that_cannot_be_followed_in_time_change_nothing_and_are_said_to_be_why(
    tmp_path: Path,
) -> None:
    source, data = tmp_path / "chain.nq", tmp_path / "data"
    source.write_text(
        "".join(f"<{ID}{n}> <{CPEC}p> <{ID}{n + 1}> <{ID}a/s01> .\n" for n in range(2000))
    )
    axiom = "cpec:p a <http://www.w3.org/2002/07/owl#TransitiveProperty>"
    with LocalEngine.start(
        GraphSettings(source=source, data_dir=data, write_deadline=5.0)
    ) as engine:
        before = engine.version
        with pytest.raises(DeadlineError, match=r"closed under other axioms.*build again"):
            engine.update(Update(f"INSERT DATA {{ GRAPH graph:ontology {{ {axiom} }} }}"))
        assert engine.version == before
        assert not holds(engine, axiom)
        engine.update(Update(f"INSERT DATA {{ {FACTS} }}"))
        assert holds(engine, "id:x cpec:p id:y")
