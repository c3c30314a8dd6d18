"""The discourse of an article: the things that it has named so far, known and new ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from graph.curating.skeleton import make_name
from graph.drafting.lexicon import NameLexicon
from graph.drafting.pattern import DraftGrammar

COUNTRIES: Final = ("Pakistan", "China")
"""The countries of the graph, which "both countries" are."""


@dataclass(slots=True)
class Discourse:
    """The article with its language and day, and what is known of its things, by local names.

    `new` has the class and label of each thing that the graph has not, `recent` the things in the
    order of their mentions, `meetings` the meetings by body and ordinal ("" for none), `holders`
    who holds an office, `body` the body of the last meeting, and `money` the new amounts of money.
    `speaker` is the last one, whom "he" means, None for somebody unknown. `renamed` has the
    meetings that were named before their ordinals, with their right names.
    """

    article: str
    language: str
    day: date
    lexicon: NameLexicon
    grammar: DraftGrammar
    new: dict[str, tuple[str, str]] = field(default_factory=dict)
    recent: list[str] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    meetings: dict[tuple[str, str], str] = field(default_factory=dict)
    holders: dict[str, str] = field(default_factory=dict)
    money: set[str] = field(default_factory=set)
    renamed: dict[str, str] = field(default_factory=dict)
    body: str = ""
    speaker: str | None = ""

    def find_kind(self, thing: str) -> str:
        """Return the class of a thing."""
        return self.new[thing][0] if thing in self.new else self.lexicon.find_kind(thing)

    def find_label(self, thing: str) -> str:
        """Return the label of a thing."""
        return self.new[thing][1] if thing in self.new else self.lexicon.labels.get(thing, thing)

    def is_a(self, thing: str, kind: str) -> bool:
        """Return whether a thing is of a class."""
        return kind in self.lexicon.list_classes(self.find_kind(thing))

    def add(self, kind: str, label: str, stem: str = "") -> str:
        """Return the name of a new thing; one of the class with the label is the same."""
        for thing, known in self.new.items():
            if known == (kind, label):
                return thing
        stem = stem or make_name(label)
        if not stem.isascii() or not stem[:1].isupper():
            stem = f"{make_name(self.article)}_{kind}"
        number, name = 1, stem
        while name in self.new or name in self.lexicon.types:
            number += 1
            name = f"{stem}_{number}"
        self.new[name] = (kind, label)
        return name

    def add_situation(self, kind: str, label: str) -> str:
        """Return the name of a new situation, whose label is a phrase of ours."""
        thing = self.add(kind, label)
        self.recent.append(thing)
        return thing

    def find_meeting(self, body: str, number: str) -> str:
        """Return the meeting of a body with an ordinal, a new one if neither graph nor text has it.

        It is the one that the text named before without an ordinal, if it is the body's first.
        """
        thing = self.lexicon.numbered.get((body, number)) or self.meetings.get((body, number), "")
        if not thing and body:
            label = f"{write_ordinal(number)} {self.find_label(body)} meeting"
            thing = self.add("Meeting", label, f"{body}_Meeting_{number}")
        others = {ordinal for own, ordinal in self.meetings if own == body and ordinal != number}
        if body and others == {""} and (before := self.meetings[body, ""]) in self.new:
            self.renamed[before] = thing
        self.meetings[body, number] = thing
        return thing

    def find_recent_meeting(self) -> str:
        """Return the meeting of the body at hand that was named last, "" if none was."""
        named = {**self.lexicon.numbered, **self.meetings}
        bodies = {thing: body for (body, _), thing in named.items()}
        meetings = (own for own in reversed(self.recent) if self.is_a(own, "Meeting"))
        return next((own for own in meetings if bodies.get(own, self.body) == self.body), "")

    def find_recent(self, kind: str) -> str:
        """Return the thing of a class that was named last, "" if none was."""
        return next((thing for thing in reversed(self.recent) if self.is_a(thing, kind)), "")


def write_ordinal(number: str) -> str:
    """Return a number as an English ordinal.

    >>> [write_ordinal(own) for own in ("1", "12", "23", "14")]
    ['1st', '12th', '23rd', '14th']
    """
    ending = "" if number[-2:-1] == "1" else {"1": "st", "2": "nd", "3": "rd"}.get(number[-1], "")
    return number + (ending or "th")
