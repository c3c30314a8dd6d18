"""Traces the solutions of a query to the lineage of each use: what the triples of it rest on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from pyoxigraph import Literal, NamedNode, Quad, Store, Variable

from graph.citing.index import EvidenceIndex, Search
from graph.citing.lineage import (
    GIVEN,
    NOTHING,
    UNKNOWN,
    BranchUse,
    Context,
    ExistsUse,
    Fact,
    GraphUse,
    Lineage,
    PathUse,
    SubselectUse,
    TripleUse,
    Use,
    either,
    free,
    joined,
)
from graph.citing.path import Reached, Walker
from graph.citing.solution import UNBOUND, Key, Solutions, Term, Terms
from graph.sparql.syntax import Node, Path
from ontology.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH

Needs: TypeAlias = tuple[int, ...]
"""What a solution needs, by the numbers of lineages."""

NO_NEED = 0
"""The number of what is given."""

ANY = NamedNode("x:any")
NO_GRAPH = ""
"""The name of a graph that a row does not bind."""


class Tracer:
    """Traces solutions; `default` are the graphs that make the default graph, None for all.

    `inner_row` gives the lineage of a row of a subselect, `witnesses` those of an EXISTS.
    """

    def __init__(
        self,
        store: Store,
        index: EvidenceIndex,
        terms: Terms,
        default: tuple[str, ...] | None,
        inner_row: Callable[[SubselectUse, str | None, Mapping[Variable, int]], Lineage],
        witnesses: Callable[[ExistsUse, Iterable[Key], str | None], Mapping[Key, Lineage]],
    ) -> None:
        self.store, self.index, self.terms = store, index, terms
        self.default = default
        self.inner_row, self.inner_witnesses = inner_row, witnesses
        self.most = 2 * index.thresholds.proofs
        self.search = Search.ALL
        self.lineages: list[Lineage] = []
        self.numbers: dict[Lineage, int] = {}
        self.triples: dict[int | None, Triples] = {None: Triples(self, None)}
        self.reached: dict[tuple[int, Path, bool, str | None], Reached] = {}
        self.constants: dict[Node, int] = {}
        self.enter(GIVEN)

    def enter(self, lineage: Lineage) -> int:
        """Return the number of a lineage."""
        number = self.numbers.get(lineage)
        if number is None:
            number = self.numbers[lineage] = len(self.lineages)
            self.lineages.append(lineage)
        return number

    def needs(self, uses: Iterable[Use], solutions: Solutions) -> Iterator[Needs]:
        """Yield what each solution needs."""
        columns = list(self.columns(uses, solutions))
        if columns:
            return zip(*columns, strict=True)
        return iter([()] * solutions.size)

    def joined(self, needs: Needs, most: int) -> Lineage:
        """Return the lineage of a solution."""
        return joined(map(self.lineages.__getitem__, needs), most)

    def columns(self, uses: Iterable[Use], solutions: Solutions) -> Iterator[Sequence[int]]:
        """Yield for each use the number of its lineage in each solution."""
        for use in uses:
            match use:
                case TripleUse():
                    yield self.triple_column(use, solutions)
                case PathUse():
                    yield self.paths(use, solutions)
                case GraphUse(name):
                    names = self.column(name, solutions)
                    present = {graph: self.presence(graph) for graph in {*names}}
                    yield list(map(present.__getitem__, names))
                case BranchUse():
                    yield from self.branch(use, solutions)
                case SubselectUse():
                    yield self.subselects(use, solutions)
                case ExistsUse():
                    yield self.witnesses(use, solutions)

    def triple_column(self, use: TripleUse, solutions: Solutions) -> Sequence[int]:
        """Return the lineage of a triple in each solution."""
        nodes = (use.subject, use.predicate, use.object)
        triples = zip(*(self.column(node, solutions) for node in nodes), strict=True)
        if use.context is None:
            return list(map(self.triples[None].__getitem__, triples))
        graphs = self.column(use.context, solutions)
        return [self.in_graph(graph)[triple] for graph, triple in zip(graphs, triples, strict=True)]

    def in_graph(self, graph: int) -> Triples:
        """Return the lineages of triples in a named graph."""
        if graph not in self.triples:
            self.triples[graph] = Triples(self, self.graph_name(graph))
        return self.triples[graph]

    def paths(self, use: PathUse, solutions: Solutions) -> Sequence[int]:
        """Return the lineage of a path in each solution, traced once for the same ends."""
        ends = self.column(use.subject, solutions), self.column(use.object, solutions)
        contexts = self.contexts(use.context, solutions)
        known: dict[Key, int] = {}
        for key in zip(*ends, contexts, strict=True):
            if key not in known:
                known[key] = self.enter(self.path(use, *key))
        return [known[key] for key in zip(*ends, contexts, strict=True)]

    def contexts(self, context: Context, solutions: Solutions) -> Sequence[int]:
        """Return the graph of a context in each solution, UNBOUND for the default graph."""
        if context is None:
            return [UNBOUND] * solutions.size
        return self.column(context, solutions)

    def path(self, use: PathUse, start: int, end: int, context: int) -> Lineage:
        """Return the lineage of a path: of the steps of a shortest one from an end that stays.

        Another path may need other graphs, so that it is doubtful whether it needs all of these.
        """
        graph = None if use.context is None else self.graph_name(context)
        back = isinstance(use.subject, Variable) and not isinstance(use.object, Variable)
        if back:
            start, end = end, start
        key = start, use.path, back, graph
        first, last = self.terms[start], self.terms[end]
        if graph == NO_GRAPH or first is None or last is None:
            return NOTHING
        if key not in self.reached:
            self.reached[key] = self.walker(graph).step(use.path, {first: ()}, back=back)
        way = self.reached[key].get(last)
        if way is None:
            return NOTHING
        several = joined((self.lineage(triple, graph) for triple in way), self.most)
        return Lineage(several.sets, complete=False, doubtful=True, triples=several.triples)

    def walker(self, graph: str | None) -> Walker:
        """Return what walks the triples of a context."""
        names = self.default or () if graph is None else (graph,)
        return Walker(self.store, tuple(map(NamedNode, names)))

    def presence(self, graph: int) -> int:
        """Return the lineage of a named graph that is there: itself, where it is a source."""
        name = self.graph_name(graph)
        if name == ONTOLOGY_GRAPH:
            return NO_NEED
        if name == INFERRED_GRAPH:
            return self.enter(Lineage(GIVEN.sets, complete=False, doubtful=True))
        return self.enter(self.index.alone(name))

    def branch(self, use: BranchUse, solutions: Solutions) -> Iterator[Sequence[int]]:
        """Yield the lineages of a branch in the solutions that bind its marker."""
        bound = [marker != UNBOUND for marker in solutions.column(use.marker)]
        for column in self.columns(use.uses, solutions.where(bound)):
            lineages = iter(column)
            yield [next(lineages) if is_bound else NO_NEED for is_bound in bound]
        if use.optional and not all(bound):
            unsure = self.enter(Lineage(GIVEN.sets, doubtful=True))
            yield [NO_NEED if is_bound else unsure for is_bound in bound]

    def subselects(self, use: SubselectUse, solutions: Solutions) -> Sequence[int]:
        """Return the lineage of a row of a subselect in each solution."""
        variables = tuple(dict.fromkeys(v for v in free(use) if v != use.context))
        known: dict[tuple[Key, int], int] = {}
        rows = list(
            zip(solutions.rows(variables), self.contexts(use.context, solutions), strict=True)
        )
        for asked in rows:
            if asked not in known:
                key, context = asked
                graph = None if use.context is None else self.graph_name(context)
                row = dict(zip(variables, key, strict=True))
                if graph == NO_GRAPH:
                    known[asked] = self.enter(NOTHING)
                else:
                    known[asked] = self.enter(self.inner_row(use, graph, row))
        return [known[asked] for asked in rows]

    def witnesses(self, use: ExistsUse, solutions: Solutions) -> Sequence[int]:
        """Return the lineage of an EXISTS in each solution."""
        keys = solutions.rows(use.shared)
        asked = list(zip(keys, self.contexts(use.context, solutions), strict=True))
        missing = self.enter(UNKNOWN if use.required else GIVEN)
        known: dict[tuple[Key, int], int] = {}
        for context in {context for _, context in asked}:
            graph = None if use.context is None else self.graph_name(context)
            if graph != NO_GRAPH:
                rows = dict.fromkeys(key for key, other in asked if other == context)
                for key, lineage in self.inner_witnesses(use, rows, graph).items():
                    known[key, context] = self.enter(lineage)
        return [known.get(key, missing) for key in asked]

    def lineage(self, triple: Fact, graph: str | None) -> Lineage:
        """Return the lineage of a triple in a graph; None is the default graph."""
        if graph is not None:
            return self.stated(triple, graph)
        if self.default is None:
            return self.index.lineage(triple, self.most, self.search)
        return either((self.stated(triple, name) for name in self.default), self.most)

    def stated(self, triple: Fact, graph: str) -> Lineage:
        """Return the lineage of a triple in a named graph, which states it itself."""
        if graph == NO_GRAPH:
            return UNKNOWN
        if graph == INFERRED_GRAPH:
            lineage = self.index.lineage(triple, self.most, self.search)
            return Lineage(lineage.sets, complete=False, doubtful=True, triples=lineage.triples)
        if Quad(*triple, NamedNode(graph)) not in self.store:  # type: ignore[arg-type]
            return NOTHING
        if graph == ONTOLOGY_GRAPH:
            return GIVEN
        alone = self.index.alone(graph)
        return Lineage(alone.sets, alone.complete, triples=(triple,))

    def graph_name(self, number: int) -> str:
        """Return the name of a graph; NO_GRAPH where the number is that of none."""
        term = self.terms[number]
        return term.value if isinstance(term, NamedNode) else NO_GRAPH

    def column(self, node: Node, solutions: Solutions) -> Sequence[int]:
        """Return the value of a node in each solution."""
        if isinstance(node, Variable):
            return solutions.column(node)
        if node not in self.constants:
            term = as_stored(node) if isinstance(node, Literal) else node
            self.constants[node] = self.terms.number(term)
        return [self.constants[node]] * solutions.size


class Triples(dict[Key, int]):
    """The numbers of the lineages of triples in one graph; None is the default graph."""

    def __init__(self, tracer: Tracer, graph: str | None) -> None:
        super().__init__()
        self.tracer = tracer
        self.graph = graph

    def __missing__(self, key: Key) -> int:
        tracer = self.tracer
        subject, predicate, value = map(tracer.terms.by_number.__getitem__, key)
        lineage = NOTHING
        if subject is not None and isinstance(predicate, NamedNode) and value is not None:
            lineage = tracer.lineage((subject, predicate, value), self.graph)
        number = self[key] = tracer.enter(lineage)
        return number


def as_stored(literal: Literal) -> Term:
    """Return a literal as the store gives it back: `01` comes back as `1`."""
    store = Store()
    store.add(Quad(ANY, ANY, literal))
    term: Term = next(iter(store)).object
    return term
