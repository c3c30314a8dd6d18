"""The modality of rows: the weakest triple of the strongest solution.

The bottleneck semiring over the lineage of a row: its composition is evaluated with the modality of
each triple in the place of its supports (Green, Karvounarakis and Tannen 2007).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import Final

from pyoxigraph import NamedNode

from graph.citing.index import EvidenceIndex
from graph.citing.lineage import (
    AbsenceAtom,
    AllOf,
    AnyOf,
    Lineage,
    Members,
    PatternAtom,
    TermTriple,
    Walk,
)
from graph.citing.modality import (
    NO_ACCOUNT,
    Account,
    find_strongest,
    find_weakest,
    rank_modality,
)
from graph.citing.relation import Relation
from graph.citing.run import Run
from graph.citing.solution import Key, Memo
from graph.citing.trace import Monomial
from graph.citing.verify import Verifier
from graph.reasoning.closure import Graphs
from graph.wording.statement import NONE, UNKNOWN, Modality

PLACES: Final = range(rank_modality(NONE) - 1, rank_modality(UNKNOWN))
"""The ranks of modalities, the strongest first; no triple has the first rank."""

UNTRACED: Final = Account(UNKNOWN)
"""The account of a solution whose triples in use were not traced."""


class RowModalities:
    """Rates the proofs and bases of the rows of one relation."""

    def __init__(
        self, relation: Relation, index: EvidenceIndex, run: Run, verifier: Verifier
    ) -> None:
        self.relation, self.index, self.run, self.verifier = relation, index, run, verifier
        self.modalities = index.modalities
        self.tracer = relation.tracer
        self.of_lineage = Memo(self.rate_lineage)
        self.bound = self.bound_strength()

    def rate_proof(self, key: Key, graphs: Graphs) -> Modality:
        """Return the modality of a row by the graphs of a proof.

        The traced solutions are rated; a store answers the rest only if one could be stronger.
        """
        strength = self.rate_traced(key, graphs)
        is_partial = self.relation.is_cut(key) and strength != self.bound
        if is_partial or strength is None or strength.modality == UNKNOWN:
            strength = find_strongest((strength, *self.rate_more_solutions(key, graphs)))
        return self.modalities.described[UNTRACED if strength is None else strength]

    def rate_traced(self, key: Key, graphs: Graphs) -> Account | None:
        """Return the account of a row by its traced solutions in some graphs."""
        solutions = self.relation.solutions.get(key, ())
        return find_strongest(self.rate_solution(monomial, graphs) for monomial in solutions)

    def rate_basis(self, key: Key, graphs: Graphs) -> tuple[Modality, ...]:
        """Return the modalities of the members that a row counts, each with their number.

        A row beside counting ones, as of another part of a UNION, has itself as its only member.
        """
        basis = self.relation.basis.get(key)
        if basis is not None:
            return self.count_modalities(self.rate_solution(own, graphs) for own in basis.members)
        strength, lineages = self.find_strongest_solution(key, graphs)
        members = list(chain.from_iterable(map(list_members, lineages)))
        if not members:
            return self.count_modalities([strength] if lineages else [])
        return self.count_modalities(
            find_weakest((self.rate_solution(member, graphs), strength)) for member in members
        )

    def count_modalities(self, strengths: Iterable[Account | None]) -> tuple[Modality, ...]:
        """Return the modalities, the strongest first, each with how often it comes."""
        # the graphs of a basis may not be seen to give a member: its modality is not known
        counts = Counter(UNTRACED if strength is None else strength for strength in strengths)
        return tuple(
            self.modalities.described[account]._replace(members=counts[account])
            for account in sorted(counts, key=lambda account: account.rank)
        )

    def find_strongest_solution(
        self, key: Key, graphs: Graphs
    ) -> tuple[Account | None, list[Lineage]]:
        """Return the modality around the members of a row, and the lineages of its solution.

        Each solution gives the row, so the strongest rates it.
        """
        solutions = islice(self.relation.solutions.get(key, ()), self.relation.most_solutions)
        outer = [[self.tracer.lineages[number] for number in monomial] for monomial in solutions]
        strengths = [self.rate_plain(lineages, graphs) for lineages in outer]
        strongest = find_strongest(strengths)
        return strongest, outer[strengths.index(strongest)] if outer else []

    def rate_plain(self, lineages: Iterable[Lineage], graphs: Graphs) -> Account | None:
        """Return the modality of the lineages that count no members, in some graphs."""
        plain = (lineage for lineage in lineages if not any(list_members(lineage)))
        return find_weakest(self.of_lineage[lineage, graphs] for lineage in plain)

    def rate_solution(self, monomial: Monomial, graphs: Graphs) -> Account | None:
        """Return the modality of a solution in some graphs, None if they do not give it."""
        lineages = self.tracer.lineages
        return find_weakest(self.of_lineage[lineages[number], graphs] for number in monomial)

    def rate_lineage(self, key: tuple[Lineage, Graphs]) -> Account | None:
        """Return the modality of a lineage in some graphs, None if they do not give it."""
        lineage, graphs = key
        match lineage.composition:
            case AllOf(lineages):
                return find_weakest(self.of_lineage[part, graphs] for part in lineages)
            case AnyOf(lineages):
                return find_strongest(self.of_lineage[part, graphs] for part in lineages)
            case Members(monomials):
                return find_weakest(self.rate_solution(monomial, graphs) for monomial in monomials)
            case Walk():
                return self.rate_walk(lineage.composition, graphs)
        return self.rate_triple(lineage, graphs)

    def rate_triple(self, lineage: Lineage, graphs: Graphs) -> Account | None:
        """Return the modality of the lineage of one triple, or of the presence of a graph."""
        given = any(support <= graphs for support in lineage.sets)
        for triple in lineage.triples:
            strength = self.modalities.by_triple[triple, graphs]
            usual = Account(self.modalities.by_predicate[triple[1].value])  # type: ignore[union-attr]
            return usual if strength is None and given else strength
        if not lineage.sets and not lineage.complete:
            return UNTRACED
        return NO_ACCOUNT if given else None

    def rate_walk(self, walk: Walk, graphs: Graphs) -> Account | None:
        """Return the modality of the strongest way along a path in some graphs, None without a way.

        Each pass admits weaker triples too, so the first pass that arrives has the strongest way.
        """
        store = self.verifier.parts.store(graphs)
        for weakest_place in PLACES:

            def is_allowed(triple: TermTriple, most: int = weakest_place) -> bool:
                strength = self.modalities.by_triple[triple, graphs]
                return strength is not None and rank_modality(strength.modality) <= most

            walker = replace(self.tracer.make_walker(store, walk.graph), allowed=is_allowed)
            way = walker.follow(walk.path, {walk.start: ()}, back=walk.back).get(walk.end)  # type: ignore[arg-type]
            if way is not None:
                return find_weakest(self.modalities.by_triple[triple, graphs] for triple in way)
        return None

    def rate_more_solutions(self, key: Key, graphs: Graphs) -> Iterator[Account | None]:
        """Yield the modalities of all solutions of a row in a store of the graphs.

        The thresholds of verification bound these queries too.
        """
        relation, thresholds = self.relation, self.index.thresholds
        size = self.index.kernel.size(graphs)
        if (
            relation.select is None
            or size > thresholds.closed_triples
            or self.verifier.is_exhausted
        ):
            return
        self.verifier.total += 1
        run = replace(self.run, store=self.verifier.parts.store(graphs))
        solutions = run.find_solutions(relation.select)
        chosen = [row == key for row in solutions.rows(relation.columns)]
        for monomial in self.tracer.trace(relation.atoms, solutions.filter(chosen)):
            yield self.rate_solution(monomial, graphs)

    def bound_strength(self) -> Account | None:
        """Return the modality that no solution exceeds, None if the query leaves that open."""
        strengths: list[Account] = []
        for atom in self.relation.atoms:
            match atom:
                case PatternAtom(pattern) if isinstance(pattern.predicate, NamedNode):
                    strengths.append(Account(self.modalities.by_predicate[pattern.predicate.value]))
                case AbsenceAtom():
                    pass
                case _:
                    return None
        return find_weakest(strengths)


def list_members(lineage: Lineage) -> Iterator[Monomial]:
    """Yield the members that a lineage counts."""
    match lineage.composition:
        case Members(monomials):
            yield from monomials
        case AllOf(lineages) | AnyOf(lineages):
            for part in lineages:
                yield from list_members(part)
