"""What carries a store over, found without a server."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Quad, RdfFormat, parse

from graph.engine.location import Location
from graph.engine.writing.generation import Generations
from graph.engine.writing.migration import Migration, plan, publish
from graph.errors import UnfollowedAxiomError
from ontology.namespace import PREFIXES
from ontology.release import current_version, read_release

HEAD = "".join(f"PREFIX {name}: <{start}> " for name, start in PREFIXES.items())
OLD = read_release("0.1.0") or ()


def filled(folder: Path, trig: str, *, union: bool = True) -> Generations:
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
    held = 'GRAPH <x:g> { <x:s> cpec:coversPeriod "2026-04"^^xsd:gYearMonth ~ <x:r> . }'
    generations = filled(tmp_path, held, union=union)
    migration = plan(generations)
    assert list(migration.renamed.values()) == [2]
    named = [line for line in lines(migration.effect.added) if "<x:" in line]
    assert len(named) == 2
    assert all("#issue>" in line and "coversPeriod" not in line for line in named)
    publish(generations, migration)
    assert 'coversPeriod> "' not in "".join(map(str, generations.store))


def test_a_store_without_our_vocabulary_has_nothing_to_carry_over(tmp_path: Path) -> None:
    source = tmp_path / "source.nq"
    source.write_text("<x:s> <x:p> <x:o> <x:g> .\n")
    generations = Generations(tmp_path / "store", Location(source), union=True)
    generations.require_vocabulary()
    assert plan(generations) == Migration(current_version(), current_version())


def test_an_axiom_of_the_owner_that_is_not_followed_is_named(tmp_path: Path) -> None:
    key = "GRAPH graph:ontology { cpec:Country owl:hasKey ( cpec:m49 ) }"
    with pytest.raises(UnfollowedAxiomError, match="cpec:Country owl:hasKey"):
        plan(filled(tmp_path, key))


def test_what_the_owner_states_alone_stays_as_it_is(tmp_path: Path) -> None:
    generations = filled(tmp_path, "GRAPH <x:g> { <x:s> cpec:concernsArea <x:a> }")
    before = {quad for quad in generations.store if "<x:g>" in str(quad)}
    plan(generations)
    assert {quad for quad in generations.store if "<x:g>" in str(quad)} == before != set()
