"""What the project says of a write in its own word: titles of sentences, days of a month."""

from __future__ import annotations

from typing import Final

from pyoxigraph import NamedNode, Quad, Store

from graph.curating.month import month_bounds
from graph.curating.title import titles, untitled
from graph.dataset import graph_of
from graph.engine.writing.delta import apply
from graph.engine.writing.effect import Effect
from ontology.namespace import EVIDENCE_GRAPH
from ontology.terms import CPEC, DCTERMS

MOST_NAMED: Final = 10_000
"""The things that are asked for by their names; where more are touched, all are asked for."""


def with_reckoned(store: Store, effect: Effect, *, union: bool) -> Effect:
    """Return an effect with the titles and days that it makes right; the store is changed.

    A title or a day that is another than was reckoned before is a source's, and stays.
    """
    touched = touched_by(effect)
    if not touched:
        return effect
    apply(effect.delta(), store, union=union)
    after = reckoned(store, touched)
    apply(Effect(effect.added, effect.removed).delta(), store, union=union)
    before = reckoned(store, touched)
    apply(effect.delta(), store, union=union)
    gone = {quad for quad in before - after if quad in store}
    apply(Effect(gone).delta(), store, union=union)
    new = {quad for quad in after if quad not in store}
    named = set(untitled(store, [quad for quad in new if quad.predicate == DCTERMS.TITLE]))
    come = {quad for quad in new if quad.predicate != DCTERMS.TITLE or quad in named}
    return effect.then(Effect(gone, come))


def touched_by(effect: Effect) -> list[NamedNode]:
    """Return the things of which an effect changes the evidence or the date."""
    subjects = {
        quad.subject
        for quad in (*effect.added, *effect.removed)
        if quad.predicate == CPEC.DATE or graph_of(quad) == EVIDENCE_GRAPH
    }
    return [subject for subject in subjects if isinstance(subject, NamedNode)]


def reckoned(store: Store, touched: list[NamedNode]) -> set[Quad]:
    """Return the titles of the sentences that are touched, and the days of such events."""
    named = touched if len(touched) <= MOST_NAMED else None
    return {*titles(store, named), *month_bounds(store, named)}
