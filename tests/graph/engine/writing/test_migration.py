"""The plan that carries a store over to another vocabulary, made without a server."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Quad, RdfFormat, parse

from graph.engine.location import Location
from graph.engine.writing.delta import Effect
from graph.engine.writing.generation import Generations
from graph.engine.writing.migration import (
    Migration,
    plan_migration,
    publish_migration,
)
from graph.engine.writing.modality_check import require_modalities
from graph.errors import ModalityError, UnfollowedAxiomError
from ontology.namespace import PREFIXES
from ontology.release import current_version, read_release

HEAD = "".join(f"PREFIX {name}: <{start}> " for name, start in PREFIXES.items())
OLD = read_release("0.1.0") or ()


def fill_store(folder: Path, trig: str, *, union: bool = True) -> Generations:
    """Return a store of the old vocabulary and some statements."""
    quads: list[Quad] = [*OLD, *parse(HEAD + trig, RdfFormat.TRIG)]
    source = folder / "source.nq"
    source.write_text("".join(f"{quad} .\n" for quad in quads))
    return Generations(folder / "store", Location(source), union=union)


def lines(quads: object) -> set[str]:
    assert isinstance(quads, set)
    return {str(quad) for quad in quads if "coversPeriod" in str(quad) or "#issue" in str(quad)}


@pytest.mark.parametrize("union", [True, False])
def test_a_name_is_replaced_within_a_triple_that_is_spoken_of(tmp_path: Path, union: bool) -> None:
    data = 'GRAPH <x:g> { <x:s> cpec:coversPeriod "2026-04"^^xsd:gYearMonth ~ <x:r> . }'
    generations = fill_store(tmp_path, data, union=union)
    migration = plan_migration(generations)
    assert list(migration.renamed.values()) == [2]
    named = [line for line in lines(migration.effect.added) if "<x:" in line]
    assert len(named) == 2
    assert all("#issue>" in line and "coversPeriod" not in line for line in named)
    publish_migration(generations, migration)
    assert 'coversPeriod> "' not in "".join(map(str, generations.store))


def test_a_store_without_our_vocabulary_has_nothing_to_carry_over(tmp_path: Path) -> None:
    source = tmp_path / "source.nq"
    source.write_text("<x:s> <x:p> <x:o> <x:g> .\n")
    generations = Generations(tmp_path / "store", Location(source), union=True)
    generations.require_vocabulary()
    assert plan_migration(generations) == Migration(current_version(), current_version())


def test_an_axiom_of_the_owner_that_is_not_followed_is_named(tmp_path: Path) -> None:
    key = "GRAPH graph:ontology { cpec:Country owl:hasKey ( cpec:m49 ) }"
    with pytest.raises(UnfollowedAxiomError, match="cpec:Country owl:hasKey"):
        plan_migration(fill_store(tmp_path, key))


def test_what_the_owner_states_alone_stays_as_it_is(tmp_path: Path) -> None:
    generations = fill_store(tmp_path, "GRAPH <x:g> { <x:s> cpec:concernsArea <x:a> }")
    before = {quad for quad in generations.store if "<x:g>" in str(quad)}
    plan_migration(generations)
    assert {quad for quad in generations.store if "<x:g>" in str(quad)} == before != set()


AIMS = """
GRAPH <x:s1> { <x:a> cpec:cooperatesIn <x:b> , <x:d> , <x:f> ; cpec:cooperatesWith <x:e> }
GRAPH graph:evidence {
  <x:r1> a rdf:Statement ; oa:hasSource <x:s1> ; cpec:modality cpec:Aim ;
    rdf:subject <x:a> ; rdf:predicate cpec:cooperatesIn ; rdf:object <x:b> .
  <x:r2> a rdf:Statement ; oa:hasSource <x:s1> ; cpec:modality cpec:Ongoing ;
    rdf:subject <x:a> ; rdf:predicate cpec:cooperatesIn ; rdf:object <x:d> .
  <x:r3> a rdf:Statement ; oa:hasSource <x:s1> ; cpec:modality cpec:Assessed ;
    rdf:subject <x:a> ; rdf:predicate cpec:cooperatesWith ; rdf:object <x:e> .
  <x:r4> a rdf:Statement ; oa:hasSource <x:s1> ; cpec:modality cpec:Background ;
    rdf:subject <x:a> ; rdf:predicate cpec:cooperatesIn ; rdf:object <x:f> }
GRAPH <x:s2> { <x:a> cpec:cooperatesIn <x:b> ~ <x:r5> {| cpec:modality cpec:Aim |} . }
"""


def test_a_deed_that_was_marked_as_an_aim_is_one_no_more(tmp_path: Path) -> None:
    generations = fill_store(tmp_path, AIMS)
    migration = plan_migration(generations)
    assert migration.unasserted == (
        "<x:r1>: cpec:cooperatesIn, marked cpec:Aim, becomes cpec:intendsCooperationIn",
        "<x:r3>: cpec:cooperatesWith, marked cpec:Assessed, is not asserted any more",
        "<x:r4>: cpec:cooperatesIn, marked cpec:Background, is cpec:Reported",
        "<x:r5>: cpec:cooperatesIn, marked cpec:Aim, is not asserted any more",
    )
    after = """
    ASK {
      GRAPH <x:s1> { <x:a> cpec:intendsCooperationIn <x:b> ; cpec:cooperatesIn <x:d> , <x:f> }
      GRAPH graph:evidence {
        <x:r1> a rdf:Statement ; rdf:predicate cpec:intendsCooperationIn ; cpec:modality cpec:Aim .
        <x:r3> a cpec:UnassertedStatement ; cpec:saidSubject <x:a> ; oa:hasSource <x:s1> ;
          cpec:saidPredicate cpec:cooperatesWith ; cpec:saidObject <x:e> .
        <x:r4> cpec:modality cpec:Reported }
      FILTER NOT EXISTS { <x:a> cpec:cooperatesIn <x:b> }
      FILTER NOT EXISTS { <x:a> cpec:cooperatesWith <x:e> }
      FILTER NOT EXISTS { <x:r3> rdf:subject ?any }
      GRAPH <x:s2> { <x:r5> rdf:reifies <<( <x:a> cpec:cooperatesIn <x:b> )>> } }"""
    assert generations.store.query(after, prefixes=PREFIXES)
    assert not migration.left
    require_modalities(generations.store, Effect(), union=True)


def test_a_deed_that_follows_from_an_aim_by_an_axiom_of_the_owner_is_named(tmp_path: Path) -> None:
    axiom = "cpec:intendsCooperationIn rdfs:subPropertyOf cpec:cooperatesIn"
    with pytest.raises(
        ModalityError, match="cpec:cooperatesIn, which is cpec:Reported, would follow from cpec:"
    ):
        plan_migration(fill_store(tmp_path, f"GRAPH graph:ontology {{ {axiom} }}"))
