"""How well texts are checked: `python -m bench.check_text [--list]`.

It compares 300 clauses with the verdicts of a reader (tests/check), and 2,000 clauses in which a
machine has put another thing of the class, another date or another number in the place of one. Such
a clause is falsely supported if no statement of its verdict has what was put in, or if the graph
lacks the statement that the clause was made of, with it. It prints recall, precision, and the
seconds for a text of 20,000 characters.
"""

from __future__ import annotations

import csv
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple

from graph.checking.text_check import MOST_CHARACTERS, CheckedSentence, TextChecker
from graph.checking.verdict import CONTRADICTED, NOT_CHECKED, SUPPORTED
from graph.knowledge_graph import open_graph
from graph.wording.display_name import read_text
from graph.wording.sentence import write_sentence
from ontology.namespace import ID

CLAUSES: Final = Path(__file__).parents[1] / "tests" / "check" / "clauses.tsv"
SEED: Final = 1042
SWAPS: Final = 2_000
DATE: Final = re.compile(
    r"(?:\d{1,2} )?(?:January|February|March|April|May|June|July|August|September|October"
    r"|November|December) (?:19|20)\d\d|(?<=in )(?:19|20)\d\d"
)
OTHER_DATES: Final = ("4 May 2022", "26 September 2024", "March 2025", "2018", "31 March 2025")
NUMBER: Final = re.compile(r"\b\d{1,3}(?:,\d{3})+\b")
OTHER_NUMBERS: Final = ("1,200", "5,001", "12,000", "300,000")
OTHER_AGENT: Final = """ASK {{ ?event ?tie {participation}, ?other .
  ?other <http://www.w3.org/ns/prov#agent> {agent} ; {predicate} {value} }}"""
"""Whether an agent took part in the event of a participation too, as what it says."""


@dataclass(frozen=True, slots=True)
class Swap:
    """A clause with one thing, date or number in the place of another.

    `replaced` and `value` are the thing before and after, or the date or number as the text has it;
    `made_of` is the statement that the clause was made of, None if somebody wrote the clause.
    """

    text: str
    value: str
    replaced: str
    made_of: Triple | None


def read_clauses() -> list[dict[str, str]]:
    """Return the clauses with their verdicts."""
    with CLAUSES.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def find_worst(sentences: list[CheckedSentence]) -> CheckedSentence:
    """Return the one sentence of a text of one."""
    (sentence,) = sentences
    return sentence


def list_told(checker: TextChecker) -> Iterator[tuple[str, Triple]]:
    """Yield the statements of sentences as our own words tell them, each with its statement."""
    names = checker.index.evidence.names
    for quad in checker.index.store:
        name = getattr(quad.graph_name, "value", "")
        if re.search(r"/s\d\d$", name) and isinstance(quad.subject, NamedNode):
            triple = Triple(quad.subject, quad.predicate, quad.object)
            yield write_sentence(triple, names) + ".", triple


def list_swaps(checker: TextChecker, text: str, made_of: Triple | None) -> Iterator[Swap]:
    """Yield a clause with each of its names, dates and numbers replaced."""
    lexicon = checker.lexicon
    for name in lexicon.find(text):
        kind = lexicon.find_kind(name.things[0])
        for thing, label in lexicon.labels.items():
            if thing != name.things[0] and lexicon.find_kind(thing) == kind:
                swapped = text[: name.start] + label + text[name.end :]
                yield Swap(swapped, ID + thing, ID + name.things[0], made_of)
    for pattern, others in ((DATE, OTHER_DATES), (NUMBER, OTHER_NUMBERS)):
        for match in pattern.finditer(text):
            for other in others:
                if other not in match[0]:
                    swapped = text[: match.start()] + other + text[match.end() :]
                    yield Swap(swapped, other, match[0], made_of)


def draw_swaps(checker: TextChecker, number: int, most_told: int) -> list[Swap]:
    """Return so many swaps of clauses that are supported: of the list, and of statements."""
    written = [row["clause"] for row in read_clauses() if row["verdict"] == SUPPORTED]
    told = list(dict(sorted(list_told(checker), key=str)).items())
    chance = random.Random(SEED)  # noqa: S311 - a sample, no secret
    chance.shuffle(told)
    supported = [
        (text, made_of)
        for text, made_of in (*((text, None) for text in written), *told[:most_told])
        if [own.verdict for own in checker.check(text)] == [SUPPORTED]
    ]
    swaps = sorted({swap for own in supported for swap in list_swaps(checker, *own)}, key=str)
    return chance.sample(swaps, min(number, len(swaps)))


