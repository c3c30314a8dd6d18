"""Supports: the sets of named graphs that hold a fact by themselves, each shown to be minimal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.reasoning.alternatives import Alternatives, minimal
from graph.reasoning.bounds import Bounds
from graph.reasoning.closure import NONE, Closure, Graphs, premises
from graph.reasoning.rulebook import Fact
from graph.reasoning.search import Cone

if TYPE_CHECKING:
    from graph.reasoning.kernel import Kernel


@dataclass(frozen=True, slots=True)
class Supports:
    """Supports of a fact, the smallest first, and whether there are or may be more.

    `sufficient` are those of them that hold the fact but were not shown to need each graph.
    """

    sets: tuple[Graphs, ...]
    more: bool
    sufficient: frozenset[Graphs] = frozenset()


def first_support(kernel: Kernel, fact: Fact) -> Graphs:
    """Return a support of a fact from the leaves of its reason, shrunk."""
    if fact in kernel.given:
        return NONE
    if fact not in kernel.closure:
        return kernel.singleton(min(kernel.apart[fact]))
    stated = kernel.closure.stated.get(fact)
    support = kernel.singleton(min(stated)) if stated else covering(leaves(kernel.closure, fact))
    return shrunk(kernel, fact, support)[0]


def leaves(closure: Closure, goal: Fact) -> list[Graphs]:
    """Return the graphs that state each of the stated facts that a fact rests on by its reason."""
    found: dict[Fact, Graphs] = {}
    seen, stack = {goal}, [goal]
    while stack:
        fact = stack.pop()
        if fact in closure.stated:
            found[fact] = closure.stated[fact]
        elif fact in closure.why:  # or else it is given
            unseen = [one for one in premises(closure.why[fact]) if one not in seen]
            seen.update(unseen)
            stack += unseen
    return list(found.values())


def covering(leaves: list[Graphs]) -> Graphs:
    """Return graphs of which one states each leaf, few of them."""
    covered: set[int] = set()
    for graphs in sorted(leaves, key=len):
        if covered.isdisjoint(graphs):
            covered.add(min(graphs))
    return frozenset(covered)


def shrunk(kernel: Kernel, fact: Fact, graphs: Graphs) -> tuple[Graphs, bool]:
    """Return a set of graphs without those that a fact does not need, and whether that is shown.

    One graph that states a fact is needed unless the ontology alone has the fact.
    """
    if len(graphs) <= 1:
        return graphs, True
    if len(graphs) > kernel.bounds.graphs:
        return graphs, False
    shown = True
    for graph in sorted(graphs, reverse=True):
        rest = graphs - {graph}
        enough = holds(kernel, fact, rest)
        shown = shown and enough is not None
        graphs = rest if enough else graphs
    return graphs, shown


def holds(kernel: Kernel, fact: Fact, graphs: Graphs) -> bool | None:
    """Return whether a fact holds in some graphs that take part in the closure, None if unknown."""
    closure = kernel.closure
    if fact in kernel.given or not closure.stated.get(fact, NONE).isdisjoint(graphs):
        return True
    if fact not in closure:
        return False
    cone = Cone.of(closure, fact, kernel.bounds, within=graphs)
    if cone.holds_in(graphs):
        return True
    if not cone.cut:
        return False
    if kernel.size(graphs) <= kernel.bounds.closed:
        return fact in kernel.closed(graphs).closure
    return None


def supports(kernel: Kernel, fact: Fact, at_most: int) -> Supports:
    """Return the supports of a fact, so many at most."""
    if fact in kernel.given:
        return Supports((NONE,), more=False)
    for bounds in (kernel.bounds.nearer(), kernel.bounds):
        known = alternatives(kernel, fact, bounds)
        sets = known.first(at_most)
        if known.exact:
            return Supports(sets, more=len(known) > len(sets))
        if len(known.alone) >= at_most:
            return Supports(sets, more=True)
    if not sets:
        sets = (first_support(kernel, fact),)
    tried: dict[Graphs, bool] = dict(shrunk(kernel, fact, one) for one in sets)
    ordered = sorted(tried, key=lambda one: (len(one), sorted(one)))
    sufficient = frozenset(one for one, shown in tried.items() if not shown)
    return Supports(tuple(ordered), more=True, sufficient=sufficient)


def alternatives(kernel: Kernel, fact: Fact, bounds: Bounds) -> Alternatives:
    """Return the sets of graphs that hold a fact, as far as a search goes."""
    closure, apart = kernel.closure, kernel.apart.get(fact, NONE)
    if fact not in closure:
        return Alternatives(apart)
    if not kernel.rulebook.concluding(fact):
        return Alternatives(closure.stated[fact] | apart)
    known = Cone.of(closure, fact, bounds).supports(bounds)
    return minimal(known.alone | apart, known.several, bounds.alternatives, known.exact)
