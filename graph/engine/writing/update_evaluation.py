"""What a SPARQL update changes, found operation by operation; nothing but a copy is changed.

Each operation sees what those before it did (SPARQL 1.1 Update, section 3), so where one reads,
what came before is applied to the store, which in a worker is its own copy.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, cast

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, QuerySolutions, Store

from graph.answering.complaint import update_error
from graph.answering.evaluation import results
from graph.answering.evaluator import ask
from graph.engine.unnamed import UNNAMED
from graph.engine.writing.delta import apply
from graph.engine.writing.effect import Effect, graphs_of, stored
from graph.engine.writing.pattern_solutions import PatternSolutions
from graph.engine.writing.update_operation import UpdateOperation, operations
from graph.engine.writing.update_text import require_syntax
from graph.errors import ConflictError, EngineError, OnDiskError, QuerySyntaxError
from ontology.namespace import PREFIXES

Name = NamedNode | BlankNode | DefaultGraph
READ_ONLY: Final = "read-write instances"
"""What pyoxigraph says of a change of a store that is open for reading."""


def evaluate_update(store: Store, text: str, *, union: bool, base: str | None = None) -> Effect:
    """Return what an update changes; the store is changed where operations build on others.

    Raises QuerySyntaxError and ConflictError, and OnDiskError where it cannot be changed.
    """
    require_syntax(text, base)
    updating = UpdateEvaluation(store, base, union=union)
    for operation in operations(text):
        updating.do(operation)
    updating.settle()
    return updating.effect


class UpdateEvaluation:
    """An update under way: its effect so far, and what its last operations ask for."""

    def __init__(self, store: Store, base: str | None, *, union: bool) -> None:
        self.effect = Effect()
        self._store = store
        self._base = base
        self._union = union
        self._removed: set[Quad] = set()
        self._added: set[Quad] = set()
        self._dropped: set[str] = set()
        self._created: set[str] = set()

    def do(self, operation: UpdateOperation) -> None:
        """Take up one operation."""
        words = operation.words
        if words[1:2] == ["DATA"]:
            self._data(operation)
        elif words[0] == "LOAD":
            raise EngineError("LOAD is not done here")
        else:
            self._apply()
            if words[0] in {"INSERT", "DELETE", "WITH"}:
                self._modify(operation)
            elif words[0] in {"CLEAR", "DROP"}:
                self._clear(operation)
            elif words[0] == "CREATE":
                self._create(operation)
            else:
                self._copy(operation)

    def settle(self) -> Effect:
        """Return what the last operations changed in truth, now a part of the effect."""
        store = self._store
        step = Effect(
            {quad for quad in self._removed - self._added if quad in store},
            {quad for quad in self._added if quad not in store},
            self._dropped - graphs_of(self._added),
            self._created,
        )
        self.effect = self.effect.then(step)
        self._removed, self._added, self._dropped, self._created = set(), set(), set(), set()
        return step

    def _apply(self) -> None:
        """Have the store hold what the operations so far have made of it."""
        delta = self.settle().delta()
        if not delta:
            return
        try:
            apply(delta, self._store, union=self._union)
        except RuntimeError as error:
            if READ_ONLY in str(error):
                raise OnDiskError(
                    "the dataset is read from disk, where no operation can build on another"
                ) from None
            raise

    def _change(self, removed: Iterable[Quad], added: Iterable[Quad]) -> None:
        """Ask for quads to go and then for quads to come."""
        gone = {stored(quad, union=self._union) for quad in removed}
        self._removed |= gone
        self._added -= gone
        self._added.update(stored(quad, union=self._union) for quad in added)

    def _data(self, operation: UpdateOperation) -> None:
        """Do INSERT DATA or DELETE DATA."""
        verb = operation.words[0]
        scratch = Store()
        text = "INSERT" + operation.text.removeprefix(operation.tokens[0].text)
        run(scratch, operation.prologue + text, self._base)
        self._change(*((scratch, ()) if verb == "DELETE" else ((), scratch)))

    def _modify(self, operation: UpdateOperation) -> None:
        """Do DELETE and INSERT for each solution of a pattern."""
        pattern = operation.block("WHERE") or ""
        removed, added = operation.block("DELETE"), operation.block("INSERT")
        if operation.words[:2] == ["DELETE", "WHERE"]:
            removed = pattern
        solutions = PatternSolutions.of(self._solutions(operation, pattern))
        self._change(
            self._filled(operation, removed, solutions), self._filled(operation, added, solutions)
        )

    def _solutions(self, operation: UpdateOperation, pattern: str) -> QuerySolutions:
        """Return the solutions of the pattern of an operation."""
        clauses = operation.dataset
        text = f"{operation.prologue}SELECT * {clauses} WHERE {{ {pattern}\n }}"
        if clauses or not operation.template:
            return cast("QuerySolutions", results(self._store, text, base=self._base))
        graph = self._named(operation, operation.tokens[1].text)
        found = ask(self._store, text, self._base, default_graph=[graph])
        return cast("QuerySolutions", found)

    def _filled(
        self, operation: UpdateOperation, template: str | None, solutions: PatternSolutions
    ) -> Iterable[Quad]:
        """Yield the quads of a template, of which there may be none."""
        if template is None:
            return
        head = f"{operation.prologue}{operation.template} INSERT {{ {template}\n }}"
        for block in solutions.blocks():
            scratch = Store()
            run(scratch, f"{head} WHERE {{ {block} }}", self._base)
            yield from solutions.quads(scratch)

    def _clear(self, operation: UpdateOperation) -> None:
        """Do CLEAR or DROP."""
        words = operation.words
        graphs: list[Name] = [self._target(operation, name) for name in operation.names]
        if "SILENT" not in words:
            self._require(graphs)
        if not graphs:
            graphs = [*self._store.named_graphs()]
            if words[-1] == "ALL":
                graphs.append(DefaultGraph())
        for graph in graphs:
            if not (self._union and isinstance(graph, DefaultGraph)):
                self._change(self._quads(graph), ())
                self._drop(graph, when=words[0] == "DROP")

    def _create(self, operation: UpdateOperation) -> None:
        """Do CREATE."""
        (name,) = operation.names
        graph = self._named(operation, name)
        if not self._store.contains_named_graph(graph):
            self._created.add(graph.value)
        elif "SILENT" not in operation.words:
            raise ConflictError(f"the graph {graph} already exists")

    def _copy(self, operation: UpdateOperation) -> None:
        """Do COPY, MOVE or ADD, which fill a graph from another."""
        verb = operation.words[0]
        source, target = (self._target(operation, name) for name in operation.names)
        if source == target:
            return
        if verb == "MOVE" and "SILENT" not in operation.words:
            self._require([source])
        read = DefaultGraph() if operation.names[0].upper() == "DEFAULT" else source
        copied = [Quad(one.subject, one.predicate, one.object, target) for one in self._quads(read)]
        gone = [] if verb == "ADD" else [*self._quads(target)]
        if verb == "MOVE":
            gone += self._quads(source)
            self._drop(source)
        if not copied:
            self._drop(target, when=verb != "ADD")
        self._change(gone, copied)

    def _drop(self, graph: Name, *, when: bool = True) -> None:
        """Have a graph go, where it is one that can."""
        if when and isinstance(graph, NamedNode) and self._store.contains_named_graph(graph):
            self._dropped.add(graph.value)

    def _quads(self, graph: Name) -> Iterable[Quad]:
        """Return the quads of one graph."""
        return self._store.quads_for_pattern(None, None, None, graph)

    def _require(self, graphs: Iterable[Name]) -> None:
        """Raise ConflictError unless all graphs are there; the default graphs always are."""
        always = UNNAMED if self._union else DefaultGraph()
        for graph in graphs:
            if graph != always and not self._store.contains_named_graph(graph):
                raise ConflictError(f"the graph {graph} does not exist")

    def _target(self, operation: UpdateOperation, name: str) -> NamedNode | DefaultGraph:
        """Return the graph of a name, the one that is written to where it is the default graph."""
        if name.upper() == "DEFAULT":
            return UNNAMED if self._union else DefaultGraph()
        return self._named(operation, name)

    def _named(self, operation: UpdateOperation, name: str) -> NamedNode:
        """Return the graph of a name as it is written."""
        scratch = Store()
        run(scratch, f"{operation.prologue}CREATE GRAPH {name}", self._base)
        (graph,) = scratch.named_graphs()
        return cast("NamedNode", graph)


def run(store: Store, text: str, base: str | None = None) -> None:
    """Apply an update to a store; raises QuerySyntaxError."""
    try:
        store.update(text, base_iri=base, prefixes=PREFIXES)
    except SyntaxError as error:
        raise update_error(str(error), text) from None
    except ValueError as error:
        raise QuerySyntaxError(str(error)) from None
