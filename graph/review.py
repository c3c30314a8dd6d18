"""The review of a draft: its claims one at a time, what the graph says of each, and the decisions.

Each decision reads the draft anew under a lock, appends itself to the file of decisions, and
replaces the draft: two reviewers, or two windows, lose nothing.
"""

from __future__ import annotations

import fcntl
import os
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any, Final, TypeAlias

from pyoxigraph import Literal, NamedNode, Quad, Triple

from graph.curating.anchor import AnchorError, find_words
from graph.curating.annotation import replace_annotations
from graph.curating.evidence import Anchor
from graph.curating.master import Inputs, list_data_files, read_master
from graph.curating.master_file import MasterFile, replace_file
from graph.curating.skeleton import make_name
from graph.dataset import graph_of, memory_store
from graph.drafting.accepted_article import drop_rejected, find_orphans
from graph.drafting.decision import (
    TEXT,
    UNDO,
    Decision,
    list_standing,
    name_decisions,
    read_decisions,
)
from graph.drafting.draft_file import (
    Change,
    DraftClaim,
    DraftFile,
    seal,
)
from graph.drafting.name_search import list_sentences
from graph.drafting.statement import write_date
from graph.errors import DataError, StaleError
from graph.explaining.effect import ClosedGraph, find_effect
from graph.explaining.unasserted import list_unasserted_of_thing
from graph.reconciling.matching import ThingIndex
from graph.reconciling.thing import read_things
from graph.validation import find_defects
from graph.wording.display_name import Names
from graph.wording.sentence import write_sentence
from graph.wording.source import Bibliography
from ontology.namespace import EDITORIAL_GRAPH, ID, PREFIXES, shorten
from ontology.release import packaged_quads
from ontology.terms import CPEC, RDF, SCHEMA, RdfTerm
from ontology.vocabulary import Vocabulary

LITERAL: Final = frozenset(
    (
        *(CPEC + name for name in ("date", "earliest", "latest", "plannedFor", "ordinal")),
        *(CPEC + name for name in ("issue", "role")),
        *(SCHEMA + name for name in ("currency", "unitText", "value", "startDate", "endDate")),
        *(SCHEMA + name for name in ("duration", "repeatFrequency")),
    )
)
"""The properties whose values are no things."""

CODED: Final = frozenset((CPEC + "iso3", CPEC + "m49", CPEC + "attributedTo", CPEC + "derivedFrom"))
"""The properties with a modality that no sentence of an article states."""

OFFERED: Final = 6
"""The known things that are offered for a name."""

Plan: TypeAlias = Callable[[DraftFile], Sequence[Change]]
"""Returns the changes of a decision on the draft as it is now."""


class FieldError(ValueError):
    """A value of a form that cannot stand; `field` names it, and `offers` are known things."""

    def __init__(self, field: str, message: str, offers: Sequence[Offer] = ()) -> None:
        self.field, self.offers = field, tuple(offers)
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Offer:
    """A known thing that a name may mean: its name in Turtle, its label, class, and its places."""

    name: str
    label: str
    kind: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """What is decided at once: claims of one sentence, or none for the sentence itself.

    `key` is the record of the first claim, or the name of the sentence.
    """

    key: str
    sentence: str
    claims: tuple[DraftClaim, ...]
    is_open: bool

    @property
    def seal(self) -> str:
        """Return the hash by which a form knows that nobody has changed the card."""
        return seal(self.claims)


