"""Which facts may follow from facts that follow from several themselves, and so on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from graph.reasoning.facts.fact_index import AXIOM, CLOSED, JOINED, ONTOLOGY, TOGETHER, FactIndex
from graph.reasoning.facts.rulebook import END, SUBJECT, Pair, Rulebook
from graph.reasoning.sets.support import EMPTY, Graphs


@dataclass(frozen=True, slots=True)
class Deep:
    """Facts of a predicate that may follow so: those of some subjects, or of some objects.

    Where nothing is known of their ends, `every` fact may. It takes a graph of each set of `by`.
    Where it is two facts from which they follow, these are of a `pair`. Where the first of them
    follows from several they meet at one of `lefts`, where the second does at one of `rights`.
    """

    by: tuple[Graphs, ...] = ()
    pair: Pair | None = None
    lefts: Set[int] = EMPTY
    rights: Set[int] = EMPTY
    subjects: Set[int] = EMPTY
    objects: Set[int] = EMPTY
    every: bool = False

    def may(self, fact: int) -> bool:
        """Whether a fact of the predicate may follow so."""
        return self.every or fact & END in self.objects or fact >> SUBJECT & END in self.subjects


class Depths:
    """What may so follow in a dataset; `parts` tells which graphs take part in the closure."""

    def __init__(self, index: FactIndex, parts: bytes, rulebook: Rulebook) -> None:
        self.index = index
        self.parts = parts
        self.rulebook = rulebook
        self.known: dict[int, list[Deep]] = {}
        self.marked: dict[tuple[int, int], tuple[set[int], set[int]]] = {}

    def prepare(self) -> None:
        """Find it beforehand for all predicates of facts that may follow from several."""
        for predicate in range(len(self.index.predicates)):
            self.of(predicate)

    def of(self, predicate: int) -> list[Deep]:
        """Return which facts of a predicate may follow in ways that `Standing` does not count."""
        found = self.known.get(predicate)
        if found is None:
            found = self.known[predicate] = list(self.sought(predicate))
        return found

    def simple(self, predicate: int) -> bool:
        """Whether the facts of a predicate may so follow only where each leans on one other."""
        seen = {predicate}
        waiting = [predicate]
        for one in waiting:
            for deep in self.of(one):
                joined = [] if deep.pair is None else self.joined(deep.pair)
                if len(joined) != 1:
                    return False
                waiting += set(joined) - seen
                seen.update(joined)
        return True

    def joined(self, pair: Pair) -> list[int]:
        """Return those of a pair of predicates of which facts follow from several."""
        return [one for one in (pair.first, pair.second) if self.ends(one, JOINED)[0]]

    def sought(self, predicate: int) -> Iterator[Deep]:
        """Yield which facts of a predicate may follow otherwise, rule by rule."""
        for one, turned in self.rulebook.likes(predicate):
            if any(self.ends(origin, JOINED)[0] for origin in self.rulebook.unlike(one)):
                yield Deep(every=True)
            for steps in self.rulebook.chains.get(one, ()):
                if len(steps) == 2:
                    yield from self.by_pair(Pair(steps[0], steps[1], turned))
                else:
                    yield Deep(self.alone(steps), every=True)

    def by_pair(self, pair: Pair) -> Iterator[Deep]:
        """Yield what follows from two facts of which one follows from several."""
        first, second, turned = pair
        lefts = self.ends(first, JOINED)[1] & self.ends(second, CLOSED)[0]
        rights = self.ends(first, CLOSED)[1] & self.ends(second, JOINED)[0]
        nodes = lefts | rights
        if nodes:
            facts = map(self.index.by_subject.__getitem__, self.index.of_predicate(second))
            ends = {fact & END for fact in facts if fact >> SUBJECT & END in nodes}
            subjects, objects = (ends, EMPTY) if turned else (EMPTY, ends)
            yield Deep(self.alone((first, second)), pair, lefts, rights, subjects, objects)

    def ends(self, predicate: int, mark: int) -> tuple[set[int], set[int]]:
        """Return the subjects and the objects of the facts of a predicate that have a mark."""
        found = self.marked.get((predicate, mark))
        if found is None:
            marks, facts = self.index.marks, self.index.by_subject
            chosen = [facts[p] for p in self.index.of_predicate(predicate) if marks[p] & mark]
            subjects = {one >> SUBJECT & END for one in chosen}
            found = self.marked[predicate, mark] = subjects, {one & END for one in chosen}
        return found

    def alone(self, predicates: Iterable[int]) -> tuple[Graphs, ...]:
        """Return who holds facts of each predicate of which no fact follows from several."""
        simple = (one for one in predicates if not self.ends(one, JOINED)[0])
        return tuple(found for one in simple if ONTOLOGY not in (found := self.holders(one)))

    def holders(self, predicate: int) -> Graphs:
        """Return the graphs that hold a fact of a predicate alone; ONTOLOGY is one."""
        found = set[int]()
        for place in self.index.of_predicate(predicate):
            marks = self.index.marks[place]
            if marks & AXIOM:
                found.add(ONTOLOGY)
            elif marks & (CLOSED | TOGETHER) == CLOSED:
                found.update(self.index.alone(place, self.parts))
        return frozenset(found)
