"""The verdict on a clause: what the graph says of its claims, each with its proof or its absence.

A clause is a conjunction of triples in which a signing, a giving and the like are open: any thing
of which all of them hold will do. It is supported by statements and inferences no weaker than it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, Final, TypeAlias

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Store, Triple

from graph.answering.binding import load_questions
from graph.answering.evaluation import run_select
from graph.checking.clause_reading import ClauseReading
from graph.citing.index import EvidenceIndex
from graph.citing.modality import Account, rank_modality
from graph.dataset import graph_of
from graph.drafting.lexicon import NameLexicon
from graph.drafting.mood import DEEDS
from graph.drafting.statement import Claim
from graph.errors import NotInGraphError
from graph.explaining.status import Status, list_statuses
from graph.explaining.why import Rival, find_rivals
from graph.reasoning.tree import Explanation
from graph.wording.display_name import read_text
from graph.wording.sentence import write_clause, write_sentence
from graph.wording.statement import write_modality
from graph.wording.text import write_time
from ontology.namespace import ID, PREFIXES
from ontology.terms import CPEC, DCTERMS, OWL, SCHEMA, XSD, RdfTerm

SUPPORTED, UNSAID, ONLY_AIMED = "supported", "unsaid", "only-aimed"
CONTRADICTED, CONFLICTING, ENDED, NOT_CHECKED = (
    "contradicted",
    "conflicting",
    "ended",
    "not-checked",
)
ORDER: Final = (CONTRADICTED, CONFLICTING, ONLY_AIMED, ENDED, UNSAID, NOT_CHECKED, SUPPORTED)
"""The verdicts, the worst first: a sentence has that of its worst clause."""

BEST: Final = (SUPPORTED, CONFLICTING, ENDED, ONLY_AIMED, CONTRADICTED, UNSAID, NOT_CHECKED)
"""The verdicts on the readings of one clause, the one that is preferred first."""

MOST_SOLUTIONS: Final = 200
"""The ways in which the graph may say a clause that are looked at."""

OFFICES: Final = load_questions()["offices"].text
HOLDS: Final = NamedNode(PREFIXES["org"] + "holds")
QUALIFIED: Final = NamedNode(PREFIXES["prov"] + "qualifiedAssociation")
AGENT: Final = NamedNode(PREFIXES["prov"] + "agent")
ROLE: Final = NamedNode(PREFIXES["prov"] + "hadRole")
PRESIDING: Final = frozenset((CPEC + "Chair", CPEC + "CoChair"))
AMOUNTS: Final = frozenset((CPEC + "hasAmount", CPEC + "hasPlannedAmount"))
VALUE, COUNTED = NamedNode(SCHEMA + "value"), NamedNode(CPEC + "amountOf")
UNIT: Final = NamedNode(SCHEMA + "unitText")
BOUND: Final = NamedNode(CPEC + "bound")
PLACE, IN_COUNTRY, DATE = (NamedNode(CPEC + name) for name in ("place", "inCountry", "date"))
LIES_IN, PLANNED_FOR = NamedNode(CPEC + "liesIn"), NamedNode(CPEC + "plannedFor")
STATUS_OF, NEW_STATUS = NamedNode(CPEC + "statusOf"), NamedNode(CPEC + "newStatus")
LATEST: Final = NamedNode(CPEC + "latest")
LIFTED: Final = frozenset(NamedNode(CPEC + name) for name in ("Planned", "Postponed", "Suspended"))
"""The statuses that a later one lifts."""

HAPPENING: Final = {QUALIFIED} | {
    NamedNode(CPEC + name) for name in ("hasPlannedParticipation", "signs", "donor", "recipient")
}
"""The properties of what happens once: who takes part, what is signed, who gives whom."""

INVERSE: Final = OWL.INVERSE_OF
ONE_VALUE: Final = NamedNode(SCHEMA + "multipleValues")

Pattern: TypeAlias = tuple[RdfTerm | str, NamedNode, RdfTerm | str]
"""A triple whose ends may be names of open things, as texts."""

Binding: TypeAlias = Mapping[str, RdfTerm]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict with its reason in words, and the triples that it rests on."""

    verdict: str
    reason: str
    triples: tuple[Triple, ...] = ()
    missing: tuple[Pattern, ...] = ()


