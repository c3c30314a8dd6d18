"""The forms of a review: the rows that they show, and the changes of the draft that they ask for.

A form of claims has a row a claim, and one that adds claims has rows for a whole situation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pyoxigraph import Literal, NamedNode

from graph.drafting.article_draft import DENIAL
from graph.drafting.draft_file import (
    UNASSERTED,
    Change,
    DraftClaim,
    DraftFile,
    change_mood,
    edit_claim,
)
from graph.drafting.statement import Claim
from graph.review import Card, FieldError, Offer, Review
from ontology.namespace import ID, PREFIXES, shorten
from ontology.terms import CPEC, SKOS, RdfTerm
from ontology.vocabulary import MODALITIES

PARTS: Final = frozenset(("Amount", "Participation"))
"""The classes of parts of a situation: they stay what they are if it is denied or proposed."""

ABOUT: Final = ("sentence", "names")
"""The forms about the sentence of a card, and about the new things that its claims name."""

LABELS: Final = ("en", "ur", "ur-x-oblique", "zh")
"""The languages of the labels of a thing; an Urdu name before a postposition has its own."""

MOODS: Final = ("", *MODALITIES[:3], *UNASSERTED)
"""The modalities that a form offers: "" is that of the property."""

ROWS: Final = 12
"""The rows of the form that adds claims: what a person adds of one situation at once."""

INHERITED: Final = frozenset(("subject", "passage", "modality"))
"""The fields of a new claim that are those of the row above if they are empty."""


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row of a form: its values as they are, or as they were sent; `label` is a property's."""

    number: int
    label: str
    values: dict[str, str]
    fault: FieldError | None = None
    offers: Sequence[Offer] = ()

    @property
    def faulty(self) -> str:
        """Return the name of the field that is at fault, "" for none."""
        return self.fault.field.partition(".")[0] if self.fault else ""