class Review:
    """The review of one draft by one reviewer, beside a master copy."""

    def __init__(self, path: Path, inputs: Inputs, archive: Path, reviewer: str) -> None:
        """Read the master copy; raises DataError."""
        self.path, self.archive, self.reviewer = path.resolve(), archive, reviewer
        self.log = name_decisions(self.path)
        others = [file for file in list_data_files(inputs.data) if file.name != path.name]
        self.master = read_master(inputs, others).without_marks()
        stated = list(self.master.quads())
        self.store, self.graph = memory_store(stated), ClosedGraph(stated)
        self.closed: dict[frozenset[Quad], ClosedGraph] = {}
        self.index = ThingIndex(read_things(self.store))
        self.evidence = Bibliography(self.store)
        self.vocabulary = Vocabulary.from_quads(packaged_quads())
        kinds = self.vocabulary.classes | self.vocabulary.properties
        self.terms = {
            quad.subject.value
            for quad in packaged_quads()
            if isinstance(quad.subject, NamedNode) and quad.predicate == RDF.TYPE
            if quad.subject.value.startswith(CPEC) and quad.subject.value not in kinds
        }
        self.known = {thing.iri for thing in self.index.things.values()}
        self.labelled: set[Quad] = set()
        self.names = Names(self.store)
        self.defects: dict[frozenset[Quad], set[str]] = {}
        self.shown: dict[str, float] = {}
        self.lock = RLock()

    def read(self) -> DraftFile:
        """Return the draft as it is now, after it has followed its text; raises DataError."""
        with self.lock:
            draft = DraftFile.read(self.path, self.archive)
            changes, changed = draft.find_changed_text()
            if changes:
                with self.open_log() as log:
                    self.write(log, draft, TEXT, tuple(changed), 0, changes)
                draft = DraftFile.read(self.path, self.archive)
            self.note_labels(draft)
            return draft

    def note_labels(self, draft: DraftFile) -> None:
        """Let the names of things be those that a draft gives its own."""
        labelled = {quad for quad in draft.file.quads if graph_of(quad) == EDITORIAL_GRAPH}
        if labelled != self.labelled:
            for quad in self.labelled - labelled:
                self.store.remove(quad)
            self.store.extend(labelled - self.labelled)
            self.labelled, self.names = labelled, Names(self.store)

    def preview(self, draft: DraftFile, changes: Sequence[Change]) -> DraftFile:
        """Return the draft as changes would leave it; raises FieldError if it would be none."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / self.path.name
            path.write_bytes(draft.apply(changes).encode())
            try:
                edited = DraftFile.read(path, self.archive)
            except DataError as error:
                raise FieldError(
                    "claim", "; ".join(own.message for own in error.findings)
                ) from None
        self.note_labels(edited)
        return edited

    def list_cards(self, draft: DraftFile) -> list[Card]:
        """Return the cards of a draft: of each sentence its claims, then the sentence itself."""
        groups = list(draft.list_groups())
        cards = []
        for own in draft.article.sentences:
            for group in groups:
                if group[0].sentence == own.name:
                    is_open = any(claim.state == "Unreviewed" for claim in group)
                    cards.append(Card(group[0].record, own.name, group, is_open))
            is_open = draft.states.get(own.name) == "Unreviewed"
            cards.append(Card(own.name, own.name, (), is_open))
        return cards

    def write_claim(self, claim: DraftClaim, language: str) -> str:
        """Return a claim in words."""
        modality = CPEC + claim.modality if claim.modality else ""
        return write_sentence(claim.triple, self.names, modality, language)

    def name(self, term: RdfTerm) -> str:
        """Return the name of a term as a form shows it: a label, if that names one thing alone."""
        text = self.names(term).text
        if not isinstance(term, NamedNode) or self.find_named(text) == [term.value]:
            return text
        return shorten(term.value)

    def find_effect(self, draft: DraftFile, card: Card) -> Iterator[tuple[str, str, str]]:
        """Yield what the claims of a card do to the graph, beside those accepted already.

        Each is how, in what words, by which other source: another source says the `same`, or has
        an `other` value of what has one, or denies it (its modality); it `follows`, it `falls`, or
        it is `impossible`.
        """
        accepted = {own.record for own in draft.claims.values() if own.state == "Accepted"}
        records = {own.record for own in card.claims}
        before = self.close(draft, accepted - records)
        effect = find_effect(before, self.close(draft, accepted | records))
        own = f"{draft.article.iri}/"

        def write(how: str, triple: Triple, graphs: Iterable[str]) -> tuple[str, str, str]:
            others = [graph for graph in graphs if not graph.startswith(own)]
            sources = "; ".join(map(self.evidence.write_source, others))
            return how, write_sentence(triple, self.names), sources

        yield from (("impossible", found.message, "") for found in effect.contradictions)
        yield from (write("same", triple, others) for triple, _, others in effect.corroborated)
        for found in effect.contested:
            sides = (found.value, found.source), (found.other_value, found.other_source)
            for value, source in sides:
                graph = getattr(source, "value", "")
                if not graph.startswith(own):
                    triple = Triple(found.subject, found.property, value)  # type: ignore[arg-type]
                    yield write("other", triple, [graph])
        yield from (write("follows", triple, graphs) for triple, graphs in effect.inferred.items())
        yield from (write("falls", triple, ()) for triple in effect.lost)
        triples = {claim.triple for claim in card.claims}
        for subject in {claim.triple.subject for claim in card.claims}:
            if isinstance(subject, NamedNode):
                for record in list_unasserted_of_thing(self.evidence, subject):
                    if record.triple in triples and not record.source.startswith(own):
                        how = record.modality.removeprefix(CPEC)
                        yield write(how, record.triple, [record.source])

    def close(self, draft: DraftFile, records: set[str]) -> ClosedGraph:
        """Return the graph with some claims of a draft, closed; the last ones are kept."""
        quads = frozenset(replace_annotations(draft.select_quads(records)))
        if quads not in self.closed:
            graph = self.graph.change(quads)
            self.closed = dict([*self.closed.items()][-3:]) | {quads: graph}
        return self.closed[quads]

    def find_named(self, text: str) -> list[str]:
        """Return the IRIs of things with a label or an alias, and of roles, status and bounds."""
        asked = " ".join(text.split()).casefold()
        draft = (
            quad.subject.value
            for quad in self.labelled
            if isinstance(quad.subject, NamedNode)
            and isinstance(quad.object, Literal)
            and quad.object.value.casefold() == asked
        )
        named = (thing.iri for thing, name in self.index.names if name.text.casefold() == asked)
        terms = (own for own in self.terms if self.names(NamedNode(own)).text.casefold() == asked)
        return sorted({*draft, *named, *terms})

    def offer(self, text: str) -> list[Offer]:
        """Return the known things that a name may mean, each with sentences where it stands."""
        new = [iri for iri in self.find_named(text) if iri not in self.known]
        iris = [*new, *(own.iri for own in self.index.complete(text, OFFERED))]
        offers = []
        for iri in iris[:OFFERED]:
            name = self.names(NamedNode(iri))
            graphs = list_sentences(self.store, iri)
            places = tuple(map(self.evidence.write_reference, graphs[:2]))
            offers.append(Offer(shorten(iri), name.text, name.kind, places))
        return offers

    def read_term(self, draft: DraftFile, field: str, text: str, predicate: str = "") -> str:
        """Return a value of a form in Turtle: a thing by its name or label, a date, a number.

        Raises FieldError, with known things, if none has that name.
        """
        text = " ".join(text.split())
        if not text:
            raise FieldError(field, "is empty: expected a name or a value")
        if predicate in LITERAL:
            if re.fullmatch(r"\d{4}(-\d\d){0,2}", text) and predicate != SCHEMA + "value":
                return write_date(text)
            if re.fullmatch(r"P(\d+[YMWD])+", text):
                return f'"{text}"^^xsd:duration'
            is_number = re.fullmatch(r"-?\d+(\.\d+)?", text)
            return text if is_number else str(Literal(text))
        prefix, _, local = text.rpartition(":")
        iri = PREFIXES.get(prefix or "id", "") + local.replace(" ", "_")
        if iri in self.known or iri in draft.kinds or iri in self.terms:
            return shorten(iri)
        found = self.find_named(text)
        if len(found) == 1:
            return shorten(found[0])
        fault = "is the name of several things" if found else "is no name of a known thing"
        raise FieldError(
            field, f"“{text}” {fault}: choose one, or make a new one", self.offer(text)
        )

    def list_properties(self) -> list[tuple[str, str]]:
        """Return the properties that a sentence may state, each with its label, by the labels."""
        properties = self.vocabulary.modality.keys() - CODED
        pairs = [(shorten(iri), self.names(NamedNode(iri)).text) for iri in properties]
        return sorted(pairs, key=lambda pair: (pair[1].casefold(), pair))

    def find_passage(
        self, draft: DraftFile, sentence: str, field: str, words: str, at: str
    ) -> tuple[int, int]:
        """Return the offsets of words of a sentence, the occurrence at an offset if it is one.

        Raises FieldError.
        """
        own = draft.read_sentence(sentence)
        try:
            for match in find_words(words, own.sentence):
                if at == str(match.start()):
                    return match.span()
            return own.find_passage(words)
        except AnchorError as error:
            raise FieldError(field, str(error)) from None

    def make_thing(
        self, draft: DraftFile, field: str, label: str, kind: str, *, is_money: bool
    ) -> tuple[str, Change]:
        """Return the name of a new thing, and the change that adds it; raises FieldError.

        An amount is one of a unit, or `is_money`.
        """
        name = make_name(label)
        if not name:
            raise FieldError(field, "has no letters: expected the name of a new thing")
        if CPEC + kind not in self.vocabulary.classes:
            raise FieldError(field, f"a new thing has a class, and {kind or 'none'} is no class")
        taken = self.known | draft.kinds.keys()
        number = 2
        while ID + name in taken:
            name, number = f"{make_name(label)}_{number}", number + 1
        if kind == "Amount":
            kind += f" , schema:{'MonetaryAmount' if is_money else 'QuantitativeValue'}"
        return name, draft.add_thing(name, kind, label)

    def require_name(self, draft: DraftFile, field: str, name: str, own: str) -> None:
        """Raise FieldError if a new thing, `own` so far, cannot have a local name."""
        if not re.fullmatch(r"[^\W\d_][\w-]*", name):
            message = f"“{name[:40]}” is no name: expected letters, digits, _ and -"
            raise FieldError(field, message)
        if ID + name != own and (ID + name in self.known or ID + name in draft.kinds):
            message = f"id:{name} is another thing: change the claim if that is meant"
            raise FieldError(field, message)

    def decide(
        self, action: str, records: Sequence[str], given: str, keys: int, plan: Plan
    ) -> None:
        """Carry out a decision on claims as a form showed them, by the hash `given`.

        Raises StaleError if somebody has changed them since; what the plan raises; DataError.
        """
        self.read()  # it follows its text
        with self.open_log() as log:
            draft = DraftFile.read(self.path, self.archive)
            claims = [draft.claims[own] for own in records if own in draft.claims]
            if len(claims) < len(records) or given != seal(claims):
                raise StaleError("somebody has decided on it meanwhile: here it is as it is now")
            changes = plan(draft)
            if action in {"edit", "add", "mood", "sentence", "names"}:
                changes = [*changes, *self.preview(draft, changes).make_room()]
                self.require_valid(draft, changes)
            if action == "accept":
                require_anchors(draft, claims)
            self.write(log, draft, action, tuple(records), keys, changes)

    def undo(self, keys: int) -> Decision:
        """Take back the last decision of the reviewer; raises StaleError if it cannot be."""
        self.read()
        with self.open_log() as log:
            standing = list_standing(read_decisions(self.log), self.reviewer)
            if not standing:
                raise StaleError("there is no decision of yours to undo")
            last, draft = standing[-1], DraftFile.read(self.path, self.archive)
            changes = [(after, before) for before, after in reversed(last.changes)]
            try:
                draft.apply(changes)
            except StaleError:
                draft.apply(last.changes)  # the machine stopped before the draft had them
                changes = []
            self.write(log, draft, UNDO, last.records, keys, changes)
            return last

    @contextmanager
    def open_log(self) -> Iterator[Any]:
        """Hold the file of decisions alone, among all processes."""
        with self.lock, self.log.open("ab+") as log:
            fcntl.flock(log, fcntl.LOCK_EX)
            yield log

    def write(
        self,
        log: Any,
        draft: DraftFile,
        action: str,
        records: tuple[str, ...],
        keys: int,
        changes: Sequence[Change],
    ) -> None:
        """Append a decision, then replace the draft; a line that was cut off goes first."""
        content = draft.apply(changes)
        log.seek(0)
        written = log.read()
        log.truncate(written.rfind(b"\n") + 1)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        first = min(self.shown.values(), default=time.monotonic())
        seconds = round(time.monotonic() - first, 1)
        log.write(
            Decision(now, self.reviewer, action, records, seconds, keys, tuple(changes)).write()
        )
        log.flush()
        os.fsync(log.fileno())
        replace_file(self.path, content.encode())
        self.shown.clear()

    def show(self, key: str) -> None:
        """Note when a card was first shown after the last decision."""
        self.shown.setdefault(key, time.monotonic())

    def require_valid(self, draft: DraftFile, changes: Sequence[Change]) -> None:
        """Raise FieldError if `cpec validate` would find more in the draft with the changes.

        The same of a thing by another name is not more: what lacks its giver may be named.
        """
        before = self.find_defects(draft.file)
        after = self.find_defects(self.preview(draft, changes).file)
        more = Counter(map(leave_out_names, after)) - Counter(map(leave_out_names, before))
        if new := [own for own in sorted(after - before) if leave_out_names(own) in more]:
            raise FieldError("claim", "; ".join(new))

    def find_defects(self, file: MasterFile) -> set[str]:
        """Return what `cpec validate` says of a draft without its rejected claims.

        New things that only these name are left out, as `cpec accept` leaves them out.
        """
        kept = drop_rejected(file.quads)[0]
        orphans = find_orphans(kept, {NamedNode(iri) for iri in self.known})
        focus = replace(file, quads=tuple(q for q in kept if q.subject not in orphans))
        master = replace(self.master, files=(*self.master.files, focus), focus=focus)
        key = frozenset(focus.quads)
        if key not in self.defects:
            findings = {own.message for own in find_defects(master, [focus])[0]}
            self.defects = dict([*self.defects.items()][-8:]) | {key: findings}
        return self.defects[key]


def leave_out_names(message: str) -> str:
    """Return a message without the names of the things that it is about."""
    return re.sub(r"\bid:[\w-]+", "id:", message)


def require_anchors(draft: DraftFile, claims: Iterable[DraftClaim]) -> None:
    """Raise FieldError if an anchor does not lead to its passage in the sentence as it is now."""
    for claim in claims:
        anchor = Anchor(claim.run, *claim.passage)
        fault = draft.read_sentence(claim.sentence).find_fault(anchor)
        if fault and CPEC.ANCHOR in claim.values:
            words = f"the anchor “{claim.run.anchor}” {fault}: edit the claim, or reject it"
            raise FieldError("claim", words)
