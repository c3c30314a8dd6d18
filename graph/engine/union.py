"""The union alone: the default graph in a store of its own, for the questions that name no graph.

The engine's memory store finds a pattern by walking what is known of one of its terms, whatever
graph it stands in. Of a hub, such as a country, the copies in the named graphs make that walk
much longer; a store without them has nothing to pass over.
"""

from __future__ import annotations

from pyoxigraph import DefaultGraph, Quad, Store

from graph.engine.writing.delta import Delta, quads
from ontology.terms import RDF


def union_of(store: Store) -> Store:
    """Return a store of the default graph alone.

    The types of things come first, side by side in memory, for a count by class to read them so.
    The rest stays as it came, subject by subject, for joins ask for that.
    """
    alone = Store()
    for predicate in (RDF.TYPE, None):
        alone.extend(store.quads_for_pattern(None, predicate, None, DefaultGraph()))
    return alone


def follow(alone: Store, store: Store, delta: Delta) -> None:
    """Bring the union alone to where a delta has brought the store."""
    for quad in (*quads(delta.removed), *quads(delta.added)):
        triple = Quad(quad.subject, quad.predicate, quad.object)
        if triple in store:
            alone.add(triple)
        else:
            alone.remove(triple)
