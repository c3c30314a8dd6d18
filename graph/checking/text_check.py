"""The check of a text: its sentences and clauses, each with its verdict, as JSON and as a table.

Nothing of the text is executed, stored or logged.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from pyoxigraph import DefaultGraph, Literal, Triple

from graph.checking.clause_reading import TextClause, TextReader
from graph.checking.verdict import (
    NOT_CHECKED,
    ORDER,
    SUPPORTED,
    UNSAID,
    Judge,
    Pattern,
    Verdict,
)
from graph.citing.index import EvidenceIndex
from graph.curating.page_text import is_page
from graph.curating.skeleton import CLOSED, split_text
from graph.curating.verification import sha256
from graph.drafting.article_draft import normalise_text
from graph.drafting.lexicon import NameLexicon
from graph.errors import DataError, LimitError, NotInGraphError, ParameterError
from graph.wording.record import SelectedWords
from graph.wording.sentence import write_name, write_sentence
from graph.wording.statement import write_modality
from graph.wording.text import detect_language
from ontology.namespace import INFERRED_GRAPH
from ontology.terms import SCHEMA
from ontology.vocabulary import LANGUAGES

for language in LANGUAGES:  # a worker can open no file: what is read from files is read here
    split_text("One.", language)
    TextReader("", language, NameLexicon())
NameLexicon().add_countries()

ITEM: Final = re.compile(r"^(?:[-–*•·]|\(?\d{1,3}[.)])\s+")
"""The mark of an item of a list."""

GOING_ON: Final = re.compile(
    r"(?:[,:，、،：–—-]|\b(?:a|an|and|as|at|because|but|by|for|from|if|in|of|on|or|that|the|to|unless"
    r"|whether|while|with))$",
    re.IGNORECASE,
)
"""The end of a line with which a sentence goes on, behind an empty line too."""

HAN: Final = re.compile(r"[\u3000-\u9fff]$")
"""The end of a line of Chinese, behind which no space stands."""

MOST_CHARACTERS: Final = 20_000
"""The characters of a text that is checked."""

MOST_SECONDS: Final = 2.0
"""The seconds of processor after which the rest of a text is not checked."""

MOST_CLAUSES: Final = 1_000
"""The clauses of a text that are checked."""

MOST_SOURCES: Final = 3
"""The sources of a statement that a verdict shows; its proof has all."""


@dataclass(frozen=True, slots=True)
class CheckedClause:
    """A clause of a text in its own words, and the verdict on it."""

    text: str
    verdict: Verdict
    uncovered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence of a text with its clauses; its verdict is the worst of theirs."""

    text: str
    clauses: tuple[CheckedClause, ...]
    copied: str = ""

    @property
    def verdict(self) -> str:
        """The verdict on the sentence."""
        return min((own.verdict.verdict for own in self.clauses), key=ORDER.index)


