"""Editorial quads that follow a write: titles of sentences, first and last days of a month."""

from __future__ import annotations

from typing import Final

from pyoxigraph import NamedNode, Quad, Store

from graph.curating.month import compute_month_bounds
from graph.dataset import graph_of
from graph.engine.writing.delta import Effect
from graph.wording.title import drop_titled, make_titles
from ontology.namespace import EVIDENCE_GRAPH
from ontology.terms import CPEC, DCTERMS

MAX_NAMED_THINGS: Final = 10_000
"""The things that a query names in VALUES; if more are touched, the query reads all things."""


def with_editorial_quads(store: Store, effect: Effect, *, union: bool) -> Effect:
    """Return an effect with the editorial quads that it adds and removes; the store is changed.

    A source may state a title or a day of its own. It differs from the derived quad, and stays.
    """
    touched = touched_things(effect)
    if not touched:
        return effect
    effect.delta().apply(store, union=union)
    after = derive_quads(store, touched)
    Effect(effect.added, effect.removed).delta().apply(store, union=union)
    before = derive_quads(store, touched)
    effect.delta().apply(store, union=union)
    removed = {quad for quad in before - after if quad in store}
    Effect(removed).delta().apply(store, union=union)
    new = {quad for quad in after if quad not in store}
    new_titles = set(drop_titled(store, [quad for quad in new if quad.predicate == DCTERMS.TITLE]))
    added = {quad for quad in new if quad.predicate != DCTERMS.TITLE or quad in new_titles}
    return effect.then(Effect(removed, added))


def touched_things(effect: Effect) -> list[NamedNode]:
    """Return the things whose date or record in `graph:evidence` an effect changes."""
    subjects = {
        quad.subject
        for quad in (*effect.added, *effect.removed)
        if quad.predicate == CPEC.DATE or graph_of(quad) == EVIDENCE_GRAPH
    }
    return [subject for subject in subjects if isinstance(subject, NamedNode)]


def derive_quads(store: Store, touched: list[NamedNode]) -> set[Quad]:
    """Return the titles of the touched sentences and the days of the touched events."""
    things = touched if len(touched) <= MAX_NAMED_THINGS else None
    return {*make_titles(store, things), *compute_month_bounds(store, things)}
