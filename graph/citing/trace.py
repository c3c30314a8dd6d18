"""Traces the solutions of a query to the lineage of each of its uses.

Each distinct triple, path or inner row is traced once, and has a number; a solution is the
conjunction of its numbers, column by column.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import repeat
from typing import Any, TypeAlias, cast

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store, Variable

from graph.citing.index import EvidenceIndex, Search
from graph.citing.lineage import (
    GIVEN,
    NOTHING,
    UNKNOWN,
    BranchUse,
    ExistsUse,
    GraphUse,
    Lineage,
    PatternUse,
    SubselectUse,
    TermTriple,
    Use,
    Walk,
    join_lineages,
    unite_lineages,
)
from graph.citing.path import Reached, Walker
from graph.citing.solution import UNBOUND, Key, Memo, SolutionSequence, Term, TermNumbers
from graph.sparql.scope import select_columns
from graph.sparql.syntax import Node, Path
from ontology.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH

Needs: TypeAlias = tuple[int, ...]
"""The lineages that a solution needs, by number: their conjunction."""

NO_NEED = 0
"""The number of the lineage GIVEN."""

ANY = NamedNode("x:any")
NO_GRAPH = ""
"""The name of an unbound graph."""


class Tracer:
    """Traces solutions; `default` are the graphs of the default graph, None for all graphs.

    `inner_rows` gives the lineages of rows of a subselect, or of an EXISTS, in a graph.
    """

    def __init__(
        self,
        store: Store,
        index: EvidenceIndex,
        terms: TermNumbers,
        default: tuple[str, ...] | None,
        inner_rows: Callable[
            [SubselectUse | ExistsUse, Collection[Key], str | None], Mapping[Key, Lineage]
        ],
    ) -> None:
        self.store, self.index, self.terms = store, index, terms
        self.default = default
        self.inner_rows = inner_rows
        self.most = 2 * index.thresholds.proofs
        self.search = Search.ALL
        self.lineages: list[Lineage] = []
        self.numbers: dict[Lineage, int] = {}
        self.triples = Memo(self.number_triples_of)
        self.reached = Memo(self.follow_path)
        self.constants = Memo(self.number_constant)
        self.enter(GIVEN)

    def enter(self, lineage: Lineage) -> int:
        """Return the number of a lineage."""
        number = self.numbers.get(lineage)
        if number is None:
            number = self.numbers[lineage] = len(self.lineages)
            self.lineages.append(lineage)
        return number

    def trace(self, uses: Iterable[Use], solutions: SolutionSequence) -> Iterator[Needs]:
        """Yield the needs of each solution."""
        columns = list(self.trace_uses(uses, solutions))
        if columns:
            return zip(*columns, strict=True)
        return iter([()] * solutions.size)

    def join(self, needs: Needs, most: int) -> Lineage:
        """Return the lineage of a solution."""
        return join_lineages(map(self.lineages.__getitem__, needs), most)

    def trace_uses(
        self, uses: Iterable[Use], solutions: SolutionSequence
    ) -> Iterator[Sequence[int]]:
        """Yield for each use the number of its lineage in each solution."""
        for use in uses:
            match use:
                case PatternUse():
                    trace = self.trace_triples if use.is_triple else self.trace_paths
                    yield trace(use, solutions)
                case GraphUse(name):
                    numbers = Memo(self.number_presence)
                    yield list(map(numbers.__getitem__, self.read_node(name, solutions)))
                case BranchUse():
                    yield from self.trace_branch(use, solutions)
                case SubselectUse():
                    yield self.trace_inner(use, select_columns(use.select), solutions)
                case ExistsUse():
                    yield self.trace_inner(use, use.shared, solutions)

    def trace_triples(self, use: PatternUse, solutions: SolutionSequence) -> Sequence[int]:
        """Return the lineage of a triple in each solution."""
        nodes: tuple[Any, ...] = (use.pattern.subject, use.pattern.predicate, use.pattern.object)
        triples = zip(*(self.read_node(node, solutions) for node in nodes), strict=True)
        if use.context is None:
            return list(map(self.triples[None].__getitem__, triples))
        graphs = self.read_node(use.context, solutions)
        return [self.triples[graph][key] for graph, key in zip(graphs, triples, strict=True)]

    def number_triples_of(self, graph: int | None) -> Memo[Key, int]:
        """Return a memo of the lineages of triples in a graph; None is the default graph."""
        return Memo(partial(self.number_triple, None if graph is None else self.graph_name(graph)))

    def number_triple(self, graph: str | None, key: Key) -> int:
        """Return the lineage of a triple in a graph, by its number."""
        subject, predicate, value = self.terms.row(key)
        if subject is None or not isinstance(predicate, NamedNode) or value is None:
            return self.enter(NOTHING)
        return self.enter(self.find_lineage((subject, predicate, value), graph))

    def trace_paths(self, use: PatternUse, solutions: SolutionSequence) -> Sequence[int]:
        """Return the lineage of a path in each solution, traced once for the same ends."""
        ends = (self.read_node(end, solutions) for end in (use.pattern.subject, use.pattern.object))
        paths = list(zip(*ends, self.list_contexts(use, solutions), strict=True))
        numbers = {key: self.enter(self.trace_path(use, *key)) for key in dict.fromkeys(paths)}
        return list(map(numbers.__getitem__, paths))

    def list_contexts(
        self, use: PatternUse | SubselectUse | ExistsUse, solutions: SolutionSequence
    ) -> Iterator[str | None]:
        """Yield the graph of a use in each solution, None for the default graph."""
        if use.context is None:
            return repeat(None, solutions.size)
        return map(self.graph_name, self.read_node(use.context, solutions))

    def trace_path(self, use: PatternUse, start: int, end: int, graph: str | None) -> Lineage:
        """Return the lineage of a path: of the steps of a shortest way.

        It starts at the constant end, so that one search serves all solutions. Other ways may need
        fewer graphs, so it is doubtful whether the path needs all graphs of this way.
        """
        pattern = use.pattern
        back = isinstance(pattern.subject, Variable) and not isinstance(pattern.object, Variable)
        first, last = self.terms.row((end, start) if back else (start, end))
        if graph == NO_GRAPH or first is None or last is None:
            return NOTHING
        way = self.reached[first, pattern.predicate, back, graph].get(last)
        if way is None:
            return NOTHING
        steps = join_lineages((self.find_lineage(triple, graph) for triple in way), self.most)
        walk = Walk(first, pattern.predicate, last, back, graph)
        return Lineage(steps.sets, False, True, steps.triples, walk)

    def follow_path(self, key: tuple[Term, Path | Variable, bool, str | None]) -> Reached:
        """Return the nodes that a path reaches from a node, or back along it, in a graph."""
        start, path, back, graph = key
        walker = self.make_walker(self.store, graph)
        return walker.follow(cast("Path", path), {start: ()}, back=back)

    def make_walker(
        self,
        store: Store,
        graph: str | None,
        allowed: Callable[[TermTriple], bool] = lambda _: True,
    ) -> Walker:
        """Return a walker of paths in a graph of a store; None is the default graph."""
        names = self.default or () if graph is None else (graph,)
        return Walker(store, tuple(map(NamedNode, names)) or (DefaultGraph(),), allowed)

    def number_presence(self, graph: int) -> int:
        """Return the lineage of the presence of a named graph, by its number."""
        name = self.graph_name(graph)
        if name == ONTOLOGY_GRAPH:
            return NO_NEED
        if name == INFERRED_GRAPH:
            return self.enter(Lineage(GIVEN.sets, complete=False, doubtful=True))
        return self.enter(self.index.find_presence(name, self.most))

    def trace_branch(self, use: BranchUse, solutions: SolutionSequence) -> Iterator[Sequence[int]]:
        """Yield the lineages of a branch in the solutions that bind its marker."""
        bound = [marker != UNBOUND for marker in solutions.column(use.marker)]
        for column in self.trace_uses(use.uses, solutions.filter(bound)):
            lineages = iter(column)
            yield [next(lineages) if is_bound else NO_NEED for is_bound in bound]
        if use.optional and not all(bound):
            unsure = self.enter(Lineage(GIVEN.sets, doubtful=True))
            yield [NO_NEED if is_bound else unsure for is_bound in bound]

    def trace_inner(
        self, use: SubselectUse | ExistsUse, shared: Sequence[Variable], solutions: SolutionSequence
    ) -> Sequence[int]:
        """Return the lineage of a subselect or EXISTS in each solution, with one query a graph."""
        pairs = list(zip(solutions.rows(shared), self.list_contexts(use, solutions), strict=True))
        missing = self.enter(GIVEN if isinstance(use, ExistsUse) and not use.required else UNKNOWN)
        numbers: dict[tuple[Key, str | None], int] = {}
        for graph in {graph for _, graph in pairs} - {NO_GRAPH}:
            rows = dict.fromkeys(key for key, other in pairs if other == graph)
            for key, lineage in self.inner_rows(use, rows, graph).items():
                numbers[key, graph] = self.enter(lineage)
        return [numbers.get(key, missing) for key in pairs]

    def find_lineage(self, triple: TermTriple, graph: str | None) -> Lineage:
        """Return the lineage of a triple in a graph; None is the default graph."""
        if graph is not None:
            return self.find_lineage_in(triple, graph)
        if self.default is None:
            return self.index.find_lineage(triple, self.most, self.search)
        lineages = (self.find_lineage_in(triple, name) for name in self.default)
        return unite_lineages(lineages, self.most)

    def find_lineage_in(self, triple: TermTriple, graph: str) -> Lineage:
        """Return the lineage of a triple in a named graph."""
        if graph == NO_GRAPH:
            return UNKNOWN
        if graph == INFERRED_GRAPH:
            lineage = self.index.find_lineage(triple, self.most, self.search)
            return Lineage(lineage.sets, complete=False, doubtful=True, triples=lineage.triples)
        return self.index.find_lineage_in(triple, graph, self.most)

    def graph_name(self, number: int) -> str:
        """Return the name of a graph, NO_GRAPH for an unbound one."""
        term = self.terms[number]
        return term.value if isinstance(term, NamedNode) else NO_GRAPH

    def read_node(self, node: Node, solutions: SolutionSequence) -> Sequence[int]:
        """Return the value of a node in each solution."""
        if isinstance(node, Variable):
            return solutions.column(node)
        return [self.constants[node]] * solutions.size

    def number_constant(self, node: Node) -> int:
        """Return the number of a term of the query."""
        return self.terms.number(normalise_literal(node) if isinstance(node, Literal) else node)  # type: ignore[arg-type]


def normalise_literal(literal: Literal) -> Term:
    """Return a literal in the store's own spelling: `01` comes back as `1`."""
    store = Store()
    store.add(Quad(ANY, ANY, literal))
    term: Term = next(iter(store)).object
    return term
