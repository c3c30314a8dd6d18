"""An accepted article: a reviewed draft without its marks, and without what was rejected.

The marks and the rejected statements are taken out of the text of the file, so that its comments
and its lines stay; the result is read, and must say the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse

from graph.curating.annotation import Annotation, as_quad, read_annotations
from graph.curating.master import is_mark
from graph.curating.master_file import MasterFile, line_of, read_bytes, read_master_file
from graph.dataset import graph_of
from graph.errors import DataError, Finding
from ontology.namespace import BASE, DRAFT, EDITORIAL_GRAPH, ID, rebase, shorten
from ontology.terms import CPEC, OA, RDF

REVIEW: Final = NamedNode(DRAFT + "review")
REJECTED: Final = NamedNode(DRAFT + "Rejected")
REVIEWED: Final = frozenset({NamedNode(DRAFT + "Accepted"), REJECTED})
UNREVIEWED: Final = [NamedNode(DRAFT + "Unreviewed")]
SENTENCE: Final = NamedNode(CPEC + "Sentence")
ARTICLE: Final = NamedNode(CPEC + "NewsArticle")

VALUE: Final = r'(?:draft:\w+|"(?:[^"\\\n]|\\.)*"(?:@[\w-]+)?|\d[\d.]*)'
MARK: Final = re.compile(
    rf"\s*;\s*draft:\w+\s+{VALUE}(?=\s*(?:;|\|\}}|\.\s))|\bdraft:\w+\s+{VALUE}\s*;\s*"
)
"""A mark with the semicolon that parts it from what is beside it."""

PREFIX: Final = re.compile(r"^PREFIX\s+draft:[^\n]*\n", re.MULTILINE)
MOST_CLAIMS: Final = 300
"""The claims of a sentence at most: the fullest one of the data has some forty."""

NAME: Final = re.compile(r"\w[\w.-]*")
"""The name of an article that may be the name of its file."""


@dataclass(frozen=True, slots=True)
class AcceptedArticle:
    """The name of the article, the text of its file, and that file as findings name its lines.

    `file` has the lines of the draft, for findings. `left_out` are the names of the new things that
    no accepted statement names.
    """

    name: str
    text: str
    file: MasterFile
    left_out: tuple[str, ...]


def read_accepted(path: Path, described: Collection[object]) -> AcceptedArticle:
    """Return the article of a reviewed draft; raises DataError.

    `described` are the things that other files of the master copy describe.
    """
    file = read_master_file(path, None)
    require_few(file)
    require_reviewed(file)
    if findings := [*find_unplaced(file), *find_unknown_terms(file, described)]:
        raise DataError(sorted({*findings}))
    articles = {q.subject for q in file.quads if (q.predicate, q.object) == (RDF.TYPE, ARTICLE)}
    names = [getattr(article, "value", "").removeprefix(ID) for article in articles]
    if len(names) != 1 or not NAME.fullmatch(names[0]):
        message = (
            f"describes {len(names)} articles: expected one, with a name of letters and digits"
        )
        raise DataError([Finding(file.name, None, message)])
    kept, dropped = drop_rejected(file.quads)
    orphans = find_orphans(kept, described)
    kept = [quad for quad in kept if quad.subject not in orphans]
    text = read_bytes(path).decode("utf-8-sig")
    records = [shorten_record(own) for own in dropped]
    written = strip_marks(text, records, [shorten(own.value) for own in orphans])
    if not says(written, kept):
        message = (
            "its marks cannot be taken out: expected each statement and each new thing on a line "
            "of its own, and the marks as `cpec draft` writes them"
        )
        raise DataError([Finding(file.name, None, message)])
    left_out = tuple(sorted(own.value.removeprefix(ID) for own in orphans))
    return AcceptedArticle(names[0], written, replace(file, quads=tuple(kept)), left_out)


def require_few(file: MasterFile) -> None:
    """Raise DataError if a sentence has more claims than a person reviews."""
    counts = Counter(own.graph for own in read_annotations(file.quads))
    findings = [
        Finding(
            file.name,
            None,
            f"{shorten(graph.value)} has {count:,} claims, and {MOST_CLAIMS} is the most: "
            "leave out what the sentence does not say",
        )
        for graph, count in counts.items()
        if count > MOST_CLAIMS and isinstance(graph, NamedNode)
    ]
    if findings:
        raise DataError(sorted(findings))


def require_reviewed(file: MasterFile) -> None:
    """Raise DataError if a claim, or a sentence without a reviewed claim, is not reviewed."""
    states: dict[object, list[object]] = {quad.subject: [] for quad in file.quads if is_mark(quad)}
    for quad in file.quads:
        if quad.predicate == REVIEW:
            states[quad.subject].append(quad.object)
    reviewed = {own for own, values in states.items() if len(values) == 1 and values[0] in REVIEWED}
    read = {own.graph for own in read_annotations(file.quads) if own.name in reviewed}
    sentences = {q.subject for q in file.quads if (q.predicate, q.object) == (RDF.TYPE, SENTENCE)}
    open_ones = {own for own in sentences & read if states.get(own) == UNREVIEWED}
    waiting = [own for own in states if own not in reviewed and own not in open_ones]
    if waiting:
        kinds = Counter("sentence" if own in sentences else "claim" for own in waiting)
        counts = " and ".join(f"{n} {kind}{'s' * (n > 1)}" for kind, n in sorted(kinds.items()))
        message = f"{counts} not reviewed: expected draft:Accepted or draft:Rejected of each"
        findings = [
            Finding(file.name, line_of(file, None, iri), f"{shorten(iri)} is not reviewed")
            for iri in (getattr(own, "value", "") for own in waiting)
        ]
        raise DataError([Finding(file.name, None, message), *sorted(findings)])


def find_unplaced(file: MasterFile) -> Iterator[Finding]:
    """Yield the claims with an anchor whose passage has not one start and one end of its own.

    Claims with one anchor share its selector, where an end that one of them lacks is another's.
    """
    for own in read_annotations(file.quads):
        counts = [len(own.values.get(name, ())) for name in (CPEC.ANCHOR, OA.START, OA.END)]
        if counts[0] and counts not in ([1, 1, 1], [1, 2, 1]):
            iri = getattr(own.name, "value", "")
            message = (
                f"{shorten(iri)} has {counts[0]} anchors, {counts[1]} starts and {counts[2]} ends: "
                "expected an anchor, an oa:end, and an oa:start of the passage and of the anchor"
            )
            yield Finding(file.name, line_of(file, None, iri), message)


def find_unknown_terms(file: MasterFile, described: Collection[object]) -> Iterator[Finding]:
    """Yield the terms of a draft that the vocabulary lacks, of things too that will be left out."""
    for quad in file.quads:
        for term in (quad.predicate, *list_terms(quad)):
            iri = getattr(term, "value", "")
            if iri.startswith(CPEC) and isinstance(term, NamedNode) and term not in described:
                line = line_of(file, None, None, None, iri)
                yield Finding(file.name, line, f"{shorten(iri)} is no term of the vocabulary")


def drop_rejected(quads: Iterable[Quad]) -> tuple[list[Quad], list[Annotation]]:
    """Return the quads without marks and rejected claims, and the annotations of these claims."""
    quads = list(quads)
    names = {quad.subject for quad in quads if (quad.predicate, quad.object) == (REVIEW, REJECTED)}
    return drop_claims(quads, lambda own: own.name in names)


def drop_claims(
    quads: Sequence[Quad], is_dropped: Callable[[Annotation], bool]
) -> tuple[list[Quad], list[Annotation]]:
    """Return the quads without marks and some claims, and the annotations of these claims.

    The triple stays that another claim of its sentence states too.
    """
    annotations = read_annotations(quads)
    dropped = [own for own in annotations if is_dropped(own)]
    kept_triples = {as_quad(own.triple, own.graph) for own in annotations if not is_dropped(own)}
    gone = {as_quad(own.triple, own.graph) for own in dropped} - kept_triples
    records = {own.name for own in dropped}
    kept = [q for q in quads if q.subject not in records and q not in gone and not is_mark(q)]
    return kept, dropped


def find_orphans(quads: Iterable[Quad], described: Collection[object]) -> set[NamedNode]:
    """Return the new things of a draft that neither a statement nor another thing names."""
    own: dict[NamedNode, set[object]] = {}
    named: set[object] = set()
    for quad in quads:
        if graph_of(quad) == EDITORIAL_GRAPH and isinstance(quad.subject, NamedNode):
            own.setdefault(quad.subject, set()).add(quad.object)
        else:
            named |= {*list_terms(quad)}
    reached = [thing for thing in own if thing in named or thing in described]
    for thing in reached:
        reached += [other for other in own if other in own[thing] and other not in reached]
    return own.keys() - {*reached}


def list_terms(quad: Quad) -> Iterator[object]:
    """Yield the subject and the object of a quad, and those of its triple term."""
    yield quad.subject
    yield quad.object
    if isinstance(quad.object, Triple):
        yield from (quad.object.subject, quad.object.object)


def shorten_record(annotation: Annotation) -> str:
    """Return the name of a record as a draft writes it, `s01#2`."""
    return getattr(annotation.name, "value", "").rpartition("/")[2]


def strip_marks(text: str, records: Iterable[str], things: Iterable[str]) -> str:
    """Return the text of a draft without marks, and without the lines of records and of things."""
    for record in records:
        text = re.sub(
            rf"^[^\n]*~\s*<{re.escape(record)}>[^\n]*(?:\n|\Z)", "", text, flags=re.MULTILINE
        )
    for thing in things:
        line = rf"^\s*(?:GRAPH graph:editorial \{{\s*)?{re.escape(thing)} a [^\n]*(?:\n|\Z)"
        text = re.sub(line, "", text, flags=re.MULTILINE)
    return PREFIX.sub("", MARK.sub("", text))


def says(text: str, quads: Iterable[Quad]) -> bool:
    """Return whether a text in TriG says the quads and nothing else."""
    try:
        return {*parse(rebase(text), RdfFormat.TRIG, base_iri=BASE)} == {*quads}
    except SyntaxError:
        return False