class TextChecker:
    """Checks texts by one dataset; a new one at each write."""

    def __init__(self, index: EvidenceIndex) -> None:
        self.index = index

    @cached_property
    def lexicon(self) -> NameLexicon:
        """The names of the dataset; of a class only what is stated, nothing inferred."""
        return NameLexicon.read(
            quad
            for quad in self.index.store
            if not isinstance(quad.graph_name, DefaultGraph)
            and getattr(quad.graph_name, "value", "") != INFERRED_GRAPH
        )

    def check(self, text: str, seconds: float = MOST_SECONDS) -> list[CheckedSentence]:
        """Return the sentences of a text with their verdicts.

        Raises LimitError for a text that is too long, ParameterError for what is no text.
        """
        plain = read_plain_text(text)
        language = detect_language(plain)
        reader, judge = TextReader(plain, language, self.lexicon), Judge(self.index, self.lexicon)
        end, left = time.process_time() + seconds, MOST_CLAUSES
        pieces = split_text(plain, language)
        sentences: list[CheckedSentence] = []
        for span in sorted((*pieces.sentences, *pieces.loose), key=lambda own: own.start):
            sentence = span.cut(plain)
            is_over = f"beyond {seconds:g} seconds" if time.process_time() > end else ""
            is_over = f"beyond {MOST_CLAUSES:,} clauses" if left <= 0 else is_over
            if is_over:
                clauses = [CheckedClause(sentence, Verdict(NOT_CHECKED, is_over))]
            else:
                clauses = [self.check_clause(judge, own, sentence) for own in reader.read(span)]
            left -= len(clauses)
            sentences.append(self.mark_copy(CheckedSentence(sentence, tuple(clauses))))
        return sentences

    def check_clause(self, judge: Judge, clause: TextClause, sentence: str) -> CheckedClause:
        """Return a clause with its verdict."""
        text = sentence[clause.start : clause.end].strip()
        if clause.readings:
            return CheckedClause(text, judge.judge(clause.readings))
        words = ", ".join(clause.uncovered) or "no rule reads it"
        return CheckedClause(text, Verdict(NOT_CHECKED, f"not read: {words}"), clause.uncovered)

    def mark_copy(self, sentence: CheckedSentence) -> CheckedSentence:
        """Return a sentence of an article as supported by that sentence alone."""
        known = self.index.store.quads_for_pattern(
            None, SCHEMA.SHA256, Literal(sha256(sentence.text)), DefaultGraph()
        )
        sources = [getattr(quad.subject, "value", "") for quad in known]
        if not sources:
            return sentence
        where = self.index.evidence.write_reference(sources[0])
        reason = f"word for word {where}: supported by that sentence alone, and by no other source"
        clauses = tuple(
            replace(own, verdict=Verdict(SUPPORTED, reason), uncovered=())
            if own.verdict.verdict in {NOT_CHECKED, SUPPORTED, UNSAID}
            else own
            for own in sentence.clauses
        )
        return replace(sentence, clauses=clauses, copied=sources[0])

    def check_as_json(self, text: str, seconds: float = MOST_SECONDS) -> dict[str, Any]:
        """Return the check of a text in the form of check.schema.json."""
        sentences = self.check(text, seconds)
        verdicts = Counter(own.verdict.verdict for s in sentences for own in s.clauses)
        return {
            "clauses": sum(verdicts.values()),
            "checked": sum(verdicts.values()) - verdicts[NOT_CHECKED],
            "verdicts": {name: verdicts[name] for name in ORDER},
            "sentences": [self.write_sentence(own) for own in sentences],
        }

    def write_sentence(self, sentence: CheckedSentence) -> dict[str, Any]:
        """Return a sentence as JSON."""
        copied = {"copied": sentence.copied} if sentence.copied else {}
        clauses = [self.write_clause(own) for own in sentence.clauses]
        return {"text": sentence.text, "verdict": sentence.verdict, **copied, "clauses": clauses}

    def write_clause(self, clause: CheckedClause) -> dict[str, Any]:
        """Return a clause as JSON: verdict, reason, evidence, or the query that has no answer."""
        verdict = clause.verdict
        members = {
            "notRead": list(clause.uncovered),
            "evidence": [self.write_evidence(own) for own in verdict.triples],
            "query": write_query(verdict.missing) if verdict.missing else "",
        }
        return {
            "text": clause.text,
            "verdict": verdict.verdict,
            "reason": verdict.reason,
            **{name: value for name, value in members.items() if value},
        }

    def write_evidence(self, triple: Triple) -> dict[str, Any]:
        """Return a triple as JSON: words, modality, names for /explain, and its sources."""
        evidence, modalities = self.index.evidence, self.index.modalities
        names = [write_name(term) for term in (triple.subject, triple.predicate, triple.object)]
        own: dict[str, Any] = dict(zip(("subject", "property", "object"), names, strict=True))
        try:
            explanation = self.index.explain(triple)
        except NotInGraphError:  # a source speaks of it without asserting it
            return {"words": write_sentence(triple, evidence.names), **own}
        account = modalities.rate_explanation(explanation)
        graphs = [graph for proof in explanation.proofs[:1] for graph in proof.graphs]
        return {
            "words": write_sentence(triple, evidence.names, account.modality),
            "modality": write_modality(modalities.described[account].to_json()),
            **own,
            "sources": [self.write_source(graph, triple) for graph in graphs[:MOST_SOURCES]],
        }

    def write_source(self, graph: str, triple: Triple) -> dict[str, str]:
        """Return a source of a triple as JSON: its reference, its words for it, its address."""
        evidence = self.index.evidence
        record = evidence.records.find(triple, graph)
        source = evidence.source(graph).narrow([record], SelectedWords([], []))
        words = {"quote": source.quote, "anchor": source.anchor, "href": source.href}
        own = {"source": graph, "reference": evidence.write_reference(graph)}
        return own | {name: value for name, value in words.items() if value}


