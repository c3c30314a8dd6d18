"""What stands in some graphs while graphs are taken out: in how many ways each fact holds in them.

Counted are the graphs that hold a fact alone, and the pairs of graphs that hold two facts from
which it follows end to end, as views are kept by counting (Gupta, Mumick and Subrahmanian,
Maintaining views incrementally, SIGMOD 1993). What holds only in other ways
(graph/reasoning/facts/depth.py) has the count of nought.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set

from graph.reasoning.assembling.assemblies import Assemblies
from graph.reasoning.facts.fact_index import ONTOLOGY
from graph.reasoning.facts.row import Rows
from graph.reasoning.facts.rulebook import END, PREDICATE, SUBJECT
from graph.reasoning.many.meeting import Meeting, Side, Taken


class Standing:
    """Facts, and the number of ways in which each holds in some graphs.

    Facts are packed; `facts` are those that are asked about, `alone` those of them that a graph
    holds alone. `ways` are counted of what else follows from the same facts too.
    """

    def __init__(
        self,
        rows: Rows,
        assemblies: Assemblies,
        facts: Collection[int],
        alone: Mapping[int, Sequence[int]],
        graphs: Iterable[int],
    ) -> None:
        self.rows = rows
        self.assemblies = assemblies
        self.facts = facts
        self.alone = alone
        self.graphs = {*graphs, ONTOLOGY}
        self.meetings = list(self.joining())
        self.sides: defaultdict[int, list[tuple[Meeting, Side]]] = defaultdict(list)
        for meeting in self.meetings:
            for side in (meeting.first, meeting.second):
                self.sides[side.predicate].append((meeting, side))
        self.ways: Counter[int] = Counter()
        for graph in self.graphs:
            self.ways.update(alone.get(graph, ()))
        for meeting in self.meetings:
            self.ways.update(meeting.read(rows, self.graphs))
        self.gone = ONTOLOGY
        self.fallen: list[int] = []
        self.taken: list[Taken] = []

    def joining(self) -> Iterator[Meeting]:
        """Yield for each pair of predicates where their facts meet that lead to what is asked."""
        asked: dict[int, tuple[set[int], set[int]]] = {}
        for fact in self.facts:
            subjects, objects = asked.setdefault(fact >> PREDICATE, (set(), set()))
            subjects.add(fact >> SUBJECT & END)
            objects.add(fact & END)
        for head, ends in asked.items():
            for pair in self.assemblies.rulebook.pairs(head):
                yield Meeting(head, pair, ends)

    def add(self, graphs: Set[int]) -> None:
        """Take up graphs that are not among them yet."""
        self.graphs |= graphs
        for graph in graphs:
            self.ways.update(self.alone.get(graph, ()))
        facts = list(self.assemblies.facts(graphs))
        for meeting in self.meetings:
            self.ways.update(meeting.grow(facts, self.rows, self.graphs))

    def take(self, graph: int, deep: Set[int]) -> list[int] | None:
        """Take a graph out, and return the deep facts that no counted way is left to.

        Where another fact has none left, the graph stays, and None is returned.
        """
        ways, asked = self.ways, self.facts
        self.graphs.discard(graph)
        self.gone, self.taken, self.fallen = graph, [], []
        lost = []
        for fact in self.falling(graph):
            left = ways[fact] = ways[fact] - 1
            self.fallen.append(fact)
            if not left and fact in asked:
                if fact not in deep:
                    self.put_back()
                    return None
                lost.append(fact)
        return lost

    def falling(self, graph: int) -> Iterator[int]:
        """Take out the facts of a graph, and yield each fact to which a way is lost by that."""
        yield from self.alone.get(graph, ())
        for fact in self.assemblies.facts((graph,)):
            for meeting, side in self.sides.get(fact >> PREDICATE, ()):
                yield from meeting.without(side, fact, self.taken)

    def put_back(self) -> None:
        """Put back the graph that was taken last."""
        self.graphs.add(self.gone)
        for ends, end in self.taken:
            ends[end] += 1
        self.ways.update(self.fallen)
