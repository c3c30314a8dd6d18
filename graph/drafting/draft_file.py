"""A draft as a person reviews it: its sentences and claims, and the changes of its file.

A change replaces some text of the file that it has once. So the rest of the file stays as it is,
comments too, and a change can be taken back by the reverse one.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256 as hash_bytes
from itertools import pairwise
from pathlib import Path
from typing import Final, Self, TypeAlias

from pyoxigraph import Literal, NamedNode, Quad, Triple

from graph.curating.anchor import (
    ANCHOR,
    AnchorError,
    Passage,
    ReadSentence,
    choose_anchors,
    limit_anchors,
    write_anchor,
)
from graph.curating.annotation import (
    Annotation,
    read_annotations,
    read_offset,
    replace_annotations,
)
from graph.curating.check import list_excesses
from graph.curating.evidence import Anchor, Article, Sentence, read_articles
from graph.curating.master_file import MasterFile, read_master_file
from graph.curating.skeleton import Span, split_text
from graph.curating.verification import find_sentence, read_text, sha256
from graph.dataset import memory_store
from graph.drafting.accepted_article import REVIEW, drop_claims, drop_rejected, require_few
from graph.drafting.article_draft import (
    DENIAL,
    SAID,
    UNREVIEWED,
    suggest_words,
    write_statement,
)
from graph.drafting.lexicon import SITUATIONS
from graph.drafting.statement import Claim
from graph.errors import DataError, Finding, StaleError
from graph.wording.quotation import Fragment, measure_fragments
from graph.wording.text import detect_language
from ontology.namespace import DRAFT, EDITORIAL, ID, shorten
from ontology.terms import CPEC, OA, RDF, RDFS, SCHEMA, XSD, RdfTerm

RECORD: Final = re.compile(r"~\s*<([^<>\s]*)>")
MARK: Final = re.compile(r"draft:review\s+draft:\w+")
DRAFTED_NOTE: Final = re.compile(r'cpec:unsaid\s+"What it says of [^"\n]*"@en\s*;\s*')
"""What a draft says that a sentence leaves unsaid: it stands before the mark, a person's behind."""

LITERALS: Final = r'"(?:[^"\\\n]|\\.)*"@[\w-]+(?:\s*,\s*"(?:[^"\\\n]|\\.)*"@[\w-]+)*'
DRAFT_LABELS: Final = {"ur": "cpec:DraftUrduLabel", "zh": "cpec:DraftChineseLabel"}
"""The status of a label that no published source confirms, by its language."""

UNASSERTED: Final = (
    *("Denied", "Proposed", "Requested", "Conditional"),
    *("Tasked", "Aim", "Assessed"),
)
"""The modalities of a statement of which nothing is asserted, where its property has another."""

Change: TypeAlias = tuple[str, str]
"""A text of the file, and what takes its place."""

UNITED: Final = SITUATIONS | {"Event", "Undertaking"}
"""The classes of new things whose statements in a sentence are reviewed together."""


@dataclass(frozen=True, slots=True)
class DraftClaim:
    """A statement of a draft by the name of its record within the article, `s01#2`.

    `line` is its text in the file, `state` its mark. `values` are those of its annotation.
    """

    record: str
    line: str
    state: str
    triple: Triple
    is_asserted: bool
    values: dict[NamedNode, list[RdfTerm]]

    @property
    def sentence(self) -> str:
        """Return the name of its sentence."""
        return self.record.partition("#")[0]

    @property
    def subject(self) -> str:
        """Return the IRI of its subject."""
        return getattr(self.triple.subject, "value", "")

    @property
    def modality(self) -> str:
        """Return the local name of its own modality, "" for that of its property."""
        return self.read(CPEC.MODALITY).removeprefix(CPEC)

    @property
    def passage(self) -> tuple[int, int]:
        """Return the offsets of its passage in the sentence."""
        starts = [read_offset(term) for term in self.values.get(OA.START, ())]
        return min(starts, default=0), max([0, *map(read_offset, self.values.get(OA.END, ()))])

    @property
    def run(self) -> Fragment:
        """Return its anchor."""
        start = max((read_offset(term) for term in self.values.get(OA.START, ())), default=-1)
        return Fragment.read_anchor("", self.read(CPEC.ANCHOR))._replace(start=start)

    @property
    def is_shown(self) -> bool:
        """Return whether its anchor is shown: it has one, and is not rejected."""
        return self.state != "Rejected" and CPEC.ANCHOR in self.values

    def read(self, name: NamedNode) -> str:
        """Return the first value of its annotation as text."""
        return next((getattr(term, "value", "") for term in self.values.get(name, ())), "")

    def show(self, run: Fragment) -> Change:
        """Return the change of its anchor."""
        written = write_anchor(Anchor(run, *self.passage))
        return self.line, re.sub(ANCHOR, lambda _: written, self.line, count=1)

    def mark(self, state: str) -> Change:
        """Return the change of its mark."""
        return self.line, MARK.sub(f"draft:review draft:{state}", self.line, count=1)


