"""Materialisation: the quads of `graph:inferred` are kept equal to the closure at each write.

Editorial quads follow a write too: titles of sentences, first and last days of a month.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store

from graph.curating.period import compute_period_bounds
from graph.dataset import graph_of, memory_store, takes_part
from graph.errors import ForbiddenError, OnDiskError, UnfollowedAxiomError
from graph.excluding.exclusion import Removal
from graph.reasoning.kernel import INFERRED, Kernel
from graph.wording.title import drop_titled, make_titles
from ontology.namespace import EVIDENCE_GRAPH, INFERRED_GRAPH, ONTOLOGY_GRAPH
from ontology.terms import CPEC, DCTERMS
from server.engine.framing import Header
from server.engine.writing.delta import Delta, Effect, parse_quads

MAX_REPORTED_CONTRADICTIONS: Final = 20
"""The contradictions that the answer to a write names."""

DERIVED: Final = "graph:inferred holds what follows from other graphs: write what it follows from"

UNFOLLOWED: Final = "the ontology has an axiom that no rule follows"

LOADING: Final = "the dataset is still being loaded, so the inferences of a write are not known"

CLOSING_IS_LONG: Final = """, while the dataset was being closed under other axioms; nothing was \
written. Put the axioms into the ontology's files and build again, or serve with more \
--write-deadline"""
"""The reason why a worker that follows other axioms misses its deadline."""


@dataclass(slots=True)
class Materialisation:
    """The kernel that infers quads, and the `drift` of `graph:inferred` in the store from it.

    Without a kernel nothing is inferred, for the `reason` given, or because it is still `loading`.
    If the ontology has no axioms, `graph:inferred` is a graph like any other.
    """

    kernel: Kernel | None = None
    drift: Effect = field(default_factory=Effect)
    loading: bool = False
    reason: str = ""

    @classmethod
    def build(cls, store: Store) -> Materialisation:
        """Return the materialisation of a store, without a kernel if no rule follows an axiom."""
        try:
            kernel = Kernel(store)
        except UnfollowedAxiomError:
            return cls(reason=UNFOLLOWED)
        return cls(kernel, compute_drift(store, kernel))

    def extend(self, effect: Effect) -> tuple[Effect, Header]:
        """Return the effect of a write with its inferences, and the report for its answer.

        The kernel is changed. Raises ForbiddenError for a write into `graph:inferred`, OnDiskError
        while the kernel is being loaded, and UnfollowedAxiomError.
        """
        report: Header = {"added": len(effect.added), "removed": len(effect.removed)}
        if self.kernel is None:
            if self.loading and changes_closure(effect):
                raise OnDiskError(LOADING)
            return effect, report | {"inferred": None}
        stated = without_inferred(effect) if self.kernel.tbox.rulebook.heads else effect
        change = self.kernel.write(stated.added, stated.removed)
        inferred = self.drift.then(Effect(set(change.removed), set(change.added)))
        kept = effect.removed - stated.removed - inferred.removed
        contradictions = change.contradictions[:MAX_REPORTED_CONTRADICTIONS]
        report = {
            "added": len(stated.added),
            "removed": len(stated.removed),
            "inferred": {"added": len(inferred.added), "removed": len(inferred.removed)},
            "kept": len(kept),
            "contradictions": [contradiction.message for contradiction in contradictions],
        }
        added, removed = stated.added | inferred.added, stated.removed | inferred.removed
        return replace(stated, added=added, removed=removed), report

    def exclude(self, store: Store, kernel: Kernel, removal: Removal, *, union: bool) -> Delta:
        """Return the delta of an exclusion, with its inferences and editorial quads.

        The kernel is changed, and the store but for its inferences.
        """
        removed = {kernel.quad(*quad) for quad in removal.list_removed(kernel)}
        effect = Effect(removed, dropped=removal.graphs)
        stated = with_editorial_quads(store, effect, union=union)
        effect, _ = self.extend(stated)
        self.drift = Effect()
        return effect.delta()

    def require_writable(self, graph: NamedNode | DefaultGraph) -> None:
        """Raise ForbiddenError if the graph is `graph:inferred` and rules fill it."""
        if graph == INFERRED and self.kernel is not None and self.kernel.tbox.rulebook.heads:
            raise ForbiddenError(DERIVED)

    def apply(self, delta: Delta) -> None:
        """Apply to the kernel a delta that the store already has."""
        if self.kernel is not None:
            self.kernel.write(parse_quads(delta.added), parse_quads(delta.removed))
            self.drift = Effect()


