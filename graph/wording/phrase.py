"""A phrase: the words of a property in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from pyoxigraph import Literal, NamedNode

from ontology.release import packaged_quads
from ontology.terms import CPEC, RDFS, SKOS
from ontology.vocabulary import MODALITIES

PAGE_ORDER: Final = """
cooperatesWith cooperatesIn advances strengthens partyTo hasParty jointPartyTo hasJointParty
hasPlannedParty hasObserver within comprises under phaseOf inAdditionTo facilitatedThrough
facilitates expands expandsCooperationInto expandsCooperationBeyond focusesOn deploys plansToDeploy
jointlyDeploys hasMandate assigned assignedTo mandateFor mandateToReview role taskedWith
taskedUnder taskedInArea aimsAt aimsToAlign aimsAlignmentWith targets sharesGoal
intendsCooperationIn indicates outlines marksStepToward toward supports date earliest latest place
inCountry signs signingForBody minutesOf meetingOf recordOfBody ordinal issuedBy inSeries issue
basedOn subordinateTo concernsArea concerns broader listedUnder usesMeans aimsToUse involves
jurisdiction committeeOf attributedTo iso3 m49
"""
"""The local names of the properties in the order of a page; other properties come last."""

FOREIGN_PHRASES: Final = {
    RDFS.LABEL.value: "is|are called",
    SKOS.PREF_LABEL.value: "is|are called",
    SKOS.ALT_LABEL.value: "is|are also called",
    SKOS + "broader": "belongs|belong to",
    SKOS + "note": "has|have the note",
}
"""The phrases of properties of other vocabularies, by IRI."""

ORDER: Final = {CPEC + name: place for place, name in enumerate(PAGE_ORDER.split())}
GROUPS: Final = (*MODALITIES[1:], MODALITIES[0])
"""The modalities as a page lists them: the surest first, background last."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words before and after the objects, each for one and for several."""

    before: tuple[str, str]
    after: tuple[str, str] = ("", "")

    @classmethod
    def read(cls, text: str) -> Phrase:
        """Return the phrase of a `cpec:phrase` text: singular|plural, … for the objects.

        >>> Phrase.read("has|have … as a party|as parties").before
        ('has', 'have')
        """
        if "||" in text:
            singular, _, plural = text.partition("||")
            return cls((singular, plural))
        before, _, after = text.partition(" … ")
        verb, _, rest = before.partition("|")
        plural, _, more = rest.partition(" ")
        one_after, _, many_after = after.partition("|")
        tail = f" {more}" if more else ""
        return cls((verb + tail, plural + tail), (one_after, many_after or one_after))


@cache
def find_phrase(predicate: str, modality: str) -> Phrase | None:
    """Return the phrase of a property, or None; the phrase of the modality comes first.

    Both arguments are IRIs.
    """
    text = PHRASES.get((predicate, modality)) or PHRASES.get((predicate, ""))
    return Phrase.read(text) if text else None


def read_phrases() -> dict[tuple[str, str], str]:
    """Return the English phrases by property and modality; "" is any modality.

    The ontology has the phrases of our properties (`cpec:phrase`, `cpec:ongoingPhrase`).
    """
    modalities = {CPEC.PHRASE: "", CPEC.ONGOING_PHRASE: CPEC.ONGOING.value}
    own = {
        (quad.subject.value, modalities[quad.predicate]): quad.object.value
        for quad in packaged_quads()
        if quad.predicate in modalities and isinstance(quad.subject, NamedNode)
        if isinstance(quad.object, Literal) and quad.object.language == "en"
    }
    return own | {(iri, ""): text for iri, text in FOREIGN_PHRASES.items()}


PHRASES: Final = read_phrases()
"""The phrases, read at import: a worker can open no file."""


def rank_property(predicate: str) -> int:
    """Return the place of a property in the order of a page; properties not in it come last."""
    return ORDER.get(predicate, len(ORDER))
