"""The reading of an article: its sentences, what they mention, and what they claim."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from graph.curating.skeleton import NumberedSentence
from graph.drafting.clause import ClauseReader
from graph.drafting.discourse import COUNTRIES, Discourse
from graph.drafting.marked_sentence import MarkedSentence, Node, list_things
from graph.drafting.name_finder import NameFinder
from graph.drafting.noun_phrase import NounReader
from graph.drafting.pattern import DraftRule, Pattern
from graph.drafting.statement import Claim
from graph.reconciling.folding import LETTERS

LONGEST: Final = 1500
"""The characters of a sentence up to which it is read: longer ones are lists, or no prose."""

IT: Final = re.compile(r"It (?=[a-z])")


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """A sentence as it was read: mentions, claims, and the speaker, "" for the article."""

    sentence: NumberedSentence
    mentions: tuple[Node, ...]
    claims: tuple[Claim, ...]
    speaker: str

    def rename(self, names: Mapping[str, str]) -> SentenceReading:
        """Return the reading with other names of some things."""
        claims = (
            replace(
                own,
                subject=names.get(own.subject, own.subject),
                object=names.get(own.object, own.object),
            )
            for own in self.claims
        )
        mentions = (
            replace(own, things=tuple(names.get(thing, thing) for thing in own.things))
            for own in self.mentions
        )
        return replace(self, claims=tuple(dict.fromkeys(claims)), mentions=tuple(mentions))


def read_article(
    discourse: Discourse, text: str, sentences: Sequence[NumberedSentence]
) -> Iterator[SentenceReading]:
    """Yield the sentences of an article in order, as they are read.

    A meeting of the headline whose ordinal a later sentence tells has the name that this gives.
    """
    for own in [*read_sentences(discourse, text, sentences)]:
        yield own.rename(discourse.renamed)


def read_sentences(
    discourse: Discourse, text: str, sentences: Sequence[NumberedSentence]
) -> Iterator[SentenceReading]:
    """Yield the sentences as they are read one after another."""
    small = text.translate(LETTERS).casefold()
    nouns = select_rules(discourse.grammar.nouns, discourse.language, small)
    clauses = select_rules(discourse.grammar.clauses, discourse.language, small)
    subject: Node | None = None
    for sentence in sentences:
        own = MarkedSentence.start(discourse, sentence, sentence.span.cut(text))
        claims: list[Claim] = []
        reader = ClauseReader(own, claims)
        if len(own.text) <= LONGEST:
            NameFinder.start(own).mark()
            NounReader(own, claims).read(nouns)
            if subject and (match := IT.match(own.marked)):
                it = replace(subject, start=0, end=2, text="It", confidence=0.6)
                own.put(0, match.end() - 1, it, is_hidden=True)
            reader.read(clauses)
            if not reader.speaker and discourse.grammar.reporting.search(own.marked):
                claims.clear()  # it is the word of somebody unknown, not the article's
                discourse.speaker = None
            things = list_things(own.nodes)
            discourse.recent += [thing for thing in things if thing not in COUNTRIES]
            discourse.named.update(things)
            subject = reader.subject or subject
        mentions = own.list_mentions()
        yield SentenceReading(sentence, mentions, (*dict.fromkeys(claims),), reader.speaker)


def select_rules(
    rules: Sequence[DraftRule], language: str, text: str
) -> list[tuple[DraftRule, list[Pattern]]]:
    """Return the rules with the patterns of a language that a text may match."""
    selected = (
        (rule, [own for own in rule.patterns.get(language, ()) if own.may_match(text)])
        for rule in rules
    )
    return [(rule, patterns) for rule, patterns in selected if patterns]