@dataclass(frozen=True, slots=True)
class Solution:
    """Triples that together say what a clause says; `is_weaker` if some only aim at it."""

    triples: tuple[Triple, ...]
    is_weaker: bool


@dataclass(slots=True)
class Judge:
    """Judges clauses by one dataset; a new one at each write."""

    index: EvidenceIndex
    lexicon: NameLexicon
    explained: dict[Triple, Explanation] = field(default_factory=dict)
    rivals: dict[Triple, tuple[Rival, ...]] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        """The dataset."""
        return self.index.store

    def judge(self, readings: Iterable[ClauseReading]) -> Verdict:
        """Return the verdict on a clause by the best of its readings."""
        verdicts = [self.judge_reading(reading) for reading in readings]
        return min(verdicts, key=lambda own: BEST.index(own.verdict))

    def judge_reading(self, reading: ClauseReading) -> Verdict:
        """Return the verdict on a reading: that of its worst part."""
        if reading.mood not in {"Reported", "Ongoing", "Aim", "Denied"}:
            return Verdict(NOT_CHECKED, "what is proposed, asked for or conditional is not checked")
        if reading.mood == "Aim" and not all(claim.is_asserted for claim in reading.claims):
            return Verdict(NOT_CHECKED, "the vocabulary has no property for this as a plan")
        patterns = [self.read_claim(claim, reading.open) for claim in reading.claims]
        counted = {subject for subject, predicate, _ in patterns if predicate == COUNTED}
        patterns = [own for own in patterns if own[1] != UNIT or own[0] not in counted]
        parts = [self.judge_part(part, reading) for part in split_parts(patterns)]
        if reading.mood == "Denied":
            return self.turn(parts)
        worst = min(parts, key=lambda own: ORDER.index(own.verdict))
        if worst.verdict == SUPPORTED:
            triples = tuple(dict.fromkeys(chain.from_iterable(part.triples for part in parts)))
            reasons = "; ".join(dict.fromkeys(part.reason for part in parts))
            return Verdict(SUPPORTED, reasons, triples)
        others = [part.reason for part in parts if part is not worst]
        halves = f" (besides: {'; '.join(dict.fromkeys(others))})" if others else ""
        return Verdict(worst.verdict, worst.reason + halves, worst.triples, worst.missing)

    def turn(self, parts: list[Verdict]) -> Verdict:
        """Return the verdict on a denial by those on what is denied."""
        verdicts = {part.verdict for part in parts}
        triples = tuple(chain.from_iterable(part.triples for part in parts))
        if verdicts == {SUPPORTED}:
            return Verdict(CONTRADICTED, "; ".join(part.reason for part in parts), triples)
        if verdicts == {UNSAID}:
            return Verdict(UNSAID, "no source says so, and none denies it", (), parts[0].missing)
        return Verdict(NOT_CHECKED, "a denial of what sources say in part is not checked")

    def read_claim(self, claim: Claim, opened: frozenset[str]) -> Pattern:
        """Return a claim of a draft as a triple of terms."""
        prefix, _, local = claim.predicate.partition(":")

        def read_end(text: str) -> RdfTerm | str:
            if text in opened:
                return text
            if text.startswith("cpec:"):
                return NamedNode(CPEC + text.removeprefix("cpec:"))
            if text.startswith('"'):
                value, _, kind = text[1:].rpartition('"')
                return (
                    Literal(value, datatype=NamedNode(XSD + kind[6:])) if kind else Literal(value)
                )
            return NamedNode(ID + text) if text in self.lexicon.types else Literal(text)

        return read_end(claim.subject), NamedNode(PREFIXES[prefix] + local), read_end(claim.object)

    def judge_part(self, part: list[Pattern], reading: ClauseReading) -> Verdict:
        """Return the verdict on triples that share open things."""
        solutions = list(islice(self.solve(part), MOST_SOLUTIONS))
        whole = [own for own in solutions if not own.is_weaker]
        if whole:
            verdicts = [self.judge_solution(own, reading) for own in whole[:8]]
            return min(verdicts, key=lambda own: BEST.index(own.verdict))
        unasserted = self.judge_unasserted(part)
        if unasserted:
            return unasserted
        if solutions:
            triples = solutions[0].triples
            return Verdict(ONLY_AIMED, f"only aimed at: {self.tell(triples)}", triples)
        if excluded := self.find_excluding(part):
            return Verdict(CONTRADICTED, f"sources say otherwise: {self.tell(excluded)}", excluded)
        if planned := self.find_plan(part):
            return Verdict(ONLY_AIMED, f"only planned: {self.tell(planned)}", planned)
        return Verdict(UNSAID, f"no source says {self.say(part)}", (), tuple(part))

    def judge_solution(self, solution: Solution, reading: ClauseReading) -> Verdict:
        """Return the verdict on a clause by triples that say it."""
        accounts = {triple: self.rate(triple) for triple in solution.triples}
        told = self.tell(solution.triples)
        for triple in solution.triples:
            records = self.index.evidence.records.list_unasserted_of(triple)
            if any(own.modality == CPEC + "Denied" for own in records):
                return Verdict(CONFLICTING, f"a source denies it: {told}", solution.triples)
            if rivals := self.find_rivals(triple):
                other = " and ".join(dict.fromkeys(self.name(rival.value) for rival in rivals))
                return Verdict(CONFLICTING, f"{told}; another source has {other}", solution.triples)
        if reading.speaker and not self.is_said_by(solution.triples, reading.speaker):
            words = f"no source has {self.name(NamedNode(ID + reading.speaker))} say so: {told}"
            return Verdict(UNSAID, words, solution.triples)
        for triple, account in accounts.items():
            if self.is_weaker(triple, account, reading):
                kind = self.index.modalities.named[account.modality].name
                return Verdict(ONLY_AIMED, f"only {kind}: {told}", solution.triples)
        if past := self.judge_time(solution.triples, reading):
            return past
        return Verdict(SUPPORTED, told, solution.triples)

    def judge_time(self, triples: tuple[Triple, ...], reading: ClauseReading) -> Verdict | None:
        """Return the verdict on a clause that tells as it is now what was, None for another."""
        if reading.mood != "Denied" and (end := self.find_end(triples, reading)):
            return Verdict(ENDED, end, triples)
        if reading.is_present and reading.mood in DEEDS and self.is_told_once(triples):
            return Verdict(UNSAID, f"no source says that it goes on: {self.tell(triples)}", triples)
        return None

    def is_weaker(self, triple: Triple, account: Account, reading: ClauseReading) -> bool:
        """Return whether sources say a triple more weakly than a clause."""
        usual = self.index.modalities.by_predicate[triple.predicate.value]
        if usual == CPEC + "Assessed":
            return not reading.speaker
        tense = CPEC + ("Ongoing" if reading.is_present else "Reported")
        allowed = max(rank_modality(usual), rank_modality(tense))
        return rank_modality(account.modality) > allowed

    def find_end(self, triples: Iterable[Triple], reading: ClauseReading) -> str:
        """Return in words that what triples say is over, "" if it is not, or was told as past."""
        if not reading.is_lasting:
            return ""
        for subject, predicate, value in triples:
            is_lifted = predicate == NEW_STATUS and value in LIFTED
            if is_lifted and (over := self.find_later_status(subject, value)):
                return over
        for triple in triples if reading.is_present else ():
            subject, predicate, value = triple
            for iri in sorted(self.rate(triple).ended):
                return "; ".join(
                    end.words for end in self.index.modalities.endings.find(NamedNode(iri))
                )
            if predicate == HOLDS and (later := self.find_later_holder(subject, value)):
                return later
            if predicate in HAPPENING and (past := self.find_day(subject)):
                return past
        return ""

    def find_later_status(self, change: NamedNode | BlankNode, status: RdfTerm) -> str:
        """Return in words what came after a change of the status of a thing, "" if nothing did."""
        for thing in self.list_values(change, STATUS_OF):
            for own in list_statuses(self.store, thing):
                if own.status != status:
                    return self.tell_status(own)
        return ""

    def find_day(self, happening: NamedNode | BlankNode) -> str:
        """Return in words when something was, or was over, "" if no source says that it was."""
        days = chain.from_iterable(self.list_values(happening, own) for own in (DATE, LATEST))
        for day in days:
            return f"is over: {self.name(happening)}, {self.name(day)}"
        over = (own for own in list_statuses(self.store, happening) if own.is_final)
        return next(map(self.tell_status, over), "")

    def is_told_once(self, triples: Iterable[Triple]) -> bool:
        """Return whether some triples are of a happening of which no status is known."""
        happenings = {own.subject for own in triples if own.predicate in HAPPENING}
        return any(not list_statuses(self.store, own) for own in happenings)

    def tell_status(self, status: Status) -> str:
        """Return a last status in words, as what ended an earlier one."""
        thing, now, day = map(self.name, (status.thing, status.status, status.day))
        return f"was so until {day}: {thing} is {now} ({day})"

    def find_later_holder(self, person: RdfTerm, office: RdfTerm) -> str:
        """Return in words who held an office on a later day than a person, "" if nobody did."""
        if not isinstance(office, NamedNode):
            return ""
        days: dict[RdfTerm, str] = {}
        for row in run_select(self.store, OFFICES, {"office": office}):
            days[row["person"]] = max(days.get(row["person"], ""), read_text(row["day"]))
        last = max(days, key=lambda own: days[own], default=person)
        if last == person or days[last] <= days.get(person, ""):
            return ""
        own, later = (
            self.name(Literal(days[p], datatype=NamedNode(XSD + "date"))) for p in (person, last)
        )
        return f"was so on {own}: on {later} a source names {self.name(last)}"

    def is_said_by(self, triples: Iterable[Triple], speaker: str) -> bool:
        """Return whether a speaker, or who holds that office, says all of some triples."""
        who = NamedNode(ID + speaker)
        holders = (
            quad.subject for quad in self.store.quads_for_pattern(None, HOLDS, who, DefaultGraph())
        )
        speakers = {who.value, *(own.value for own in holders if isinstance(own, NamedNode))}
        return all(self.has_speaker(triple, speakers) for triple in triples)

    def has_speaker(self, triple: Triple, speakers: set[str]) -> bool:
        """Return whether a proof of a triple is by some speakers, or all published by them."""
        stating = {graph_of(quad) for quad in self.store.quads_for_pattern(*triple)}
        if any(self.list_publishers([graph]) & speakers for graph in stating):
            return True
        for proof in self.explain(triple).proofs:
            account = self.index.modalities.rate_proof(triple, proof)
            publishers = self.list_publishers(proof.graphs)
            if account.speakers and account.speakers <= speakers:
                return True
            if publishers and publishers <= speakers:
                return True
        return False

    def list_publishers(self, graphs: Iterable[str]) -> set[str | None]:
        """Return the publishers of the articles of some graphs, None for what has none."""
        evidence = self.index.evidence
        works = (evidence.look_up(evidence.find_article(graph)) for graph in graphs)
        return {work.first(DCTERMS.PUBLISHER.value) for work in works}

    def judge_unasserted(self, part: list[Pattern]) -> Verdict | None:
        """Return the verdict by sources that speak of one triple without asserting it."""
        for subject, predicate, value in part:
            if isinstance(subject, str) or isinstance(value, str):
                continue
            triple = Triple(subject, predicate, value)  # type: ignore[arg-type]
            for record in self.index.evidence.records.list_unasserted_of(triple):
                is_denied = record.modality == CPEC + "Denied"
                kind = self.index.modalities.named[record.modality].name
                where = self.index.evidence.write_reference(record.source)
                verdict = CONTRADICTED if is_denied else ONLY_AIMED
                return Verdict(verdict, f"{kind}, says {where}: {self.tell((triple,))}", (triple,))
        return None

    def find_excluding(self, part: list[Pattern]) -> tuple[Triple, ...]:
        """Return statements that exclude what a part says, none if nothing has one value only.

        What has several values must hold of one thing alone, and one value of it must be another.
        An amount excludes no other: a giving may be one of many, and contested.rq compares amounts
        of one event only.
        """
        if presiding := self.find_presiding(part):
            return presiding
        single = [own for own in part if own[1] != VALUE and self.has_one_value(own[1])]
        rest = [own for own in part if own not in single]
        bindings = [own for own, _, is_weaker in self.join(rest, {}) if not is_weaker]
        for subject, predicate, value in single:
            things = {own.get(subject) if isinstance(subject, str) else subject for own in bindings}
            if len(things) != 1 or None in things or isinstance(value, str):
                continue
            thing = things.pop()
            told = PLACE if predicate == IN_COUNTRY else predicate
            triples = [Triple(thing, told, own) for own in self.list_values(thing, told)]  # type: ignore[arg-type]
            if triples and all(self.excludes(own, predicate, value) for own in triples):
                return tuple(triples)
        return ()

    def has_one_value(self, predicate: NamedNode) -> bool:
        """Return whether the ontology declares that two values of a property contradict each other.

        The country of an event is that of its place, which has one value.
        """
        told = PLACE if predicate == IN_COUNTRY else predicate
        is_own = told not in {AGENT, ROLE, STATUS_OF, NEW_STATUS, BOUND}
        return is_own and any(self.store.quads_for_pattern(told, ONE_VALUE, None, DefaultGraph()))

    def excludes(self, stated: Triple, predicate: NamedNode, value: RdfTerm) -> bool:
        """Return whether a stated value and another one cannot both be."""
        if predicate == IN_COUNTRY:
            countries = self.list_values(stated.object, IN_COUNTRY)
            return bool(countries) and value not in countries
        if predicate == PLACE:
            near = {
                *self.list_values(stated.object, LIES_IN),
                *self.list_values(stated.object, IN_COUNTRY),
            }
            far = {*self.list_values(value, LIES_IN), *self.list_values(value, IN_COUNTRY)}
            return stated.object != value and value not in near and stated.object not in far
        own, other = read_text(stated.object), read_text(value)
        if not isinstance(stated.object, Literal):
            return stated.object != value
        return not (own.startswith(other) or other.startswith(own))

    def find_presiding(self, part: list[Pattern]) -> tuple[Triple, ...]:
        """Return that somebody else of the same side presides over an event, as in contested.rq."""
        ends = {predicate: (subject, value) for subject, predicate, value in part}
        if not {QUALIFIED, AGENT, ROLE} <= ends.keys() or len(part) != 3:
            return ()
        event, agent, role = ends[QUALIFIED][0], ends[AGENT][1], ends[ROLE][1]
        if (
            isinstance(event, str)
            or isinstance(agent, str)
            or getattr(role, "value", "") not in PRESIDING
        ):
            return ()
        others: list[Triple] = []
        for own in self.list_values(event, QUALIFIED):
            roles, agents = self.list_values(own, ROLE), self.list_values(own, AGENT)
            if any(getattr(own_role, "value", "") in PRESIDING for own_role in roles):
                others += [Triple(own, AGENT, who) for who in agents]  # type: ignore[arg-type]
        if any(other.object == agent for other in others):
            return ()
        sides = self.list_sides(agent)
        return tuple(other for other in others if sides & self.list_sides(other.object))[:2]

    def list_sides(self, agent: RdfTerm) -> set[RdfTerm]:
        """Return the countries whose offices an agent holds."""
        sides: set[RdfTerm] = set()
        for office in self.list_values(agent, HOLDS):
            sides.update(self.list_values(office, NamedNode(CPEC + "represents")))
            for body in self.list_values(office, NamedNode(PREFIXES["org"] + "postIn")):
                sides.update(self.list_values(body, NamedNode(CPEC + "jurisdiction")))
        return sides

    def find_plan(self, part: list[Pattern]) -> tuple[Triple, ...]:
        """Return the plan of an event for the day on which a part says that it was."""
        for subject, predicate, value in part:
            if predicate != DATE or isinstance(subject, str) or isinstance(value, str):
                continue
            for change in self.store.quads_for_pattern(None, STATUS_OF, subject, DefaultGraph()):
                for day in self.list_values(change.subject, PLANNED_FOR):
                    if read_text(day).startswith(read_text(value)):
                        return (Triple(change.subject, PLANNED_FOR, day),)
        return ()

    def solve(self, part: list[Pattern]) -> Iterator[Solution]:
        """Yield the triples of the graph that say what a part says, or aim at it."""
        open_amounts = {value for _, predicate, value in part if predicate.value in AMOUNTS}
        bounded = {subject for subject, predicate, _ in part if predicate == BOUND}
        for binding, triples, is_weaker in self.join(part, {}):
            amounts = [binding[own] for own in open_amounts - bounded if isinstance(own, str)]
            if not any(self.list_values(amount, BOUND) for amount in amounts):
                yield Solution(triples, is_weaker)

    def join(
        self, part: list[Pattern], binding: Binding
    ) -> Iterator[tuple[Binding, tuple[Triple, ...], bool]]:
        """Yield the bindings of the open things of some triples, the most bound triple first."""
        if not part:
            yield binding, (), False
            return
        first = min(
            part,
            key=lambda own: sum(isinstance(end, str) and end not in binding for end in own[::2]),
        )
        rest = [own for own in part if own is not first]
        for triple, is_weaker in self.match(first, binding):
            bound = {**binding}
            for end, term in zip(first[::2], (triple.subject, triple.object), strict=True):
                if isinstance(end, str):
                    bound.setdefault(end, term)
            for whole, triples, weaker in self.join(rest, bound):
                yield whole, (triple, *triples), is_weaker or weaker

    def match(self, pattern: Pattern, binding: Binding) -> Iterator[tuple[Triple, bool]]:
        """Yield the triples of the graph that a pattern has, then those that only aim at it."""
        subject, predicate, value = pattern
        subject = binding.get(subject) if isinstance(subject, str) else subject  # type: ignore[assignment]
        value = binding.get(value) if isinstance(value, str) else value  # type: ignore[assignment]
        for own, ends, is_weaker in self.list_forms(predicate, subject, value):
            wanted = None if isinstance(value, Literal) else ends[1]
            if isinstance(ends[0], Literal):
                continue
            for quad in self.store.quads_for_pattern(ends[0], own, wanted, DefaultGraph()):
                if not isinstance(value, Literal) or is_equal(quad.object, value):
                    yield Triple(quad.subject, own, quad.object), is_weaker

    def list_forms(
        self, predicate: NamedNode, subject: Any, value: Any
    ) -> Iterator[tuple[NamedNode, tuple[Any, Any], bool]]:
        """Yield a property and its counterpart, an aim, with the ends of their triples."""
        yield predicate, (subject, value), False
        if predicate.value in self.lexicon.counterpart:
            yield NamedNode(self.lexicon.counterpart[predicate.value]), (subject, value), True
        for inverse in self.list_values(predicate, INVERSE) if subject and value else ():
            if getattr(inverse, "value", "") in self.lexicon.counterpart:
                planned = self.lexicon.counterpart[inverse.value]  # type: ignore[union-attr]
                yield NamedNode(planned), (value, subject), True

    def explain(self, triple: Triple) -> Explanation:
        """Return the explanation of a triple of the graph."""
        if triple not in self.explained:
            self.explained[triple] = self.index.explain(triple)
        return self.explained[triple]

    def rate(self, triple: Triple) -> Account:
        """Return how strongly, and by whom, a triple is said."""
        return self.index.modalities.rate_explanation(self.explain(triple))

    def find_rivals(self, triple: Triple) -> tuple[Rival, ...]:
        """Return the values of other sources that contradict that of a triple."""
        is_single = triple.predicate == QUALIFIED or triple.predicate.value in AMOUNTS
        if not is_single and not self.has_one_value(triple.predicate):
            return ()
        if triple not in self.rivals:
            self.rivals[triple] = find_rivals(self.store, triple)
        return self.rivals[triple]

    def list_values(self, subject: Any, predicate: NamedNode) -> list[RdfTerm]:
        """Return the values of a property."""
        if not isinstance(subject, NamedNode):
            return []
        return [
            quad.object
            for quad in self.store.quads_for_pattern(subject, predicate, None, DefaultGraph())
        ]

    def name(self, term: RdfTerm) -> str:
        """Return the name of a term in a sentence."""
        return self.index.evidence.names(term).phrase

    def tell(self, triples: Iterable[Triple]) -> str:
        """Return triples in words, each with its modality and its speakers, and one source."""
        return "; ".join(dict.fromkeys(map(self.tell_triple, triples)))

    def tell_triple(self, triple: Triple) -> str:
        """Return a triple in words with its modality, its speakers and a source."""
        modalities, names = self.index.modalities, self.index.evidence.names
        try:
            account = self.rate(triple)
        except NotInGraphError:
            return write_sentence(triple, names)
        remark = write_modality(modalities.described[account].to_json()) if account.modality else ""
        graphs = [graph for proof in self.explain(triple).proofs[:1] for graph in proof.graphs]
        sources = [self.index.evidence.write_reference(graph) for graph in graphs[:3]]
        as_of = f"as of {self.find_last_day(graphs)}" if triple.predicate == HOLDS else ""
        remarks = "; ".join(filter(None, (remark, as_of, *sources)))
        return f"{write_sentence(triple, names, account.modality)} ({remarks})"

    def find_last_day(self, graphs: Iterable[str]) -> str:
        """Return in words when the last of some sources was published, or that it has no day."""
        sources = map(self.index.evidence.source, graphs)
        day = max((own.published or "" for own in sources), default="")
        return write_time(day) if day else "a source without a day"

    def say(self, part: Sequence[Pattern]) -> str:
        """Return a part in words: its clause, or the names in it where something is open."""
        names = self.index.evidence.names
        subject, predicate, value = part[0]
        if len(part) == 1 and not isinstance(subject, str) and not isinstance(value, str):
            return f"that {write_clause(names(subject), predicate, names(value), names)}"
        ends = (end for s, _, o in part for end in (s, o) if not isinstance(end, str))
        return f"so of these together: {', '.join(dict.fromkeys(map(self.name, ends)))}"


def split_parts(patterns: Iterable[Pattern]) -> list[list[Pattern]]:
    """Return patterns in parts that share no open thing."""
    parts: list[tuple[set[str], list[Pattern]]] = []
    for pattern in patterns:
        opened = {end for end in pattern[::2] if isinstance(end, str)}
        joined = [part for part in parts if part[0] & opened]
        own = (
            opened.union(*(part[0] for part in joined)),
            [p for part in joined for p in part[1]] + [pattern],
        )
        parts = [part for part in parts if part not in joined] + [own]
    return [part for _, part in parts]


def is_equal(stated: RdfTerm, told: RdfTerm) -> bool:
    """Return whether a stated literal says a told one: the same number, or a day within it."""
    own, other = read_text(stated), read_text(told)
    try:
        return float(own) == float(other)
    except ValueError:
        return own == other or (other[:4].isdigit() and own.startswith(f"{other}-"))