@dataclass(frozen=True, slots=True)
class ReviewForm:
    """A form of a review: `sent` are the values that came with it, `asked` those of its address."""

    review: Review
    sent: Mapping[str, str]
    asked: Mapping[str, str]

    def list_rows(
        self, draft: DraftFile, card: Card, form: str, fault: FieldError | None
    ) -> Iterator[FormRow]:
        """Yield the rows of a form: of new claims, or of the claims of a card without ties."""
        if form == "sentence":
            yield self.read_row(0, self.read_about(draft, card.sentence), fault)
        elif form == "names":
            for number, iri in enumerate(list_new(draft, card)):
                yield self.read_row(number, read_names(draft, iri), fault)
        elif form == "add":
            own = dict.fromkeys(("subject", "object", "property", "modality"), "")
            own |= dict.fromkeys(("passage", "start", "speaker", "reading"), "")
            first = {"passage": self.asked.get("words", ""), "start": self.asked.get("start", "")}
            for number in range(ROWS):
                yield self.read_row(number, own if number else own | first, fault)
        else:
            for number, claim in enumerate(card.claims):
                if not is_tie(draft, claim, card):
                    yield self.read_claim_row(draft, number, claim, fault)

    def read_row(self, number: int, own: dict[str, str], fault: FieldError | None) -> FormRow:
        """Return a row with its own values, or those that were sent; what was chosen stays so."""
        values = own
        if fault:
            values = {name: self.sent.get(f"{name}.{number}", own[name]) for name in own}
            for name in own:
                values[name] = self.sent.get(f"pick.{name}.{number}", values[name])
                values[f"class.{name}"] = self.sent.get(f"class.{name}.{number}", "")
        mine = fault if fault and fault.field.endswith(f".{number}") else None
        return FormRow(number, "", values, mine, mine.offers if mine else ())

    def read_claim_row(
        self, draft: DraftFile, number: int, claim: DraftClaim, fault: FieldError | None
    ) -> FormRow:
        """Return the row of a claim."""
        subject, predicate, value = claim.triple
        sentence = draft.read_sentence(claim.sentence).sentence
        own = {
            "subject": self.review.name(subject),
            "property": shorten(predicate.value),
            "object": self.review.name(value),
            "modality": claim.modality,
            "passage": sentence[slice(*claim.passage)],
            "start": str(claim.passage[0]),
            "keep": "1",
            "speaker": self.name_all(claim.values.get(CPEC.ATTRIBUTED_TO, [])),
            "reading": join_readings(claim.values.get(CPEC.READING, [])),
        }
        row = replace(self.read_row(number, own, fault), label=self.review.names(predicate).text)
        if self.asked.get("edit") == "link" and isinstance(value, NamedNode):
            row = replace(row, offers=self.review.offer(self.review.names(value).text))
        return row

    def plan_accept(self, draft: DraftFile, card: Card) -> list[Change]:
        """Return the changes that accept the claims of a card, or its sentence as read."""
        if not card.claims:
            return [draft.mark_sentence(card.sentence, "Accepted")]
        return [claim.mark("Accepted") for claim in card.claims]

    def plan_reject(self, draft: DraftFile, card: Card) -> list[Change]:  # noqa: ARG002
        """Return the changes that reject the claims of a card."""
        return [claim.mark("Rejected") for claim in card.claims]

    def plan_unsaid(self, draft: DraftFile, card: Card) -> list[Change]:
        """Return the changes that reject the claims of a card, and note them as unsaid."""
        words = read_line(self.sent.get("unsaid", "")) or self.suggest_unsaid(card)
        state = draft.states.get(card.sentence, "Unreviewed") if card.claims else "Accepted"
        return [
            *(claim.mark("Rejected") for claim in card.claims),
            draft.mark_sentence(card.sentence, state, words),
        ]

    def suggest_unsaid(self, card: Card | None) -> str:
        """Return in our words what a sentence leaves unsaid if the claims of a card go."""
        if card is None or not card.claims:
            return "It says more than is stated."
        ends = [end for claim in card.claims for end in (claim.triple.subject, claim.triple.object)]
        names = [self.review.names(end).text for end in ends if isinstance(end, NamedNode)]
        return f"What it says of {', '.join(dict.fromkeys(names))}."

    def plan_mood(self, draft: DraftFile, card: Card) -> list[Change]:
        """Return the changes that give the claims of a card a modality."""
        mood = read_mood(self.sent.get("value", ""))
        parts = [own for own in card.claims if draft.kinds.get(own.subject) in PARTS]
        meant = [own for own in card.claims if own not in parts] or parts
        pairs = [(claim, change_mood(edit_claim(claim), mood)) for claim in meant]
        changes = [own for pair in pairs for own in draft.rewrite(*pair)]
        changes += [own.mark("Accepted") for own in card.claims if own not in meant]
        return [*changes, *draft.weaken_kinds(pairs)]

    def plan_edit(self, draft: DraftFile, card: Card) -> list[Change]:
        """Return the changes that let the claims of a card say what the form says; accepted.

        A tie goes with what it ties, and has its passage.
        """
        changes: list[Change] = []
        pairs: list[tuple[DraftClaim, Claim]] = []
        kept: dict[object, tuple[int, int]] = {}
        now = draft
        for number, claim in enumerate(card.claims):
            if is_tie(draft, claim, card):
                continue
            if f"row.{number}" in self.sent and f"keep.{number}" not in self.sent:
                changes.append(claim.mark("Rejected"))
                continue
            edited, more = self.read_claim(now, card.sentence, number, claim)
            notes, others = self.read_notes(now, number)
            pairs.append((claim, edited))
            kept.setdefault(claim.triple.subject, edited.passage)
            changes += [*more, *others, *now.rewrite(claim, edited, notes)]
            now = self.review.preview(draft, changes)
        for claim in card.claims:
            if is_tie(draft, claim, card):
                passage = kept.get(claim.triple.object)
                edited = replace(edit_claim(claim), passage=passage or claim.passage)
                changes += now.rewrite(claim, edited) if passage else [claim.mark("Rejected")]
        return [*changes, *draft.weaken_kinds(pairs)]

    def plan_add(self, draft: DraftFile, card: Card) -> list[Change]:
        """Return the changes that add the claims of the form to a sentence."""
        notes, changes = self.read_notes(draft, 0)
        now = draft
        for number in range(ROWS):
            if number and not self.sent.get(f"object.{number}"):
                continue
            added, more = self.read_claim(now, card.sentence, number, None)
            changes += [*more, now.add(card.sentence, added, notes or ())]
            now = self.review.preview(draft, changes)
            notes = [own for own in notes or () if own.startswith("cpec:attributedTo")]
        return changes

    def plan_sentence(self, draft: DraftFile, card: Card) -> list[Change]:
        """Return the changes of who says the sentence of a card, whence, and how it is read."""
        changes: list[Change] = []
        terms = {"speaker": f"id:{draft.name}", "origin": ""}
        for name in terms:
            if self.sent.get(f"{name}.0", "").strip():
                terms[name], more = self.read_thing(draft, f"{name}.0")
                changes += more
        reading = read_line(self.sent.get("reading.0", ""))
        described = draft.describe_sentence(
            card.sentence, terms["speaker"], terms["origin"], reading
        )
        return [*changes, described]

    def plan_names(self, draft: DraftFile, card: Card) -> list[Change]:
        """Return the changes of the names, classes and labels of the new things of a card."""
        changes: list[Change] = []
        for number, iri in enumerate(list_new(draft, card)):
            own = read_names(draft, iri)
            sent = {key: read_line(self.sent.get(f"{key}.{number}", own[key])) for key in own}
            if sent == own:
                continue
            self.review.require_name(draft, f"name.{number}", sent["name"], iri)
            if CPEC + sent["kind"] not in self.review.vocabulary.classes:
                raise FieldError("claim", f"{sent['kind'][:40]} is no class: choose one")
            if not any(sent[language] for language in LABELS):
                raise FieldError(f"en.{number}", "a thing has a label: expected its name in words")
            labels = {language: sent[language] for language in LABELS}
            others = [own.strip() for own in sent["others"].split("|") if own.strip()]
            more = draft.describe_thing(iri, sent["name"], sent["kind"], labels, others)
            draft, changes = replace(draft, content=draft.apply(more)), [*changes, *more]
        return changes

    def read_notes(self, draft: DraftFile, number: int) -> tuple[list[str] | None, list[Change]]:
        """Return who says a claim and how it is read, as a form says, and its new speaker.

        None are the notes of a form without these fields; raises FieldError.
        """
        changes: list[Change] = []
        notes: list[str] = []
        if f"reading.{number}" not in self.sent:
            return None, []
        if self.sent.get(f"speaker.{number}", "").strip():
            speaker, changes = self.read_thing(draft, f"speaker.{number}")
            notes.append(f"cpec:attributedTo {speaker}")
        if reading := read_line(self.sent[f"reading.{number}"]):
            notes.append(f"cpec:reading {Literal(reading, language='en')}")
        return notes, changes

    def read_thing(
        self, draft: DraftFile, field: str, predicate: str = ""
    ) -> tuple[str, list[Change]]:
        """Return a value of the form in Turtle, and the change that adds it if it is a new thing.

        A new thing of the draft that has the name already is that. Raises FieldError.
        """
        text, kind = self.sent.get(field, ""), self.sent.get(f"class.{field}", "")
        pick = self.sent.get(f"pick.{field}", "")
        if kind and not pick:
            for iri in self.review.find_named(text):
                if draft.kinds.get(iri) == kind:
                    return shorten(iri), []
            is_money = "schema:currency" in self.sent.values()
            thing, change = self.review.make_thing(draft, field, text, kind, is_money=is_money)
            return f"id:{thing}", [change]
        return self.review.read_term(draft, field, pick or text, predicate), []

    def read_about(self, draft: DraftFile, sentence: str) -> dict[str, str]:
        """Return who says a sentence, "" for its article, whence it is, and how it is read."""
        iri = draft.find_sentence(sentence).iri
        speakers = draft.read_values(iri, CPEC.ATTRIBUTED_TO)
        own = [term for term in speakers if getattr(term, "value", "") != draft.article.iri]
        return {
            "speaker": self.name_all(own),
            "origin": self.name_all(draft.read_values(iri, CPEC.DERIVED_FROM)),
            "reading": join_readings(draft.read_values(iri, CPEC.READING)),
        }

    def name_all(self, terms: Iterable[RdfTerm]) -> str:
        """Return the names of terms as a form shows them."""
        return ", ".join(map(self.review.name, terms))

    def read_claim(
        self, draft: DraftFile, sentence: str, number: int, claim: DraftClaim | None
    ) -> tuple[Claim, list[Change]]:
        """Return the claim of a row of the form, and the changes that add its new things.

        A new claim has subject, passage and modality of the row above if it says none. Raises
        FieldError.
        """
        before = edit_claim(claim) if claim else Claim("", "", "", "", True, (0, 0), "by hand", 1.0)
        fields = {
            name: f"{name}.{number}" if claim else self.find_field(name, number)
            for name in ("subject", "property", "object", "passage", "modality")
        }
        predicate = self.sent.get(fields["property"], before.predicate)
        prefix, _, local = predicate.partition(":")
        iri = PREFIXES.get(prefix, "") + local
        if iri not in self.review.vocabulary.modality and (
            not claim or predicate != before.predicate
        ):
            message = f"“{predicate}” is no property that a sentence states: choose one"
            raise FieldError(f"property.{number}", message)
        changes: list[Change] = []
        terms = {"subject": f"id:{before.subject}", "object": before.object}
        for name in terms:
            field = fields[name]
            is_chosen = self.sent.get(f"class.{field}") or self.sent.get(f"pick.{field}")
            if is_chosen or not claim or self.is_changed(claim, name, field):
                own = iri if name == "object" else ""
                terms[name], more = self.read_thing(draft, field, own)
                changes += more
        passage = before.passage
        words, field = self.sent.get(fields["passage"], ""), fields["passage"]
        if not claim or words not in {"", draft.read_sentence(sentence).sentence[slice(*passage)]}:
            start = self.sent.get(field.replace("passage", "start"), "")
            passage = self.review.find_passage(draft, sentence, field, words, start)
        mood = read_mood(self.sent.get(fields["modality"], before.modality))
        edited = replace(
            before,
            subject=terms["subject"].removeprefix("id:"),
            predicate=predicate,
            object=terms["object"],
            passage=passage,
        )
        return change_mood(edited, mood), changes

    def find_field(self, name: str, number: int) -> str:
        """Return the field of a row, or that of a row above if it is empty and inherits."""
        while number and name in INHERITED and not self.sent.get(f"{name}.{number}"):
            number -= 1
        return f"{name}.{number}"

    def is_changed(self, claim: DraftClaim, name: str, field: str) -> bool:
        """Return whether a field of the form has another value than its claim."""
        own = self.review.name(getattr(claim.triple, name))
        return self.sent.get(field, own) != own


