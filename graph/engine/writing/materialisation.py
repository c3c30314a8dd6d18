"""What follows from a write: the quads of `graph:inferred` that come and go with it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Store

from graph.dataset import graph_of, takes_part
from graph.engine.framing import Header
from graph.engine.writing.delta import Delta, quads
from graph.engine.writing.effect import Effect
from graph.errors import ForbiddenError, OnDiskError, UnfollowedAxiomError
from graph.reasoning.kernel import INFERRED, Kernel
from ontology.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH

MOST_TOLD: Final = 20
"""The contradictions that the answer to a write names."""

DERIVED: Final = "graph:inferred holds what follows from other graphs: write what it follows from"

UNFOLLOWED: Final = "the ontology has an axiom that no rule follows"

LOADING: Final = "the dataset is still being loaded, so what follows from a write is not known"

CLOSING: Final = "the dataset was being closed again by other axioms"
"""What a worker says on stderr when it begins that."""

CLOSING_IS_LONG: Final = f""", while {CLOSING}; nothing was written. \
Put the axioms into the ontology's files and build again, or serve with more --write-deadline"""


@dataclass(slots=True)
class Materialisation:
    """The kernel of a dataset, and what of `graph:inferred` is not as the kernel has it.

    Without a kernel nothing follows a write, for a `reason`, or it is `awaited`.
    Where the ontology has no axioms, `graph:inferred` is a graph like another.
    """

    kernel: Kernel | None = None
    drift: Effect = field(default_factory=Effect)
    awaited: bool = False
    reason: str = ""

    @classmethod
    def of(cls, store: Store) -> Materialisation:
        """Return what follows the writes to a store, nothing if it has an unfollowed axiom."""
        try:
            kernel = Kernel(store)
        except UnfollowedAxiomError:
            return cls(reason=UNFOLLOWED)
        return cls(kernel, drift_of(store, kernel))

    def follow(self, effect: Effect) -> tuple[Effect, Header]:
        """Return what a write changes with what follows from it, and what its answer tells.

        The kernel is changed. Raises ForbiddenError for a write into `graph:inferred`, OnDiskError
        where the kernel is awaited, and UnfollowedAxiomError.
        """
        told: Header = {"added": len(effect.added), "removed": len(effect.removed)}
        if self.kernel is None:
            if self.awaited and touches_the_closure(effect):
                raise OnDiskError(LOADING)
            return effect, told | {"inferred": None}
        stated = without_inferred(effect) if self.kernel.tbox.rulebook.heads else effect
        change = self.kernel.write(stated.added, stated.removed)
        inferred = self.drift.then(Effect(set(change.removed), set(change.added)))
        kept = effect.removed - stated.removed - inferred.removed
        told = {
            "added": len(stated.added),
            "removed": len(stated.removed),
            "inferred": {"added": len(inferred.added), "removed": len(inferred.removed)},
            "kept": len(kept),
            "contradictions": [one.message for one in change.contradictions[:MOST_TOLD]],
        }
        added, removed = stated.added | inferred.added, stated.removed | inferred.removed
        return replace(stated, added=added, removed=removed), told

    def require_written(self, graph: NamedNode | DefaultGraph) -> None:
        """Raise ForbiddenError if a graph is the one that is not written but inferred."""
        if graph == INFERRED and self.kernel is not None and self.kernel.tbox.rulebook.heads:
            raise ForbiddenError(DERIVED)

    def apply(self, delta: Delta) -> None:
        """Bring the kernel to where a delta has brought the store."""
        if self.kernel is not None:
            self.kernel.write(quads(delta.added), quads(delta.removed))
            self.drift = Effect()


def beyond(most: int) -> str:
    """Return that a dataset has more quads than are followed and cited."""
    return f"the dataset is beyond the limit of {most} quads for citing (--cite-most)"


def drift_of(store: Store, kernel: Kernel) -> Effect:
    """Return what is to be changed so that `graph:inferred` holds what follows, and that alone."""
    if not kernel.tbox.rulebook.heads:
        return Effect()
    there = set(store.quads_for_pattern(None, None, None, INFERRED))
    follows = set(kernel.inferred())
    return Effect(there - follows, follows - there)


def without_inferred(effect: Effect) -> Effect:
    """Return an effect without `graph:inferred`, which is written by what follows alone.

    Raises ForbiddenError where something would be added there.
    """
    if any(quad.graph_name == INFERRED for quad in effect.added):
        raise ForbiddenError(DERIVED)
    removed = {quad for quad in effect.removed if quad.graph_name != INFERRED}
    return replace(effect, removed=removed, dropped=effect.dropped - {INFERRED_GRAPH})


def changes_axioms(effect: Effect) -> bool:
    """Return whether an effect changes the ontology, by which the dataset is closed."""
    return any(graph_of(quad) == ONTOLOGY_GRAPH for quad in (*effect.added, *effect.removed))


def touches_the_closure(effect: Effect) -> bool:
    """Return whether an effect changes a graph that takes part in the closure."""
    return any(map(takes_part, {graph_of(quad) for quad in (*effect.added, *effect.removed)}))
