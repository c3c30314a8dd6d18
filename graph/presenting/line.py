"""Lines: claims as English sentences, similar claims in one sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol, TypeAlias

from pyoxigraph import NamedNode, Triple

from graph.presenting.claim import Claim
from graph.reasoning.tree import Inference, Tree
from graph.wording.display_name import DisplayName
from graph.wording.phrase import GROUPS, find_phrases, fit_time
from graph.wording.quotation import Fragment, merge_fragments
from graph.wording.record import Record
from graph.wording.sentence import (
    DETAILS,
    STATUS,
    TYING,
    UNQUOTED,
    tell_situation,
    write_sentences,
    write_unasserted,
)
from graph.wording.source_reference import References
from graph.wording.spelling import write_explain_path
from graph.wording.statement import Modality
from graph.wording.text import clean_text
from ontology.namespace import PREFIXES
from ontology.outline import packaged_outline
from ontology.terms import CPEC, RdfTerm

GROUP_RANK: Final = {CPEC + name: place for place, name in enumerate(GROUPS)}

MOST_SOURCES: Final = 6
"""The sources of a claim that a page quotes."""

HOLDS: Final = NamedNode(PREFIXES["org"] + "holds")

Lost: TypeAlias = Mapping[Triple, Sequence[str]]
Key: TypeAlias = tuple[str, bool, str, str, Modality, str, RdfTerm]


@dataclass(slots=True)
class Mention:
    """A thing in a sentence, with the numbers of its sources and the count of further ones."""

    name: DisplayName
    numbers: list[int] = field(default_factory=list)
    more: int = 0


@dataclass(slots=True)
class Quote:
    """The quotes of a source about a thing of the sentence, and the readings chosen for them.

    `explained` are the paths on which its statements are explained, each with the thing it is of.
    If the source `is_anchored`, it may not be quoted, and the quotes are anchors.
    """

    number: int
    of: str
    quotes: list[str]
    readings: list[str]
    by: str = ""
    explained: list[tuple[str, str]] = field(default_factory=list)
    is_anchored: bool = False

    def shares_words(self, known: Quote) -> bool:
        """Return whether another has the same words; the anchors of a source stand in one."""
        return self.number == known.number and (self.is_anchored or self.quotes == known.quotes)

    def join(self, other: Quote) -> None:
        """Take up what another one is of, its readings and its explanations."""
        if other.of not in self.of.split(", "):
            self.of += f", {other.of}"
        self.readings = list(dict.fromkeys([*self.readings, *other.readings]))
        self.explained += other.explained


@dataclass(slots=True)
class Step:
    """A step of a proof: a conclusion with its premises, or a statement with sources.

    `words` are its sentence by language. `explained` is the path of the explanation of the whole
    proof; `excluded` are the excluded sources that alone stated it.
    """

    words: dict[str, str]
    numbers: list[int] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    because: list[Step] = field(default_factory=list)
    explained: str = ""
    excluded: list[str] = field(default_factory=list)


class Citing(Protocol):
    """A line or a row of a page: the quotes of its sources, and its proofs."""

    quotes: list[Quote]
    proofs: list[Step]


@dataclass(slots=True)
class Line:
    """A sentence: subjects, words, objects; `judge` says so where it is a judgement.

    `words` are those before and those after the objects, by language. `account` has who says so,
    and what has ended, in the form of citations.schema.json. An office is held `as_of` the day of
    its last source.

    `modality` is a local name of ours, or ""; a line that only follows has proofs. `because` is why
    it is lost, where it is.
    """

    modality: str
    subjects: list[Mention]
    words: dict[str, tuple[str, str]]
    objects: list[Mention]
    judge: str = ""
    account: dict[str, Any] = field(default_factory=dict)
    as_of: str = ""
    follows: bool = False
    quotes: list[Quote] = field(default_factory=list)
    proofs: list[Step] = field(default_factory=list)
    because: list[str] = field(default_factory=list)

    @property
    def iris(self) -> set[str]:
        """The IRIs of the things that the sentence names."""
        return {mention.name.iri for mention in (*self.subjects, *self.objects)}

    @property
    def named(self) -> str:
        """The speakers of the account, if the sentence names them: as judges, or by their deed."""
        speakers = self.account.get("speakers", [])
        own = {mention.name.iri for mention in self.subjects}
        is_named = self.judge or all(speaker["iri"] in own for speaker in speakers)
        return ", ".join(speaker["name"] for speaker in speakers) if is_named else ""


@dataclass(slots=True)
class StatementLine:
    """A statement of a source, asserted or not, in words by language.

    `by` is who says so, "" for the source itself, or where the words tell it. If the source
    `is_anchored`, the quotes are anchors.
    """

    words: dict[str, str]
    by: str
    graph: str
    source: str
    path: str
    quotes: list[str]
    readings: list[str]
    is_anchored: bool = False


class Lines:
    """Writes lines; the sources are numbered as they are met.

    `lost` are the statements that only excluded sources make, and those sources.
    """

    def __init__(self, references: References) -> None:
        self.names, self.references = references.names, references
        self.lost: Lost = {}

    def write_about(self, claims: Iterable[Claim]) -> list[Line]:
        """Return the lines with a thing as subject: one for each property, its objects together."""
        return self.write_groups(claims, lambda claim: claim.triple.subject)

    def write_toward(self, claims: Iterable[Claim]) -> list[Line]:
        """Return the lines with a thing as object: one for each property, its subjects together."""
        return self.write_groups(claims, lambda claim: claim.triple.object)

    def write_all(self, claims: Iterable[Claim]) -> Iterator[Line]:
        """Yield the lines of claims; subjects with equal properties and objects share a line."""
        groups: dict[Key, list[Claim]] = defaultdict(list)
        for claim in fold_details(list(claims)):
            groups[self.group_key(claim, claim.triple.subject)].append(claim)
        alike: dict[tuple[object, ...], list[list[Claim]]] = defaultdict(list)
        for key, group in groups.items():
            objects = frozenset(self.tell(claim)[0].object for claim in group)
            alike[(*key[:6], objects)].append(group)
        for groups_alike in alike.values():
            yield self.write_line([claim for group in groups_alike for claim in group])

    def write_statement(self, statement: Record) -> StatementLine:
        """Return the line of a statement, asserted or not."""
        evidence, reference = self.references.evidence, self.references(statement.source)
        if statement.is_asserted:
            words = write_sentences(statement.triple, self.names, statement.modality)
            by = self.find_speaker(statement)
        else:
            words, by = write_unasserted(statement, evidence)
        return StatementLine(
            words,
            by,
            statement.source,
            reference.words,
            reference.path,
            [*statement.words.quotes, *statement.words.anchors],
            [clean_text(reading) for reading in statement.readings],
            reference.is_anchored,
        )

    def write_groups(self, claims: Iterable[Claim], end: Callable[[Claim], RdfTerm]) -> list[Line]:
        """Return the lines of claims that share an end."""
        groups: dict[Key, list[Claim]] = defaultdict(list)
        for claim in claims:
            groups[self.group_key(claim, end(claim))].append(claim)
        ordered = sorted(
            sorted(groups, key=lambda key: key[5], reverse=True),
            key=lambda key: (
                GROUP_RANK.get(key[0], len(GROUP_RANK)),
                key[1],
                packaged_outline().rank(key[2]),
            ),
        )
        return [self.write_line(groups[key]) for key in ordered]

    def group_key(self, claim: Claim, end: RdfTerm) -> Key:
        """Return the key that claims of one line share."""
        return (
            claim.modality,
            claim.follows,
            self.tell(claim)[0].predicate.value,
            self.find_judge(claim),
            claim.account,
            self.find_day(claim) if claim.triple.predicate == HOLDS else "",
            end,
        )

    def tell(self, claim: Claim) -> tuple[Triple, str]:
        """Return the triple of a claim as a sentence tells it, and its modality."""
        return tell_situation(claim.triple, self.names, claim.modality)

    def find_judge(self, claim: Claim) -> str:
        """Return who judges so, where the claim is a judgement, else ""."""
        if claim.modality != CPEC.ASSESSED.value or not claim.statements:
            return ""
        return self.find_speaker(claim.statements[0]) or "the article"

    def find_speaker(self, statement: Record) -> str:
        """Return the speaker of a statement, "" if that is its article."""
        evidence = self.references.evidence
        return evidence.find_speaker(statement.source, statement.attributed_to)

    def write_line(self, claims: list[Claim]) -> Line:
        """Return claims that share a modality and a property as one sentence."""
        first = claims[0]
        triples = [self.tell(claim)[0] for claim in claims]
        subjects = dict.fromkeys(triple.subject for triple in triples)
        objects = dict.fromkeys(triple.object for triple in triples)
        spoken = {node: Mention(self.names(node)) for node in (*objects, *subjects)}
        many = len(subjects) > 1 or self.names(triples[0].subject).many
        several = len(objects) > 1 or self.names(triples[0].object).many
        predicate, modality = triples[0].predicate, self.tell(first)[1]
        if predicate.value in UNQUOTED:
            for node in objects:
                spoken[node].name = replace(spoken[node].name, kind="unit")
        label = self.names.write_label(predicate)
        phrases = find_phrases(predicate.value, modality, label)
        line = Line(
            first.modality.removeprefix(CPEC),
            [spoken[node] for node in subjects],
            {
                language: (
                    fit_time(
                        phrase.before[many],
                        [spoken[node].name.text for node in objects],
                        self.names(triples[0].subject).kind,
                    ),
                    phrase.after[several],
                )
                for language, phrase in phrases.items()
            },
            [spoken[node] for node in objects],
            self.find_judge(first),
            first.account.to_json(),
            self.find_day(first) if predicate == HOLDS else "",
            first.follows,
        )
        others = [triple.object if len(subjects) == 1 else triple.subject for triple in triples]
        self.attest(line, zip(claims, map(spoken.__getitem__, others), strict=True))
        if len(subjects) > 1 and len(objects) == 1:
            line.objects[0].numbers = []
        return line

    def find_day(self, claim: Claim) -> str:
        """Return the day of the last source of a claim, "" if none is known."""
        sources = (statement.source for statement in claim.statements)
        days = (self.references.evidence.source(graph).published for graph in sources)
        return max(filter(None, days), default="")

    def attest(self, line: Citing, claims: Iterable[tuple[Claim, Mention]]) -> None:
        """Take up the sources of claims, and their proofs; the anchors of a source are merged."""
        located: dict[int, list[Fragment]] = defaultdict(list)
        for claim, mention in claims:
            mention.more += len(claim.statements[MOST_SOURCES:])
            for statement in claim.statements[:MOST_SOURCES]:
                quote = self.write_quote(statement, mention.name.text)
                quote.explained.append((write_explain_path(*claim.triple), quote.of))
                mention.numbers = sorted({*mention.numbers, quote.number})
                located[quote.number] += statement.words.located
                known = next(filter(quote.shares_words, line.quotes), None)
                if known is None:
                    line.quotes.append(quote)
                else:
                    known.join(quote)
            if claim.proof is not None:
                step = self.write_step(claim.proof)
                step.explained = write_explain_path(*claim.proof.triple)
                line.proofs.append(step)
                mention.numbers = sorted({*mention.numbers, *list_numbers(step)})
        for quote in line.quotes:
            if quote.is_anchored:
                merged = merge_fragments(located[quote.number])
                quote.quotes = [clean_text(fragment.anchor) for fragment in merged]

    def write_quote(self, statement: Record, of: str) -> Quote:
        """Return the quote of a statement, with the number of its source."""
        source = self.references(statement.source)
        quotes = self.references.take_quotes(source, statement.words)
        readings, speaker = list(statement.readings), self.find_speaker(statement)
        return Quote(source.number, of, quotes, readings, speaker, is_anchored=source.is_anchored)

    def write_step(self, tree: Tree) -> Step:
        """Return a proof in words."""
        step = Step(write_sentences(tree.triple, self.names))
        if isinstance(tree, Inference):
            step.because = list(map(self.write_step, tree.premises))
            return step
        step.excluded = [self.references(graph).words for graph in self.lost.get(tree.triple, ())]
        for graph in tree.graphs:
            statement = self.references.evidence.records.find(tree.triple, graph)
            quote = self.write_quote(statement, "")
            step.numbers.append(quote.number)
            if quote.quotes:
                step.quotes.append(quote)
        return step


def fold_details(claims: Sequence[Claim]) -> Iterator[Claim]:
    """Yield claims; one that a situation's sentence tells too has its words in that claim's.

    Both are of one source: the value of an amount beside the amount, the agent beside the part.
    """
    wholes = {claim.triple.object: claim for claim in claims if claim.triple.predicate in TYING}
    wholes |= {claim.triple.subject: claim for claim in claims if claim.triple.predicate == STATUS}
    for claim in claims:
        whole = wholes.get(claim.triple.subject)
        if whole is None or claim.triple.predicate not in DETAILS or whole.follows:
            yield claim
            continue
        for statement in claim.statements:
            whole.statements = [
                statement.join(own) if own.source == statement.source else own
                for own in whole.statements
            ]


def list_numbers(step: Step) -> list[int]:
    """Return the numbers of all sources of a proof."""
    return [
        *step.numbers,
        *(number for premise in step.because for number in list_numbers(premise)),
    ]