def is_false(checker: TextChecker, swap: Swap) -> bool:
    """Return whether a swap is supported though the statements do not say it.

    Neither those of its verdict, nor, whatever the verdict rests on, the one that it was made of.
    """
    sentences = checker.check(swap.text)
    if any(own.verdict != SUPPORTED for own in sentences):
        return False
    triples = [t for own in sentences for clause in own.clauses for t in clause.verdict.triples]
    ends = {read_text(end) for triple in triples for end in (triple.subject, triple.object)}
    stated = all(
        Quad(t.subject, t.predicate, t.object, DefaultGraph()) in checker.index.store
        for t in triples
    )
    return not stated or swap.value not in ends or not is_stated(checker, swap)


def is_stated(checker: TextChecker, swap: Swap) -> bool:
    """Return whether the graph has the statement that a clause was made of, after the swap."""
    if swap.made_of is None:
        return True
    subject, predicate, value = swap.made_of
    store, names = checker.index.store, checker.index.evidence.names
    if swap.value.startswith(ID):
        old, new = NamedNode(swap.replaced), NamedNode(swap.value)
        if old not in {subject, value}:
            made = {"participation": subject, "agent": new, "predicate": predicate, "value": value}
            return bool(store.query(OTHER_AGENT.format(**made)))
        ends = (new if subject == old else subject, new if value == old else value)
        return Quad(ends[0], predicate, ends[1]) in store
    others = store.quads_for_pattern(subject, predicate, None, DefaultGraph())
    return any(swap.value in names(own.object).phrase for own in others)


def share(part: int, whole: int) -> str:
    """Return a share with its counts."""
    return f"{part / max(whole, 1):.2f} ({part} of {whole})"


def main() -> None:
    """Print the numbers; with --list each clause that is judged otherwise too."""
    checker = TextChecker(open_graph().index)
    pairs, by_kind, false = Counter[tuple[str, str]](), Counter[tuple[str, bool]](), 0
    for row in read_clauses():
        sentence = find_worst(checker.check(row["clause"]))
        pairs[row["verdict"], sentence.verdict] += 1
        if row["verdict"] == CONTRADICTED:
            by_kind[row["alteration"], sentence.verdict == CONTRADICTED] += 1
        if row["verdict"] != sentence.verdict and "--list" in sys.argv:
            reason = sentence.clauses[0].verdict.reason
            print(f"  {row['verdict']} / {sentence.verdict}: {row['clause']} {reason}")
        false += sentence.verdict == SUPPORTED != row["verdict"]
    swaps = draw_swaps(checker, SWAPS, SWAPS // 4)
    wrong = [swap.text for swap in swaps if is_false(checker, swap)]
    told, judged = Counter(own for own, _ in pairs.elements()), Counter(pairs)
    checked = sum(n for (_, verdict), n in judged.items() if verdict != NOT_CHECKED)
    right = sum(n for (own, verdict), n in judged.items() if own == verdict != NOT_CHECKED)
    numbers = f"{false} of {sum(pairs.values())} clauses, {len(wrong)} of {len(swaps)} swaps"
    print("\n".join((f"false supported: {numbers}", *(f"  {text}" for text in wrong))))
    for verdict in (SUPPORTED, CONTRADICTED):
        print(f"{verdict} recall: {share(pairs[verdict, verdict], told[verdict])}")
    for kind in ("negation", "date", "place", "party"):
        found = by_kind[kind, True]
        print(f"  contradicted by {kind}: {share(found, found + by_kind[kind, False])}")
    print(f"right of what is checked: {share(right, checked)}")
    text = " ".join(row["clause"] for row in read_clauses())
    text = (text * (1 + MOST_CHARACTERS // len(text)))[:MOST_CHARACTERS]
    start = time.process_time()
    sentences = TextChecker(checker.index).check(text, seconds=60)
    seconds = time.process_time() - start
    print(f"{len(text):,} characters: {seconds:.1f} s of processor, {len(sentences)} sentences")


if __name__ == "__main__":
    main()