def list_new(draft: DraftFile, card: Card) -> list[str]:
    """Return the IRIs of the new things that a card names, in order; speakers are the last."""
    ends = [end for own in card.claims for end in (own.triple.subject, own.triple.object)]
    for name in (CPEC.ATTRIBUTED_TO, CPEC.DERIVED_FROM):
        ends += [term for own in card.claims for term in own.values.get(name, ())]
        ends += draft.read_values(draft.find_sentence(card.sentence).iri, name)
    named = (getattr(end, "value", "") for end in ends)
    return [*dict.fromkeys(iri for iri in named if iri in draft.kinds and iri != draft.article.iri)]


def read_names(draft: DraftFile, iri: str) -> dict[str, str]:
    """Return the local name of a new thing, its class, and its labels by their languages."""
    labels = draft.read_labels(iri)
    others = draft.read_values(iri, SKOS.ALT_LABEL)
    names = {"name": iri.removeprefix(ID), "kind": draft.kinds[iri]}
    names["others"] = " | ".join(getattr(own, "value", "") for own in others)
    return names | {language: labels.get(language, "") for language in LABELS}


def join_readings(terms: Iterable[RdfTerm]) -> str:
    """Return the readings of a record in a line, without the one that each denial has."""
    own = (getattr(term, "value", "") for term in terms)
    return " ".join(text for text in own if text not in DENIAL)


def read_line(text: str) -> str:
    """Return a text of a form in one line, of at most 500 characters."""
    return " ".join(text.split())[:500]


def read_mood(text: str) -> str:
    """Return a modality of a form; raises FieldError."""
    if text not in MOODS:
        raise FieldError("claim", f"“{text[:40]}” is no modality: choose one")
    return text


def is_tie(draft: DraftFile, claim: DraftClaim, card: Card) -> bool:
    """Return whether a claim only ties a situation to another: it is decided with the others."""
    subjects = {own.triple.subject for own in card.claims}
    return draft.is_situation(claim.triple.object) and claim.triple.object in subjects
