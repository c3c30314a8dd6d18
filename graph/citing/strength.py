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

from graph.citing.aggregate import Basis
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
    find_strongest,
    find_weakest,
    rank_modality,
)
from graph.citing.relation import MAX_MONOMIALS, Relation
from graph.citing.run import Run
from graph.citing.solution import Key, Memo
from graph.citing.trace import Monomial
from graph.citing.verify import Verifier
from graph.reasoning.closure import Graphs
from graph.wording.statement import NONE, UNKNOWN, Modality

PLACES: Final = range(rank_modality(NONE) - 1, rank_modality(UNKNOWN))
"""The ranks of modalities, the strongest first; no triple has the first rank."""


class RowModalities:
    """Rates the proofs and bases of the rows of one relation."""

    def __init__(
        self, relation: Relation, index: EvidenceIndex, run: Run, verifier: Verifier
    ) -> None:
        self.relation, self.index, self.run, self.verifier = relation, index, run, verifier
        self.modalities = index.modalities
        self.tracer = relation.tracer
        self.of_lineage = Memo(self.rate_lineage)
        self.usual = Memo(self.find_usual)
        self.bound = self.bound_strength()

    def rate_proof(self, key: Key, graphs: Graphs) -> Modality:
        """Return the modality of a row by the graphs of a proof.

        Graphs without a weaker record give every solution its usual modality. Else the traced
        solutions are rated; a store answers the rest only if one of them could be stronger.
        """
        solutions = self.relation.solutions.get(key, ())
        if len(solutions) <= MAX_MONOMIALS and self.modalities.by_graph_set[graphs]:
            usual = {self.find_usual_of_solution(monomial) for monomial in solutions}
            if len(usual) == 1 and None not in usual:
                return self.modalities.named[usual.pop() or NONE]
        strength = find_strongest(self.rate_solution(monomial, graphs) for monomial in solutions)
        is_partial = len(solutions) > MAX_MONOMIALS and strength != self.bound
        if is_partial or strength is None or strength == UNKNOWN:
            strength = find_strongest((strength, *self.rate_more_solutions(key, graphs)))
        return self.modalities.named[UNKNOWN if strength is None else strength]

    def rate_basis(self, key: Key, graphs: Graphs) -> tuple[Modality, ...]:
        """Return the modalities of the members that a row counts, each with their number.

        A row beside counting ones, as of another part of a UNION, has itself as its only member.
        """
        basis = self.relation.basis.get(key)
        if basis is not None:
            return self.count_modalities(self.rate_members(basis, graphs))
        strength, lineages = self.find_strongest_solution(key, graphs)
        members = list(chain.from_iterable(map(list_members, lineages)))
        if not members:
            return self.count_modalities([strength] if lineages else [])
        return self.count_modalities(
            find_weakest((self.rate_solution(member, graphs), strength)) for member in members
        )

    def count_modalities(self, strengths: Iterable[str | None]) -> tuple[Modality, ...]:
        """Return the modalities, the strongest first, each with how often it comes."""
        # the graphs of a basis may not be seen to give a member: its modality is not known
        counts = Counter(UNKNOWN if strength is None else strength for strength in strengths)
        return tuple(
            self.modalities.named[modality]._replace(members=counts[modality])
            for modality in sorted(counts, key=rank_modality)
        )

    def rate_members(self, basis: Basis, graphs: Graphs) -> Iterator[str | None]:
        """Yield the modality of each member that a grouped row counts."""
        as_usual = self.modalities.by_graph_set[graphs]
        for monomial in basis.members:
            usual = self.find_usual_of_solution(monomial) if as_usual else None
            yield self.rate_solution(monomial, graphs) if usual is None else usual

    def find_strongest_solution(self, key: Key, graphs: Graphs) -> tuple[str | None, list[Lineage]]:
        """Return the modality around the members of a row, and the lineages of its solution.

        Each solution gives the row, so the strongest rates it.
        """
        solutions = islice(self.relation.solutions.get(key, ()), MAX_MONOMIALS)
        outer = [[self.tracer.lineages[number] for number in monomial] for monomial in solutions]
        strengths = [self.rate_plain(lineages, graphs) for lineages in outer]
        strongest = find_strongest(strengths)
        return strongest, outer[strengths.index(strongest)] if outer else []

    def rate_plain(self, lineages: Iterable[Lineage], graphs: Graphs) -> str | None:
        """Return the modality of the lineages that count no members, in some graphs."""
        plain = (lineage for lineage in lineages if not any(list_members(lineage)))
        return find_weakest(self.of_lineage[lineage, graphs] for lineage in plain)

    def find_usual_of_solution(self, monomial: Monomial) -> str | None:
        """Return the modality of a solution in all graphs that give it with no weaker record.

        None if it varies between such graphs. It spares nearly all rows of a large answer the
        search.
        """
        return find_weakest(map(self.usual.__getitem__, monomial))

    def find_usual(self, number: int) -> str | None:
        """Return the modality of the property of a lineage's triple, None if inferences vary."""
        lineage = self.tracer.lineages[number]
        if lineage.composition is not None or not lineage.sets:
            return None
        for triple in lineage.triples:
            name: str = triple[1].value  # type: ignore[union-attr]
            is_fixed = not self.modalities.shows_record(triple) and self.modalities.invariable[name]
            return self.modalities.by_predicate[name] if is_fixed else None
        return NONE

    def rate_solution(self, monomial: Monomial, graphs: Graphs) -> str | None:
        """Return the modality of a solution in some graphs, None if they do not give it."""
        lineages = self.tracer.lineages
        return find_weakest(self.of_lineage[lineages[number], graphs] for number in monomial)

    def rate_lineage(self, key: tuple[Lineage, Graphs]) -> str | None:
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

    def rate_triple(self, lineage: Lineage, graphs: Graphs) -> str | None:
        """Return the modality of the lineage of one triple, or of the presence of a graph."""
        given = any(support <= graphs for support in lineage.sets)
        for triple in lineage.triples:
            strength = self.modalities.by_triple[triple, graphs]
            usual = self.modalities.by_predicate[triple[1].value]  # type: ignore[union-attr]
            return usual if strength is None and given else strength
        if not lineage.sets and not lineage.complete:
            return UNKNOWN
        return NONE if given else None

    def rate_walk(self, walk: Walk, graphs: Graphs) -> str | None:
        """Return the modality of the strongest way along a path in some graphs, None without a way.

        Each pass admits weaker triples too, so the first pass that arrives has the strongest way.
        """
        store = self.verifier.parts.store(graphs)
        for weakest_place in PLACES:

            def is_allowed(triple: TermTriple, most: int = weakest_place) -> bool:
                strength = self.modalities.by_triple[triple, graphs]
                return strength is not None and rank_modality(strength) <= most

            walker = replace(self.tracer.make_walker(store, walk.graph), allowed=is_allowed)
            way = walker.follow(walk.path, {walk.start: ()}, back=walk.back).get(walk.end)  # type: ignore[arg-type]
            if way is not None:
                return find_weakest(self.modalities.by_triple[triple, graphs] for triple in way)
        return None

    def rate_more_solutions(self, key: Key, graphs: Graphs) -> Iterator[str | None]:
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

    def bound_strength(self) -> str | None:
        """Return the modality that no solution exceeds, None if the query leaves that open."""
        strengths: list[str] = []
        for atom in self.relation.atoms:
            match atom:
                case PatternAtom(pattern) if isinstance(pattern.predicate, NamedNode):
                    strengths.append(self.modalities.by_predicate[pattern.predicate.value])
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
