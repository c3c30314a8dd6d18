"""Retirement: a write that retires an article removes all of it, and the article stays away.

The write states `id:X owl:deprecated true` in `graph:retired`, as the file `retired.ttl` of the
master copy does. An article is its name and all names below it: sentences, records, selectors.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

from graph.curating.evidence import find_revisions
from graph.curating.master import Retired
from graph.dataset import graph_of
from graph.errors import ConflictError
from ontology.namespace import EDITORIAL_GRAPH, ID, INFERRED_GRAPH, LINKS, RETIRED_GRAPH, shorten
from ontology.terms import OA, OWL, SCHEMA, GraphName, RdfTerm
from server.engine.writing.delta import Delta, Effect
from server.writing.modality_check import Slice

RETIRED: Final = NamedNode(RETIRED_GRAPH)
TRUE: Final = Literal(True)


def is_retiring(delta: Delta) -> bool:
    """Return whether a delta may retire something: then nothing is kept of the past."""
    return f"<{RETIRED_GRAPH}>".encode() in delta.added


def with_retirements(store: Store, effect: Effect, *, union: bool) -> Effect:
    """Return an effect that removes what it retires, with its revisions; the store is changed.

    Things that only the removed sources mention lose their names and links. Raises ConflictError
    for an effect that states something of an article that was retired before.
    """
    before = read_retired(store.quads_for_pattern(None, None, None, RETIRED))
    new = read_retired(quad for quad in effect.added if quad.graph_name == RETIRED) - before
    if before:
        require_absent(effect, before - read_retired(effect.removed))
    if not new:
        return effect
    if effect.removed or any(quad.graph_name != RETIRED for quad in effect.added):
        effect.delta().apply(store, union=union)
    new |= {revision for iri in new for revision in find_revisions(store, iri)}
    stored = Slice(store, union=union)
    removed = find_parts(stored, new)
    removed |= find_orphans(stored, removed)
    dropped = {graph_of(quad) for quad in removed if is_part(quad.graph_name, new)}
    retired = {Quad(NamedNode(iri), OWL.DEPRECATED, TRUE, RETIRED) for iri in new}
    return effect.then(Effect(removed, {q for q in retired if q not in store}, dropped))


def read_retired(quads: Iterable[Quad]) -> set[str]:
    """Return the things that quads of `graph:retired` retire without a successor."""
    retired = Retired.from_quads(quad for quad in quads if quad.graph_name == RETIRED)
    return {iri for iri in retired.gone if iri.startswith(ID) and iri not in retired.replaced}


def require_absent(effect: Effect, retired: set[str]) -> None:
    """Raise ConflictError if an effect states something of what is retired."""
    for quad in effect.added:
        if quad.graph_name != RETIRED and mentions(quad, retired):
            name = next(iri for iri in retired if mentions(quad, {iri}))
            raise ConflictError(
                f"{shorten(name)} is retired: nothing is stated of it while graph:retired names it"
            )


def is_part(node: RdfTerm | GraphName | Triple, articles: set[str]) -> bool:
    """Return whether a term is one of these articles, or a part of one."""
    if isinstance(node, Triple):
        return any(is_part(term, articles) for term in node)
    if not isinstance(node, NamedNode) or not node.value.startswith(ID):
        return False
    name = node.value[len(ID) :].partition("#")[0].partition("/")[0]
    return ID + name in articles


def mentions(quad: Quad, articles: set[str]) -> bool:
    """Return whether a quad names one of these articles, or a part of one."""
    return any(is_part(node, articles) for node in quad)


PARTS: Final = frozenset({OA.HAS_SELECTOR, SCHEMA.ARCHIVED_AT})
"""The properties of the parts of an article that its names do not begin: words and copies."""


def select(part: Slice, subject: RdfTerm | None = None, value: RdfTerm | None = None) -> set[Quad]:
    """Return the quads with a subject, or with an object."""
    return set(part.quads(subject, None, value))  # type: ignore[arg-type]  # a literal has none


def find_parts(stored: Slice, articles: set[str]) -> set[Quad]:
    """Return the quads of articles: those that name them, and the records of their sentences.

    A record goes with the last of its sources, a selector and a blank node with the last quad that
    has it as object.
    """
    removed = {
        quad for quad in select(stored) if quad.graph_name != RETIRED and mentions(quad, articles)
    }
    waiting = list(removed)
    part: RdfTerm
    for quad in waiting:
        if quad.predicate == OA.HAS_SOURCE:
            part, holding = quad.subject, select(stored, quad.subject)
            holding = {other for other in holding if other.predicate == OA.HAS_SOURCE}
        elif quad.predicate in PARTS or isinstance(quad.object, BlankNode):
            part, holding = quad.object, select(stored, value=quad.object)
        else:
            continue
        if holding <= removed:
            own = select(stored, part) - removed
            removed |= own
            waiting += own
    return removed


def find_orphans(stored: Slice, removed: set[Quad]) -> set[Quad]:
    """Return the names and links of the things that only removed quads mention."""
    orphans: set[Quad] = set()
    waiting = [node for quad in removed for node in (quad.subject, quad.object)]
    for node in waiting:
        if not isinstance(node, NamedNode) or not node.value.startswith(ID):
            continue
        own, others = select(stored, node), select(stored, value=node)
        left = {q for q in own | others if graph_of(q) != INFERRED_GRAPH} - removed - orphans
        if left and left <= own and all(map(is_editorial, left)):
            orphans |= left
            waiting += [quad.object for quad in left]
    return orphans


def is_editorial(quad: Quad) -> bool:
    """Return whether a quad is our own word about a thing: a name, a type, a link."""
    return graph_of(quad) == EDITORIAL_GRAPH or graph_of(quad).startswith(LINKS)
