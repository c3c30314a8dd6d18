"""The plan that carries a store over to another vocabulary, made without a server."""

from pathlib import Path

import pytest
from pyoxigraph import Quad, RdfFormat, parse

from graph.errors import ModalityError, UnfollowedAxiomError
from ontology.namespace import HEAD, PREFIXES
from ontology.release import current_version, read_release
from server.engine.location import Location
from server.engine.writing.generation import Generations
from server.writing.migration import (
    Migration,
    plan_migration,
    publish_migration,
)
from server.writing.store import open_generations, require_vocabulary


def fill_store(
    folder: Path, trig: str, *, union: bool = True, version: str = "0.1.0"
) -> Generations:
    """Return a store of an old vocabulary and some statements."""
    quads: list[Quad] = [*(read_release(version) or ()), *parse(HEAD + trig, RdfFormat.TRIG)]
    source = folder / "source.nq"
    source.write_text("".join(f"{quad} .\n" for quad in quads))
    return open_generations(folder / "store", Location(source), union=union, new=True)


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
    generations = open_generations(tmp_path / "store", Location(source), union=True, new=True)
    require_vocabulary(generations)
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


def test_a_record_that_marks_a_deed_as_an_aim_is_named(tmp_path: Path) -> None:
    record = """
    GRAPH <x:s1> { <x:a> cpec:cooperatesIn <x:b> }
    GRAPH graph:evidence {
      <x:r1> a rdf:Statement ; oa:hasSource <x:s1> ; cpec:modality cpec:Aim ;
        rdf:subject <x:a> ; rdf:predicate cpec:cooperatesIn ; rdf:object <x:b> }"""
    with pytest.raises(ModalityError, match="say it with cpec:intendsCooperationIn") as refused:
        plan_migration(fill_store(tmp_path, record))
    assert refused.value.record == "x:r1"


def test_a_deed_that_follows_from_an_aim_by_an_axiom_of_the_owner_is_named(tmp_path: Path) -> None:
    axiom = "cpec:intendsCooperationIn rdfs:subPropertyOf cpec:cooperatesIn"
    with pytest.raises(
        ModalityError, match="cpec:cooperatesIn, which is cpec:Reported, would follow from cpec:"
    ):
        plan_migration(fill_store(tmp_path, f"GRAPH graph:ontology {{ {axiom} }}"))


GIVEN = """
GRAPH <x:s1> {
  id:Programme cpec:facilitates id:Scheme . id:Iran cpec:plannedPartyTo id:Scheme .
  id:Paper prov:qualifiedAttribution id:Signer . id:Ceremony cpec:signs id:Paper .
  id:Letter prov:qualifiedAttribution id:Author .
  id:Goods cpec:donor id:China ; cpec:plansToProvide id:Radars , id:Training .
  id:Loot cpec:recipient id:Iran . id:Whole_Article cpec:derivedFrom id:Agency .
}
GRAPH graph:evidence {
  <x:s1> a cpec:Sentence .
  <x:r1> a rdf:Statement ; oa:hasSource <x:s1> ; cpec:modality cpec:Reported ;
    rdf:subject id:Programme ; rdf:predicate cpec:facilitates ; rdf:object id:Scheme .
}
"""


@pytest.mark.parametrize("union", [True, False])
def test_what_is_said_of_another_thing_is_stated_so_or_named(tmp_path: Path, union: bool) -> None:
    generations = fill_store(tmp_path, GIVEN, union=union, version="0.3.0")
    migration = plan_migration(generations)
    asked = """ASK {
      GRAPH <x:s1> {
        id:Scheme cpec:facilitatedThrough id:Programme ; cpec:hasPlannedParty id:Iran .
        id:Ceremony prov:qualifiedAssociation id:Signer .
      }
      GRAPH graph:evidence {
        <x:r1> rdf:subject id:Scheme ; rdf:object id:Programme ;
          rdf:predicate cpec:facilitatedThrough .
      }
    }"""
    assert generations.store.query(asked, prefixes=PREFIXES)
    gone = "ASK { GRAPH ?g { ?s cpec:facilitates|cpec:plannedPartyTo ?o } }"
    assert not generations.store.query(gone, prefixes=PREFIXES)
    assert migration.left == ()
    assert migration.unsettled == (
        "id:Goods gives several things: make each a giving of its own",
        "id:Letter has a participant and not one signing: tie the part to an event",
        "id:Loot is a giving without a giver: say who gives (cpec:donor)",
        "id:Whole_Article is derived because a sentence is: say so of the sentence alone",
    )
