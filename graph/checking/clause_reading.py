"""The readings of a clause: what the rules derive from all of its words, or the words they do not.

The rules are those of drafts and the phrases of properties. A draft may pass over words; a reading
may not: a word that no rule, name or date takes makes the clause one that is not checked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Final

from graph.checking.phrase_rule import read_phrase_rules
from graph.curating.skeleton import NumberedSentence, Span
from graph.drafting.clause import ADJUNCT, FRONT, ClauseReader, choose_lines, split_clauses
from graph.drafting.discourse import COUNTRIES, Discourse
from graph.drafting.figure import AMOUNTS, DATE, QUANTITY
from graph.drafting.lexicon import FoundName, NameLexicon
from graph.drafting.marked_sentence import MarkedSentence, Node, Slots
from graph.drafting.mood import REPORTED, WEAK, read_group
from graph.drafting.name_finder import DATELINE, NameFinder
from graph.drafting.noun_phrase import NounReader
from graph.drafting.pattern import ADVERB, GAPS, MARK, DraftRule, Pattern, read_grammar
from graph.drafting.reading import LONGEST, select_rules
from graph.drafting.statement import Claim, state

NO_DAY: Final = date(2999, 1, 1)
"""The day of a text that has none: no date is later, and one without its year is not read."""

FREE: Final = frozenset(
    ("a", "an", "the", "and", "but", "that", "also", "however", "meanwhile", "moreover")
)
"""Words that say nothing of their own, which a reading need not cover."""

PLAIN_ADVERBS: Final = frozenset(("also", "already", "both"))
ADVERBS: Final = re.compile(rf"(?<!\w)(?:{ADVERB}|began|started|no\s+longer)(?!\w)")
QUALIFIERS: Final = re.compile(
    r"\b(?:first|full|founding|next|major|important|significant|key|matters|issues|special|more|most"
    r"|mainly|primarily|highest|top|apex|supreme|main|principal|call(?:s|ed|ing)? on)\b",
    re.IGNORECASE,
)
"""Words that a rule of drafts passes over where it may, though they say something.