@dataclass(frozen=True)
class DraftFile:
    """A draft, read with the text of its article.

    `states` has the marks of its sentences; `kinds` the classes of its new things, by IRIs.
    """

    content: str
    file: MasterFile
    article: Article
    text: str
    claims: dict[str, DraftClaim]
    states: dict[str, str]
    kinds: dict[str, str]

    @classmethod
    def read(cls, path: Path, archive: Path) -> Self:
        """Return the draft at a path; raises DataError for what cannot be reviewed, by its lines.

        A claim stands on a line of its own, as `cpec draft` writes it.
        """
        file = read_master_file(path, None)
        require_few(file)
        content = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        articles = read_articles(memory_store(replace_annotations(drop_rejected(file.quads)[0])))
        if len(articles) != 1:
            message = f"has {len(articles)} articles with sentences: a draft has one"
            raise DataError([Finding(file.name, None, message)])
        (article,) = articles
        text = read_text(archive / f"{article.name}.txt")
        base = f"{article.iri}/"
        states = {
            quad.subject.value.removeprefix(base): getattr(quad.object, "value", "")[len(DRAFT) :]
            for quad in file.quads
            if quad.predicate == REVIEW and isinstance(quad.subject, NamedNode)
        }
        annotations = {
            own.name.value.removeprefix(base): own
            for own in read_annotations(file.quads)
            if isinstance(own.name, NamedNode)
        }
        claims = dict(read_claims(file.name, content, annotations, states))
        kinds = {
            quad.subject.value: quad.object.value.removeprefix(CPEC)
            for quad in file.quads
            if quad.predicate == RDF.TYPE and quad.graph_name == EDITORIAL
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode)
            if quad.object.value.startswith(CPEC)
        }
        named = {own.name for own in article.sentences}
        for claim in claims.values():
            if claim.sentence not in named:
                message = f"{claim.record} is of {claim.sentence}, which the file does not describe"
                raise DataError([Finding(file.name, None, message)])
        return cls(content, file, article, text, claims, states, kinds)

    @property
    def name(self) -> str:
        """Return the name of the article."""
        return self.article.name

    def find_sentence(self, name: str) -> Sentence:
        """Return a sentence by its name; raises StaleError."""
        for own in self.article.sentences:
            if own.name == name:
                return own
        raise StaleError(f"the draft has no sentence {name}")

    def read_sentence(self, name: str) -> ReadSentence:
        """Return a sentence with its text."""
        own = self.find_sentence(name)
        return ReadSentence(self.text[own.start : own.end], self.text, own.position == 0)

    def list_groups(self) -> Iterator[tuple[DraftClaim, ...]]:
        """Yield the claims that are reviewed together: those of a sentence on one situation."""
        for own in self.article.sentences:
            claims = [claim for claim in self.claims.values() if claim.sentence == own.name]
            groups: list[tuple[set[str], list[DraftClaim]]] = []
            for claim in claims:
                ends = {claim.triple.subject, claim.triple.object}
                nodes = {getattr(end, "value", "") for end in ends if self.is_situation(end)}
                joined = [group for group in groups if group[0] & nodes]
                groups = [group for group in groups if not group[0] & nodes]
                nodes = nodes.union(*(group[0] for group in joined))
                groups.append((nodes, [*(c for group in joined for c in group[1]), claim]))
            yield from sorted((tuple(group) for _, group in groups), key=lambda g: place(g[0]))

    def is_situation(self, node: object) -> bool:
        """Return whether a node is a situation that the draft has made."""
        return isinstance(node, NamedNode) and self.kinds.get(node.value) in UNITED

    def apply(self, changes: Iterable[Change]) -> str:
        """Return the content with changes; raises StaleError if one does not fit."""
        content = self.content
        for before, after in changes:
            if content.count(before) != 1:
                raise StaleError("the draft has changed since: look at it as it is now")
            content = content.replace(before, after)
        return content

    def mark_sentence(self, name: str, state: str, unsaid: str = "") -> Change:
        """Return the change that marks a sentence, and says what it leaves unsaid.

        Whoever accepts a sentence has read it: what the draft says of it, before the mark, goes.
        """
        pattern = rf"<{name}>\s+a\s+cpec:Sentence\b(?:(?!\bGRAPH\b).)*?{MARK.pattern}"
        match = re.search(pattern, self.content, re.DOTALL)
        if not match:
            raise StaleError(f"{name} has no mark draft:review in the file: write it there")
        note = f" ;\n        cpec:unsaid {Literal(unsaid, language='en')}" if unsaid else ""
        kept = DRAFTED_NOTE.sub("", match[0]) if state == "Accepted" else match[0]
        return match[0], MARK.sub(f"draft:review draft:{state}", kept) + note

    def read_values(self, subject: str, predicate: NamedNode) -> list[RdfTerm]:
        """Return what the file says of a sentence or a new thing, by its IRI."""
        own = NamedNode(subject)
        return [q.object for q in self.file.quads if (q.subject, q.predicate) == (own, predicate)]

    def read_labels(self, iri: str) -> dict[str, str]:
        """Return the labels of a new thing by their languages."""
        labels = self.read_values(iri, RDFS.LABEL)
        return {own.language or "": own.value for own in labels if isinstance(own, Literal)}

    def describe_sentence(self, name: str, speaker: str, origin: str, reading: str) -> Change:
        """Return the change of who says a sentence, where it has it from, and how it is read.

        Speaker and origin are in Turtle, the origin "" for none. Raises StaleError.
        """
        pattern = rf"<{name}>\s+a\s+cpec:Sentence\s*;(?:(?!\bGRAPH\b).)*?oa:hasSelector"
        match = re.search(pattern, self.content, re.DOTALL)
        if not match or "cpec:attributedTo" not in match[0]:
            raise StaleError(f"{name} has no cpec:attributedTo in the file: write it there")
        kept = re.sub(rf"\s*cpec:reading\s+{LITERALS}\s*;", "", match[0])
        kept = re.sub(r"\s*cpec:derivedFrom\s[^;]*;", "", kept)
        kept = re.sub(r"(cpec:attributedTo\s+)[^\s;]+", rf"\g<1>{speaker}", kept)
        head, end, tail = kept.partition(";")
        note = f"\n        cpec:derivedFrom {origin} ;" if origin else ""
        note += f"\n        cpec:reading {Literal(reading, language='en')} ;" if reading else ""
        return match[0], f"{head}{end}{note}{tail}"

    def describe_thing(
        self, iri: str, name: str, kind: str, labels: Mapping[str, str], others: Sequence[str]
    ) -> list[Change]:
        """Return the changes that give a new thing a name, a class, labels, and other names.

        A label in Urdu or Chinese that a person writes here is a draft. Raises StaleError if the
        file has the thing and its labels on several lines.
        """
        old, before = iri.removeprefix(ID), self.read_labels(iri)
        match = re.search(
            rf"\bid:{re.escape(old)} a cpec:\w+(?P<more>[^;\n]*); rdfs:label {LITERALS}"
            rf"(?:\s*;\s*skos:altLabel {LITERALS})?"
            r"(?:\s*;\s*cpec:labelStatus [\w:, ]+?)?(?=\s*[;.])",
            self.content,
        )
        if not match:
            raise StaleError(f"id:{old} and its labels stand on no line alone: write them there")
        status = {write_term(own) for own in self.read_values(iri, CPEC.LABEL_STATUS)}
        status |= {
            own
            for language, own in DRAFT_LABELS.items()
            if labels.get(language, "") != before.get(language, "")
        }
        kept = {language: label for language, label in {**before, **labels}.items() if label}
        status -= {own for language, own in DRAFT_LABELS.items() if language not in kept}
        written = " , ".join(str(Literal(own, language=tag)) for tag, own in kept.items())
        written = f"id:{name} a cpec:{kind}{match['more']}; rdfs:label {written}"
        aliases = [str(Literal(own, language=detect_language(own))) for own in others]
        written += f" ; skos:altLabel {' , '.join(aliases)}" if aliases else ""
        written += (
            f" ; cpec:labelStatus {' , '.join(sorted(status, reverse=True))}" if status else ""
        )
        content = self.content.replace(match[0], written)
        content = re.sub(rf"\bid:{re.escape(old)}(?![\w-])", f"id:{name}", content)
        lines = zip(self.content.split("\n"), content.split("\n"), strict=True)
        return [(own, new) for own, new in lines if own != new]

    def rewrite(
        self, claim: DraftClaim, edited: Claim, notes: Sequence[str] | None = None
    ) -> list[Change]:
        """Return the changes that let a claim say what a person edited it to, accepted.

        `notes` are who says it and how it is read, in Turtle; None are those that it has. Raises
        AnchorError if its passage has no anchor.
        """
        run = claim.run
        if edited.passage != claim.passage:
            run = self.choose_run(claim.sentence, edited.passage)
        own = {RDF.REIFIES, REVIEW, CPEC.ANCHOR, CPEC.MODALITY, OA.START, OA.END}
        own |= set() if notes is None else {CPEC.READING, CPEC.ATTRIBUTED_TO}
        kept = [
            f"{shorten(name.value)} {write_term(value)}"
            for name, values in claim.values.items()
            if name not in own and not name.value.startswith(DRAFT)
            for value in values
            if not (name == CPEC.READING and "denies it" in str(value))
        ]
        line = write_accepted(edited, claim.record, run, [*(notes or ()), *kept])
        return [(claim.line, f"    {line}")]

    def add(self, sentence: str, added: Claim, notes: Sequence[str] = ()) -> Change:
        """Return the change that adds an accepted claim to a sentence; raises AnchorError."""
        numbers = map(int, re.findall(rf"~\s*<{sentence}#(\d{{1,6}})>", self.content))
        record = f"{sentence}#{max(numbers, default=0) + 1}"
        run = self.choose_run(sentence, added.passage)
        line = write_accepted(added, record, run, notes)
        last = self.find_last_line(f"<{sentence}>", "~")
        return last, f"{last}    {line}\n"

    def add_thing(self, name: str, kind: str, label: str) -> Change:
        """Return the change that adds a thing with a class and a label, behind the other ones."""
        last = self.find_last_line("graph:editorial", " a ")
        written = Literal(label, language=detect_language(label))
        thing = f"id:{name} a cpec:{kind} ; rdfs:label {written} ."
        return last, f"{last}    {thing}\n"

    def find_last_line(self, graph: str, sign: str) -> str:
        """Return the last line with a sign in the first block of a graph, or the block's first.

        Raises StaleError.
        """
        begin = rf"^GRAPH\s+{re.escape(graph)}\s*{{[^\n]*\n"
        match = re.search(rf"{begin}(?:[^\n}}][^\n]*\n|\n)*", self.content, re.MULTILINE)
        if not match:
            raise StaleError(f"the file has no GRAPH {graph} {{ at the start of a line")
        first, *others = match[0].splitlines(keepends=True)
        return next((line for line in reversed(others) if sign in line), first)

    def weaken_kinds(self, edited: Sequence[tuple[DraftClaim, Claim]]) -> Iterator[Change]:
        """Yield the changes of the classes of situations of which nothing is asserted any more."""
        records = {claim.record for claim, _ in edited}
        asserted = {
            claim.subject
            for claim in self.claims.values()
            if claim.is_asserted and claim.state != "Rejected" and claim.record not in records
        } | {claim.subject for claim, new in edited if new.is_asserted}
        for subject in {claim.subject for claim, _ in edited} - asserted:
            kind = self.kinds.get(subject, "")
            name = subject.removeprefix(ID)
            match = re.search(
                rf"^\s*id:{re.escape(name)} a cpec:{kind}\b", self.content, re.MULTILINE
            )
            if kind in SAID and match:
                yield match[0], match[0].replace(f"cpec:{kind}", f"cpec:{SAID[kind]}")

    def choose_run(self, sentence: str, passage: tuple[int, int]) -> Fragment:
        """Return an anchor of a passage; raises AnchorError.

        It is the anchor that the passage has already, or the first that no other passage of the
        sentence has, or the shortest where the sentence would show too much. If others have all,
        it is one of theirs: `make_room` parts them.
        """
        own = self.read_sentence(sentence)
        shown = {
            claim.passage: claim.run
            for claim in self.claims.values()
            if claim.sentence == sentence and claim.is_shown
        }
        if passage in shown:
            return shown[passage]
        runs = own.list_runs(passage, suggest_words(passage, own))
        free = [run for run in runs if run not in shown.values()] or runs

        def measure(run: Fragment) -> int:
            return measure_fragments([*shown.values(), run])

        most = limit_anchors(len(own.sentence), own.is_headline)
        return free[0] if measure(free[0]) <= most else min(free, key=measure)

    def make_room(self) -> list[Change]:
        """Return the changes of anchors where they show too much, or are those of two passages.

        They are chosen as `cpec article anchors` does, and stay where they may. Raises AnchorError.
        """
        claims = [own for own in self.claims.values() if own.is_shown]
        passages = dict.fromkeys((own.sentence, own.passage, own.run) for own in claims)
        if len(passages) == len({(own.sentence, own.run) for own in claims}) and not any(
            list_excesses(self.article)
        ):
            return []
        sentences = {own.name: self.read_sentence(own.name) for own in self.article.sentences}
        runs: dict[str, dict[Passage, list[Fragment]]] = {name: {} for name in sentences}
        for name, passage, run in passages:
            own = sentences[name]
            runs[name][passage] = [run]
            with suppress(AnchorError):  # of a line that was written by hand
                runs[name][passage] += own.list_runs(passage, suggest_words(passage, own))
        chosen = choose_anchors(sentences, runs)
        return [
            own.show(run) for own in claims if (run := chosen[own.sentence][own.passage]) != own.run
        ]

    def select_quads(self, records: Container[str]) -> list[Quad]:
        """Return the quads of the file with the claims of some records alone, without marks."""
        base = f"{self.article.iri}/"

        def is_left_out(own: Annotation) -> bool:
            return getattr(own.name, "value", "").removeprefix(base) not in records

        return drop_claims(self.file.quads, is_left_out)[0]

    def find_changed_text(self) -> tuple[list[Change], list[str]]:
        """Return the changes that let the draft follow its text, and the sentences that changed.

        A sentence that moved has other offsets; one that changed is open again, with its claims.
        Raises DataError if the text has other sentences than the draft.
        """
        digest = self.article.sha256
        if digest == sha256(self.text):
            return [], []
        sentences = self.article.sentences
        found = {own.name: find_sentence(own, self.text) for own in sentences}
        spans = {
            own.name: Span(start, start + own.length)
            for own in sentences
            if (start := found[own.name]) is not None
        }
        body = [own for own in sentences if own.position]
        known = [n for n, own in enumerate(body) if own.name in spans]
        for before, after in pairwise([-1, *known, len(body)]):
            lost = body[before + 1 : after]
            start = spans[body[before].name].end if before >= 0 else 0
            end = spans[body[after].name].start if after < len(body) else len(self.text)
            gap = split_text(self.text[start:end], self.read_language()).sentences
            gap = gap[len(gap) - len(lost) :] if before < 0 else gap  # the headline, a date line
            if len(gap) != len(lost):
                where = lost[0].name if lost else f"s{before + 2:02}"
                message = f"the text has other sentences than the draft at {where}: draft it anew"
                raise DataError([Finding(self.file.name, None, message)])
            for own, span in zip(lost, gap, strict=True):
                spans[own.name] = Span(start + span.start, start + span.end)
        changes = [(f'schema:sha256 "{digest}"', f'schema:sha256 "{sha256(self.text)}"')]
        changed = [own.name for own in sentences if found[own.name] is None]
        for own in sentences:
            if own.name in spans:
                changes += self.move(own, spans[own.name])
        changes += [
            claim.mark("Unreviewed")
            for claim in self.claims.values()
            if claim.sentence in changed and claim.state != "Unreviewed"
        ]
        return changes, changed

    def move(self, own: Sentence, span: Span) -> Iterator[Change]:
        """Yield the changes that give a sentence another place, and another hash."""
        digest = sha256(span.cut(self.text))
        position = re.compile(rf"(<{own.name}#position>[^.]*?oa:start )\d+( ; oa:end )\d+")
        if match := position.search(self.content):
            yield match[0], f"{match[1]}{span.start}{match[2]}{span.end}"
        if digest != own.sha256:
            before, after = self.mark_sentence(own.name, "Unreviewed")
            old = rf"{re.escape(before)}.*?{own.sha256}"
            if match := re.search(old, self.content, re.DOTALL):
                yield match[0], match[0].replace(before, after).replace(own.sha256, digest)

    def read_language(self) -> str:
        """Return the language of the article."""
        return next(
            (
                getattr(quad.object, "value", "en")
                for quad in self.file.quads
                if quad.predicate.value == SCHEMA + "inLanguage"
            ),
            "en",
        )


