"""Proves rows: turns their lineage into minimal proofs, or says why no proof was found.

A proof is a minimal witness (Buneman, Khanna and Tan 2001): a set of graphs that gives the row,
while no smaller part of it does. For a monotone row, supports compose: the minimal sets of the
lineage are its proofs if the lineage is complete, and one graph after the other is left out if it
is not. Only a row with caveats, such as one over an absence, has to be verified on a store.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from itertools import chain, compress, zip_longest
from operator import and_
from typing import Final, TypeAlias

from graph.citing.index import EvidenceIndex
from graph.citing.lineage import Lineage, Walk, keep_minimal
from graph.citing.relation import Relation
from graph.citing.solution import Key, Memo
from graph.citing.trace import GIVEN_NUMBER, Monomial
from graph.citing.verify import Proofs, Verifier
from graph.reasoning.closure import EMPTY, Graphs
from graph.reasoning.tree import Tree

Terms: TypeAlias = Set[int | None]

NEEDED: Final[Terms] = frozenset((None,))
"""Instead of the ends of a triple: a term that no graph mentions, so a graph that is needed."""


@dataclass(frozen=True, slots=True)
class Prover:
    """Proves the rows of one relation; each row gets `most` proofs."""

    relation: Relation
    index: EvidenceIndex
    verifier: Verifier
    caveats: tuple[str, ...]
    most: int
    proofs: dict[Monomial, Proofs] = field(default_factory=dict)

    def prepare(self, keys: Iterable[Key]) -> None:
        """Prepare a page of rows.

        Rows to verify with the same supports share a query, since one store then answers all of
        them. Rows that get a single proof share the check of `prove_at_once`.
        """
        if self.caveats:
            alike: dict[tuple[Graphs, ...], list[Key]] = defaultdict(list)
            for key in dict.fromkeys(keys):
                alike[self.relation.find_lineage(key, self.most).sets].append(key)
            for rows in alike.values():
                self.verifier.prepare(rows)
        elif self.most == 1:
            self.prove_at_once(keys)

    def prove_at_once(self, keys: Iterable[Key]) -> None:
        """Find the proofs of rows with one solution whose graphs are plainly all needed.

        A rule makes no new terms: each end of an inference occurs in its statements or in the
        ontology. So if the other graphs of a proof, together, do not mention both ends of a triple,
        they do not entail it, and the graph that supports it is needed. This holds for nearly all
        first supports.
        """
        solutions = self.relation.solutions
        alone = (solutions[key][0] for key in keys if len(solutions.get(key, ())) == 1)
        rows = list(dict.fromkeys(alone))
        columns = list(zip_longest(*rows, fillvalue=GIVEN_NUMBER))
        if not columns:
            return
        # column by column: rows share most of their triples, so most steps are looked up
        first = Memo(self.find_first_support).__getitem__
        graphs, more, sure = zip(*(zip(*map(first, c), strict=True) for c in columns), strict=True)
        needed: Iterable[bool] = map(all, zip(*sure, strict=True))
        mentions = Memo(self.find_mentions).__getitem__
        # the first support of a single triple is minimal already; only joins have to be checked
        mentioned = [list(zip(*map(mentions, c), strict=True)) for c in columns if len(columns) > 1]
        for terms, ends_by_graph in mentioned:
            # a graph is needed if the graphs of the other triples leave one of its ends unmentioned
            other_terms = [other for other, _ in mentioned if other is not terms]
            for ends in zip_longest(*ends_by_graph, fillvalue=NEEDED):
                needed = map(and_, needed, map(bool, map(frozenset.difference, ends, *other_terms)))
        proofs = map(Proofs, zip(map(frozenset.union, *graphs)), map(any, zip(*more, strict=True)))
        self.proofs.update(compress(zip(rows, proofs, strict=True), needed))

    def find_first_support(self, number: int) -> tuple[Graphs, bool, bool]:
        """Return the first support of a lineage, if there may be more, and if it is certain."""
        lineage = self.relation.tracer.lineages[number]
        more = not lineage.complete or len(lineage.sets) > 1
        sure = bool(lineage.sets) and not self.is_open(number) and not self.walks((number,))
        return lineage.sets[0] if sure else EMPTY, more, sure

    def find_mentions(self, number: int) -> tuple[Terms, list[Terms]]:
        """Return the terms of the first support of a lineage.

        For each of its graphs follow the ends of the triple that none of its other graphs mentions.
        """
        graphs, search = self.find_first_support(number)[0], self.index.kernel.search
        triples = self.relation.tracer.lineages[number].triples
        fact = self.index.find_fact(triples[0]) if len(triples) == 1 else None
        pair = fact[::2] if fact else ()
        ends: list[Terms] = [search.find_unmentioned(pair, graphs - {graph}) for graph in graphs]
        terms = [*map(search.terms, graphs)]
        return terms[0] if len(terms) == 1 else EMPTY.union(*terms), ends

    def prove(self, key: Key) -> Proofs:
        """Return the proofs of a row."""
        solutions = self.relation.solutions.get(key, ())
        if len(solutions) == 1 and solutions[0] in self.proofs:
            return self.proofs[solutions[0]]
        if self.caveats or not solutions or self.relation.is_cut(key):
            return self.verify(key, self.relation.find_lineage(key, self.most))
        return self.prove_monotone(key, solutions)

    def prove_monotone(self, key: Key, solutions: list[Monomial]) -> Proofs:
        """Return the proofs of a monotone row: more graphs never take it away."""
        wider = self.most if self.most == 1 else 2 * self.most
        lineage = self.relation.find_lineage(key, wider)
        if lineage.complete and lineage.sound:  # all minimal witnesses are known
            return Proofs(lineage.sets)
        if not lineage.sets or any(map(self.is_open, chain.from_iterable(solutions))):
            return self.verify(key, self.relation.find_lineage(key, self.most))
        if len(solutions) == 1 and sum(map(bool, solutions[0])) == 1 and not self.walks(*solutions):
            return Proofs(lineage.sets, more=True)  # supports of one triple are minimal already
        # a lineage cut off by a bound may lack a smaller support, so each set is shrunk
        shrunk = [self.shrink(graphs, solutions) for graphs in lineage.sets]
        return Proofs(tuple(keep_minimal(shrunk)), more=True)

    def is_open(self, number: int) -> bool:
        """Whether only verification can decide if some graphs give a lineage."""
        lineage = self.relation.tracer.lineages[number]
        decidable = lineage.complete or len(lineage.triples) == 1 or self.walks((number,))
        return not (lineage.sound and decidable)

    def walks(self, monomial: Monomial) -> bool:
        """Whether a lineage among some is that of a path."""
        lineages = self.relation.tracer.lineages
        return any(isinstance(lineages[number].composition, Walk) for number in monomial)

    def shrink(self, graphs: Graphs, solutions: list[Monomial]) -> Graphs:
        """Return a minimal part of a set of graphs that gives one of the solutions.

        One pass suffices for a monotone row: a graph that a larger set needed, a smaller set needs
        too.
        """
        for graph in sorted(graphs):
            rest = graphs - {graph}
            if any(self.gives_solution(monomial, rest) for monomial in solutions):
                graphs = rest
        return graphs

    def gives_solution(self, monomial: Iterable[int], graphs: Graphs) -> bool:
        """Whether some graphs give every lineage of a solution."""
        lineages = self.relation.tracer.lineages
        return all(self.gives_lineage(lineages[number], graphs) for number in monomial)

    def gives_lineage(self, lineage: Lineage, graphs: Graphs) -> bool:
        """Whether some graphs give a lineage: they contain a support, or entail its triples."""
        sets = lineage.sets
        if sets[0] <= graphs if len(sets) == 1 else any(support <= graphs for support in sets):
            return True
        if lineage.complete:
            return False
        if isinstance(lineage.composition, Walk):
            return self.gives_walk(lineage.composition, graphs)
        return all(self.index.entails(triple, graphs) for triple in lineage.triples)

    def gives_walk(self, walk: Walk, graphs: Graphs) -> bool:
        """Whether some graphs give a path between two terms: by any way of triples they entail."""
        ends = self.index.number_terms((walk.start, walk.end))
        if self.index.kernel.search.find_unmentioned(ends, graphs):
            return False
        tracer = self.relation.tracer
        walker = tracer.make_walker(
            tracer.store, walk.graph, lambda triple: self.index.entails(triple, graphs)
        )
        return walk.end in walker.follow(walk.path, {walk.start: ()}, back=walk.back)  # type: ignore[arg-type]

    def find_trees(self, key: Key, graphs: Graphs) -> list[Tree]:
        """Return proof trees of the triples of a solution that the graphs give."""
        lineages = self.relation.tracer.lineages
        for monomial in self.relation.solutions.get(key, ())[: self.relation.most_solutions]:
            triples = [triple for number in monomial for triple in lineages[number].triples]
            trees = [self.index.trees[triple, graphs] for triple in triples]
            if all(trees):
                return [tree for tree in trees if tree]
        return []

    def verify(self, key: Key, lineage: Lineage) -> Proofs:
        """Return the proofs of a row by verification on small stores.

        Graphs that do not mention the values of the row, or lack a triple that every solution
        needs, are refused without a query.
        """
        terms = self.relation.tracer.terms.row(key)
        anchors = self.index.number_terms(terms[column] for column in self.relation.anchored)
        solutions = self.relation.solutions.get(key, [()])
        monomial = [n for n in solutions[0][: self.relation.required] if not self.is_open(n)]
        find_unmentioned = self.index.kernel.search.find_unmentioned
        # the text has the answers of other endpoints, so a row that may rest on one is said to
        services = self.relation.tracer.services.keys()
        given = services & EMPTY.union(*lineage.sets) if lineage.sets else frozenset(services)
        proofs = self.verifier.prove(
            key,
            [graphs - given for graphs in lineage.sets],
            self.caveats,
            self.most,
            lambda g: not find_unmentioned(anchors, g) and self.gives_solution(monomial, g),
            holding=lineage.sound and not self.caveats,
        )
        return proofs._replace(
            sets=tuple(graphs | given for graphs in proofs.sets), graphs=proofs.graphs | given
        )