The graph does not have who of two that met called on whom.
"""

JOINED: Final = re.compile(r"\s*(?:and|[-–,&]|اور|،|[和与、])?\s*(?:the\s+)?")
"""What stands between two countries that are named as a pair."""

PERFECT: Final = re.compile(r"\b(?:has|have)\b", re.IGNORECASE)
PLAIN_BEFORE_DATE: Final = frozenset(
    ("in", "on", "at", "during", "the", "for", "by", "until", "to", "under")
)
WORD: Final = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
SETS: Final = re.compile(r"^\s*(?:(?:sets?|units?)\s+of\s+|套)", re.IGNORECASE)
YEAR: Final = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class ClauseReading:
    """What a clause says by one rule: claims, how they are meant, who says them.

    `mood` is as for drafts; the clause `is_present` if it tells how things are, and `is_lasting` if
    it tells what has been done and not undone since. Names of `open` things, such as a signing,
    stand for any thing of which the claims hold.
    """

    rule: str
    claims: tuple[Claim, ...]
    mood: str
    is_present: bool
    is_lasting: bool
    speaker: str
    open: frozenset[str]


@dataclass(frozen=True, slots=True)
class TextClause:
    """A clause of a text: its place in the sentence, its readings, or the words not covered."""

    start: int
    end: int
    readings: tuple[ClauseReading, ...]
    uncovered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CoveringNouns(NounReader):
    """Reads nouns as drafts do, but none of which a rule would pass over a part."""

    def take(self, rule: DraftRule, match: re.Match[str]) -> int:
        """Mark a match, if what its slots have is said; return where to look on."""
        slots = match.groupdict()
        said = {word for line in rule.says for word in line.split()} | {"it"}
        if "it" in slots and any(slots[name] for name in slots if name not in said):
            return match.end()
        if QUALIFIERS.search(MARK.sub(" ", match[0])):
            return match.end()
        return NounReader.take(self, rule, match)


@dataclass(slots=True)
class TextReader:
    """Reads the sentences of one text, in their order.

    `countries` are those that it names, found if it says "the two countries"; that is Pakistan and
    China if the sentence or the one before, which starts at `before`, names these as a pair alone.
    """

    text: str
    language: str
    lexicon: NameLexicon
    countries: list[FoundName] = field(init=False)
    before: int = 0
    names_both: bool = False
    nouns: list[tuple[DraftRule, list[Pattern]]] = field(init=False)
    rules: list[tuple[DraftRule, list[Pattern]]] = field(init=False)
    speaking: list[Pattern] = field(init=False)

    def __post_init__(self) -> None:
        grammar, small = read_grammar(), self.text.casefold()
        is_told = grammar.marks["joint"].search(self.text)
        found = self.lexicon.find(self.text) if is_told else ()
        kind = self.lexicon.find_kind
        self.countries = [name for name in found if kind(name.things[0]) == "Country"]
        self.nouns = select_rules(grammar.nouns, self.language, small)
        clauses = select_rules((*grammar.clauses, *read_phrase_rules()), self.language, small)
        self.speaking = [
            own for rule, patterns in clauses if rule.name == "said" for own in patterns
        ]
        gap = GAPS[self.language]
        whole = (
            (rule, [own for own in patterns if gap not in own.expression])
            for rule, patterns in clauses
            if rule.name != "said"
        )
        self.rules = [(rule, patterns) for rule, patterns in whole if patterns]

    def read(self, span: Span) -> list[TextClause]:
        """Return the clauses of a sentence."""
        text = span.cut(self.text)
        discourse = Discourse("text", self.language, NO_DAY, self.lexicon, read_grammar())
        self.names_both, self.before = self.is_of_both(self.before, span.end), span.start
        discourse.named = {*COUNTRIES} if self.names_both else set()
        own = MarkedSentence.start(discourse, NumberedSentence(1, span), text)
        if len(text) > LONGEST or own.text != text or DATELINE.match(text):
            return [TextClause(0, len(text), (), list_words(text))]
        NameFinder.start(own).mark()
        claims: list[Claim] = []
        CoveringNouns(own, claims).read(self.nouns)
        clauses = [
            SentenceClause(self, own, bounds, tuple(claims)).read()
            for bounds in split_clauses(own.marked)
        ]
        return self.doubt(text, clauses)

    def is_of_both(self, start: int, end: int) -> bool:
        """Return whether a part of the text names Pakistan and China as a pair, and no other."""
        near = [own for own in self.countries if start <= own.start < end]
        return {own.things[0] for own in near} == {*COUNTRIES} and any(
            one.things != other.things and JOINED.fullmatch(self.text[one.end : other.start])
            for one, other in pairwise(near)
        )

    def doubt(self, text: str, clauses: list[TextClause]) -> list[TextClause]:
        """Return clauses without readings if one that is not read may weaken the others."""
        cues = (*read_grammar().cues[self.language].values(), WEAK)
        unread = [text[own.start : own.end] for own in clauses if not own.readings]
        if any(cue.search(own) for own in unread for cue in cues):
            return [TextClause(c.start, c.end, (), c.uncovered or tuple(unread)) for c in clauses]
        return clauses


@dataclass(frozen=True, slots=True)
class SentenceClause:
    """A clause of a sentence with marks, and what its nouns claim."""

    reader: TextReader
    own: MarkedSentence
    bounds: tuple[int, int]
    noun_claims: tuple[Claim, ...]

    def read(self) -> TextClause:
        """Return the clause with the readings that cover it, else with the words not covered."""
        start, end = self.bounds
        place = self.own.locate(start, end)
        speaker, bounds = self.cut_speaker()
        readings: list[ClauseReading] = []
        left = self.list_left(*bounds)
        small = MARK.sub(" ", self.own.marked[slice(*bounds)]).casefold()
        for rule, patterns in self.reader.rules:
            for pattern in patterns:
                matches = (
                    pattern.compiled.finditer(self.own.marked, *bounds)
                    if pattern.may_match(small)
                    else ()
                )
                for match in matches:
                    reading, words = self.derive(rule, match, bounds, speaker)
                    if reading:
                        readings.append(reading)
                    elif words and len(words) < len(left):
                        left = words
        return TextClause(*place, tuple(readings), () if readings else left)

    def cut_speaker(self) -> tuple[str, tuple[int, int]]:
        """Return who says the clause, "" for the text itself, and the bounds of what is said."""
        marked, (start, end) = self.own.marked, self.bounds
        for pattern in self.reader.speaking:
            for match in pattern.compiled.finditer(marked, start, end):
                node = self.own.read_slots(match)["who"][0]
                if read_group(match, is_headline=False) != REPORTED or self.is_unknown(node):
                    continue
                if ADVERBS.search(MARK.sub(" ", match[0])):
                    continue
                tail = re.compile(r"\s*(?:,|that\b|:)?\s*").match(marked, match.end(), end)
                assert tail is not None  # noqa: S101 - it matches nothing too
                if not list_words(MARK.sub(" M ", marked[start : match.start()])):
                    return node.things[0], (tail.end(), end)
                before = marked[start : match.start()].rstrip()
                if before.endswith(",") and not list_words(
                    MARK.sub(" M ", marked[match.end() : end])
                ):
                    return node.things[0], (start, start + len(before) - 1)
        return "", self.bounds

    def derive(
        self, rule: DraftRule, match: re.Match[str], bounds: tuple[int, int], speaker: str
    ) -> tuple[ClauseReading | None, tuple[str, ...]]:
        """Return the reading of a clause by a match of a rule, or the words that it leaves."""
        own = self.own
        clauses, slots = ClauseReader(own, [], speaker), own.read_slots(match)
        mood = clauses.find_mood(rule, match, bounds, slots)
        if not mood:
            return None, ()
        begin, end, words = self.add_adjuncts(clauses, slots, match, bounds)
        words = (*words, *self.list_left(bounds[0], begin), *self.list_left(end, bounds[1]))
        words += self.list_passed_over(match, slots)
        if words:
            return None, words
        if not clauses.add_situations(rule, slots, own.locate(begin, end)):
            return None, ()
        says = choose_lines(rule, mood)
        claims = state(rule, says, slots, mood, (0, 0), own)
        if unsaid := self.list_unsaid(rule, says, slots):
            return None, unsaid
        within = own.locate(*bounds)
        nouns = (
            c for c in self.noun_claims if within[0] <= c.passage[0] and c.passage[1] <= within[1]
        )
        claims = [c for c in (*claims, *nouns) if c.predicate != "cpec:latest"]
        if not claims:
            return None, list_words(match[0])
        opened = frozenset(thing for thing in own.discourse.recent if thing in own.discourse.new)
        is_present = not clauses.is_past(match)
        is_lasting = is_present or bool(PERFECT.search(match.groupdict().get("aux") or ""))
        told = tuple(dict.fromkeys(claims))
        return ClauseReading(rule.name, told, mood, is_present, is_lasting, speaker, opened), ()

    def add_adjuncts(
        self, clauses: ClauseReader, slots: Slots, match: re.Match[str], bounds: tuple[int, int]
    ) -> tuple[int, int, tuple[str, ...]]:
        """Add what stands before and behind a match to its slots; return what is covered then.

        The last are words of adjuncts that say more than where and when: since, early in.
        """
        marked, begin, end, words = self.own.marked, match.start(), match.end(), set[str]()
        if "when" in slots:
            slots["date"] = slots.pop("when")
        if self.reader.language != "en":
            return begin, end, ()
        while adjunct := ADJUNCT.match(marked, end, bounds[1]):
            if not clauses.take(slots, adjunct):
                break
            words |= {*adjunct["words"].casefold().split()}
            end = adjunct.end()
        front = FRONT.match(marked, bounds[0], begin + 1)
        is_free = front and front.end() == begin and not {"date", "place"} & slots.keys()
        if front and is_free and clauses.take(slots, front):
            words |= {*front["words"].casefold().split()}
            begin = front.start()
        return begin, end, tuple(sorted(words - PLAIN_BEFORE_DATE))

    def list_left(self, start: int, end: int) -> tuple[str, ...]:
        """Return the words of a part of the marked text, names as the text has them."""
        part = self.own.marked[start:end]
        return list_words(MARK.sub(lambda mark: f" {self.own.nodes[int(mark[1])].text} ", part))

    def list_passed_over(self, match: re.Match[str], slots: Slots) -> tuple[str, ...]:
        """Return the words within a match that its rule passes over, and the names not known."""
        plain = MARK.sub(" ", match[0]).casefold()
        adverbs = [own for own in ADVERBS.findall(plain) if own not in PLAIN_ADVERBS]
        nodes = [node for nodes in slots.values() for node in nodes]
        unknown = (node.text for node in nodes if self.is_unknown(node))
        unread = (word for node in nodes for word in self.list_unread(node))
        return (*adverbs, *QUALIFIERS.findall(plain), *unknown, *unread)

    def is_unknown(self, node: Node) -> bool:
        """Return whether a node is of a thing that the graph does not have."""
        types, both = self.own.discourse.lexicon.types, node.things == COUNTRIES
        is_guessed = both and not self.reader.names_both
        return is_guessed or any(thing not in types for thing in node.things)

    def list_unread(self, node: Node) -> tuple[str, ...]:
        """Return the words of a date or an amount that its value does not have."""
        if DATE in node.classes and not YEAR.search(node.text):
            return (node.text,)
        if QUANTITY not in node.classes:
            return ()
        figure = AMOUNTS.match(node.text)
        if not figure or "Money" in node.classes:
            return () if figure else (node.text,)
        rest = node.text[max(figure.end("number"), figure.end("word"), figure.end("scale")) :]
        rest = SETS.sub("", rest, count=1)
        names = list(self.own.discourse.lexicon.find(rest)) if node.counted else []
        for name in names:
            rest = rest.replace(rest[name.start : name.end], " ", 1)
        words = list_words(rest)
        return words if node.counted or len(words) > 1 else ()

    def list_unsaid(self, rule: DraftRule, says: Sequence[str], slots: Slots) -> tuple[str, ...]:
        """Return the texts of the slots that no line of a rule says."""
        said: set[str] = set()
        for subject, _, value, *_ in (line.split() for line in says):
            if subject in slots and (value in slots or value[0].isupper()):
                said |= {subject, value}
                said |= (
                    {"date", "goal"}
                    if any(f"{subject} status {value}" == own for own in says)
                    else set()
                )
        return tuple(
            node.text
            for name, nodes in slots.items()
            if name not in {*said, *rule.new}
            for node in nodes
        )


def list_words(text: str) -> tuple[str, ...]:
    """Return the words of a text that say something."""
    return tuple(word for word in WORD.findall(text) if word.casefold() not in FREE)
