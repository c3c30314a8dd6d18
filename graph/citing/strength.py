"""The modality of rows: that of the weakest triple of the strongest solution that graphs give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from pyoxigraph import NamedNode

from graph.citing.index import EvidenceIndex
from graph.citing.lineage import (
    AllOf,
    AnyOf,
    Lineage,
    Members,
    PatternUse,
    TermTriple,
    Walk,
)
from graph.citing.modality import (
    NONE,
    OF_A_RECORD,
    UNKNOWN,
    Modality,
    place,
    strongest_of,
    weakest_of,
)
from graph.citing.relation import MOST_WAYS, Relation
from graph.citing.run import Run
from graph.citing.solution import Key, Memo
from graph.citing.trace import Needs
from graph.citing.verify import Verifier
from graph.reasoning.closure import Graphs

PLACES: Final = range(place(NONE) - 1, place(UNKNOWN))
"""The places of modalities, the strongest first; no triple has the first place."""


class RowModalities:
    """Finds the modalities of the proofs and bases of the rows of one relation."""

    def __init__(
        self, relation: Relation, index: EvidenceIndex, run: Run, verifier: Verifier
    ) -> None:
        self.relation, self.index, self.run, self.verifier = relation, index, run, verifier
        self.modalities = index.modalities
        self.tracer = relation.tracer
        self.of_lineage = Memo(self.lineage)
        self.usual = Memo(self.usual_of)
        self.bound = self.strongest_possible()

    def of_proof(self, key: Key, graphs: Graphs) -> Modality:
        """Return the modality of a row by the graphs of a proof."""
        solutions = self.relation.solutions.get(key, ())
        if len(solutions) <= MOST_WAYS and self.modalities.by_graph_set[graphs]:
            usual = {self.usual_solution(needs) for needs in solutions}
            if len(usual) == 1 and None not in usual:
                return self.modalities.named[usual.pop() or NONE]
        strength = strongest_of(self.solution(needs, graphs) for needs in solutions)
        is_partial = len(solutions) > MOST_WAYS and strength != self.bound
        if is_partial or strength is None or strength == UNKNOWN:
            strength = strongest_of((strength, *self.within(key, graphs)))
        return self.modalities.named[UNKNOWN if strength is None else strength]

    def of_basis(self, key: Key, graphs: Graphs) -> tuple[Modality, ...]:
        """Return the modalities of the members that a row counts, each with their number."""
        counts = Counter(self.members(key, graphs))
        return tuple(
            self.modalities.named[modality]._replace(members=counts[modality])
            for modality in sorted(counts, key=place)
        )

    def members(self, key: Key, graphs: Graphs) -> Iterator[str]:
        """Yield the modality of each member that a row counts, itself or in a subselect."""
        basis = self.relation.basis.get(key)
        if basis is not None:
            as_usual = self.modalities.by_graph_set[graphs]
            for needs in basis.members:
                usual = self.usual_solution(needs) if as_usual else None
                yield self.known(self.solution(needs, graphs) if usual is None else usual)
            return
        for needs in islice(self.relation.solutions.get(key, ()), 1):
            lineages = [self.tracer.lineages[number] for number in needs]
            counted = [own for lineage in lineages for own in members_of(lineage)]
            others = [lineage for lineage in lineages if not any(members_of(lineage))]
            beside = weakest_of(self.of_lineage[lineage, graphs] for lineage in others)
            for member in counted:
                yield self.known(weakest_of((self.solution(member, graphs), beside)))

    def known(self, strength: str | None) -> str:
        """Return the modality of a member, UNKNOWN if the graphs are not seen to give it."""
        return UNKNOWN if strength is None else strength

    def usual_solution(self, needs: Needs) -> str | None:
        """Return the modality of a solution in all graphs that give it with nothing weaker.

        None if that is another in some of them. It spares nearly all rows of a large answer the
        search in their graphs.
        """
        return weakest_of(map(self.usual.__getitem__, needs))

    def usual_of(self, number: int) -> str | None:
        """Return the modality of the property of a lineage's triple, None if it may be another."""
        lineage = self.tracer.lineages[number]
        if lineage.composition is not None or not lineage.sets:
            return None
        for _, predicate, _ in lineage.triples:
            name: str = predicate.value  # type: ignore[union-attr]
            is_fixed = name not in OF_A_RECORD and self.modalities.invariable[name]
            return self.modalities.by_predicate[name] if is_fixed else None
        return NONE

    def solution(self, needs: Needs, graphs: Graphs) -> str | None:
        """Return the modality of a solution in some graphs, None if they do not give it."""
        lineages = self.tracer.lineages
        return weakest_of(self.of_lineage[lineages[number], graphs] for number in needs)

    def lineage(self, key: tuple[Lineage, Graphs]) -> str | None:
        """Return the modality of a lineage in some graphs, None if they do not give it."""
        lineage, graphs = key
        match lineage.composition:
            case AllOf(lineages):
                return weakest_of(self.of_lineage[part, graphs] for part in lineages)
            case AnyOf(lineages):
                return strongest_of(self.of_lineage[part, graphs] for part in lineages)
            case Members(needs):
                return weakest_of(self.solution(member, graphs) for member in needs)
            case Walk():
                return self.walk(lineage.composition, graphs)
        return self.single(lineage, graphs)

    def single(self, lineage: Lineage, graphs: Graphs) -> str | None:
        """Return the modality of a lineage of one triple, or of a graph that is there at all."""
        given = any(support <= graphs for support in lineage.sets)
        for triple in lineage.triples:
            strength = self.modalities.triple(triple, graphs)
            usual = self.modalities.by_predicate[triple[1].value]  # type: ignore[union-attr]
            return usual if strength is None and given else strength
        if not lineage.sets and not lineage.complete:
            return UNKNOWN
        return NONE if given else None

    def walk(self, walk: Walk, graphs: Graphs) -> str | None:
        """Return the modality of the strongest way along a path in some graphs, None without one.

        Each pass walks weaker triples too; the first that arrives has found the strongest way.
        """
        store = self.verifier.parts.store(graphs)
        for weakest_place in PLACES:

            def is_allowed(triple: TermTriple, most: int = weakest_place) -> bool:
                strength = self.modalities.triple(triple, graphs)
                return strength is not None and place(strength) <= most

            walker = replace(self.tracer.walker(store, walk.graph), allowed=is_allowed)
            way = walker.step(walk.path, {walk.start: ()}, back=walk.back).get(walk.end)  # type: ignore[arg-type]
            if way is not None:
                return weakest_of(self.modalities.triple(triple, graphs) for triple in way)
        return None

    def within(self, key: Key, graphs: Graphs) -> Iterator[str | None]:
        """Yield the modalities of the solutions of a row that a store of the graphs answers.

        Nothing is asked past the thresholds of verifying.
        """
        relation, thresholds = self.relation, self.index.thresholds
        size = self.index.kernel.size(graphs)
        if relation.select is None or size > thresholds.closed or self.verifier.is_exhausted:
            return
        self.verifier.total += 1
        run = replace(self.run, store=self.verifier.parts.store(graphs))
        solutions = run.solutions(relation.select)
        chosen = [row == key for row in solutions.rows(relation.columns)]
        for needs in self.tracer.needs(relation.uses, solutions.where(chosen)):
            yield self.solution(needs, graphs)

    def strongest_possible(self) -> str | None:
        """Return the modality that no solution exceeds, None where the query leaves that open."""
        strengths: list[str] = []
        for use in self.relation.uses:
            match use:
                case PatternUse(pattern) if isinstance(pattern.predicate, NamedNode):
                    strengths.append(self.modalities.by_predicate[pattern.predicate.value])
                case _:
                    return None
        return weakest_of(strengths)


def members_of(lineage: Lineage) -> Iterator[Needs]:
    """Yield the members that a lineage counts."""
    match lineage.composition:
        case Members(needs):
            yield from needs
        case AllOf(lineages) | AnyOf(lineages):
            for part in lineages:
                yield from members_of(part)
