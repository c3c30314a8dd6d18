"""A phrase: the words of a property in a sentence, in each language of the ontology."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode

from ontology.release import packaged_quads
from ontology.terms import CPEC
from ontology.vocabulary import LANGUAGES, MODALITIES

GROUPS: Final = (*MODALITIES[1:], MODALITIES[0])
"""The modalities as a page lists them: the surest first, background last."""


PLANNED: Final = ("Aim", "Proposed", "Requested", "Conditional")
"""The modalities that tell of no deed, yet of none that is denied."""


PERIOD: Final = re.compile(r"(?:[A-Z][a-z]+ )?\d{4}")
"""A month or a year in words."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words between the subjects and the objects, and the words after the objects.

    Each has two forms: `before` for one and for several subjects, `after` for objects.
    """

    before: tuple[str, str]
    after: tuple[str, str] = ("", "")

    @classmethod
    def read(cls, text: str) -> Phrase:
        """Return the phrase of a `cpec:phrase` text: singular|plural, … for the objects.

        >>> Phrase.read("has|have … as a party|as parties").before
        ('has', 'have')
        >>> Phrase.read("在…方面合作")
        Phrase(before=('在', '在'), after=('方面合作', '方面合作'))
        """
        if "||" in text:
            singular, _, plural = text.partition("||")
            return cls((singular, plural))
        before, _, after = map(str.strip, text.partition("…"))
        verb, has_plural, rest = before.partition("|")
        plural, _, more = rest.partition(" ")
        tail = f" {more}" if more else ""
        one_after, _, many_after = after.partition("|")
        return cls(
            (verb + tail, (plural if has_plural else verb) + tail),
            (one_after, many_after or one_after),
        )


def read_phrases() -> dict[tuple[str, str, str], Phrase]:
    """Return the phrases of the ontology by property, modality and language; "" is any modality.

    The phrase of a plan is not for a property that states aims: there the plan is the fact.
    """
    modalities = {
        CPEC.PHRASE: [""],
        CPEC.ONGOING_PHRASE: [CPEC.ONGOING.value],
        CPEC.PLANNED_PHRASE: [CPEC + name for name in PLANNED],
    }
    quads = list(packaged_quads())
    own = {(str(q.subject), str(q.object)) for q in quads if q.predicate == CPEC.MODALITY}
    return {
        (quad.subject.value, modality, quad.object.language or ""): Phrase.read(quad.object.value)
        for quad in quads
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal)
        for modality in modalities.get(quad.predicate, ())
        if (str(quad.subject), f"<{modality}>") not in own
    }


PHRASES: Final = read_phrases()
"""The phrases, read at import: a worker can open no file."""


def find_phrase(predicate: str, modality: str, language: str = "en") -> Phrase | None:
    """Return the phrase of a property, or None; the phrase of the modality comes first.

    Property and modality are IRIs.
    """
    phrase = PHRASES.get((predicate, modality, language))
    return phrase or PHRASES.get((predicate, "", language))


def find_phrases(predicate: str, modality: str, label: str) -> dict[str, Phrase]:
    """Return the phrase of a property by language; without a phrase, its label in English."""
    phrases = {language: find_phrase(predicate, modality, language) for language in LANGUAGES}
    phrases["en"] = phrases["en"] or Phrase((label, label))
    return {language: phrase for language, phrase in phrases.items() if phrase}


def fit_time(words: str, values: Iterable[str], kind: str) -> str:
    """Return the words before some times: what took place on a day took place in a month.

    A change of status, which may be a state, is known by a day.

    >>> fit_time("took place on", ["July 2022"], "Visit")
    'took place in'
    >>> fit_time("had taken place by", ["16 July 2021"], "StatusChange")
    'was known by'
    """
    if words == "had taken place by" and kind == "StatusChange":
        return "was known by"
    if words.endswith(" place on") and all(map(PERIOD.fullmatch, values)):
        return words.removesuffix("on") + "in"
    return words
