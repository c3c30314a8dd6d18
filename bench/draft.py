"""How well drafts read the invented texts: `python -m bench.draft [--untouched] [--list]`.

It prints, for the seven texts that the rules were written with and the five that they were not,
boundaries, links, figures and claims by kind of fact, and what is told too strongly.
"""

from __future__ import annotations

import re
import sys
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from graph.curating.master import Inputs, read_master
from graph.curating.skeleton import find_headline, number_sentences, split_text
from graph.drafting.discourse import Discourse
from graph.drafting.figure import DATE, QUANTITY
from graph.drafting.lexicon import NameLexicon, tidy
from graph.drafting.pattern import read_grammar
from graph.drafting.reading import SentenceReading, read_article
from graph.drafting.statement import Claim
from graph.reconciling.folding import split_words
from ontology.terms import CPEC
from ontology.vocabulary import MODALITIES

TEXTS = Path(__file__).parents[1] / "tests" / "draft" / "texts"
UNTOUCHED = ("08", "09", "10", "11", "12")


@dataclass(slots=True)
class GoldSentence:
    """What a careful discourse finds in a sentence: offsets, mentions, figures and claims."""

    start: int
    end: int
    mentions: list[tuple[int, int, str]] = field(default_factory=list)
    figures: list[tuple[int, int, str, str]] = field(default_factory=list)
    claims: list[tuple[str, str, str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Gold:
    """A text and its reading."""

    name: str
    day: date
    language: str
    text: str
    sentences: list[GoldSentence]


def read_gold(path: Path) -> Gold:
    """Return the reading of a text, as tests/draft/README.md describes it."""
    text = path.with_suffix(".txt").read_text("utf-8")
    head, *lines = path.read_text("utf-8").splitlines()
    day, language, _ = (part.strip() for part in head.split("|"))
    starts: list[int] = []
    sentences: list[GoldSentence] = []
    at = 0
    for line in lines:
        if line[:2] in {"= ", "- "}:
            at = text.index(line[2:], at)
            starts.append(at)
            if line[0] == "=":
                sentences.append(GoldSentence(at, 0))
    for sentence in sentences:
        following = min([start for start in starts if start > sentence.start], default=len(text))
        paragraph = text.find("\n", sentence.start)
        end = min(following, paragraph if paragraph >= 0 else len(text))
        sentence.end = sentence.start + len(text[sentence.start : end].rstrip())
    own: GoldSentence | None = None
    for line in lines:
        kind, rest = line[:1], line[2:]
        if kind == "=":
            own = next(s for s in sentences if text.startswith(rest, s.start))
        elif own and kind in {"m", "d", "q"}:
            add_gold(own, kind, rest, text)
        elif own and kind == "c":
            own.claims.append(read_gold_claim(rest))
    return Gold(path.stem, date.fromisoformat(day), language, text, sentences)


def add_gold(own: GoldSentence, kind: str, line: str, text: str) -> None:
    """Add a mention or a figure to a sentence."""
    written, *values = (part.strip() for part in line.split("|"))
    words, _, number = written.partition("#")
    sentence = text[own.start : own.end]
    places = [match.span() for match in re.finditer(re.escape(words), sentence)]
    start, end = places[int(number or 1) - 1]
    if kind == "m":
        own.mentions += [(start, end, thing.strip()) for thing in values[0].split(",")]
    else:
        own.figures.append((start, end, values[0], values[1] if len(values) > 1 else ""))


def read_gold_claim(line: str) -> tuple[str, str, str, str]:
    """Return subject, property, object and modality of a line."""
    modality = ""
    if match := re.search(r" !(\w+)$", line):
        modality, line = match[1], line[: match.start()]
    terms = re.findall(r'"[^"]*"|\S+', line)
    return terms[0], terms[1], " ".join(terms[2:]), modality


@dataclass(slots=True)
class Score:
    """Counts of what was right, what was drafted and what was required."""

    right: int = 0
    drafted: int = 0
    required: int = 0

    @property
    def precision(self) -> float:
        """The share of the drafted that is right."""
        return self.right / self.drafted if self.drafted else 1.0

    @property
    def recall(self) -> float:
        """The share of the required that is drafted."""
        return self.right / self.required if self.required else 1.0

    def __str__(self) -> str:
        """Return precision and recall, with the counts; without drafted ones recall alone."""
        recall = f"R {self.recall:.2f} ({self.right} of "
        if not self.drafted:
            return f"{recall}{self.required} required)"
        return f"P {self.precision:.2f} {recall}{self.drafted} drafted, {self.required} required)"


@dataclass(slots=True)
class Scores:
    """The scores of some texts by kind of fact."""

    by_kind: dict[str, Score] = field(default_factory=dict)
    told_too_strongly: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def count(self, kind: str, right: int, drafted: int, required: int) -> None:
        """Add counts."""
        score = self.by_kind.setdefault(kind, Score())
        score.right += right
        score.drafted += drafted
        score.required += required


def match_term(gold: str, term: str, discourse: Discourse) -> bool:
    """Return whether a term of a claim is the one that a reading has."""
    if gold.startswith("["):
        kinds = (
            discourse.lexicon.list_classes(discourse.find_kind(term))
            if term in discourse.new
            else set()
        )
        return gold[1:-1] in kinds
    if gold.startswith('"'):
        if term not in discourse.new:
            return False
        words, own = (set(tidy(split_words(text))) for text in (gold, discourse.new[term][1]))
        return bool(words & own) and (words <= own or own <= words)
    if gold.startswith("@"):
        return term.split("^", maxsplit=1)[0].strip('"') == gold[1:]
    return term.removeprefix("cpec:").strip('"') == gold


def find_modality(claim: Claim, lexicon: NameLexicon) -> str:
    """Return the modality of a claim: its own, or its property's."""
    iri = claim.predicate.replace("cpec:", CPEC, 1)
    return claim.modality or lexicon.modality.get(iri, CPEC + "Background").removeprefix(CPEC)


def rank(modality: str) -> int:
    """Return how strong a modality is, 0 for the strongest; what is not asserted is weakest."""
    return MODALITIES.index(modality) if modality in MODALITIES else len(MODALITIES)


AIMS = {
    "hasPlannedAmount": "hasAmount",
    "plansToProvide": "provides",
    "intendsCooperationIn": "cooperatesIn",
    "plannedUnder": "under",
    "hasPlannedParty": "hasParty",
    "hasPlannedJointParty": "hasJointParty",
    "hasPlannedParticipation": "qualifiedAssociation",
    "aimsAt": "focusesOn",
    "expandsCooperationInto": "cooperatesIn",
}


def score_claims(
    gold: GoldSentence, read: SentenceReading, discourse: Discourse, scores: Scores, place: str
) -> None:
    """Compare the claims of a sentence; what rests on no words is not counted."""
    open_claims = list(gold.claims)
    drafted = [claim for claim in read.claims if not claim.predicate.endswith("latest")]
    named = {thing for _, _, thing in gold.mentions}
    right_modality = drafted_again = 0
    right = 0
    for claim in drafted:
        predicate = claim.predicate.partition(":")[2]
        match = next(
            (
                own
                for own in open_claims
                if own[1] == predicate
                and match_term(own[0], claim.subject, discourse)
                and match_term(own[2], claim.object, discourse)
            ),
            None,
        )
        base = discourse.lexicon.modality.get(
            claim.predicate.replace("cpec:", CPEC, 1), CPEC + "Background"
        ).removeprefix(CPEC)
        again = (own for own in gold.claims if own[1] == predicate and "[" in own[0] + own[2])
        if match is None and any(
            match_term(own[0], claim.subject, discourse)
            and match_term(own[2], claim.object, discourse)
            for own in again
        ):
            drafted_again += 1
            continue
        if match is None:
            scores.faults.append(f"{place} not required: {describe(claim, discourse)}")
            weaker = [
                own
                for own in gold.claims
                if AIMS.get(own[1], own[1]) == predicate
                and own[1] != predicate
                and match_term(own[2], claim.object, discourse)
            ]
            if weaker and claim.is_asserted:
                scores.told_too_strongly.append(f"{place} {describe(claim, discourse)}")
            continue
        open_claims.remove(match)
        right += 1
        wanted, own_modality = match[3] or base, find_modality(claim, discourse.lexicon)
        right_modality += wanted == own_modality
        if rank(own_modality) < rank(wanted):
            scores.told_too_strongly.append(f"{place} {describe(claim, discourse)}")
        elif wanted != own_modality:
            scores.faults.append(f"{place} modality {wanted}: {describe(claim, discourse)}")
    missed = [own for own in gold.claims if own in open_claims]
    scores.faults += [f"{place} missing: {' '.join(own)}" for own in missed]
    scores.count("claims", right, len(drafted) - drafted_again, len(gold.claims))
    own_named = [
        own for own in gold.claims if all(is_named(term, named) for term in (own[0], own[2]))
    ]
    scores.count(
        "claims, all ends named",
        sum(own not in open_claims for own in own_named),
        0,
        len(own_named),
    )
    scores.count("modality of the matched", right_modality, right, right)


def is_named(term: str, named: set[str]) -> bool:
    """Return whether an end of a claim is named in its sentence, is a literal or a situation."""
    return not term[0].isupper() or term in named or term in ROLES


ROLES = frozenset(
    [
        "CoChair",
        "Chair",
        "Signatory",
        "Attendee",
        "Contractor",
        "Implementer",
        "Funder",
        "Planned",
        "Postponed",
        "Completed",
        "Begun",
        "Suspended",
        "Cancelled",
        "HandedOver",
        "Over",
        "About",
        "AtLeast",
        "Nearly",
        "UpTo",
    ]
)


def describe(claim: Claim, discourse: Discourse) -> str:
    """Return a claim with labels."""
    ends = (
        discourse.new[own][1] if own in discourse.new else own
        for own in (claim.subject, claim.object)
    )
    subject, value = ends
    return f"{subject} {claim.predicate} {value} {claim.modality} ({claim.rule})"


def score_mentions(
    gold: GoldSentence, read: SentenceReading, discourse: Discourse, scores: Scores, place: str
) -> None:
    """Compare the mentions and figures of a sentence."""
    drafted = [(node.start, node.end, thing) for node in read.mentions for thing in node.things]
    open_mentions = list(gold.mentions)
    for start, end, thing in drafted:
        match = next(
            (
                own
                for own in open_mentions
                if overlap(own, (start, end)) and match_link(own[2], thing, discourse)
            ),
            None,
        )
        is_known = thing in discourse.lexicon.types
        kind = "links" if is_known else "new names"
        if match:
            open_mentions.remove(match)
        else:
            scores.faults.append(f"{place} {kind} not required: {thing}")
        scores.count(kind, bool(match), 1, 0)
    for own in gold.mentions:
        scores.count("new names" if own[2].startswith("+") else "links", 0, 0, 1)
    scores.faults += [f"{place} mention missing: {own[2]}" for own in open_mentions]
    nodes = [node for node in read.mentions if node.classes & {DATE, QUANTITY}]
    open_figures = list(gold.figures)
    for node in nodes:
        figure = next(
            (
                own
                for own in open_figures
                if overlap(own, (node.start, node.end)) and own[2:] == (node.value, node.unit)
            ),
            None,
        )
        if figure:
            open_figures.remove(figure)
        else:
            scores.faults.append(
                f"{place} figure not required: {node.text} {node.value} {node.unit}"
            )
        scores.count("dates and amounts", bool(figure), 1, 0)
    scores.count("dates and amounts", 0, 0, len(gold.figures))
    scores.faults += [f"{place} figure missing: {own[2:]}" for own in open_figures]


def overlap(gold: tuple[int, int, *tuple[str, ...]], span: tuple[int, int]) -> bool:
    """Return whether two spans overlap by half of the longer one."""
    shared = min(gold[1], span[1]) - max(gold[0], span[0])
    return 2 * shared >= max(gold[1] - gold[0], span[1] - span[0])


def match_link(gold: str, thing: str, discourse: Discourse) -> bool:
    """Return whether a mention has the thing, or a new one of the class."""
    if gold.startswith("+"):
        return thing not in discourse.lexicon.types and gold[1:] in discourse.lexicon.list_classes(
            discourse.find_kind(thing)
        )
    return gold == thing


def score_texts(names: list[Path], lexicon: NameLexicon) -> Scores:
    """Return the scores of some texts."""
    scores = Scores()
    for path in names:
        gold = read_gold(path)
        headline = find_headline(gold.text.split("\n")[0], gold.text)
        numbered = number_sentences(headline, split_text(gold.text, gold.language))
        discourse = Discourse(gold.name, gold.language, gold.day, lexicon, read_grammar())
        spans = {(own.span.start, own.span.end) for own in numbered}
        wanted = {(own.start, own.end) for own in gold.sentences}
        scores.count("boundaries", len(spans & wanted), len(spans), len(wanted))
        scores.faults += [
            f"{gold.name} boundary {gold.text[slice(*own)]!r}" for own in spans ^ wanted
        ]
        by_start = {own.start: own for own in gold.sentences}
        for read in read_article(discourse, gold.text, numbered):
            place = f"{gold.name} {read.sentence.name}"
            own = by_start.get(read.sentence.span.start, GoldSentence(0, 0))
            score_mentions(own, read, discourse, scores, place)
            score_claims(own, read, discourse, scores, place)
    return scores


def main(arguments: list[str]) -> int:
    """Print the numbers; return 1 if anything is told too strongly."""
    master = read_master(Inputs())
    lexicon = NameLexicon.read(quad for file in master.files for quad in file.quads)
    read_grammar()
    status = 0
    sets = {"seven seen": False, "five untouched": True}
    for title, untouched in sets.items():
        if "--seen" in arguments and untouched:
            continue
        paths = [
            own for own in sorted(TEXTS.glob("*.gold")) if (own.stem[:2] in UNTOUCHED) == untouched
        ]
        begin = time.process_time()
        scores = score_texts(paths, lexicon)
        seconds = time.process_time() - begin
        print(f"{title} ({len(paths)} texts, {seconds:.2f} s)")
        for kind, score in scores.by_kind.items():
            print(f"  {kind}: {score}")
        print(f"  told too strongly: {len(scores.told_too_strongly)}")
        print(*(f"    {own}" for own in scores.told_too_strongly), sep="\n")
        if "--list" in arguments:
            print(*(f"    {own}" for own in scores.faults), sep="\n")
        status |= bool(scores.told_too_strongly)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
