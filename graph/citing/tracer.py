"""Follows a plan for one solution: which sets of graphs hold all that the solution rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from pyoxigraph import Literal, NamedNode, Quad, Store, Variable

from graph.axiom import Term
from graph.citing.plan import Context, Edge, Inner, Need, Part, Presence, Walk, Witness
from graph.citing.walk import Walker
from graph.fact import Fact
from graph.provenance import Provenance
from graph.sparql.syntax import Node
from graph.support import GIVEN, NOTHING, Support, all_of, any_of
from ontology.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH

Row: TypeAlias = Mapping[Variable, Term | None]

ANY: Final = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#value")


@dataclass(frozen=True, slots=True)
class Traced:
    """What a solution rests on; where `sure` is false, other solutions may need fewer graphs."""

    support: Support
    sure: bool = True

    def __or__(self, other: Traced) -> Traced:
        """Return what a row rests on that two solutions give."""
        return Traced(self.support | other.support, self.sure and other.sure)

    def __and__(self, other: Traced) -> Traced:
        """Return what a row rests on that needs both."""
        return Traced(self.support & other.support, self.sure and other.sure)


def both(traced: Iterable[Traced]) -> Traced:
    """Return what it rests on that all of these hold."""
    listed = list(traced)
    return Traced(all_of(one.support for one in listed), all(one.sure for one in listed))


def either(traced: Iterable[Traced]) -> Traced:
    """Return what it rests on that one of these holds."""
    listed = list(traced)
    if len(listed) == 1:
        return listed[0]
    return Traced(any_of(one.support for one in listed), all(one.sure for one in listed))


class Tracer:
    """Follows plans through the provenance of a dataset.

    `default` names the graphs of FROM, where there are any; `inner` traces a row of a subselect,
    and `witness` the solutions of an EXISTS.
    """

    def __init__(
        self,
        provenance: Provenance,
        default: tuple[str, ...] | None,
        inner: Callable[[Inner, Row], Traced],
        witness: Callable[[Witness, Row], Traced],
    ) -> None:
        self.provenance = provenance
        self.default = default
        self.inner = inner
        self.witness = witness
        self.edges: dict[tuple[Term, Term, Term, str | None], Traced] = {}
        self.canonical: dict[Literal, Literal] = {}

    def trace(self, needs: Iterable[Need], row: Row) -> Traced:
        """Return what a solution rests on."""
        return both(self.follow(need, row) for need in needs)

    def follow(self, need: Need, row: Row) -> Traced:  # noqa: PLR0911 - a case for each kind
        """Return what one need rests on."""
        match need:
            case Edge():
                return self.edge(need, row)
            case Walk():
                return self.walk(need, row)
            case Part(marker, needs, optional):
                if row.get(marker) is None:
                    return Traced(GIVEN, sure=not optional)
                return self.trace(needs, row)
            case Presence(name):
                return self.presence(name, row)
            case Inner():
                return self.inner(need, row)
            case Witness():
                return self.witness(need, row)

    def edge(self, edge: Edge, row: Row) -> Traced:
        """Return what a triple of a context rests on."""
        ends = [self.value(node, row) for node in (edge.subject, edge.predicate, edge.object)]
        graph = self.graph(edge.context, row)
        subject, predicate, value = ends
        if subject is None or predicate is None or value is None:
            return Traced(NOTHING)
        key = subject, predicate, value, graph
        found = self.edges.get(key)
        if found is None:
            fact = self.provenance.fact(subject, predicate, value)
            support = NOTHING if fact is None else self.supporter(graph)(fact)
            found = self.edges[key] = Traced(support, sure=graph != INFERRED_GRAPH)
        return found

    def walk(self, walk: Walk, row: Row) -> Traced:
        """Return what a path of a context rests on."""
        graph = self.graph(walk.context, row)
        numbers = self.provenance.lexicon.numbers
        start, end = (self.value(node, row) for node in (walk.subject, walk.object))
        if start is None or end is None or start not in numbers or end not in numbers:
            return Traced(NOTHING)
        walker = Walker(self.provenance, self.supporter(graph))
        support = walker.walk(numbers[start], walk.path, numbers[end])
        return Traced(support, sure=graph != INFERRED_GRAPH)

    def presence(self, name: NamedNode | Variable, row: Row) -> Traced:
        """Return what the presence of a named graph rests on: that graph, where it is a source."""
        graph = self.graph(name, row)
        if graph in {INFERRED_GRAPH, ONTOLOGY_GRAPH}:
            return Traced(GIVEN, sure=graph == ONTOLOGY_GRAPH)
        number = self.provenance.numbers.get(graph or "")
        return Traced(NOTHING if number is None else self.provenance.alone(number))

    def supporter(self, graph: str | None) -> Callable[[Fact], Support]:
        """Return what gives the support of a triple in a graph; None is the default graph."""
        provenance, default = self.provenance, self.default
        if graph is not None:
            return lambda fact: provenance.support_in(fact, graph)
        if default is None:
            return provenance.support
        return lambda fact: any_of(provenance.support_in(fact, name) for name in default)

    def graph(self, context: Context, row: Row) -> str | None:
        """Return the name of the graph of a context; "" where the row does not bind it."""
        if context is None:
            return None
        name = self.value(context, row)
        return name.value if isinstance(name, NamedNode) else ""

    def value(self, node: Node, row: Row) -> Term | None:
        """Return the term that a node stands for in a row, as the store holds it."""
        if isinstance(node, Variable):
            return row.get(node)
        if not isinstance(node, Literal):
            return node
        if node not in self.canonical:
            self.canonical[node] = stored(node)
        return self.canonical[node]


def stored(literal: Literal) -> Literal:
    """Return a literal as the store gives it back: `01` comes back as `1`."""
    store = Store()
    store.add(Quad(ANY, ANY, literal))
    value = next(iter(store)).object
    return value if isinstance(value, Literal) else literal
