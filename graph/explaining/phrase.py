"""A phrase: the words that a property is said with, and the sentence that it makes of a triple."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from pyoxigraph import NamedNode, Triple

from graph.explaining.named import DisplayName, Names
from ontology.terms import CPEC, RDF, RDFS, SKOS
from ontology.vocabulary import MODALITIES

PHRASES: Final = {
    "cooperatesWith": "cooperates|cooperate with",
    "cooperatesIn": "cooperates|cooperate in",
    "advances": "has|have moved forward on",
    "strengthens": "has|have strengthened",
    "partyTo": "is a party to||are parties to",
    "hasParty": "has|have … as a party|as parties",
    "jointPartyTo": "is a joint party to||are joint parties to",
    "hasJointParty": "has|have … as a joint party|as joint parties",
    "hasPlannedParty": "has|have … as a planned party|as planned parties",
    "hasObserver": "has|have … as an observer|as observers",
    "within": "belongs|belong to",
    "comprises": "comprises|comprise",
    "under": "goes|go on under",
    "phaseOf": "is a phase of||are phases of",
    "inAdditionTo": "goes|go on in addition to",
    "facilitatedThrough": "is|are facilitated through",
    "facilitates": "facilitates|facilitate",
    "expands": "is|are expanding",
    "expandsCooperationInto": "is|are expanding cooperation into",
    "expandsCooperationBeyond": "is|are expanding cooperation beyond",
    "focusesOn": "focuses|focus on",
    "deploys": "includes|include the deployment of",
    "plansToDeploy": "plans|plan to deploy",
    "jointlyDeploys": "takes|take part in deploying",
    "hasMandate": "was|were given",
    "assigned": "gave|gave",
    "assignedTo": "was|were given to",
    "mandateFor": "is|are for",
    "mandateToReview": "is|are for the review of",
    "role": "names|name the part",
    "taskedWith": "is|are tasked with",
    "taskedUnder": "is|are tasked under",
    "taskedInArea": "is|are tasked in",
    "aimsAt": "aims|aim at",
    "aimsToAlign": "aims|aim to align",
    "aimsAlignmentWith": "aims|aim at alignment with",
    "targets": "is|are meant for",
    "sharesGoal": "shares|share the goal of",
    "intendsCooperationIn": "intends|intend cooperation in",
    "indicates": "reflects|reflect",
    "outlines": "sets|set out",
    "marksStepToward": "is|are a step toward",
    "toward": "leads|lead toward",
    "supports": "helps|help to bring about",
    "date": "is|are dated",
    "earliest": "was|were not before",
    "latest": "was|were not after",
    "place": "took|took place in",
    "inCountry": "is|are in",
    "signs": "is|are the signing of",
    "signingForBody": "is|are a signing for",
    "minutesOf": "is|are the minutes of",
    "meetingOf": "is a meeting of||are meetings of",
    "recordOfBody": "is|are a record of",
    "ordinal": "has|have the number",
    "issuedBy": "is|are issued by",
    "inSeries": "is|are an issue of",
    "issue": "is|are the issue of",
    "basedOn": "draws|draw on",
    "subordinateTo": "answers|answer to",
    "concernsArea": "concerns|concern",
    "concerns": "is|are about",
    "broader": "is|are part of",
    "listedUnder": "is|are named under",
    "usesMeans": "works|work by means of",
    "aimsToUse": "aims|aim to work by means of",
    "involves": "involves|involve",
    "jurisdiction": "is a body of||are bodies of",
    "committeeOf": "is|are the committee of",
    "attributedTo": "is|are said by",
    "iso3": "has|have the ISO code",
    "m49": "has|have the M49 code",
}
"""Of each property: `|` parts the verb of one from that of several, `||` the whole of the words.

`…` is the place of the objects.
"""

WEAKER: Final = {
    ("advances", "Ongoing"): "is|are moving forward on",
    ("strengthens", "Ongoing"): "is|are strengthening",
}
"""Of a property whose statement is weaker than the property."""

OTHERS: Final = {
    RDFS.LABEL.value: "is|are called",
    SKOS.PREF_LABEL.value: "is|are called",
    SKOS.ALT_LABEL.value: "is|are also called",
    SKOS + "broader": "belongs|belong to",
    SKOS + "note": "has|have the note",
}
"""Of properties that are not ours, by their IRIs."""

ORDER: Final = {name: place for place, name in enumerate(PHRASES)}
GROUPS: Final = (*MODALITIES[1:], MODALITIES[0])
"""The modalities as a page lists them: the surest first, background last."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """What stands between the subjects and the objects, and what stands after those."""

    before: tuple[str, str]
    after: tuple[str, str] = ("", "")

    @classmethod
    def read(cls, text: str) -> Phrase:
        """Return the phrase that is written so.

        >>> Phrase.read("has|have … as a party|as parties").before
        ('has', 'have')
        """
        if "||" in text:
            one, _, several = text.partition("||")
            return cls((one, several))
        before, _, after = text.partition(" … ")
        verb, _, rest = before.partition("|")
        several, _, more = rest.partition(" ")
        one_after, _, many_after = after.partition("|")
        tail = f" {more}" if more else ""
        return cls((verb + tail, several + tail), (one_after, many_after or one_after))


@cache
def phrase_of(predicate: str, modality: str) -> Phrase | None:
    """Return the phrase of a property, None where it has none.

    Both are IRIs. What weaker statements with it are said with comes first.
    """
    name, meant = predicate.removeprefix(CPEC), modality.removeprefix(CPEC)
    own = WEAKER.get((name, meant)) or PHRASES.get(name)
    text = own if name != predicate else OTHERS.get(predicate)
    return Phrase.read(text) if text else None


def rank(predicate: str) -> int:
    """Return the place of a property among those of its modality; others come last."""
    return ORDER.get(predicate.removeprefix(CPEC), len(ORDER))


def sentence(triple: Triple, names: Names, modality: str = "") -> str:
    """Return a triple that is meant so as a sentence: The minutes are dated 31 March 2026."""
    subject = names(triple.subject)
    text = clause(subject, triple.predicate, names(triple.object), names, modality)
    return text if subject.address else text[:1].upper() + text[1:]


def clause(
    subject: DisplayName, predicate: NamedNode, value: DisplayName, names: Names, modality: str = ""
) -> str:
    """Return what a property says of two things that have names."""
    if predicate == RDF.TYPE:
        kind = value.text[:1].lower() + value.text[1:]
        article = "an" if kind[:1] in {*"aeiou"} else "a"
        return f"{subject.worded} {'are of the kind' if subject.many else f'is {article}'} {kind}"
    text = f"“{value.text}”" if value.kind == "text" else value.worded
    found = phrase_of(predicate.value, modality)
    if found is None:
        return f"{subject.worded} – {names(predicate).text}: {text}"
    after = f" {found.after[0]}" if found.after[0] else ""
    return f"{subject.worded} {found.before[subject.many]} {text}{after}"