def place(claim: DraftClaim) -> tuple[str, int, str]:
    """Return the sort key of a claim: its sentence, then its number."""
    sentence, _, number = claim.record.partition("#")
    return sentence, int(number) if number.isdigit() else 0, number


def read_claims(
    name: str, content: str, annotations: dict[str, Annotation], states: dict[str, str]
) -> Iterator[tuple[str, DraftClaim]]:
    """Yield the claims of a file in order; raises DataError for one that is on no line alone."""
    known: set[str] = set()
    for number, line in enumerate(content.split("\n"), 1):
        records = RECORD.findall(line) if not line.lstrip().startswith("#") else []
        drafted = [record for record in records if record in states]
        fault = ""
        if drafted and (len(records) > 1 or not line.rstrip().endswith(".")):
            fault = "is not alone on one line: write the statement on a line"
        elif drafted and (drafted[0] in known or drafted[0] not in annotations):
            fault = "is not the record of one statement: give each its own"
        if fault:
            raise DataError([Finding(name, number, f"{drafted[0]} {fault}")])
        known.update(drafted)
        for record in drafted:
            own, state = annotations[record], states[record]
            is_asserted = own.kind == RDF.STATEMENT
            yield record, DraftClaim(record, line, state, own.triple, is_asserted, own.values)


