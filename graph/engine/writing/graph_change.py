"""What a change of one graph changes (SPARQL 1.1 Graph Store Protocol); the store stays."""

from __future__ import annotations

from pyoxigraph import DefaultGraph, NamedNode, Store

from graph.engine.request import Verb
from graph.engine.unnamed import UNNAMED
from graph.engine.writing.effect import Effect
from graph.engine.writing.rdf_document import Document
from graph.errors import UnknownNameError


def effect_of_change(
    store: Store,
    verb: Verb,
    graph: NamedNode | DefaultGraph,
    document: Document | None,
    *,
    union: bool,
) -> tuple[Effect, bool]:
    """Return what a change makes, and whether the graph was there; to drop needs no document.

    Raises UnknownNameError for a drop of no graph, and BodySyntaxError.
    """
    target = UNNAMED if union and isinstance(graph, DefaultGraph) else graph
    names = {target.value} if isinstance(target, NamedNode) else set()
    missing = set() if store.contains_named_graph(target) else names
    existed = isinstance(graph, DefaultGraph) or not missing
    if verb == "drop" and not existed:
        raise UnknownNameError(f"no graph {', '.join(missing)}")
    effect = Effect()
    if document is None:
        effect.dropped = names - missing
    else:
        part = Store()
        document.read_into(part, target)
        effect.added = set(part)
        effect.created = missing
    if verb != "merge":
        effect.removed = set(store.quads_for_pattern(None, None, None, target)) - effect.added
    effect.added = {quad for quad in effect.added if quad not in store}
    return effect, existed
