"""Proposals: claims on a draft from elsewhere, perhaps of a language model; none is accepted.

A proposer is an entry point of the group `cpec_graph.proposers`: a function from an article, as
`describe_article` has it, to a list of claims. It runs in a process of its own, for some seconds.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import entry_points
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Triple

from graph.curating.anchor import ARTICLE_SHARE, AnchorError, limit_anchors
from graph.curating.master import Master, is_mark
from graph.drafting.article_draft import write_statement
from graph.drafting.draft_file import DraftClaim, DraftFile, write_term
from graph.drafting.lexicon import NameLexicon
from graph.drafting.mood import AIMING, DEEDS, NEGATIVE, UNASSERTED, WEAK
from graph.drafting.statement import Claim, name_precision
from graph.errors import ParameterError, StaleError
from graph.wording.quotation import Fragment, measure_fragments
from ontology.namespace import ID, PREFIXES, shorten
from ontology.terms import CPEC, OA, XSD, RdfTerm

GROUP: Final = "cpec_graph.proposers"
SECONDS: Final = 60.0
MOST: Final = 500
MOST_BYTES: Final = 1 << 20
"""The seconds of a proposer, and the claims and bytes of its answer, at most."""

CERTAIN: Final = 0.5
"""The confidence of a proposal at most: that of no rule."""

FIELDS: Final = ("sentence", "quote", "start", "subject", "property", "object")


class ProposalError(ValueError):
    """A proposal is refused; its text is the reason."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A draft with the proposals that pass: its content, their number, and why others did not."""

    content: str
    taken: int
    refused: Counter[str]


@dataclass(frozen=True, slots=True)
class Proposer:
    """Adds the proposals of an origin to a draft; `known` are the IRIs of the master copy."""

    origin: str
    lexicon: NameLexicon
    known: Collection[object]

    @classmethod
    def start(cls, origin: str, master: Master, draft: DraftFile) -> Proposer:
        """Return a proposer that knows the things of the graph and those of the draft."""
        quads = [quad for file in (*master.files, draft.file) for quad in file.quads]
        quads = [quad for quad in quads if not is_mark(quad)]
        return cls(origin, NameLexicon.read(quads), {quad.subject for quad in quads})

    def add(self, draft: DraftFile, records: Sequence[object]) -> Proposed:
        """Return the draft with the claims of records; raises ParameterError for too many."""
        if len(records) > MOST:
            message = f"{len(records):,} claims, and {MOST} is the most: none is taken"
            raise ParameterError(f"{self.origin} proposes {message}")
        refused: Counter[str] = Counter()
        taken = 0
        for record in records:
            try:
                draft = self.add_record(draft, record)
                taken += 1
            except ProposalError as error:
                refused[str(error)] += 1
        return Proposed(draft.content, taken, refused)

    def add_record(self, draft: DraftFile, record: object) -> DraftFile:
        """Return a draft with one claim more, not reviewed; raises ProposalError."""
        sentence, claim, triple = self.read(draft, record)
        own = [known for known in draft.claims.values() if known.sentence == sentence]
        if any(known.triple == triple for known in own):
            raise ProposalError("the sentence has the claim already")
        try:
            run = draft.choose_run(sentence, claim.passage)
            last = draft.find_last_line(f"<{sentence}>", "~")
        except (AnchorError, StaleError):
            raise ProposalError("no anchor leads to its quote") from None
        numbers = [int(n) for n in (k.record.partition("#")[2] for k in own) if n.isdigit()]
        name = f"{sentence}#{max(numbers, default=0) + 1}"
        if any(known.run == run and known.passage != claim.passage for known in own):
            raise ProposalError("no anchor leads to its quote")
        line = "    " + write_statement(claim, name, run, claim.passage)
        starts = sorted({claim.passage[0], run.start})
        values: dict[NamedNode, list[RdfTerm]] = {
            CPEC.ANCHOR: [Literal(run.anchor)],
            OA.START: [Literal(start) for start in starts],
            OA.END: [Literal(claim.passage[1])],
        }
        added = DraftClaim(name, line, "Unreviewed", triple, claim.is_asserted, values)
        content = draft.content.replace(last, f"{last}{line}\n", 1)
        draft = replace(draft, content=content, claims={**draft.claims, name: added})
        require_bounds(draft, sentence)
        return draft

    def read(self, draft: DraftFile, record: object) -> tuple[str, Claim, Triple]:
        """Return the sentence, the claim and the triple of a record; raises ProposalError."""
        if not isinstance(record, dict) or any(field not in record for field in FIELDS):
            raise ProposalError(f"expected an object with {', '.join(FIELDS)}")
        names = {own.name for own in draft.article.sentences}
        sentence, quote, start = record["sentence"], record["quote"], record["start"]
        if not isinstance(sentence, str) or sentence not in names:
            raise ProposalError("the article has no such sentence")
        text = draft.read_sentence(sentence).sentence
        is_offset = isinstance(start, int) and not isinstance(start, bool) and start >= 0
        if not isinstance(quote, str) or quote not in text or not quote.strip():
            raise ProposalError("the quote is not in the sentence")
        if not is_offset or text[start : start + len(quote)] != quote or quote != quote.strip():
            raise ProposalError("the quote does not begin at its offset")
        subject = self.read_thing(record["subject"])
        predicate = expand(record["property"])
        base = self.lexicon.modality.get(predicate, "").removeprefix(CPEC)
        if not base:
            raise ProposalError("the vocabulary has no such property")
        modality = record.get("modality") or ""
        if modality not in ("", *UNASSERTED):
            raise ProposalError(f"a modality is left out, or one of {', '.join(UNASSERTED)}")
        aims = {match[0] for match in AIMING.finditer(text)} - {"to"}
        is_weak = aims or NEGATIVE.search(text) or WEAK.search(text)
        if base in DEEDS and not modality and is_weak:
            raise ProposalError("its sentence aims, denies or doubts, and it tells a deed")
        value = self.read_value(record["object"])
        claim = Claim(
            subject.value.removeprefix(ID),
            shorten(predicate),
            write_term(value).removeprefix("id:"),
            modality,
            not modality,
            (start, start + len(quote)),
            f"proposed by {self.origin}",
            CERTAIN,
        )
        return sentence, claim, Triple(subject, NamedNode(predicate), value)

    def read_thing(self, name: object) -> NamedNode:
        """Return a thing that the graph or the draft has; raises ProposalError."""
        if not isinstance(name, str) or name.removeprefix("id:") not in self.lexicon.types:
            raise ProposalError("neither the graph nor the draft has such a thing")
        return NamedNode(ID + name.removeprefix("id:"))

    def read_value(self, value: object) -> NamedNode | Literal:
        """Return a thing, a term of the vocabulary, or a date, number or text."""
        if isinstance(value, dict) and len(value) == 1:
            ((kind, text),) = value.items()
            if isinstance(text, str) and len(text) <= MOST and text.isprintable():
                return read_literal(str(kind), text)
            raise ProposalError("a value is a text")
        if isinstance(value, str) and value.startswith("cpec:"):
            iri = CPEC + value.removeprefix("cpec:")
            if iri not in {getattr(own, "value", "") for own in self.known}:
                raise ProposalError("the vocabulary has no such term")
            return NamedNode(iri)
        return self.read_thing(value)


