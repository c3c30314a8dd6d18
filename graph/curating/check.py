"""The checks: queries whose rows are the defects of the master copy.

A check is a file of `checks/`. Its first line is the message, a comment in which `{name}` is
replaced by that variable of the row. The variables `?graph ?subject ?predicate ?object` locate the
line of the defect; the variable `?unknown` binds an unknown name, and the message suggests the
nearest known name. The checks of `stated/`, `crossing/` and `written/` query the stated graphs; the
checks of `closed/` query `graph:inferred` too. Those of `crossing/` compare articles, which a build
beyond memory reads some at a time. A server runs the checks of `written/` on each write.

How much of a sentence its quotes, or its anchors, show together is counted in characters, by no
query: the text is its publisher's. All outputs have these words alone, so the bound holds for all.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Store, Triple

from graph.answering.evaluation import run_select
from graph.curating.anchor import ARTICLE_SHARE, limit_anchors
from graph.curating.evidence import Article, Sentence, read_articles
from graph.curating.master import Master
from graph.curating.master_file import term
from graph.errors import Finding
from graph.wording.quotation import measure_fragments
from ontology.namespace import EVIDENCE_GRAPH, shorten
from ontology.terms import RDF

CHECKS: Final = Path(__file__).parent / "checks"

NAMES: Final = f"SELECT DISTINCT ?name {{ ?name <{RDF}type> ?kind }}"
"""The known names: every subject that has a type."""

Row: TypeAlias = dict[str, NamedNode | BlankNode | Literal | Triple]
"""One solution: the terms by the names of their variables."""

STAGES: Final = {
    "stated": ("stated", "crossing", "written"),
    "batch": ("stated", "written"),
    "crossing": ("crossing",),
    "closed": ("closed",),
}
"""The folders of the checks of each stage of a build; a batch is some of the articles."""

PLACE: Final = ("graph", "subject", "predicate", "object")


SHORT_SENTENCE: Final = 120
"""The characters up to which a sentence may be quoted as far as its facts need."""


@dataclass(frozen=True, slots=True)
class Check:
    """A query whose rows are defects, and the message for each row."""

    name: str
    message: str
    query: str


def read_checks(folder: str) -> list[Check]:
    """Return the checks of a folder in the order of their names."""
    texts = {path.stem: path.read_text("utf-8") for path in sorted((CHECKS / folder).glob("*.rq"))}
    return [
        Check(name, text.partition("\n")[0].removeprefix("#").strip(), text)
        for name, text in texts.items()
    ]


def run_checks(store: Store, stage: str, master: Master) -> list[Finding]:
    """Return the defects that the checks of a stage find, in the order of files and lines."""
    typed = (row["name"] for row in select_rows(store, NAMES))
    names = sorted(shorten(name.value) for name in typed if isinstance(name, NamedNode))
    checks = [check for folder in STAGES[stage] for check in read_checks(folder)]
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:  # pyoxigraph releases the GIL
        answers = pool.map(lambda check: list(select_rows(store, check.query)), checks)
    findings = {
        report_defect(check, row, master, names)
        for check, answer in zip(checks, answers, strict=True)
        for row in answer
    }
    if "stated" in STAGES[stage]:
        findings.update(find_overquoted(store, master))
    return sorted(findings)


def select_rows(store: Store, query: str) -> Iterator[Row]:
    """Return the solutions of a SELECT query, each with the variables that it binds."""
    answer = run_select(store, query)
    names = [variable.value for variable in answer.variables]
    for solution in answer:
        yield {name: value for name in names if (value := solution[name]) is not None}


def report_defect(check: Check, row: Row, master: Master, names: list[str]) -> Finding:
    """Return a row of a check as a finding."""
    words = {
        name: shorten(value.value) if isinstance(value, NamedNode) else term(value)
        for name, value in row.items()
    }
    message = check.message.format_map(words)
    if near := difflib.get_close_matches(words.get("unknown", ""), names, 1, 0.8):
        message += f"; did you mean {near[0]}?"
    place = [term(row[name]) if name in row else None for name in PLACE]
    return master.finding(message, place[0] or "", *place[1:])


def find_overquoted(store: Store, master: Master) -> list[Finding]:
    """Return the sentences and articles that show more of their characters than they may."""
    return [
        master.finding(message, EVIDENCE_GRAPH, iri)
        for article in read_articles(store)
        for iri, message in list_excesses(article)
    ]


def list_excesses(article: Article) -> Iterator[tuple[str, str]]:
    """Yield what shows too much, with a message: a sentence, or an article that is not quoted.

    Quotes cover three quarters of a sentence, anchors a third, and a quarter of all sentences. A
    headline stands whole in each reference: it counts for the article alone.
    """
    sentences = article.sentences
    bounds: list[tuple[str, int, str, int, Sequence[Sentence]]] = []
    for own in sentences:
        if article.is_anchored:
            most = limit_anchors(own.length, not own.position)
            bounds.append((own.iri, own.length, "a third", most, [own]))
        elif own.position and own.length > SHORT_SENTENCE:
            bounds.append((own.iri, own.length, "three quarters", 3 * own.length // 4, [own]))
    if article.is_anchored:
        length = sum(own.length for own in sentences)
        bounds.append((article.iri, length, "a quarter", length // ARTICLE_SHARE, sentences))
    kind = "anchors" if article.is_anchored else "quotes"
    for iri, length, share, most, parts in bounds:
        covered = min(length, sum(map(measure_coverage, parts)))
        if covered > most:
            advice = advise_anchors(parts) if article.is_anchored else "quoted"
            shown = f"the {kind} of {shorten(iri)} cover {covered} of its {length} characters"
            yield iri, f"{shown}: {share}, {most}, is the most that may be {advice}"


def write_share(article: Article) -> str:
    """Return in words how much of an article its quotes or anchors cover, and where most."""
    kind = "anchors" if article.is_anchored else "quotes"
    covered = {own: measure_coverage(own) for own in article.sentences}
    shown, length = sum(covered.values()), sum(own.length for own in covered)

    def rank(own: Sentence) -> tuple[bool, float]:
        return own.position > 0, covered[own] / own.length

    most = max(covered, key=rank)
    return (
        f"{article.name}: {kind} cover {shown:,} of {length:,} characters ({shown / length:.0%}), "
        f"most of {most.name} ({covered[most]} of {most.length})"
    )


def advise_anchors(sentences: Iterable[Sentence]) -> str:
    """Return which anchors of sentences to shorten, in words: the longest ones."""
    different = {anchor.run.words for own in sentences for anchor in own.anchors}
    longest = sorted(different, key=lambda words: (-len(words), words))[:3]
    listed = ", ".join(f'"{words}"' for words in longest)
    return f"shown: shorten {listed} (`cpec article anchors`), or unite passages"


def measure_coverage(sentence: Sentence) -> int:
    """Return the number of characters that the quotes or the anchors of a sentence cover.

    A quote without an offset is taken not to overlap with others.
    """
    return measure_fragments([*sentence.quotes, *(anchor.run for anchor in sentence.anchors)])