def write_accepted(claim: Claim, record: str, run: Fragment, notes: Sequence[str]) -> str:
    """Return an accepted claim in Turtle, with its notes: they say more of a denial than ours."""
    line = write_statement(claim, record, run, claim.passage)
    if any(own.startswith(("cpec:attributedTo", "cpec:reading")) for own in notes):
        line = line.replace(f" ; {DENIAL}", "")
    marks = " ; ".join([*notes, UNREVIEWED.replace("Unreviewed", "Accepted")])
    return line.replace(UNREVIEWED, marks)


def write_term(term: RdfTerm) -> str:
    """Return a term in Turtle with the prefixes of a draft."""
    if isinstance(term, NamedNode):
        short = shorten(term.value)
        return short if re.fullmatch(r"\w+:[\w-]+(?:\.[\w-]+)*", short) else f"<{term.value}>"
    if isinstance(term, Literal) and term.datatype == XSD.INTEGER:
        return term.value
    return re.sub(rf"\^\^<{re.escape(XSD)}(\w+)>$", r"^^xsd:\1", str(term))


def edit_claim(claim: DraftClaim) -> Claim:
    """Return a claim of a file as it is edited."""
    subject, predicate, value = claim.triple
    return Claim(
        getattr(subject, "value", "").removeprefix(ID),
        shorten(predicate.value),
        write_term(value),
        claim.modality,
        claim.is_asserted,
        claim.passage,
        claim.read(NamedNode(DRAFT + "rule")),
        float(claim.read(NamedNode(DRAFT + "confidence")) or 1),
    )


def seal(claims: Iterable[DraftClaim]) -> str:
    """Return a short hash of claims as they stand in the file."""
    return hash_bytes("\n".join(claim.line for claim in claims).encode()).hexdigest()[:12]


def change_mood(claim: Claim, modality: str) -> Claim:
    """Return a claim with another modality, "" for that of its property."""
    return replace(claim, modality=modality, is_asserted=modality not in UNASSERTED)