def expand(name: object) -> str:
    """Return the IRI of a prefixed name, "" for what is none."""
    prefix, colon, local = name.partition(":") if isinstance(name, str) else ("", "", "")
    return PREFIXES.get(prefix, "") + local if colon and prefix in PREFIXES else ""


def read_literal(kind: str, text: str) -> Literal:
    """Return a `date`, as precise as told, a `number` or a `text`; raises ProposalError."""
    if kind == "text":
        return Literal(text)
    digits = text.replace("-", "" if kind == "date" else "-").replace(".", "", kind == "number")
    if digits.isascii() and digits.isdigit():
        if kind == "date" and len(text) in {4, 7, 10}:
            return Literal(text, datatype=NamedNode(XSD + name_precision(text)))
        if kind == "number":
            number = "decimal" if "." in text else "integer"
            return Literal(text, datatype=NamedNode(XSD + number))
    raise ProposalError("a literal is a date such as 2026-05, a number or a text")


def require_bounds(draft: DraftFile, sentence: str) -> None:
    """Raise ProposalError if the anchors of a draft show more than they may."""
    shown: dict[str, list[Fragment]] = {own.name: [] for own in draft.article.sentences}
    for claim in draft.claims.values():
        if claim.state != "Rejected":
            shown[claim.sentence].append(claim.run)
    sizes = {name: measure_fragments(runs) for name, runs in shown.items()}
    own = draft.read_sentence(sentence)
    length = sum(each.length for each in draft.article.sentences)
    if sizes[sentence] > limit_anchors(len(own.sentence), own.is_headline):
        raise ProposalError("the anchors of its sentence would show too much of it")
    if sum(sizes.values()) > length // ARTICLE_SHARE:
        raise ProposalError("the anchors of the article would show too much of it")


def describe_article(draft: DraftFile) -> dict[str, Any]:
    """Return the name and the sentences of an article, as a proposer gets them."""
    sentences = [
        {"name": own.name, "text": draft.text[own.start : own.end]}
        for own in draft.article.sentences
    ]
    return {"article": draft.name, "sentences": sentences}


def ask_proposer(name: str, article: dict[str, Any], seconds: float) -> list[Any]:
    """Return the records that an installed proposer gives for an article.

    Raises ParameterError if there is none of that name, if it fails, or if it answers with no list,
    too late, or with too much.
    """
    found = [*entry_points(group=GROUP, name=name)]
    if not found:
        names = ", ".join(sorted(entry_points(group=GROUP).names)) or "none is installed"
        raise ParameterError(f"no proposer is named {name!r} (entry points of {GROUP}): {names}")
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=run_proposer, args=(found[0].load(), article, sender))
    process.start()
    sender.close()
    try:
        if not receiver.poll(seconds):
            raise ParameterError(f"the proposer {name} gave no answer in {seconds:g} seconds")
        answer = json.loads(receiver.recv_bytes(MOST_BYTES))
    except (EOFError, OSError, ValueError):
        message = f"failed, or answered with more than {MOST_BYTES:,} bytes: none is taken"
        raise ParameterError(f"the proposer {name} {message}") from None
    finally:
        process.kill()
        process.join()
        receiver.close()
    if not isinstance(answer, list):
        raise ParameterError(f"the proposer {name} answered with no list of claims: none is taken")
    return answer


def run_proposer(
    propose: Callable[[dict[str, Any]], Any], article: dict[str, Any], sender: Connection
) -> None:
    """Send the answer of a proposer as JSON."""
    sender.send_bytes(json.dumps(propose(article)).encode())
