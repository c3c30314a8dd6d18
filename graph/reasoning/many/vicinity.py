"""The vicinity of a fact: graphs that hold it by facts that are looked up one after the other."""

from __future__ import annotations

from graph.reasoning.facts import fact_index, rulebook
from graph.reasoning.facts.depth import Depths
from graph.reasoning.many.ground import Ground, flags, zeros
from graph.reasoning.sets.support import Graphs

END = rulebook.END
SUBJECT = rulebook.SUBJECT
PREDICATE = rulebook.PREDICATE
JOINED = fact_index.JOINED
NOWHERE = fact_index.NOWHERE

OBJECT, SUBJECT_TOO = 1, 2
"""Which ends of the facts of a predicate are marked."""

FEW = 64
"""Facts of a row that are gone through without a look at how many meet them."""

MOST_SEEN = 256
"""Facts that are looked at for one."""


class Vicinity:
    """Looks for what holds a fact in the graphs that stand, from it to those on which it leans.

    A fact leans on another where it follows from that and a third, which a graph holds alone. Facts
    are given by their places. `direct` are for each predicate the pairs from which its facts follow
    and of which none follows from several itself, `leaning` the others, each with whether its first
    and its second may. `origins` and `thirds` tell of a fact that was seen which other it was seen
    from, counted in the order of `waiting`, and by which third. `marked` are the nodes that may be
    the object of a fact on which others lean and which is held, in the graphs of one `epoch`.
    """

    def __init__(self, ground: Ground, depths: Depths) -> None:
        self.ground = ground
        self.depths = depths
        predicates = range(len(depths.index.predicates))
        self.leaning, self.direct, self.simple = [], [], []
        for predicate, pairs in enumerate(map(depths.rulebook.pairs, predicates)):
            deep = {}
            for one in depths.of(predicate):
                if one.pair is not None:
                    deep[one.pair] = bool(one.lefts), bool(one.rights)
            self.leaning.append([(*pair, *sides) for pair, sides in deep.items()])
            self.direct.append([pair for pair in pairs if pair not in deep])
            self.simple.append(depths.simple(predicate))
        self.marking = bytearray(len(predicates))
        for leaning in self.leaning:
            for first, second, _, by_first, by_second in leaning:
                if by_first:
                    self.mark_ends(first)
                if by_second:
                    self.mark_ends(second)
        self.marked = flags(ground.nodes)
        self.nodes: list[int] = []
        self.epoch = 0
        self.origins, self.thirds = zeros(ground.size), zeros(ground.size)
        self.waiting: list[int] = []
        self.found: list[int] = []
        self.row, self.at, self.stop = -1, 0, 0

    def mark_ends(self, predicate: int) -> None:
        """Note of which facts an end is the object of those of a predicate that are held or direct.

        They are facts of the predicate, and of the pairs from which its facts follow.
        """
        self.marking[predicate] |= OBJECT
        for first, second, turned in self.direct[predicate]:
            if turned:
                self.marking[first] |= SUBJECT_TOO
            else:
                self.marking[second] |= OBJECT

    def survey(self) -> None:
        """Mark the nodes, for graphs that are new."""
        ground = self.ground
        for node in self.nodes:
            self.marked[node] = 0
        self.nodes, self.epoch = [], ground.epoch
        for facts in (ground.here, ground.given):
            for place in facts:
                fact = ground.facts[place]
                ends = self.marking[fact >> PREDICATE]
                if ends & OBJECT:
                    self.mark(fact & END)
                if ends & SUBJECT_TOO:
                    self.mark(fact >> SUBJECT & END)

    def mark(self, node: int) -> None:
        """Mark a node."""
        if not self.marked[node]:
            self.marked[node] = 1
            self.nodes.append(node)

    def witness(self, place: int) -> tuple[Graphs | None, bool]:
        """Return which of the graphs hold a fact, None where none are found, and if it is sure."""
        self.waiting = [place]
        if self.epoch != self.ground.epoch:
            self.survey()
        if self.is_direct(place):
            return self.together(place), True
        if not self.ground.marks[place] & JOINED:
            return None, True
        reached = self.reach(place)
        graphs = None if reached == NOWHERE else self.together(reached)
        seen = len(self.waiting)
        for one in self.waiting:
            self.origins[one] = 0
        if graphs is None:
            return None, seen <= MOST_SEEN and self.simple[self.ground.facts[place] >> PREDICATE]
        return graphs, True

    def reach(self, place: int) -> int:
        """Return a fact that is held by itself or from two, and on which one leans, or NOWHERE."""
        self.origins[place] = 1
        at = 0
        while at < len(self.waiting) <= MOST_SEEN:
            one = self.waiting[at]
            at += 1
            fact = self.ground.facts[one]
            subject, value = fact >> SUBJECT & END, fact & END
            for first, second, turned, by_first, by_second in self.leaning[fact >> PREDICATE]:
                start, end = (value, subject) if turned else (subject, value)
                reached = NOWHERE
                if by_first:
                    reached = self.reach_first(at, first, second, start, end)
                if by_second and reached == NOWHERE:
                    reached = self.reach_second(at, first, second, start, end)
                if reached != NOWHERE:
                    return reached
        return NOWHERE

    def reach_first(self, origin: int, first: int, second: int, start: int, end: int) -> int:
        """See the first facts of pairs of which the second are held; return one that is found."""
        ground = self.ground
        row = first << SUBJECT | start
        low, high = ground.low(row << SUBJECT), ground.high(row)
        if low == high:
            return NOWHERE
        at = ground.low_before(second, end)
        while at < ground.begins[second + 1]:
            third = ground.order[at]
            if ground.facts[third] & END != end:
                break
            if ground.holds(third):
                node = ground.facts[third] >> SUBJECT & END
                other = ground.find_between(row << SUBJECT | node, low, high)
                if other != NOWHERE and self.sees(other, third, origin):
                    return other
            at += 1
        return NOWHERE

    def reach_second(self, origin: int, first: int, second: int, start: int, end: int) -> int:
        """See the second facts of pairs of which the first are held; return one that is found."""
        ground = self.ground
        row = first << SUBJECT | start
        third = ground.low(row << SUBJECT)
        while third < ground.begins[first + 1] and ground.facts[third] >> SUBJECT == row:
            if ground.holds(third):
                node = ground.facts[third] & END
                other = ground.find(second << PREDICATE | node << SUBJECT | end)
                if other != NOWHERE and self.sees(other, third, origin):
                    return other
            third += 1
        return NOWHERE

    def sees(self, place: int, third: int, origin: int) -> bool:
        """Take note of a fact, and return whether it is held by itself or from two."""
        if self.origins[place]:
            return False
        self.waiting.append(place)
        self.origins[place] = origin
        self.thirds[place] = third
        node = self.ground.facts[place] & END
        return self.marked[node] > 0 and self.is_direct(place)

    def together(self, place: int) -> Graphs:
        """Return graphs that were found to hold a fact, with such as hold the thirds."""
        graphs = set(self.found)
        while place != self.waiting[0]:
            graphs.add(self.ground.holder(self.thirds[place]))
            place = self.waiting[self.origins[place] - 1]
        graphs.discard(NOWHERE)
        return frozenset(graphs)

    def is_direct(self, place: int) -> bool:
        """Whether a graph holds a fact by itself, or it follows from two that graphs hold so.

        `found` are these graphs then. Pairs on which a fact may lean are left out.
        """
        ground = self.ground
        if ground.holds(place) or ground.is_held(place):
            self.found = [ground.holder(place)]
            return True
        if not ground.marks[place] & JOINED:
            return False
        fact = ground.facts[place]
        subject, value = fact >> SUBJECT & END, fact & END
        for first, second, turned in self.direct[fact >> PREDICATE]:
            start, end = (value, subject) if turned else (subject, value)
            if self.pairs(first, second, start, end):
                return True
        return False

    def pairs(self, first: int, second: int, start: int, end: int) -> bool:
        """Whether two facts are held alone that lead from one end to the other; note by which."""
        ground = self.ground
        row = first << SUBJECT | start
        if row != self.row:
            self.row = row
            self.at, self.stop = ground.low(row << SUBJECT), ground.high(row)
        at, stop = self.at, self.stop
        if stop - at > FEW:
            before = ground.low_before(second, end)
            if stop - at > ground.low_before(second, end + 1) - before:
                return self.pairs_before(row, second, end, before)
        while at < stop:
            if ground.holds(at):
                node = ground.facts[at] & END
                other = ground.find(second << PREDICATE | node << SUBJECT | end)
                if other != NOWHERE and ground.holds(other):
                    self.found = [ground.holder(at), ground.holder(other)]
                    return True
            at += 1
        return False

    def pairs_before(self, row: int, second: int, end: int, before: int) -> bool:
        """Do what `pairs` does, from the second facts, which begin at a place of the order."""
        ground = self.ground
        while before < ground.begins[second + 1]:
            other = ground.order[before]
            fact = ground.facts[other]
            if fact & END != end:
                break
            if ground.holds(other):
                first = ground.find(row << SUBJECT | fact >> SUBJECT & END)
                if first != NOWHERE and ground.holds(first):
                    self.found = [ground.holder(first), ground.holder(other)]
                    return True
            before += 1
        return False
