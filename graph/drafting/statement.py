"""The claims of a match: what a rule says of it, no stronger than its sentence does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from graph.drafting.figure import DATE, ORDINAL, QUANTITY
from graph.drafting.marked_sentence import MarkedSentence, Node, Slots, list_things
from graph.drafting.mood import AIM, DEEDS, ONGOING, REPORTED, UNASSERTED
from graph.drafting.pattern import DraftRule
from ontology.namespace import PREFIXES
from ontology.terms import CPEC

STATUS_WORDS: Final = {
    "Planned": "plan", "Completed": "completion", "Postponed": "postponement", "Begun": "beginning",
    "Suspended": "suspension", "Cancelled": "cancellation", "HandedOver": "handing over",
}  # fmt: skip
"""The words for a change of status, which begin its label."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement that a sentence makes: local names, prefixed names, or a literal in Turtle.

    `modality` is "" for that of the property; it is not asserted if `is_asserted` is false.
    `passage` is the offsets of the words that state it.
    """

    subject: str
    predicate: str
    object: str
    modality: str
    is_asserted: bool
    passage: tuple[int, int]
    rule: str
    confidence: float


def state(
    rule: DraftRule,
    says: Sequence[str],
    slots: Slots,
    mood: str,
    at: tuple[int, int],
    own: MarkedSentence,
) -> list[Claim]:
    """Return the claims of the lines of a rule that have all their slots."""
    nodes = [node.confidence for nodes in slots.values() for node in nodes]
    confidence = round(rule.confidence * min(nodes, default=1.0), 2)
    statement = ClaimWriter(own, mood, at, rule.name, confidence, slots)
    for line in says:
        subject, predicate, value, *role = line.split()
        if subject in slots and (value in slots or value[0].isupper() or ":" in value):
            for thing in list_things(slots[subject]):
                statement.write(thing, predicate, value, *role)
    return statement.claims


@dataclass(frozen=True, slots=True)
class ClaimWriter:
    """Writes the claims of one match, each as strong as its mood and its property let it be."""

    own: MarkedSentence
    mood: str
    passage: tuple[int, int]
    rule: str
    confidence: float
    slots: Slots
    claims: list[Claim] = field(default_factory=list)

    def write(self, subject: str, predicate: str, value: str, role: str = "") -> None:
        """Write a line of a rule about a thing."""
        nodes = self.slots.get(value, [])
        if predicate == "status":
            self.write_status(subject, value)
        elif not nodes:
            self.add(subject, predicate, value if ":" in value else f"cpec:{value}")
        for node in nodes:
            if predicate == "part":
                for agent in node.things:
                    self.write_part(subject, agent, role)
            elif predicate == "amount":
                self.write_amount(subject, node)
            else:
                self.write_values(subject, predicate, node)

    def write_values(self, subject: str, predicate: str, node: Node) -> None:
        """Write that a thing has what a node stands for; an event is in a country, at a place."""
        is_country = predicate == "place" and "Country" in node.classes
        for term in self.list_values(node, predicate):
            if term != subject:
                self.add(subject, "inCountry" if is_country else predicate, term)

    def list_values(self, node: Node, predicate: str) -> list[str]:
        """Return the things or the literal of a node; what is given in a number is a new benefit.

        An event that is reported has no date later than the article.
        """
        if ORDINAL in node.classes:
            return [node.value]
        if DATE in node.classes:
            is_later = node.value > str(self.own.discourse.day)
            is_past = predicate == "date" and self.mood in DEEDS
            return [] if is_past and is_later else [write_date(node.value)]
        if QUANTITY not in node.classes:
            return list(node.things)
        is_benefit = self.own.discourse.grammar.heads.get(node.unit) == "Benefit"
        if node.counted or not is_benefit:
            return [node.counted] if node.counted else []
        label = re.sub(r"^.*?\d[\d,.]*\s*", "", node.text)
        return [self.own.discourse.add("Benefit", label)]

    def add(
        self, subject: str, predicate: str, value: str, mood: str = "", *, is_said: bool = False
    ) -> None:
        """Add a claim, no stronger than the mood; what only `is_said` is not asserted."""
        lexicon, mood = self.own.discourse.lexicon, mood or self.mood
        name = predicate if ":" in predicate else f"cpec:{predicate}"
        prefix, _, local = name.partition(":")
        iri = PREFIXES[prefix] + local
        base = lexicon.modality.get(iri, CPEC + "Background").removeprefix(CPEC)
        modality, is_asserted = "", True
        if mood in UNASSERTED or is_said:
            modality, is_asserted = mood, False
        elif mood == ONGOING and base == REPORTED:
            modality = ONGOING
        elif mood == AIM and (base in DEEDS or name == "schema:about"):
            if iri in lexicon.counterpart:
                name = f"cpec:{lexicon.counterpart[iri].removeprefix(CPEC)}"
            else:
                modality, is_asserted = AIM, False
        self.claims.append(
            Claim(
                subject,
                name,
                value,
                modality,
                is_asserted,
                self.passage,
                self.rule,
                self.confidence,
            )
        )

    def write_status(self, subject: str, status: str) -> None:
        """Write a change of status: dated, or planned for a date.

        A plan is a fact, whatever it is of; another change that is aimed at is only said.
        """
        discourse, is_plan = self.own.discourse, status == "Planned"
        told_dates = self.slots.get("goal", self.slots.get("date", []))
        keys = [(subject, node.value) for node in told_dates if is_plan]
        known = [discourse.lexicon.plans[key] for key in keys if key in discourse.lexicon.plans]
        change = (known or [""])[0] or discourse.add_situation(
            "StatusChange", f"{STATUS_WORDS[status]} of {discourse.find_label(subject)}"
        )
        mood = REPORTED if is_plan and self.mood not in UNASSERTED else self.mood
        is_aim = mood == AIM
        self.add(change, "statusOf", subject, mood, is_said=is_aim)
        self.add(change, "newStatus", f"cpec:{status}", mood, is_said=is_aim)
        dates, told = self.slots.get("date", []), self.slots.get("told", [])
        goals = self.slots.get("goal", dates if is_plan or is_aim else [])
        for node in goals:
            self.add(change, "plannedFor", write_date(node.value), mood)
        days = [] if is_aim else told or ([] if is_plan else dates)
        past = [node.value for node in days if node.value <= str(discourse.day)]
        for day in past:
            self.add(change, "date", write_date(day), mood)
        if not past and mood in DEEDS:
            self.add(change, "latest", write_date(str(discourse.day)), mood)

    def write_part(self, subject: str, agent: str, role: str) -> None:
        """Write that an agent, or who holds an office, has part in an event in a role."""
        discourse = self.own.discourse
        agent = discourse.holders.get(agent, agent)
        if not discourse.is_a(agent, "Agent"):
            return
        words = "co-chair" if role == "CoChair" else role.lower()
        ends = discourse.find_label(agent), discourse.find_label(subject)
        part = discourse.add_situation("Participation", f"{ends[0]} as {words} of {ends[1]}")
        self.add(subject, "prov:qualifiedAssociation", part)
        self.add(part, "prov:agent", agent)
        self.add(part, "prov:hadRole", f"cpec:{role}")

    def write_amount(self, subject: str, node: Node) -> None:
        """Write an amount with its unit or currency, its bound, and what it counts."""
        if not node.value:
            return
        discourse = self.own.discourse
        amount = discourse.add_situation("Amount", node.text)
        self.add(subject, "hasAmount", amount)
        self.add(amount, "schema:value", node.value)
        if "Money" in node.classes:
            discourse.money.add(amount)
            self.add(amount, "schema:currency", f'"{node.unit}"')
        elif node.unit:
            self.add(amount, "schema:unitText", f'"{node.unit.split()[-1]}"')
        if node.counted:
            self.add(amount, "amountOf", node.counted)
        if node.bound:
            self.add(amount, "bound", f"cpec:{node.bound}")


def write_date(value: str) -> str:
    """Return a date as a literal of Turtle, by its precision."""
    return f'"{value}"^^xsd:{name_precision(value)}'


def name_precision(value: str) -> str:
    """Return the local name of the datatype of a date: of a day, a month or a year."""
    return {4: "gYear", 7: "gYearMonth"}.get(len(value), "date")