def read_plain_text(text: str) -> str:
    """Return a text as it is checked: without the signs that nobody sees.

    Raises LimitError for a text that is too long, ParameterError for none, for HTML and for bytes.
    """
    if len(text) > MOST_CHARACTERS:
        raise LimitError("characters in a text", MOST_CHARACTERS)
    if is_page(text):
        raise ParameterError("the text is HTML: give the words of the page, without its markup")
    try:
        return join_lines(normalise_text(text, "text")[0])
    except DataError:
        what = "is binary" if text.strip() else "is empty"
        raise ParameterError(f"the text {what}: give some sentences") from None


def join_lines(text: str) -> str:
    r"""Return a text without the ends of lines within its sentences.

    What a line begins may deny, doubt or limit what the next one says. A line goes on in the next
    one but behind the end of a sentence; behind an empty line, if either shows that it does. An
    item of a list is a line of its own, without its mark, if what is before the list is closed.

    >>> join_lines("It is not true that\nPakistan left.\n\nTitle\n\n- One\n- Two")
    'It is not true that Pakistan left.\nTitle\nOne\nTwo'
    """
    lines: list[str] = []
    is_parted = is_list = True
    for line in map(str.strip, text.splitlines()):
        if not line:
            is_parted = True
            continue
        before = lines[-1] if lines else ""
        goes_on = bool(GOING_ON.search(before)) or line[0].islower()
        is_item = bool(ITEM.match(line))
        ends = bool(CLOSED.search(before)) or (is_parted and not goes_on) or (is_item and is_list)
        is_list = is_item and ends
        if ends or not lines:
            lines.append(ITEM.sub("", line, count=1))
        else:
            lines[-1] += line if HAN.search(before) else f" {line}"
        is_parted = False
    return "\n".join(lines)


def write_query(patterns: tuple[Pattern, ...]) -> str:
    """Return a query that asks for what a clause says; its answer is empty."""

    def write_end(end: object) -> str:
        return f"?{names[end]}" if isinstance(end, str) else str(end)

    opened = dict.fromkeys(end for own in patterns for end in own[::2] if isinstance(end, str))
    names = {end: f"thing{number}" for number, end in enumerate(opened, 1)}
    lines = (f"{write_end(s)} {p} {write_end(o)} ." for s, p, o in patterns)
    return f"SELECT * WHERE {{ {' '.join(lines)} }}"


def list_rows(report: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Yield the rows of a table of a check, without tabs and ends of lines in their cells.

    They are the head (kind, text, verdict, reason), and each sentence before its clauses.
    """
    yield "kind", "text", "verdict", "reason"
    for sentence in report["sentences"]:
        first = next(own for own in sentence["clauses"] if own["verdict"] == sentence["verdict"])
        for kind, own in ("sentence", sentence), *(("clause", c) for c in sentence["clauses"]):
            reason = own.get("reason", first["reason"])
            text, reason = (" ".join(cell.split()) for cell in (own["text"], reason))
            yield kind, text, own["verdict"], reason
