"""The evaluation of a SPARQL update: its effect, found without a change of the served dataset.

Each operation sees the changes of those before it (SPARQL 1.1 Update, section 3), so before an
operation reads, the earlier changes are applied to the store: in a worker, its private copy.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, cast

from pyoxigraph import DefaultGraph, NamedNode, Quad, QuerySolutions, Store

from graph.answering.complaint import explain_update_error
from graph.answering.evaluation import query_store
from graph.answering.evaluator import run_query
from graph.dataset import UNNAMED_GRAPH, move_to_named
from graph.errors import ConflictError, EngineError, OnDiskError, QuerySyntaxError
from ontology.namespace import PREFIXES
from ontology.terms import GraphName
from server.engine.writing.delta import Effect, graph_names
from server.writing.pattern_solutions import PatternSolutions
from server.writing.update_text import UpdateOperation, require_syntax, split_operations

READ_ONLY: Final = "read-write instances"
"""The words in pyoxigraph's error about a change of a store that is open for reading."""


def evaluate_update(store: Store, text: str, *, union: bool, base: str | None = None) -> Effect:
    """Return the effect of an update; the store is changed if an operation reads earlier changes.

    Raises QuerySyntaxError and ConflictError, and OnDiskError if a store on disk had to be changed.
    """
    require_syntax(text, base)
    evaluation = UpdateEvaluation(store, base, union=union)
    for operation in split_operations(text):
        evaluation.execute(operation)
    return evaluation.finish()


