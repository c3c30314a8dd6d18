"""Follows what solutions need to the supports that provenance knows, each different need once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import repeat
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Store, Variable

from graph.citing.extending.plan import (
    Context,
    Edge,
    Inner,
    Need,
    Part,
    Placed,
    Presence,
    Walk,
    Witness,
    free,
)
from graph.citing.following.join import Join
from graph.citing.following.scan import GraphScan, Scan
from graph.citing.following.solution import UNBOUND, Key, Numbering, Row, Solutions
from graph.citing.following.walk import Reached, Walker
from graph.citing.weighing.ledger import Ledger, Needed, Traced
from graph.citing.weighing.supports import NO_NEED
from graph.reasoning.many.multitude import Multitudes
from graph.reasoning.sets.combination import any_of
from graph.reasoning.sets.support import GIVEN, NOTHING, Support
from graph.sparql.syntax import Group, Node, Path
from ontology.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH

ANY: Final = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#value")


DEFAULT: Final = 1 << 62
"""In place of the number of a name, the default graph."""


class Tracer:
    """Follows plans through the provenance of a dataset.

    `default` names the graphs of FROM, where there are any; `inner` traces a row of a subselect,
    and `witness` the solutions of an EXISTS.
    """

    def __init__(
        self,
        multitudes: Multitudes,
        default: tuple[str, ...] | None,
        inner: Callable[[Inner, Row], Traced],
        witness: Callable[[Witness, Row], Traced],
    ) -> None:
        provenance = self.provenance = multitudes.provenance
        self.default = default
        self.inner = inner
        self.witness = witness
        self.terms = Numbering(provenance.lexicon)
        self.ledger = Ledger(multitudes)
        self.constants: dict[Node, int] = {}
        self.quads: dict[tuple[int, int], int] = {}
        self.numbers: dict[int, int] = {}
        self.walkers: dict[str | None, Walker] = {}
        self.reached: dict[tuple[int, Path, bool, str | None], Reached] = {}

    def trace(self, needs: Iterable[Need], solutions: Solutions) -> Iterator[Needed]:
        """Yield what each solution needs, by numbers of the ledger."""
        columns = list(self.columns(needs, solutions))
        return zip(*columns, strict=True) if columns else repeat((), solutions.size)

    def columns(self, needs: Iterable[Need], solutions: Solutions) -> Iterator[Sequence[int]]:
        """Yield for each need what it comes to in each solution."""
        for need in needs:
            if isinstance(need, Part):
                yield from self.part(need, solutions)
            elif isinstance(need, Edge):
                yield self.edges(need, solutions)
            elif isinstance(need, Placed):
                yield self.placed(need, solutions)
            elif isinstance(need, Presence):
                yield self.presences(need, solutions)
            else:
                followed = Followed(need, self.follow)
                yield list(map(followed.__getitem__, solutions.rows(followed.variables)))

    def known(
        self, group: Group, wanted: Collection[Variable], fresh: Callable[[], Variable]
    ) -> tuple[Solutions, Sequence[Need]] | None:
        """Return the solutions of a group that the index knows all by itself, else None.

        They are beside what they need: in the default graph the triples, one for each pattern, by
        columns of their places.
        """
        if self.default is not None or not self.provenance.whole:
            return None
        union = self.provenance.union
        if scan := Scan.of(group):
            place = fresh()
            return scan.solutions(union, self.terms, wanted, place), [Placed(place, again=False)]
        if within := GraphScan.of(group):
            found = within.solutions(union, self.provenance.names, self.terms)
            return found, within.needs
        if join := Join.of(group, fresh):
            joined = join.solutions(union, self.terms, wanted)
            needs = [Placed(place, again=True) for place in join.patterns]
            return None if joined is None else (joined, needs)
        return None

    def edges(self, edge: Edge, solutions: Solutions) -> Sequence[int]:
        """Return what a triple comes to in each solution."""
        nodes = edge.subject, edge.predicate, edge.object
        packed = self.provenance.union.pack(*(self.column(node, solutions) for node in nodes))
        if edge.context is None and self.default is None:
            return self.ledger.supports.facts(packed)
        if edge.context is None:
            return [self.quad(fact, DEFAULT) for fact in packed]
        contexts = self.column(edge.context, solutions)
        graphs = self.provenance.names.named(contexts)
        stated = self.ledger.supports.stated(packed, graphs)
        if min(graphs, default=0) >= 0:
            return stated
        quads = zip(packed, contexts, stated, graphs, strict=True)
        return [
            number if graph >= 0 else self.quad(fact, context)
            for fact, context, number, graph in quads
        ]

    def placed(self, need: Placed, solutions: Solutions) -> Sequence[int]:
        """Return what a triple of the index comes to in each solution."""
        places, numbered = solutions.column(need.place), self.ledger.supports.numbered
        if not need.again:
            return list(numbered(places))
        new = [one for one in dict.fromkeys(places) if one not in self.numbers]
        self.numbers.update(zip(new, numbered(new), strict=True))
        return list(map(self.numbers.__getitem__, places))

    def quad(self, packed: int, context: int) -> int:
        """Return what a packed fact comes to in a graph that is no source."""
        found = self.quads.get((packed, context))
        if found is None:
            graph = None if context == DEFAULT else self.name(context)
            support = self.support(self.provenance.union.at(packed), graph)
            found = self.ledger.enter(support, graph != INFERRED_GRAPH)
            self.quads[packed, context] = found
        return found

    def column(self, node: Node, solutions: Solutions) -> Sequence[int]:
        """Return what a node stands for in each solution."""
        if isinstance(node, Variable):
            return solutions.column(node)
        return [self.value(node, {})] * solutions.size

    def part(self, part: Part, solutions: Solutions) -> Iterator[Sequence[int]]:
        """Yield what a part comes to in the solutions that bind its marker."""
        bound = [marker != UNBOUND for marker in solutions.column(part.marker)]
        for column in self.columns(part.needs, solutions.where(bound)):
            found = iter(column)
            yield [next(found) if one else NO_NEED for one in bound]
        if part.optional and not all(bound):
            unsure = self.ledger.enter(GIVEN, sure=False)
            yield [NO_NEED if one else unsure for one in bound]

    def follow(self, need: Need, row: Row) -> int:
        """Return the number of what one need rests on."""
        match need:
            case Walk():
                return self.walk(need, row)
            case Inner():
                return self.ledger.record(self.inner(need, row))
            case Witness():
                return self.ledger.record(self.witness(need, row))
        raise TypeError(need)

    def walk(self, walk: Walk, row: Row) -> int:
        """Return what a path of a context rests on; it is followed from an end that stays."""
        graph = self.graph(walk.context, row)
        back = isinstance(walk.subject, Variable) and not isinstance(walk.object, Variable)
        start, end = (self.value(node, row) for node in (walk.subject, walk.object))
        if start < 0 or end < 0:
            return self.ledger.enter(NOTHING)
        if back:
            start, end = end, start
        place = start, walk.path, back, graph
        if place not in self.reached:
            self.reached[place] = self.walker(graph).step(walk.path, {start: GIVEN}, back=back)
        support = self.reached[place].get(end, NOTHING)
        return self.ledger.enter(support, graph != INFERRED_GRAPH)

    def walker(self, graph: str | None) -> Walker:
        """Return what walks the triples of a graph."""
        if graph not in self.walkers:
            place = self.provenance.union.place
            self.walkers[graph] = Walker(
                self.provenance, lambda fact: self.support(place(fact), graph)
            )
        return self.walkers[graph]

    def presences(self, presence: Presence, solutions: Solutions) -> Sequence[int]:
        """Return what it rests on that a named graph is there: itself, where it is a source."""
        names = self.column(presence.name, solutions)
        graphs, alone = self.provenance.names.named(names), self.ledger.supports.alone
        others = {name for name, graph in zip(names, graphs, strict=True) if graph < 0}
        present = {name: self.presence(self.name(name)) for name in others}
        return [
            alone[graph] if graph >= 0 else present[name]
            for name, graph in zip(names, graphs, strict=True)
        ]

    def presence(self, graph: str) -> int:
        """Return what the presence of a graph that is no source rests on."""
        if graph in {INFERRED_GRAPH, ONTOLOGY_GRAPH}:
            return self.ledger.enter(GIVEN, sure=graph == ONTOLOGY_GRAPH)
        return self.ledger.enter(NOTHING)

    def support(self, place: int, graph: str | None) -> Support:
        """Return the support of the fact of a place in a graph; None is the default graph."""
        provenance = self.provenance
        if graph is not None:
            return provenance.support_in(place, graph)
        if self.default is None:
            return NOTHING if place < 0 else provenance.support_at(place)
        return any_of(provenance.support_in(place, name) for name in self.default)

    def graph(self, context: Context, row: Row) -> str | None:
        """Return the name of the graph of a context; "" where the row does not bind it."""
        if context is None:
            return None
        return self.name(self.value(context, row))

    def name(self, number: int) -> str:
        """Return the name of a graph; "" where the number is that of none."""
        return self.terms.iri(number) or ""

    def value(self, node: Node, row: Row) -> int:
        """Return the number of the term that a node stands for, as the store holds it."""
        if isinstance(node, Variable):
            return row.get(node, UNBOUND)
        if node not in self.constants:
            self.constants[node] = self.terms[stored(node) if isinstance(node, Literal) else node]
        return self.constants[node]


class Followed(dict[Key, int]):
    """What one need comes to, by the values of its variables."""

    def __init__(self, need: Need, follow: Callable[[Need, Row], int]) -> None:
        super().__init__()
        self.need = need
        self.follow = follow
        self.variables = tuple(dict.fromkeys(free(need)))

    def __missing__(self, values: Key) -> int:
        row = dict(zip(self.variables, values, strict=True))
        found = self[values] = self.follow(self.need, row)
        return found


def stored(literal: Literal) -> Literal:
    """Return a literal as the store gives it back: `01` comes back as `1`."""
    store = Store()
    store.add(Quad(ANY, ANY, literal))
    value = next(iter(store)).object
    return value if isinstance(value, Literal) else literal
