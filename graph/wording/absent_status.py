"""An absent status in words: no source gives CPEC Phase II a status after 16 July 2021."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

from pyoxigraph import Literal, NamedNode

from graph.sparql import syntax
from graph.wording.group_reading import GroupReading
from graph.wording.pattern import PatternWords
from graph.wording.sentence import STATUS, STATUS_OF
from ontology.terms import CPEC, DCTERMS, OA, XSD

DAYS: Final = syntax.Alternative((CPEC.DATE, NamedNode(CPEC + "latest")))
"""The path to the day of an event, or to the last day on which it can have been."""


@dataclass(frozen=True, slots=True)
class StatusPatterns:
    """The nodes of patterns that ask for a change of status, and for the day of its article."""

    change: syntax.Node
    thing: syntax.Node
    status: syntax.Node
    day: syntax.Node
    published: syntax.Node | None

    @classmethod
    def read(cls, words: PatternWords, patterns: Sequence[syntax.TriplePattern]) -> Self | None:
        """Return the nodes of patterns that ask for any status of a known thing, or None."""
        changes = (p.subject for p in patterns if p.predicate == STATUS_OF)
        change = next(filter(words.is_open, changes), None)
        own = {p.predicate: p.object for p in patterns if p.subject == change}
        rest = [p for p in patterns if p.subject != change]
        if (
            change is None
            or {*own} != {STATUS_OF, STATUS, DAYS}
            or len(own) + len(rest) < len(patterns)
            or [p.predicate for p in rest] not in ([], [OA.HAS_SOURCE, DCTERMS.DATE])
            or words.is_open(own[STATUS_OF])
            or not words.is_open(own[STATUS])
        ):
            return None
        published = rest[-1].object if rest else None
        return cls(change, own[STATUS_OF], own[STATUS], own[DAYS], published)

    def limit(
        self, words: PatternWords, conditions: Iterable[syntax.Expression]
    ) -> dict[object, str] | None:
        """Return the words of the conditions by node, None if one of them has no words."""
        limits: dict[object, str] = {}
        for condition in conditions:
            match condition:
                case syntax.Chain(syntax.Call("DATATYPE", (self.day,)), (("=", XSD.DATE),)):
                    pass
                case syntax.Chain(first, (("!=" | ">" as operator, second),)) if (
                    (first == self.status) == (operator == "!=")
                    and first in {self.status, self.day, self.published} - {*limits}
                    and isinstance(words.resolve(second), NamedNode | Literal)
                ):
                    other = f" other than {words.name(words.resolve(second))}"
                    is_status = first == self.status
                    limits[first] = other if is_status else words.say_limit(">", second)
                case _:
                    return None
        return limits if self.published in {None, *limits} else None

    def spares_bound(self, reading: GroupReading) -> bool:
        """Return whether a negation only spares a bound of the day, where the day is known.

        A change is dated by its day or by the last day on which it can have been: that makes no
        difference to the words.
        """
        match reading.patterns:
            case [(syntax.TriplePattern(self.change, CPEC.DATE, earlier), None)]:
                chains = (c for c in reading.conditions if isinstance(c, syntax.Chain))
                return (earlier, (("<", self.day),)) in [(c.first, c.rest) for c in chains]
        return False


def write_status(words: PatternWords, reading: GroupReading) -> str:
    """Return that no source gives a thing a later or another status, "" of other groups."""
    start = re.fullmatch("(.*no source )says", words.speaker.deny)
    asked = StatusPatterns.read(words, [pattern for pattern, _ in reading.patterns])
    graphs = [graph for _, graph in reading.patterns if graph]
    if not (start and asked and all(map(words.is_open, graphs))):
        return ""
    limits = asked.limit(words, reading.conditions)
    if limits is None or not all(map(asked.spares_bound, reading.denied)):
        return ""
    who = start[1]
    if asked.published is not None:
        who = who.replace("source", f"article{limits[asked.published]}")
    dated = "" if words.is_open(asked.day) else f" as of {words.name(words.resolve(asked.day))}"
    status, when = limits.get(asked.status, ""), limits.get(asked.day, dated)
    return f"{who}gives {words.name(asked.thing)} a status{status}{when}"