class UpdateEvaluation:
    """An update under way: its effect so far, and the requested changes not yet part of it."""

    def __init__(self, store: Store, base: str | None, *, union: bool) -> None:
        self.effect = Effect()
        self._store = store
        self._base = base
        self._union = union
        self._removed: set[Quad] = set()
        self._added: set[Quad] = set()
        self._dropped: set[str] = set()
        self._created: set[str] = set()
        self._is_applied = False

    def execute(self, operation: UpdateOperation) -> None:
        """Request the changes of one operation."""
        words = operation.words
        if words[1:2] == ["DATA"]:
            self._change_data(operation)
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

    def finish(self) -> Effect:
        """Return the effect of all operations; a store that holds some of it holds it whole."""
        if self._is_applied:
            self._apply()
        else:
            self.settle()
        return self.effect

    def settle(self) -> Effect:
        """Move the requested changes into the effect, and return the actual ones.

        Removing an absent quad changes nothing, nor does adding a present one.
        """
        store = self._store
        step = Effect(
            {quad for quad in self._removed - self._added if quad in store},
            {quad for quad in self._added if quad not in store},
            self._dropped - graph_names(self._added),
            self._created,
        )
        self.effect = self.effect.then(step)
        self._removed, self._added, self._dropped, self._created = set(), set(), set(), set()
        return step

    def _apply(self) -> None:
        """Apply the changes of the operations so far to the store."""
        delta = self.settle().delta()
        if not delta:
            return
        try:
            delta.apply(self._store, union=self._union)
            self._is_applied = True
        except RuntimeError as error:
            if READ_ONLY in str(error):
                raise OnDiskError(
                    "the dataset is read from disk, where no operation can build on another"
                ) from None
            raise

    def _request(self, removed: Iterable[Quad], added: Iterable[Quad]) -> None:
        """Request the removal of quads, and then the addition of new ones."""
        removals = {self._stored_quad(quad) for quad in removed}
        self._removed |= removals
        self._added -= removals
        self._added.update(map(self._stored_quad, added))

    def _stored_quad(self, quad: Quad) -> Quad:
        """Return the quad that the store keeps for a quad of an operation.

        If the default graph is the union, it is a view: a change of it is a change of
        `graph:default`, and of no other graph.
        """
        return move_to_named(quad) if self._union else quad

    def _change_data(self, operation: UpdateOperation) -> None:
        """Request the changes of INSERT DATA or DELETE DATA."""
        verb = operation.words[0]
        scratch = Store()
        text = "INSERT" + operation.text.removeprefix(operation.tokens[0].text)
        run_update(scratch, operation.prologue + text, self._base)
        self._request(*((scratch, ()) if verb == "DELETE" else ((), scratch)))

    def _modify(self, operation: UpdateOperation) -> None:
        """Request the changes of DELETE/INSERT for each solution of its pattern."""
        pattern = operation.block("WHERE") or ""
        deletion, insertion = operation.block("DELETE"), operation.block("INSERT")
        if operation.words[:2] == ["DELETE", "WHERE"]:
            deletion = pattern
        solutions = PatternSolutions.read(self._solve(operation, pattern))
        self._request(
            self._instantiate(operation, deletion, solutions),
            self._instantiate(operation, insertion, solutions),
        )

    def _solve(self, operation: UpdateOperation, pattern: str) -> QuerySolutions:
        """Return the solutions of an operation's pattern; USING takes precedence over WITH."""
        clauses = operation.dataset
        text = f"{operation.prologue}SELECT * {clauses} WHERE {{ {pattern}\n }}"
        if clauses or not operation.template:
            return cast("QuerySolutions", query_store(self._store, text, base=self._base))
        graph = self._resolve_name(operation, operation.tokens[1].text)
        solutions = run_query(self._store, text, self._base, default_graph=[graph])
        return cast("QuerySolutions", solutions)

    def _instantiate(
        self, operation: UpdateOperation, template: str | None, solutions: PatternSolutions
    ) -> Iterable[Quad]:
        """Yield the quads of a template for all solutions, none without a template."""
        if template is None:
            return
        head = f"{operation.prologue}{operation.template} INSERT {{ {template}\n }}"
        for block in solutions.blocks():
            scratch = Store()
            run_update(scratch, f"{head} WHERE {{ {block} }}", self._base)
            yield from solutions.quads(scratch)

    def _clear(self, operation: UpdateOperation) -> None:
        """Request the changes of CLEAR or DROP."""
        words = operation.words
        graphs: list[GraphName] = [self._target(operation, name) for name in operation.names]
        if "SILENT" not in words:
            self._require(graphs)
        if not graphs:
            graphs = [*self._store.named_graphs()]
            if words[-1] == "ALL":
                graphs.append(DefaultGraph())
        for graph in graphs:
            if not (self._union and isinstance(graph, DefaultGraph)):
                self._request(self._quads(graph), ())
                self._drop(graph, when=words[0] == "DROP")

    def _create(self, operation: UpdateOperation) -> None:
        """Request the graph of CREATE."""
        (name,) = operation.names
        graph = self._resolve_name(operation, name)
        if not self._store.contains_named_graph(graph):
            self._created.add(graph.value)
        elif "SILENT" not in operation.words:
            raise ConflictError(f"the graph {graph} already exists")

    def _copy(self, operation: UpdateOperation) -> None:
        """Request the changes of COPY, MOVE or ADD, which fill a graph from another."""
        verb = operation.words[0]
        source, target = (self._target(operation, name) for name in operation.names)
        if source == target:
            return
        if verb == "MOVE" and "SILENT" not in operation.words:
            self._require([source])
        read = DefaultGraph() if operation.names[0].upper() == "DEFAULT" else source
        copies = [
            Quad(quad.subject, quad.predicate, quad.object, target) for quad in self._quads(read)
        ]
        removed = [] if verb == "ADD" else [*self._quads(target)]
        if verb == "MOVE":
            removed += self._quads(source)
            self._drop(source)
        if not copies:
            self._drop(target, when=verb != "ADD")
        self._request(removed, copies)

    def _drop(self, graph: GraphName, *, when: bool = True) -> None:
        """Request that a graph is dropped, if it is a named graph of the store."""
        if when and isinstance(graph, NamedNode) and self._store.contains_named_graph(graph):
            self._dropped.add(graph.value)

    def _quads(self, graph: GraphName) -> Iterable[Quad]:
        """Return the quads of one graph."""
        return self._store.quads_for_pattern(None, None, None, graph)

    def _require(self, graphs: Iterable[GraphName]) -> None:
        """Raise ConflictError unless all graphs exist; the default graph always does."""
        default = UNNAMED_GRAPH if self._union else DefaultGraph()
        for graph in graphs:
            if graph != default and not self._store.contains_named_graph(graph):
                raise ConflictError(f"the graph {graph} does not exist")

    def _target(self, operation: UpdateOperation, name: str) -> NamedNode | DefaultGraph:
        """Return the graph of a name; DEFAULT is the graph to which unnamed triples are written."""
        if name.upper() == "DEFAULT":
            return UNNAMED_GRAPH if self._union else DefaultGraph()
        return self._resolve_name(operation, name)

    def _resolve_name(self, operation: UpdateOperation, name: str) -> NamedNode:
        """Return the IRI of a graph whose name may be relative or prefixed."""
        scratch = Store()
        run_update(scratch, f"{operation.prologue}CREATE GRAPH {name}", self._base)
        (graph,) = scratch.named_graphs()
        return cast("NamedNode", graph)


def run_update(store: Store, text: str, base: str | None = None) -> None:
    """Execute an update on a store; raises QuerySyntaxError."""
    try:
        store.update(text, base_iri=base, prefixes=PREFIXES)
    except SyntaxError as error:
        raise explain_update_error(str(error), text) from None
    except ValueError as error:
        raise QuerySyntaxError(str(error)) from None
