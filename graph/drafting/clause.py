"""Clauses: what the verbs of a sentence say, of whom, when, where, and how it is meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from graph.drafting.figure import DATE
from graph.drafting.marked_sentence import MarkedSentence, Node, Slots, list_things
from graph.drafting.mood import AIM, DEEDS, REPORTED, is_past, read_group, read_particles, weaken
from graph.drafting.pattern import CLOSE, MARK, OPEN, DraftRule, Pattern
from graph.drafting.statement import Claim, state
from graph.written_value import read_last_day

BREAK: Final = re.compile(
    r";\s+|,?\s+but\s+(?!th(?:is|at)\b)|,\s+(?:while|whereas|although|though)\s+|[；，]|(?<=[\u3400-\u9fff]),"
    r"|,\s+and\s+(?=[^,;]*\b(?:is|are|was|were|has|have|had|did|does|will|would)\b)"
)
"""Where one clause ends and the next begins."""

AUXILIARY: Final = re.compile(r"\b(?:is|are|was|were|has|have|had|did|does|will|would)\b")
WORDS_BEFORE: Final = (
    "in|at|on|by|until|till|to|for|from|since|during|of|the|an?|end|under|late|early"
)
ADJUNCT: Final = re.compile(
    rf"\s*,?\s*(?P<words>(?:(?:{WORDS_BEFORE})\s+)*)(?P<mark>{OPEN}\d+:[^{CLOSE}]*{CLOSE})",
    re.IGNORECASE,
)
FRONT: Final = re.compile(
    rf"\s*(?P<words>(?:(?:in|on|at|by|since|under)\s+(?:the\s+)?)?)(?P<mark>{OPEN}[^{CLOSE}]*{CLOSE}),?\s+",
    re.IGNORECASE,
)
GOAL: Final = frozenset(("by", "until", "till", "to", "for"))
SUBJECT: Final = re.compile(
    rf"(?:(?:the|an?|its|their|his|this|these)\s+)?{OPEN}[^{CLOSE}]*{CLOSE}"
    r"(?P<relative>,?\s+(?:which|that|who)\b|,\s+(?:set|due|slated|scheduled)\b)?",
    re.IGNORECASE,
)


@dataclass(slots=True)
class ClauseReader:
    """Reads the clauses of a sentence with marks; `speaker` is who says it, "" for the article.

    `subject` is the first slot of its first claim, which "It" in the next sentence refers to.
    """

    own: MarkedSentence
    claims: list[Claim]
    speaker: str = ""
    subject: Node | None = None

    def read(self, rules: Iterable[tuple[DraftRule, list[Pattern]]]) -> None:
        """Read the claims of each clause."""
        rules, marked = list(rules), self.own.marked
        for clause in split_clauses(marked):
            for rule, patterns in rules:
                matches = ([*own.compiled.finditer(marked, *clause)] for own in patterns)
                for match in next(filter(None, matches), []):
                    self.read_match(rule, match, clause)

    def read_match(self, rule: DraftRule, match: re.Match[str], clause: tuple[int, int]) -> None:
        """Read the claims of a match, unless it is not certain how they are meant."""
        own, discourse = self.own, self.own.discourse
        slots = own.read_slots(match)
        mood = self.find_mood(rule, match, clause, slots)
        if not mood:
            return
        if states_speaker(rule):
            node = slots["who"][0]
            self.speaker = self.speaker or self.find_speaker(node)
            discourse.speaker = self.speaker or node.things[0]
            return
        end = self.add_adjuncts(slots, match, clause)
        nodes = own.read_marks(own.marked[slice(*clause)])
        is_later = any(DATE in node.classes and node.value > str(discourse.day) for node in nodes)
        if mood in DEEDS and (is_later or "document" in slots) and not self.is_past(match):
            mood = AIM  # what is yet to come, or is laid down
        at = own.locate(match.start(), end)
        if not self.add_situations(rule, slots, at):
            return
        self.subject = self.subject or next(
            (nodes[0] for name, nodes in slots.items() if name != "date" and nodes[0].things), None
        )
        self.claims += state(rule, choose_lines(rule, mood), slots, mood, at, own)
        discourse.recent += list_things(slots.get("what", []))

    def find_mood(
        self, rule: DraftRule, match: re.Match[str], clause: tuple[int, int], slots: Slots
    ) -> str:
        """Return how a match is meant, "" if it is no reading of the clause or not certain."""
        discourse, marked = self.own.discourse, self.own.marked
        mood = read_group(match, is_headline=self.own.is_headline)
        before = MARK.sub("M", marked[clause[0] : match.start()])
        if mood is None or self.is_governed(match, before):
            return ""
        if rule.both and len(list_things(slots[rule.both])) < 2:
            return ""
        behind = MARK.sub("M", marked[match.end() : clause[1]])
        if discourse.language != "en":
            words = MARK.sub("M", marked[match.start() : clause[1]])
            mood = read_particles(words, discourse.language, mood)
        elif rule.mood and mood == REPORTED:
            mood = rule.mood
        cues = discourse.grammar.cues[discourse.language]
        told = "" if states_speaker(rule) else behind  # who says it is certain, whatever he says
        outside = f"{before} | {told}"
        if mood in DEEDS and not self.is_past(match) and cues["When"].search(outside):
            return ""
        weakened = weaken(mood, outside, before, cues) or ""
        is_told = weakened == mood and not states_speaker(rule)
        return "" if is_told and self.is_embedded(match, before) else weakened

    def is_governed(self, match: re.Match[str], before: str) -> bool:
        """Return whether a match begins with a thing that belongs to a preposition before it.

        In "the meeting on CPEC was postponed" it is not CPEC that was.
        """
        subject = SUBJECT.match(match[0])
        is_english = self.own.discourse.language == "en"
        if not is_english or not subject or subject["relative"]:
            return False
        is_phrase = match[0][subject.end() :].startswith(",")
        marks = self.own.discourse.grammar.marks
        names = ("preposition", "preposition-of-time")[: 1 + is_phrase]
        return any(marks[name].search(before) for name in names)

    def is_embedded(self, match: re.Match[str], before: str) -> bool:
        """Return whether a clause is what somebody unknown says, doubts or dreams.

        A speaker answers for one "that", or for the verb before the subject in its place.
        """
        marks = self.own.discourse.grammar.marks
        sentence = MARK.sub("M", self.own.marked[: match.start()])
        depth = len(marks["embedding"].findall(sentence))
        subject = SUBJECT.match(match[0])
        is_plain = subject and not subject["relative"] and "_Person_" not in subject[0]
        depth += bool(is_plain and marks["governing"].search(before))
        return depth > bool(self.speaker)

    def is_past(self, match: re.Match[str]) -> bool:
        """Return whether the verb of a match tells what was."""
        return is_past(match, self.own.discourse.grammar.compiler.verbs)

    def find_speaker(self, node: Node) -> str:
        """Return the agent or the document that speaks: whoever holds an office that does."""
        discourse = self.own.discourse
        thing = discourse.holders.get(node.things[0], node.things[0])
        return thing if any(discourse.is_a(thing, own) for own in ("Agent", "Document")) else ""

    def add_adjuncts(self, slots: Slots, match: re.Match[str], clause: tuple[int, int]) -> int:
        """Add what stands before and behind a match to its slots; return where that ends.

        If a clause has a date of its own, the date before it is the day on which a plan was told.
        """
        end, marked = match.end(), self.own.marked
        if "when" in slots:
            slots.setdefault("date", slots.pop("when"))
        if self.own.discourse.language != "en":
            return end
        while (adjunct := ADJUNCT.match(marked, end, clause[1])) and self.take(slots, adjunct):
            end = adjunct.end()
        if front := FRONT.match(marked, clause[0], match.start() + 1):
            dates = slots.pop("date", None)
            self.take(slots, front)
            if dates:
                slots["told"], slots["date"] = slots.pop("date", []), dates
        return end

    def take(self, slots: Slots, adjunct: re.Match[str]) -> bool:
        """Add what an adjunct says to the slots; return whether it is one that is known."""
        node = self.own.read_marks(adjunct["mark"])[0]
        words = {*adjunct["words"].casefold().split()}
        slot = ""
        if DATE in node.classes:
            node = replace(node, value=read_last_day(node.value)) if "end" in words else node
            slot = "goal" if words & GOAL else "date"
        elif "Place" in node.classes and words & {"in", "at"}:
            slot = "place"
        elif "under" in words:
            slot = next((own for own in ("Document", "Undertaking") if own in node.classes), "")
        elif ("Ceremony" in node.classes and words) or (
            "Undertaking" in node.classes and "for" in words
        ):
            slot = "purpose"
        if slot:
            slots.setdefault(slot.lower(), [node])
        return bool(slot)

    def add_situations(self, rule: DraftRule, slots: Slots, at: tuple[int, int]) -> bool:
        """Add the situations of a rule to the slots; return whether there are all of them."""
        for name, kind in rule.new.items():
            if not (thing := self.find_situation(kind, slots)):
                return False
            slots[name] = [self.own.make(at, kind.removeprefix("="), thing)]
        return True

    def find_situation(self, kind: str, slots: Slots) -> str:
        """Return a new situation of a class; for `=Class` the last one, "" if there is none."""
        discourse = self.own.discourse
        if kind.startswith("="):
            return discourse.find_recent(kind[1:])
        main = next((slots[name][0] for name in ("goods", "doc", "what") if name in slots), None)
        of = (discourse.find_label(main.things[0]) if main.things else main.text) if main else ""
        noun = "giving" if kind == "Assistance" else kind.lower()
        return discourse.add_situation(kind, f"{noun} of {of}" if of else noun)


def states_speaker(rule: DraftRule) -> bool:
    """Return whether a rule says who speaks."""
    return rule.says[0].startswith("sentence ")


def choose_lines(rule: DraftRule, mood: str) -> Sequence[str]:
    """Return what a rule says of a clause with a mood; a change of status is a plan unless done."""
    is_plan = mood == AIM or (mood != "Denied" and any(" status " in own for own in rule.aims))
    return rule.aims if rule.aims and is_plan and mood not in DEEDS else rule.says


def split_clauses(marked: str) -> list[tuple[int, int]]:
    """Return the bounds of the clauses of a marked text, in order."""
    bounds = [0]
    for cut in BREAK.finditer(marked):
        if " and " not in cut[0] or AUXILIARY.search(marked, bounds[-1], cut.start()):
            bounds.append(cut.end())
    return list(pairwise([*bounds, len(marked)]))