def rebuild(store: Store, kernel: Kernel, removal: Removal) -> tuple[Store, Kernel]:
    """Return what is left of a store, and its kernel.

    It is what `exclude` makes of the store, in time that depends on the quads that stay.
    """
    kept = removal.list_kept(kernel)
    part = kernel.restrict_to_statements(kept)
    rebuilt = memory_store(part.quads())
    for graph in store.named_graphs():
        if graph.value not in removal.graphs:
            rebuilt.add_graph(graph)
    dating = {kernel.lexicon.number(NamedNode(CPEC + name)) for name in DATING}
    subjects = {
        kernel.lexicon.term(fact[0])
        for fact, _, graph in kept
        if graph == kernel.evidence or fact[1] in dating
    }
    things = [subject for subject in subjects if isinstance(subject, NamedNode)]
    before, after = derive_quads(store, things), derive_quads(rebuilt, things)
    editorial = correct_editorial_quads(rebuilt, before - after, after - before, union=True)
    Materialisation(part).extend(editorial)[0].delta().apply(rebuilt, union=True)
    return rebuilt, part


def explain_size_limit(max_quads: int) -> str:
    """Return the reason why a dataset with more quads than the limit has no kernel."""
    return f"the dataset is beyond the limit of {max_quads} quads for citing (--cite-most)"


def compute_drift(store: Store, kernel: Kernel) -> Effect:
    """Return the effect that makes `graph:inferred` of a store equal to the kernel's closure."""
    if not kernel.tbox.rulebook.heads:
        return Effect()
    stored = set(store.quads_for_pattern(None, None, None, INFERRED))
    inferred = set(kernel.inferred_quads())
    return Effect(stored - inferred, inferred - stored)


def without_inferred(effect: Effect) -> Effect:
    """Return an effect without its removals from `graph:inferred`, which the kernel alone writes.

    Raises ForbiddenError if the effect adds a quad to that graph.
    """
    if any(quad.graph_name == INFERRED for quad in effect.added):
        raise ForbiddenError(DERIVED)
    removed = {quad for quad in effect.removed if quad.graph_name != INFERRED}
    return replace(effect, removed=removed, dropped=effect.dropped - {INFERRED_GRAPH})


def changes_axioms(effect: Effect) -> bool:
    """Return whether an effect changes the ontology."""
    return any(graph_of(quad) == ONTOLOGY_GRAPH for quad in (*effect.added, *effect.removed))


def changes_closure(effect: Effect) -> bool:
    """Return whether an effect changes a graph that takes part in the closure."""
    return any(map(takes_part, {graph_of(quad) for quad in (*effect.added, *effect.removed)}))


DATING: Final = ("date", "earliest", "latest")
"""The properties of an event whose day is derived, or from which it is."""

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
    return effect.then(correct_editorial_quads(store, before, after, union=union))


def correct_editorial_quads(
    store: Store, before: set[Quad], after: set[Quad], *, union: bool
) -> Effect:
    """Return the effect that replaces derived quads by others; the store loses the former."""
    removed = {quad for quad in before - after if quad in store}
    Effect(removed).delta().apply(store, union=union)
    new = {quad for quad in after if quad not in store}
    new_titles = set(drop_titled(store, [quad for quad in new if quad.predicate == DCTERMS.TITLE]))
    added = {quad for quad in new if quad.predicate != DCTERMS.TITLE or quad in new_titles}
    return Effect(removed, added)


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
    return {*make_titles(store, things), *compute_period_bounds(store, things)}
