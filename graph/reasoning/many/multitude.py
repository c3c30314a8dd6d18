"""Many facts that all have to hold: a least set of graphs in which they do.

It is compiled as ground.py is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set

from graph.reasoning.facts.fact_index import TOGETHER
from graph.reasoning.many.ground import Ground
from graph.reasoning.many.standing import Standing
from graph.reasoning.many.vicinity import Vicinity
from graph.reasoning.provenance import Provenance
from graph.reasoning.sets.choice import needed_by
from graph.reasoning.sets.reduction import Reduction
from graph.reasoning.sets.support import EMPTY, Graphs, Support


class Multitudes:
    """What the multitudes of one dataset are counted with: there is one of them at a time."""

    def __init__(self, provenance: Provenance) -> None:
        self.provenance = provenance
        self.ground = Ground(provenance.assemblies)
        self.standing = Standing(self.ground, provenance.assemblies)
        self.vicinity = Vicinity(self.ground, provenance.depths)

    def of(
        self, places: Iterable[int], sure: Graphs = EMPTY, others: Sequence[Support] = ()
    ) -> Multitude:
        """Return the facts of some places, and what else has to hold; each is of the closure.

        No graph that takes no part in the closure holds one of the facts. `sure` are graphs that
        are needed anyway, `others` the supports of what is no fact. Facts of a literal that may
        follow from others are left to their supports.
        """
        self.standing.begin()
        self.ground.enter(sure)
        left = self.standing.ask(places)
        return Multitude(self, sure, [*others, *map(self.provenance.support_at, left)])


class Multitude:
    """Facts that all have to hold, but those that `sure` graphs hold, and what else has to."""

    def __init__(self, kind: Multitudes, sure: Graphs, others: Sequence[Support]) -> None:
        self.provenance, self.vicinity = kind.provenance, kind.vicinity
        self.ground, self.standing = kind.ground, kind.standing
        self.places = kind.standing.places
        self.sure = sure
        self.others = others

    def ones(self) -> Graphs:
        """Return the graphs of which each holds all."""
        if len(self.sure) > 1:
            return EMPTY
        found = self.sure or None
        for place in self.places:
            found = self.holders(place) if found is None else found & self.holders(place)
            if not found:
                return EMPTY
        for one in self.others:
            found = one.ones if found is None else found & one.ones
        return found or EMPTY

    def holders(self, place: int) -> Graphs:
        """Return the graphs that hold the fact of a place alone."""
        index = self.provenance.union
        if index.marks[place] & TOGETHER:
            return EMPTY
        return frozenset([code >> 1 for code in index.holders(place)])

    def enter_first(self) -> None:
        """Take up the first sets of what needs several graphs."""
        self.ground.enter_first(self.places)
        for one in self.others:
            self.ground.enter(one.first(1)[0])

    def least(self) -> Graphs:
        """Return graphs in which all hold and each of which is needed for that."""
        standing = self.standing
        self.enter_first()
        standing.count()
        unmet = standing.unmet()
        if unmet:
            self.ground.enter_chosen(unmet)
            standing.uncount()
            standing.count()
        graphs = frozenset(self.ground.graphs)
        self.deepen(graphs)
        kept = self.sure | needed_by(self.others, graphs) | standing.needed()
        leaning = map(self.leaning, standing.uncounted())
        return Falling(self, graphs, kept).reduced([*self.others, *leaning])

    def deepen(self, graphs: Graphs) -> None:
        """Mark the facts that may hold in some graphs in ways that are not counted."""
        for predicate in self.standing.joined():
            for way in self.provenance.depths.of(predicate):
                if not any(map(graphs.isdisjoint, way.by)):
                    self.standing.deepen(predicate, way.subjects, way.objects, way.every)

    def leaning(self, place: int) -> Leaning:
        """Return a fact that may hold in ways that are not counted."""
        return Leaning(place, self.vicinity, self.provenance)


class Leaning:
    """A fact that may lean on others; its support tells where the vicinity does not."""

    def __init__(self, place: int, vicinity: Vicinity, provenance: Provenance) -> None:
        self.place = place
        self.vicinity = vicinity
        self.provenance = provenance

    def witness(self, graphs: Graphs, without: Set[int]) -> Graphs | None:
        """Return which of some graphs, without others, are enough to hold it, or None.

        What is left of them are the graphs of the vicinity.
        """
        found, sure = self.vicinity.witness(self.place)
        return found if sure else self.provenance.joint(self.place).witness(graphs, without)


class Falling(Reduction):
    """A reduction that also keeps facts of which it is counted in how many ways they hold.

    Those that are deep may hold in other ways too: they are watched when no counted one is left.
    """

    def __init__(self, many: Multitude, graphs: Graphs, kept: Graphs) -> None:
        super().__init__(graphs, kept)
        self.many = many

    def goes(self, graph: int) -> bool:
        """Whether all facts hold without a graph as well."""
        lost = self.many.standing.take(graph)
        if lost is None:
            return False
        for place in lost:
            if not self.moves(self.many.leaning(place)):
                break
        else:
            if Reduction.goes(self, graph):
                return True
        self.many.standing.put_back()
        return False
