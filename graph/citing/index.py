"""The evidence of a dataset: the graphs that give a triple, or that mention some terms."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Set
from copy import copy
from dataclasses import replace
from enum import Enum
from typing import Final, NamedTuple

from pyoxigraph import Store, Triple

from graph.answering.reifier import list_premises
from graph.citing.lineage import (
    GIVEN,
    NOTHING,
    Lineage,
    TermTriple,
    join_lineages,
    unite_lineages,
)
from graph.citing.modality import Account, Modalities
from graph.citing.solution import Memo
from graph.excluding.exclusion import NO_EXCLUSION, Exclusion
from graph.reasoning.closure import EMPTY, Graphs
from graph.reasoning.kernel import Kernel
from graph.reasoning.rulebook import Fact
from graph.reasoning.support import Supports, reason_graphs
from graph.reasoning.tree import (
    Explanation,
    Inference,
    Tree,
    explain,
    find_fact,
    tree,
)
from graph.wording.source import Bibliography, Rank
from graph.wording.statement import UNKNOWN
from ontology.namespace import EVIDENCE_GRAPH, REIFIERS_GRAPH
from ontology.terms import RdfTerm

MOST_KEPT: Final = 10_000
"""Pairs of a triple and a set of graphs whose trees are kept."""


class Search(Enum):
    """How far the index searches for supports."""

    ALL = "all"
    QUICK = "quick"
    BASIS = "basis"


class Place(NamedTuple):
    """The place of a proof among others.

    The strongest come first, then those that state the triples, with few speakers, inferences and
    graphs, and with sentences of the body before headlines.
    """

    strength: tuple[int, str]
    is_inferred: bool
    account: tuple[object, ...]
    inferences: int
    graphs: int
    sources: list[Rank]


class EvidenceIndex:
    """The evidence of a dataset, over the kernel that follows its writes; a new one at each write.

    It `lacks` inferences if the store does not hold all that the kernel infers. The dataset is
    without the sources of the `exclusion`; `undated` are the sources that stay as of any day.
    """

    def __init__(
        self,
        store: Store,
        kernel: Kernel | None = None,
        *,
        lacks: bool = False,
        exclusion: Exclusion = NO_EXCLUSION,
    ) -> None:
        self.store = store
        self.exclusion = exclusion
        self.undated = exclusion.find_undated(store)
        self.kernel = kernel or Kernel(store)
        self.thresholds = self.kernel.thresholds
        self.lacks = lacks or not (
            kernel or all(quad in store for quad in self.kernel.inferred_quads())
        )
        self.evidence = Bibliography(store)
        self.modalities = Modalities(self.evidence, self.kernel)
        self.trees = Memo(self.find_tree, MOST_KEPT)

    def list_undated(self, proofs: Iterable[Iterable[str]]) -> tuple[str, ...]:
        """Return the graphs without a day in some proofs, none unless each proof needs one."""
        needed = [self.undated.intersection(proof) for proof in proofs]
        return tuple(sorted(frozenset().union(*needed))) if all(needed) else ()

    def deepen(self, proofs: int) -> EvidenceIndex:
        """Return the same evidence for a search of so many proofs of each row.

        Twice as many solutions of a row are traced. A row whose proofs only verification could find
        gets none.
        """
        deeper, rows = copy(self), self.thresholds.rows
        deeper.thresholds = replace(
            self.thresholds,
            proofs=proofs,
            solutions=2 * self.thresholds.solutions,
            rows_with_proofs=rows,
            answer_queries=0,
        )
        return deeper

    @property
    def graphs(self) -> Graphs:
        """All sources with statements, in their graph or in a record; not the ontology."""
        return self.kernel.sources

    def find_lineage(self, triple: TermTriple, most: int, search: Search) -> Lineage:
        """Return the lineage of a triple of the union, with all its supports or some.

        A quick search takes the graphs that state a triple, or else the support of its first
        derivation; a search for a basis takes the graphs of that derivation unshrunk, since a basis
        is not minimal.
        """
        fact, kernel = self.find_fact(triple), self.kernel
        if fact is None or fact not in kernel:
            return NOTHING
        if fact in kernel.tbox.closure and (
            fact in kernel.tbox.closure.stated or self.may_follow(fact)
        ):
            return GIVEN
        stated = self.modalities.sort_graphs(fact, kernel.sources_stating(fact))
        sets = tuple(map(kernel.singleton, stated[:most]))
        complete = False
        if search is Search.BASIS:
            sets = sets or (reason_graphs(kernel.closure, fact),)
        elif not self.may_follow(fact):
            complete = len(stated) <= most
        elif search is Search.QUICK:
            sets = tuple(dict.fromkeys((self.modalities.strongest[fact], *sets)))
        else:
            supports = self.find_supports(fact, most)
            sets, complete = supports.sets, not supports.more
        return Lineage(sets, complete, triples=(triple,))

    def find_supports(self, fact: Fact, most: int) -> Supports:
        """Return at most so many supports of a fact that holds; a strongest is among them."""
        supports = self.kernel.supports(fact, most)
        if not supports.more:
            return supports
        sets = dict.fromkeys((self.modalities.strongest[fact], *supports.sets))
        return replace(supports, sets=tuple(sets)[:most])

    def explain(self, triple: Triple) -> Explanation:
        """Return the explanation of a triple, the strongest proof first.

        Raises NotInGraphError if it does not hold.
        """
        fact, most = find_fact(self.kernel, triple), self.thresholds.proofs
        supports = self.find_supports(fact, 2 * most)
        asked: TermTriple = (triple.subject, triple.predicate, triple.object)

        def rank(graphs: Graphs) -> Place:
            proof, account = self.trees[asked, graphs], self.modalities.by_triple[asked, graphs]
            return self.rank_proof(account, [proof] if proof else [], graphs)

        sets = sorted(supports.sets, key=rank)
        more = supports.more or len(sets) > most
        shown = replace(supports, sets=tuple(sets[:most]), more=more)
        return explain(self.kernel, triple, shown, lambda graphs: self.trees[asked, graphs])

    def find_fact(self, triple: TermTriple) -> Fact | None:
        """Return a triple in the numbers of the kernel, None if no graph gives it."""
        return self.kernel.fact(*triple)  # type: ignore[arg-type]

    def find_stating(self, triple: TermTriple) -> Graphs:
        """Return the graphs that state a triple."""
        fact = self.find_fact(triple)
        return EMPTY if fact is None else self.kernel.sources_stating(fact)

    def may_follow(self, fact: Fact) -> bool:
        """Whether a rule may conclude a triple that the store would show."""
        return bool(self.kernel.tbox.rulebook.rules_for(fact)) and self.kernel.is_materialised(fact)

    def find_lineage_in(self, triple: TermTriple, name: str, most: int) -> Lineage:
        """Return the lineage of a triple in a named graph: the graph, or sources of a record."""
        fact, graph = self.find_fact(triple), self.kernel.graph(name)
        if fact is None or graph is None:
            return NOTHING
        if graph == self.kernel.ontology:
            return GIVEN if fact in self.kernel.tbox.facts else NOTHING
        return self.list_alternatives(self.kernel.sources_of_quad(fact, graph), most, triple)

    def find_reified_lineage(self, triple: TermTriple, most: int) -> Lineage:
        """Return the lineage of a triple of `graph:reifiers`: that of the record behind it."""
        alternatives = [
            join_lineages((self.find_lineage_in(p, EVIDENCE_GRAPH, most) for p in premises), most)
            for premises in list_premises(self.store, triple)
        ]
        holding = [lineage for lineage in alternatives if lineage.sets]
        return unite_lineages(holding, most) if holding else NOTHING

    def find_presence(self, name: str, most: int) -> Lineage:
        """Return the lineage of the presence of a named graph.

        One record of any source makes `graph:evidence` present.
        """
        kernel = self.kernel
        if name == REIFIERS_GRAPH:  # a source of quotes alone has no reifier
            records = self.list_alternatives(kernel.by_source.keys(), most)
            return replace(records, sound=False)
        number = kernel.graph(name) if name else None
        if number == kernel.evidence:
            own = {number} & kernel.by_graph.keys()
            return self.list_alternatives(own | kernel.by_source.keys(), most)
        if number is None or number not in kernel.by_graph:
            return NOTHING
        return Lineage((kernel.singleton(number),))

    def list_alternatives(self, sources: Set[int], most: int, *triples: TermTriple) -> Lineage:
        """Return the lineage of a disjunction of single sources."""
        sets = tuple(map(self.kernel.singleton, sorted(sources)[:most]))
        complete = len(sets) == len(sources)
        return Lineage(sets, complete, sound=complete, triples=triples)

    def entails(self, triple: TermTriple, graphs: Graphs) -> bool:
        """Whether some graphs entail a triple."""
        fact, kernel = self.find_fact(triple), self.kernel
        if fact is None:
            return False
        if not kernel.sources_stating(fact).isdisjoint(graphs):
            return True
        if kernel.search.find_unmentioned(fact[::2], graphs) or not self.may_follow(fact):
            return False
        modalities = self.modalities
        if fact not in kernel.tbox.closure and modalities.is_small(graphs):
            return fact in modalities.derived[graphs, fact[1]][0]
        holds = kernel.search.holds(fact, graphs)
        return fact in kernel.restrict_to_graphs(graphs) if holds is None else holds

    def find_nearby(self, terms: Iterable[RdfTerm | None], most: int) -> Graphs:
        """Return at most so many graphs: all, or the ones with the most of some terms."""
        if len(self.graphs) <= most:
            return self.graphs
        numbers = self.number_terms(terms)
        counts = {graph: len(numbers & self.kernel.search.terms(graph)) for graph in self.graphs}
        nearest = heapq.nlargest(most, counts, key=lambda graph: (counts[graph], graph))
        return frozenset(graph for graph in nearest if counts[graph])

    def number_terms(self, terms: Iterable[RdfTerm | None]) -> set[int]:
        """Return the numbers of the terms that the dataset mentions."""
        numbers = self.kernel.lexicon.numbers
        return {numbers[term] for term in terms if term in numbers}  # type: ignore[index]

    def rank_proof(self, account: Account | None, trees: Iterable[Tree], graphs: Graphs) -> Place:
        """Return the place of a proof among others."""
        ranks = sorted(map(self.evidence.rank, self.kernel.names(graphs)), reverse=True)
        known, inferences = account or Account(UNKNOWN), sum(map(count_inferences, trees))
        return Place(known.strength, bool(inferences), known.rank, inferences, len(graphs), ranks)

    def find_tree(self, triple_and_graphs: tuple[TermTriple, Graphs]) -> Tree | None:
        """Return a strongest proof tree of a triple from some graphs, None if it does not hold."""
        triple, graphs = triple_and_graphs
        fact = self.find_fact(triple)
        shortest = None if fact is None else tree(self.kernel, fact, graphs)
        if fact is None or shortest is None:
            return None
        account = self.modalities.by_triple[triple, graphs]
        if account is None or account == self.modalities.rate_tree(shortest):
            return shortest
        return self.modalities.find_strongest_tree(fact, graphs) or shortest


def count_inferences(tree: Tree) -> int:
    """Return the number of inferences in a proof tree."""
    return 1 + sum(map(count_inferences, tree.premises)) if isinstance(tree, Inference) else 0
