"""Lines: claims as English sentences, similar claims in one sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

from pyoxigraph import Triple

from graph.explaining.unasserted import Unasserted
from graph.presenting.claim import Attestation, Claim
from graph.reasoning.tree import Inference, Tree
from graph.wording.display_name import DisplayName
from graph.wording.phrase import GROUPS, find_phrases
from graph.wording.sentence import write_sentences
from graph.wording.source import SelectedWords
from graph.wording.source_reference import References
from graph.wording.spelling import write_explain_path
from graph.wording.statement import Record
from graph.wording.text import clean_text
from ontology.outline import packaged_outline
from ontology.terms import CPEC, RdfTerm

GROUP_RANK: Final = {CPEC + name: place for place, name in enumerate(GROUPS)}

MOST_SOURCES: Final = 6
"""The sources of a claim that a page quotes."""

Lost: TypeAlias = Mapping[Triple, Sequence[str]]
Key: TypeAlias = tuple[str, bool, str, str, RdfTerm]


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
    """

    number: int
    of: str
    quotes: list[str]
    readings: list[str]
    by: str = ""
    explained: list[tuple[str, str]] = field(default_factory=list)


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

    `words` are those before and those after the objects, by language.

    `modality` is a local name of ours, or ""; a line that only follows has proofs. `because` is why
    it is lost, where it is.
    """

    modality: str
    subjects: list[Mention]
    words: dict[str, tuple[str, str]]
    objects: list[Mention]
    judge: str = ""
    follows: bool = False
    quotes: list[Quote] = field(default_factory=list)
    proofs: list[Step] = field(default_factory=list)
    because: list[str] = field(default_factory=list)


@dataclass(slots=True)
class UnassertedLine:
    """A statement that a source does not assert, in words by language, with its modality.

    `meant` is the name of the modality, `by` who says so, "" for the source itself.
    """

    words: dict[str, str]
    meant: str
    by: str
    graph: str
    source: str
    path: str
    quotes: list[str]
    readings: list[str]


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

    def write_all(self, claims: Iterable[Claim]) -> list[Line]:
        """Return the lines of claims; subjects with equal properties and objects share a line."""
        groups: dict[Key, list[Claim]] = defaultdict(list)
        for claim in claims:
            groups[self.group_key(claim, claim.triple.subject)].append(claim)
        alike: dict[tuple[object, ...], list[list[Claim]]] = defaultdict(list)
        for key, group in groups.items():
            objects = frozenset(claim.triple.object for claim in group)
            alike[(*key[:4], objects)].append(group)
        return [
            self.write_line([claim for group in groups for claim in group])
            for groups in alike.values()
        ]

    def write_unasserted(self, statements: Iterable[Unasserted]) -> list[UnassertedLine]:
        """Return the lines of statements that their sources do not assert."""
        return [
            UnassertedLine(
                write_sentences(statement.triple, self.names),
                self.names.find(statement.modality).text if statement.modality else "",
                self.references.evidence.find_speaker(statement.source, statement.attribution),
                statement.source,
                (reference := self.references(statement.source)).words,
                reference.path,
                [*statement.quotes, *statement.anchors],
                [clean_text(reading) for reading in statement.readings],
            )
            for statement in statements
        ]

    def write_groups(self, claims: Iterable[Claim], end: Callable[[Claim], RdfTerm]) -> list[Line]:
        """Return the lines of claims that share an end."""
        groups: dict[Key, list[Claim]] = defaultdict(list)
        for claim in claims:
            groups[self.group_key(claim, end(claim))].append(claim)
        ordered = sorted(
            groups,
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
            claim.triple.predicate.value,
            self.find_judge(claim),
            end,
        )

    def find_judge(self, claim: Claim) -> str:
        """Return who judges so, where the claim is a judgement, else ""."""
        if claim.modality != CPEC.ASSESSED.value or not claim.attestations:
            return ""
        first = claim.attestations[0]
        return self.find_speaker(first) or "the article"

    def find_speaker(self, attestation: Attestation) -> str:
        """Return the speaker of a statement, "" if that is its article."""
        agent = attestation.record.attributed_to
        return self.references.evidence.find_speaker(attestation.graph, agent)

    def write_line(self, claims: list[Claim]) -> Line:
        """Return claims that share a modality and a property as one sentence."""
        first = claims[0]
        subjects = dict.fromkeys(claim.triple.subject for claim in claims)
        objects = dict.fromkeys(claim.triple.object for claim in claims)
        spoken = {node: Mention(self.names(node)) for node in (*subjects, *objects)}
        many = len(subjects) > 1 or self.names(first.triple.subject).many
        predicate = first.triple.predicate
        label = self.names.write_label(predicate)
        phrases = find_phrases(predicate.value, first.modality, label)
        line = Line(
            first.modality.removeprefix(CPEC),
            [spoken[node] for node in subjects],
            {
                language: (phrase.before[many], phrase.after[len(objects) > 1])
                for language, phrase in phrases.items()
            },
            [spoken[node] for node in objects],
            self.find_judge(first),
            first.follows,
        )
        for claim in claims:
            other = claim.triple.object if len(subjects) == 1 else claim.triple.subject
            self.attest(line, claim, spoken[other])
        if len(subjects) > 1 and len(objects) == 1:
            line.objects[0].numbers = []
        return line

    def attest(self, line: Citing, claim: Claim, mention: Mention) -> None:
        """Take up the sources of a claim, and its proof."""
        mention.more += len(claim.attestations[MOST_SOURCES:])
        for attestation in claim.attestations[:MOST_SOURCES]:
            number, quote = self.write_quote(attestation, mention.name.text)
            path = write_explain_path(*claim.triple)
            mention.numbers = sorted({*mention.numbers, number})
            same = (q for q in line.quotes if (q.number, q.quotes) == (number, quote.quotes))
            known = next(same, None)
            if known is None:
                line.quotes.append(quote)
            elif quote.of not in known.of.split(", "):
                known.of += f", {quote.of}"
            (known or quote).explained.append((path, mention.name.text))
        if claim.proof is not None:
            step = self.write_step(claim, claim.proof)
            step.explained = write_explain_path(*claim.proof.triple)
            line.proofs.append(step)
            mention.numbers = sorted({*mention.numbers, *list_numbers(step)})

    def write_quote(self, attestation: Attestation, of: str) -> tuple[int, Quote]:
        """Return the number of a source and its quote."""
        source = self.references(attestation.graph)
        record = attestation.record
        words = SelectedWords(record.fragments, record.anchors)
        quotes = self.references.take_quotes(source, words)
        return source.number, Quote(
            source.number, of, quotes, record.readings, self.find_speaker(attestation)
        )

    def write_step(self, claim: Claim, tree: Tree) -> Step:
        """Return a proof in words."""
        step = Step(write_sentences(tree.triple, self.names))
        if isinstance(tree, Inference):
            step.because = [self.write_step(claim, premise) for premise in tree.premises]
            return step
        step.excluded = [self.references(graph).words for graph in self.lost.get(tree.triple, ())]
        for graph in tree.graphs:
            record = claim.records.get((tree.triple, graph))
            number, quote = self.write_quote(Attestation(graph, record or Record()), "")
            step.numbers.append(number)
            if quote.quotes:
                step.quotes.append(quote)
        return step


def list_numbers(step: Step) -> list[int]:
    """Return the numbers of all sources of a proof."""
    return [
        *step.numbers,
        *(number for premise in step.because for number in list_numbers(premise)),
    ]
