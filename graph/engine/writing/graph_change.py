"""The effect of PUT, POST and DELETE on one graph (SPARQL 1.1 Graph Store Protocol)."""

from __future__ import annotations

from pyoxigraph import DefaultGraph, NamedNode, Store

from graph.dataset import UNNAMED_GRAPH
from graph.engine.request import Verb
from graph.engine.writing.effect import Effect
from graph.engine.writing.rdf_document import RdfDocument
from graph.errors import UnknownNameError


def evaluate_change(
    store: Store,
    verb: Verb,
    graph: NamedNode | DefaultGraph,
    document: RdfDocument | None,
    *,
    union: bool,
) -> tuple[Effect, bool]:
    """Return the effect of a change, and whether the graph existed; the store is not changed.

    "drop" has no document. Raises UnknownNameError if it names no graph, and BodySyntaxError.
    """
    target = UNNAMED_GRAPH if union and isinstance(graph, DefaultGraph) else graph
    names = {target.value} if isinstance(target, NamedNode) else set()
    missing = set() if store.contains_named_graph(target) else names
    existed = isinstance(graph, DefaultGraph) or not missing
    if verb == "drop" and not existed:
        raise UnknownNameError(f"no graph {', '.join(missing)}")
    effect = Effect()
    if document is None:
        effect.dropped = names - missing
    else:
        contents = Store()
        document.read_into(contents, target)
        effect.added = set(contents)
        effect.created = missing
    if verb != "merge":
        effect.removed = set(store.quads_for_pattern(None, None, None, target)) - effect.added
    effect.added = {quad for quad in effect.added if quad not in store}
    return effect, existed
