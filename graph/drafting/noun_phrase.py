"""Nouns of several words: what a head and its modifiers name, and what the rules of nouns yield."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from graph.drafting.lexicon import tidy
from graph.drafting.marked_sentence import MarkedSentence, Node, Slots, doubt, list_things
from graph.drafting.mood import REPORTED
from graph.drafting.pattern import CLOSE, OPEN, DraftRule, Pattern
from graph.drafting.statement import Claim, state
from graph.reconciling.folding import split_words

DEFINITE: Final = frozenset(("the", "this", "its", "their"))
TAKING: Final = frozenset(("Ceremony", "Visit", "Benefit"))
"""Classes whose nouns take what they are of into their name: the launch of the plant."""

MENTIONED_AGAIN: Final = frozenset(
    ("Memorandum", "Agreement", "Minutes", "Meeting", "Document", "Ceremony")
)
"""Classes of which an article has one: "a memorandum" is that of the headline."""

SIGNED: Final = frozenset(("Memorandum", "Agreement"))
"""Classes whose nouns news writes without an article."""

REFUSED: Final = re.compile(r"\b(?:no|any|such|next|last|other|another|each)\s+$", re.IGNORECASE)
TAIL: Final = re.compile(rf"\s+of\s+(?:the\s+)?(?:{OPEN}[^{CLOSE}]*{CLOSE}|[a-z]+)")
ARTICLE: Final = re.compile(r"^(?:the|an?|its)\s+", re.IGNORECASE)
COUNTED_FROM: Final = re.compile(r"\b(?:is|was|be|been)\s+(?:the\s+)?$")
"""What stands before a "first meeting" that is the first since, or of a government."""

HABITUAL: Final = re.compile(
    r"\b(?:normally|usually|generally|regularly|every|annual(?:ly)?|once a year)\b", re.IGNORECASE
)
LEFT_OUT: Final = frozenset(("ministry", "federal"))
"""Words that the title of an office has or has not."""


@dataclass(frozen=True, slots=True)
class NounReader:
    """Puts marks in the places of nouns of several words, and adds what these say to `claims`."""

    own: MarkedSentence
    claims: list[Claim]

    def read(self, rules: Sequence[tuple[DraftRule, list[Pattern]]]) -> None:
        """Mark what the rules of nouns yield, common nouns, and what the rules make of these."""
        self.reduce(rules)
        self.mark_common_nouns()
        self.reduce(rules)
        self.reduce(rules)

    def mark_common_nouns(self) -> None:
        """Mark common nouns, of which things are known by the class of their heads.

        What opens, begins or visits something waits until that is marked, and takes it along.
        """
        for is_second in (False, True):
            start = 0
            while match := self.own.discourse.grammar.head.search(self.own.marked, start):
                tail = TAIL.match(self.own.marked, match.end())
                is_taking = tail is not None and self.find_class(match) in TAKING
                begin, end = max(match.start("mods"), match.start("caps")), match.end()
                end = tail.end() if tail and is_taking else end
                node = self.find_noun(match, begin, end) if is_taking == is_second else None
                start = match.end()
                if node:
                    is_new = not {*node.things} & self.own.discourse.lexicon.types.keys()
                    start = self.own.put(begin, end, node, is_hidden=is_new)

    def find_class(self, match: re.Match[str]) -> str:
        """Return the class of the head of a common noun."""
        return self.own.discourse.grammar.heads[match["head"].casefold()]

    def find_noun(self, match: re.Match[str], begin: int, end: int) -> Node | None:
        """Return the node of a common noun: what it refers to, or a new thing; None if neither."""
        own, discourse, kind = self.own, self.own.discourse, self.find_class(match)
        at = own.locate(begin, end)
        label = own.text[slice(*at)].strip()
        det = (match["det"] or "").casefold()
        is_refused = REFUSED.search(own.marked, 0, match.start())
        may_be_bare = (
            discourse.language != "en" or own.is_headline or (kind in SIGNED and not is_refused)
        )
        if label.casefold() == match["head"].casefold():
            may_refer = det in DEFINITE or (kind in MENTIONED_AGAIN and (det or may_be_bare))
            thing = discourse.find_recent(kind) if may_refer else ""
            if thing and (kind != "Document" or not discourse.is_a(thing, "Report")):
                return doubt(own.make(at, discourse.find_kind(thing), thing), 0.8)
            is_new = (
                kind in MENTIONED_AGAIN if may_refer else det or kind == "Benefit" or may_be_bare
            )
            if not is_new:
                return None
            return doubt(own.make(at, kind, discourse.add(kind, label)), 0.75)
        words = {*tidy(split_words(label))}
        for thing, (known, name) in discourse.new.items():
            if known == kind and words <= {*tidy(split_words(name))}:
                return own.make(at, kind, thing)
        return doubt(own.make(at, kind, discourse.add(kind, label)), 0.75)

    def reduce(self, rules: Sequence[tuple[DraftRule, list[Pattern]]]) -> None:
        """Put one mark in the place of each match of the rules of nouns."""
        for rule, patterns in rules:
            for pattern in patterns:
                start = 0
                while match := pattern.compiled.search(self.own.marked, start):
                    start = self.take(rule, match)

    def take(self, rule: DraftRule, match: re.Match[str]) -> int:
        """Mark a match of a rule, if it names a thing; return where to look on."""
        own = self.own
        at = own.locate(*match.span())
        slots = own.read_slots(match)
        node = slots["it"][0] if "it" in slots else self.make_noun(rule, slots, at)
        if node is None:
            return match.end()
        slots["it"] = [node]
        if "office" in slots:
            slots["office"] = [self.find_held(slots["office"][0], node.things[0])]
        self.claims.extend(state(rule, rule.says, slots, REPORTED, at, own))
        if "office" in slots:
            own.discourse.holders.update(zip(slots["office"][0].things, node.things, strict=False))
        return own.put(*match.span(), node, is_hidden="it" in match.groupdict())

    def find_held(self, office: Node, person: str) -> Node:
        """Return the node of an office: of a new one, the one that the graph says a person holds.

        It has the words of the title, in English: "Chief Minister" names one of several offices.
        """
        own, discourse = self.own, self.own.discourse
        title = {*tidy(split_words(office.text))} - LEFT_OUT
        held = [
            thing
            for holder, thing in discourse.lexicon.holdings
            if holder == person
            and (
                discourse.language != "en"
                or title <= {*tidy(split_words(discourse.find_label(thing)))}
            )
        ]
        if office.things[0] not in discourse.new or len(held) != 1:
            return office
        known = replace(office, things=(held[0],))
        own.nodes[own.nodes.index(office)] = known
        self.claims[:] = [
            replace(claim, subject=held[0]) if claim.subject == office.things[0] else claim
            for claim in self.claims
        ]
        return known

    def make_noun(self, rule: DraftRule, slots: Slots, at: tuple[int, int]) -> Node | None:
        """Return the node that a rule yields: a known thing, or a new one; None for neither."""
        discourse = self.own.discourse
        label = ARTICLE.sub("", self.own.text[slice(*at)].strip())
        thing = ""
        if rule.yields == "Office":
            thing = self.find_office(label, slots)
            is_alone = not {"body", "of", "field"} & slots.keys()
            if not thing and is_alone and " " not in slots["title"][0].text:
                return None
        elif rule.yields == "Report":
            key = slots["series"][0].things[0], slots["month"][0].value
            thing = discourse.lexicon.numbered.get(key, "")
        elif rule.yields == "Meeting":
            return self.make_meeting(label, slots, at)
        thing = thing or discourse.add(rule.yields, label)
        return doubt(self.own.make((at[1] - len(label), at[1]), rule.yields, thing), 0.9)

    def make_meeting(self, label: str, slots: Slots, at: tuple[int, int]) -> Node | None:
        """Return the node of a meeting, known by its body and its ordinal; None if it is a habit.

        A meeting without a body is one of the body whose meeting was named last.
        """
        own, discourse, thing = self.own, self.own.discourse, ""
        if "n" in slots and slots["n"][0].value == "1" and COUNTED_FROM.search(own.text[: at[0]]):
            del slots["n"]
        if "body" in slots:
            discourse.body = slots["body"][0].things[0]
        if "n" in slots:
            thing = discourse.find_meeting(discourse.body, slots["n"][0].value)
        elif HABITUAL.search(own.text):
            return None
        elif not label.startswith("next"):
            thing = discourse.find_recent_meeting() or discourse.add("Meeting", label)
            discourse.meetings.setdefault((discourse.body, ""), thing)
        thing = thing or discourse.add("Meeting", label)
        return doubt(own.make((at[1] - len(label), at[1]), "Meeting", thing), 0.9)

    def find_office(self, label: str, slots: Slots) -> str:
        """Return the office of the graph that a title names, "" for none or several."""
        discourse, lexicon = self.own.discourse, self.own.discourse.lexicon
        written = [label]
        for node in (*slots.get("body", ()), *slots.get("of", ())):
            full = discourse.find_label(list_things([node])[0])
            written.append(label.replace(node.text, f" {full} "))
        keys = {frozenset(tidy(split_words(own))) - LEFT_OUT for own in written}
        named = {
            thing
            for words, things in lexicon.names.items()
            if frozenset(words) - LEFT_OUT in keys
            for thing in things
        }
        named = named or {
            thing
            for thing, own in lexicon.labels.items()
            if " " in label and own.startswith(f"{label} of ")
        }
        offices = [thing for thing in named if discourse.find_kind(thing) == "Office"]
        return offices[0] if len(offices) == 1 else ""
