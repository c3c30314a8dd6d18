"""What the vicinity of a fact says of some graphs is what a closure of these graphs says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from bench.graph import closed
from graph.reasoning.many.ground import Ground
from graph.reasoning.many.vicinity import Vicinity
from graph.reasoning.provenance import Provenance
from graph.reasoning.sets.support import Graphs
from ontology.namespace import CPEC, EDITORIAL_GRAPH, ID, ONTOLOGY_GRAPH
from tests.graph import toy
from tests.graph.reasoning.test_multitude import datasets, places
from tests.graph.reclosing import Reclosing


def check(
    provenance: Provenance, reclosing: Reclosing, graphs: Graphs, chosen: Sequence[int]
) -> Counter[bool]:
    """Check what is said of some graphs, and return of how many facts it is sure or not."""
    ground = Ground(provenance.assemblies)
    ground.enter(graphs)
    vicinity = Vicinity(ground, provenance.depths)
    kept = reclosing.store(provenance.graphs(graphs))
    told: Counter[bool] = Counter()
    for place in chosen:
        quad = Quad(*provenance.triple(provenance.union.fact(place)))
        found, sure = vicinity.witness(place)
        told[sure] += 1
        if found is not None:
            assert sure
            assert found <= graphs
            assert quad in reclosing.store(provenance.graphs(found))
        elif sure:
            assert quad not in kept
    return told


@settings(max_examples=60, deadline=None)
@given(datasets, st.randoms())
def test_what_it_is_sure_of_is_so(stated: tuple[Quad, ...], dice: Random) -> None:
    quads = toy.closed(stated)
    provenance, reclosing = Provenance(quads), Reclosing(quads)
    names = range(len(provenance.names))
    for _ in range(3):
        graphs = frozenset(dice.sample(names, dice.randrange(len(names) + 1)))
        check(provenance, reclosing, graphs, places(provenance))


def test_in_our_own_model_it_is_sure_of_nearly_all() -> None:
    quads, dice = closed(1_500), Random(8)  # noqa: S311 - not a secret
    provenance, reclosing = Provenance(quads), Reclosing(quads)
    told: Counter[bool] = Counter()
    for most in (20, 60, 100):
        graphs = frozenset(dice.sample(range(len(provenance.names)), most))
        graphs |= {provenance.names.number(EDITORIAL_GRAPH)}
        told += check(provenance, reclosing, graphs, dice.sample(places(provenance), 150))
    assert told[True] >= 0.9 * told.total()


INVERSES: Final = """
PREFIX : <https://w3id.org/cpec-graph/ontology#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
:q owl:propertyChainAxiom ( :x :y ) . :r owl:inverseOf :q .
:s owl:propertyChainAxiom ( :r :z ) . :t owl:inverseOf :s ; owl:propertyChainAxiom ( :u :v ) .
"""
GIVEN_GRAPH: Final = NamedNode(ONTOLOGY_GRAPH)
STATED: Final = "n x m", "m y 4", "m y b", "n z a", "a u k", "k v 4"
"""Each in a graph of its own; `4 r n` and so `a t 4` would follow if literals could be subjects."""


def test_nothing_leans_on_a_literal_as_a_subject() -> None:
    ontology = parse(INVERSES, RdfFormat.TURTLE)
    quads = [Quad(one.subject, one.predicate, one.object, GIVEN_GRAPH) for one in ontology]
    for place, (subject, predicate, value) in enumerate(map(str.split, STATED)):
        end = Literal(value) if value.isdigit() else NamedNode(ID + value)
        graph = NamedNode(f"{ID}x/s{place:02d}")
        quads.append(Quad(NamedNode(ID + subject), NamedNode(CPEC + predicate), end, graph))
    reclosing = Reclosing(quads)
    provenance = Provenance([*quads, *reclosing.inferred(quads)])
    several = frozenset(provenance.names.number(f"{ID}x/s{place:02d}") for place in range(4))
    for graphs in (several, frozenset(range(len(provenance.names)))):
        told = check(provenance, reclosing, graphs, places(provenance))
        assert told[True] == told.total() > 5
