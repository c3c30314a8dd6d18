"""What stands on a ground while graphs are taken out: in how many ways each fact holds.

Counted are the graphs that hold a fact alone, and the pairs of facts that are held alone from which
it follows end to end, as views are kept by counting (Gupta, Mumick and Subrahmanian, Maintaining
views incrementally, SIGMOD 1993). What holds only in other ways (graph/reasoning/facts/depth.py)
has the count of nought. It is compiled as ground.py is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set

from graph.reasoning.assembling.assemblies import Assemblies
from graph.reasoning.facts import fact_index, rulebook
from graph.reasoning.many.ground import Ground, flags, grown, zeros

END = rulebook.END
SUBJECT = rulebook.SUBJECT
PREDICATE = rulebook.PREDICATE
JOINED = fact_index.JOINED
TOGETHER = fact_index.TOGETHER
NOWHERE = fact_index.NOWHERE

ROOM = 1024
"""The ways for which there is room at first; it is doubled where that is too little."""


class Standing:
    """Facts that are asked about, and the number of `ways` in which each holds.

    One serves many questions, one after the other: `begin`, `ask` about facts, `count` the ways in
    which these hold in the graphs of the ground, then `take` and `put_back` graphs. `deep` are the
    facts that may hold in other ways too.

    What a graph holds alone is listed from `last_held` by `held_before`, each time a number in
    `held`. A pair is entered under both premises, and listed from `last_use` by `use_before`, each
    time a number in `premises`, `partners` and `conclusions`.
    """

    def __init__(self, ground: Ground, assemblies: Assemblies) -> None:
        self.ground = ground
        self.literals = assemblies.literals
        predicates = range(len(assemblies.index.predicates))
        self.pairs = [assemblies.rulebook.pairs(one) for one in predicates]
        self.ways, self.last_use = zeros(ground.size), zeros(ground.size)
        self.asked, self.deep = flags(ground.size), flags(ground.size)
        self.last_held = zeros(len(assemblies.parts))
        self.subjects, self.objects = flags(ground.nodes), flags(ground.nodes)
        self.starts, self.ends = self.subjects, self.objects
        self.places: list[int] = []
        self.lost: list[int] = []
        self.gone = self.holdings = self.uses = 0
        self.held, self.held_before = zeros(ROOM), zeros(ROOM)
        self.premises, self.partners = zeros(ROOM), zeros(ROOM)
        self.conclusions, self.use_before = zeros(ROOM), zeros(ROOM)

    def begin(self) -> None:
        """Forget the facts and the graphs of the last question."""
        self.uncount()
        for place in self.places:
            self.asked[place] = self.deep[place] = 0
        self.places = []
        self.ground.leave()

    def uncount(self) -> None:
        """Forget the ways that were counted."""
        for number in range(1, self.uses + 1):
            self.last_use[self.premises[number]] = 0
        for graph in self.ground.graphs:
            self.last_held[graph] = 0
        for place in self.places:
            self.ways[place] = 0
        self.holdings = self.uses = 0

    def ask(self, places: Iterable[int]) -> list[int]:
        """Take up facts that no graph of the ground holds; return those that are left out.

        These are of literals, which cannot be turned into subjects, not even on the way: what
        follows of them is not counted.
        """
        left = []
        for place in places:
            fact = self.ground.facts[place]
            if self.literals[fact & END] and self.pairs[fact >> PREDICATE]:
                left.append(place)
            elif not self.ground.is_held(place):
                self.asked[place] = 1
                self.places.append(place)
        return left

    def count(self) -> None:
        """Count the ways in which the facts hold in the graphs of the ground."""
        ground = self.ground
        joined = defaultdict(list)
        for place in self.places:
            if not ground.marks[place] & TOGETHER:
                for at in range(ground.starts[place], ground.starts[place + 1]):
                    graph = ground.held[at] >> 1
                    if ground.inside[graph]:
                        self.ways[place] += 1
                        self.hold(graph, place)
            if ground.marks[place] & JOINED:
                joined[ground.facts[place] >> PREDICATE].append(place)
        for predicate, places in joined.items():
            self.count_pairs(predicate, places)

    def count_pairs(self, predicate: int, places: Sequence[int]) -> None:
        """Count the pairs from which facts of a predicate follow.

        They are looked for from the side of which fewer ends are asked about.
        """
        subjects = objects = 0
        for place in places:
            fact = self.ground.facts[place]
            subject, value = fact >> SUBJECT & END, fact & END
            subjects += 1 - self.subjects[subject]
            objects += 1 - self.objects[value]
            self.subjects[subject] = self.objects[value] = 1
        for first, second, turned in self.pairs[predicate]:
            self.starts = self.objects if turned else self.subjects
            self.ends = self.subjects if turned else self.objects
            near_first = objects < subjects if turned else subjects <= objects
            for facts in (self.ground.here, self.ground.given):
                if near_first:
                    self.pair_after(predicate, first, second, turned, facts)
                else:
                    self.pair_before(predicate, first, second, turned, facts)
        for place in places:
            fact = self.ground.facts[place]
            subject, value = fact >> SUBJECT & END, fact & END
            self.subjects[subject] = self.objects[value] = 0

    def pair_after(
        self, predicate: int, first: int, second: int, turned: bool, facts: Sequence[int]
    ) -> None:
        """Enter the pairs of which the first is one of some facts."""
        ground = self.ground
        for place in facts:
            fact = ground.facts[place]
            start = fact >> SUBJECT & END
            if fact >> PREDICATE == first and self.starts[start]:
                row = second << SUBJECT | fact & END
                at = ground.low(row << SUBJECT)
                while at < ground.begins[second + 1] and ground.facts[at] >> SUBJECT == row:
                    end = ground.facts[at] & END
                    if self.ends[end] and ground.holds(at):
                        self.conclude(predicate, start, end, turned, place, at)
                    at += 1

    def pair_before(
        self, predicate: int, first: int, second: int, turned: bool, facts: Sequence[int]
    ) -> None:
        """Enter the pairs of which the second is one of some facts."""
        ground = self.ground
        for place in facts:
            fact = ground.facts[place]
            end = fact & END
            if fact >> PREDICATE == second and self.ends[end]:
                node = fact >> SUBJECT & END
                at = ground.low_before(first, node)
                while at < ground.begins[first + 1]:
                    other = ground.order[at]
                    fact = ground.facts[other]
                    if fact & END != node:
                        break
                    start = fact >> SUBJECT & END
                    if self.starts[start] and ground.holds(other):
                        self.conclude(predicate, start, end, turned, other, place)
                    at += 1

    def conclude(
        self, predicate: int, start: int, end: int, turned: bool, first: int, second: int
    ) -> None:
        """Enter a pair that leads from start to end, if the fact that follows is asked about."""
        if turned:
            start, end = end, start
        place = self.ground.find(predicate << PREDICATE | start << SUBJECT | end)
        if place != NOWHERE and self.asked[place]:
            self.ways[place] += 1
            self.use(first, second, place)
            if first != second:
                self.use(second, first, place)

    def hold(self, graph: int, place: int) -> None:
        """Enter a fact under a graph that holds it alone."""
        self.holdings += 1
        if self.holdings == len(self.held):
            self.held, self.held_before = grown(self.held), grown(self.held_before)
        self.held[self.holdings] = place
        self.held_before[self.holdings] = self.last_held[graph]
        self.last_held[graph] = self.holdings

    def use(self, premise: int, partner: int, conclusion: int) -> None:
        """Enter a pair under one of its premises."""
        self.uses += 1
        if self.uses == len(self.premises):
            self.premises, self.partners = grown(self.premises), grown(self.partners)
            self.conclusions, self.use_before = grown(self.conclusions), grown(self.use_before)
        self.premises[self.uses] = premise
        self.partners[self.uses] = partner
        self.conclusions[self.uses] = conclusion
        self.use_before[self.uses] = self.last_use[premise]
        self.last_use[premise] = self.uses

    def joined(self) -> set[int]:
        """Return the predicates of the facts that may follow from several."""
        ground = self.ground
        return {
            ground.facts[place] >> PREDICATE
            for place in self.places
            if ground.marks[place] & JOINED
        }

    def deepen(self, predicate: int, subjects: Set[int], objects: Set[int], every: bool) -> None:
        """Mark facts of a predicate that may hold in ways which are not counted.

        They are those of some subjects and of some objects, or every one.
        """
        ground = self.ground
        for place in self.places:
            fact = ground.facts[place]
            if fact >> PREDICATE == predicate and ground.marks[place] & JOINED:
                subject, value = fact >> SUBJECT & END, fact & END
                if every or value in objects or subject in subjects:
                    self.deep[place] = 1

    def uncounted(self) -> list[int]:
        """Return the facts that hold in no way that is counted."""
        return [place for place in self.places if not self.ways[place]]

    def unmet(self) -> list[int]:
        """Return the facts that hold in no way that is counted, though graphs hold them alone."""
        ground = self.ground
        return [place for place in self.uncounted() if not ground.marks[place] & TOGETHER]

    def needed(self) -> set[int]:
        """Return graphs without which a fact would not hold, since it does in one way only.

        Of the deep ones that is not known.
        """
        found = set[int]()
        for graph in self.ground.graphs:
            number = self.last_held[graph]
            while number:
                place = self.held[number]
                if self.ways[place] == 1 and not self.deep[place]:
                    found.add(graph)
                    break
                number = self.held_before[number]
        for number in range(1, self.uses + 1):
            premise, place = self.premises[number], self.conclusions[number]
            if self.ways[place] == 1 and not self.deep[place] and self.ground.alone[premise] == 1:
                found.add(self.ground.holder(premise))
        return found

    def take(self, graph: int) -> list[int] | None:
        """Take a graph out, and return the deep facts that no counted way is left to.

        Where another fact has none left, the graph stays, and None is returned.
        """
        ground = self.ground
        self.gone, self.lost = graph, []
        ground.inside[graph] = 0
        number = self.last_held[graph]
        while number:
            self.lose(self.held[number])
            number = self.held_before[number]
        for at in range(ground.own_starts[graph], ground.own_starts[graph + 1]):
            premise = ground.own[at]
            ground.alone[premise] -= 1
            if not ground.alone[premise]:
                number = self.last_use[premise]
                while number:
                    partner = self.partners[number]
                    if partner == premise or ground.holds(partner):
                        self.lose(self.conclusions[number])
                    number = self.use_before[number]
        for place in self.lost:
            if not self.deep[place]:
                self.put_back()
                return None
        return self.lost

    def lose(self, place: int) -> None:
        """Count a way less in which a fact holds."""
        self.ways[place] -= 1
        if not self.ways[place]:
            self.lost.append(place)

    def put_back(self) -> None:
        """Put back the graph that was taken last."""
        ground, graph = self.ground, self.gone
        ground.inside[graph] = 1
        number = self.last_held[graph]
        while number:
            self.ways[self.held[number]] += 1
            number = self.held_before[number]
        for at in range(ground.own_starts[graph], ground.own_starts[graph + 1]):
            premise = ground.own[at]
            if not ground.alone[premise]:
                number = self.last_use[premise]
                while number:
                    partner = self.partners[number]
                    if partner == premise or ground.holds(partner):
                        self.ways[self.conclusions[number]] += 1
                    number = self.use_before[number]
            ground.alone[premise] += 1
