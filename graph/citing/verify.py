"""Verifies proofs: asks a small store of some graphs, closed, for one row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property
from itertools import product
from typing import Final, NamedTuple

from graph.answering.reifier import PREMISES
from graph.citing.index import EvidenceIndex
from graph.citing.lineage import keep_minimal
from graph.citing.part import DatasetParts
from graph.citing.run import VerificationQuery
from graph.citing.solution import Key
from graph.reasoning.closure import EMPTY, Graphs

UNVERIFIED: Final = "no set of graphs was shown to give it"


class Proofs(NamedTuple):
    """The proofs of a row, whether it may have `more`, and whether each is `minimal`.

    Without proofs, `reason` says why, and the row may rest on `graphs`.
    """

    sets: tuple[Graphs, ...] = ()
    more: bool = False
    minimal: bool = True
    graphs: Graphs = EMPTY
    reason: str = ""


class Verifier:
    """Verifies the proofs of the rows of one query, with bounded queries."""

    def __init__(self, index: EvidenceIndex, query: VerificationQuery) -> None:
        self.index = index
        self.query = query
        self.thresholds = index.thresholds
        self.answers: dict[tuple[str, Graphs], set[Key]] = {}
        self.texts: dict[Key, str] = {}
        self.key: Key = ()
        self.text = ""
        self.possible: Callable[[Graphs], bool] = lambda _: True
        self.holding: Sequence[Graphs] = ()
        self.asks = 0
        self.total = 0

    @cached_property
    def parts(self) -> DatasetParts:
        """Parts of the dataset, without triples on which the query cannot depend."""
        kernel, predicates = self.index.kernel, self.query.predicates
        reification = self.query.reification
        if predicates is not None:
            kernel = kernel.restrict_to_predicates(
                predicates | PREMISES if reification else predicates
            )
        return DatasetParts(kernel, reification)

    def prepare(self, keys: Collection[Key]) -> None:
        """Write one query for some rows, whose candidates are the same."""
        self.texts |= dict.fromkeys(keys, self.query.restrict(keys))

    def start(self, key: Key) -> None:
        """Begin with another row."""
        self.key, self.asks, self.text = key, 0, self.texts.get(key) or self.query.restrict([key])

    @property
    def is_exhausted(self) -> bool:
        """Whether the queries for all rows of an answer are used up."""
        return self.total >= self.thresholds.answer_queries

    def holds(self, graphs: Graphs) -> bool:
        """Whether some graphs give the row; False once the bounds are exhausted."""
        if graphs in self.holding or not self.possible(graphs):
            return graphs in self.holding
        rows = self.answers.get((self.text, graphs))
        if rows is None:
            if self.asks >= self.thresholds.row_queries or self.is_exhausted:
                return False
            self.asks += 1
            self.total += 1
            rows = self.query.find_rows(self.parts.store(graphs), self.text)
            self.answers[self.text, graphs] = rows
        return self.key in rows

    def needs_each(self, graphs: Graphs) -> bool:
        """Whether the row is known to disappear without any single graph."""
        for rest in (graphs - {graph} for graph in graphs):
            rows = self.answers.get((self.text, rest))
            if self.possible(rest) if rows is None else self.key in rows:
                return False
        return True

    def shrink(self, graphs: Graphs) -> Graphs:
        """Return a minimal part of a set of graphs that gives the row.

        A large set loses halves first, then quarters: delta debugging (Zeller and Hildebrandt
        2002), which takes few queries if few graphs are needed. A negation can bring a row back
        with fewer graphs, so after each removal of a graph all others are tried again.
        """
        size = len(graphs) // 2 if len(graphs) > 8 else 1
        while size:
            ordered = sorted(graphs)
            for start in range(0, len(ordered), size):
                rest = graphs - frozenset(ordered[start : start + size])
                if rest != graphs and self.holds(rest):
                    graphs = rest
            size //= 2
        for graph in sorted(graphs):
            if self.holds(graphs - {graph}):
                return self.shrink(graphs - {graph})
        return graphs

    def prove(
        self,
        key: Key,
        candidates: Sequence[Graphs],
        caveats: Sequence[str],
        most: int,
        possible: Callable[[Graphs], bool] = lambda _: True,
        *,
        holding: bool = False,
    ) -> Proofs:
        """Return the proofs of a row from candidates, or else from their union and more graphs.

        Only graphs that are `possible` can give it; with `holding`, all candidates do.
        """
        self.start(key)
        self.possible, self.holding = possible, candidates if holding else ()
        sets = self.confirm(candidates, most)
        together, terms = EMPTY.union(*candidates), self.query.terms.row(key)
        # with VALUES the engine may return another term than without, so the plain text follows
        for text, wider in product((self.text, self.query.text), (False, True)):
            if not sets:
                self.text = text
                near = (
                    self.index.find_nearby(terms, 2 * self.thresholds.shrunk_graphs)
                    if wider
                    else EMPTY
                )
                sets = self.confirm([together | near], most)
        if not sets:
            graphs = candidates[0] if candidates else EMPTY
            return Proofs(graphs=graphs, reason="; ".join((*caveats, UNVERIFIED)))
        minimal = [graphs for graphs in sets if self.needs_each(graphs)]
        if minimal:
            return Proofs(tuple(minimal), more=EMPTY not in minimal)
        return Proofs((sets[0],), more=True, minimal=False)

    def confirm(self, candidates: Iterable[Graphs], most: int) -> list[Graphs]:
        """Return the sets that give the row, each as small as the bounds allow."""
        sets: list[Graphs] = []
        for graphs in candidates:
            superfluous = len(sets) >= most or any(proof <= graphs for proof in sets)
            if not superfluous and self.holds(graphs):
                small = len(graphs) <= 2 * self.thresholds.shrunk_graphs
                sets.append(self.shrink(graphs) if small else graphs)
        return keep_minimal(sets)
