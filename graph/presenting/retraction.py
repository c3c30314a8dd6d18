"""A retraction: the losses without some sources as lines, each with the reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final

from pyoxigraph import NamedNode, Store, Triple

from graph.citing.index import EvidenceIndex
from graph.excluding.exclusion import Exclusion, read_sources
from graph.presenting.article import ArticleWriter, list_sentences, select_page
from graph.presenting.claim import Equivalents, Schema
from graph.presenting.impact import find_lost_facts, has_own_property
from graph.presenting.line import Line, Lost, Step
from graph.presenting.thing import ModalityGroup, Portrait, find_quads, group_by_modality
from graph.wording.reference import merge_sentences
from graph.wording.source_reference import References
from ontology.namespace import ID

MOST_LINES: Final = 150
"""The most statements, and the most inferences, that become lines."""

MOST_REASONS: Final = 3
"""The most sources that a reason names."""


@dataclass(slots=True)
class Retraction:
    """The losses of a page: the numbers of statements and inferences, and their first lines.

    The numbers count the losses of the thing of the page, or of the whole graph. `excluded` are the
    excluded graphs; `sentences` of an article have the lost lines, and those that remain.
    """

    excluded: list[str]
    statements: int
    inferences: int
    groups: list[ModalityGroup]
    pointing: list[Line] = field(default_factory=list)
    sentences: dict[str, tuple[list[Line], list[Line]]] = field(default_factory=dict)


def view_retraction(
    store: Store, index: EvidenceIndex, exclusion: Exclusion, this: str, page: int
) -> Retraction:
    """Return the losses of a thing, or of the whole graph for "" and for an article."""
    kernel, sources = index.kernel, read_sources(store)
    excluded = exclusion.find_excluded_graphs(store, sources)
    facts = find_lost_facts(kernel, sources, dict.fromkeys(excluded, 1))
    asserting = {fact: kernel.names(kernel.graphs_asserting(fact)) for fact in facts}
    stated = {
        kernel.triple(fact): graphs
        for fact, graphs in asserting.items()
        if not excluded.isdisjoint(graphs)
    }
    inferred = {
        kernel.triple(fact)
        for fact in facts
        if not kernel.sources_stating(fact) and has_own_property(kernel, fact)
    }
    node = NamedNode(this or ID)
    shown = sorted(inferred, key=str)[:MOST_LINES]
    if not this:
        shown = [*sorted(stated, key=str)[:MOST_LINES], *shown]
        writer = ArticleWriter(store, index, node, first=1)
        return view_losses(writer, (), excluded, stated, inferred, shown)
    if sentences := list_sentences(store, node):
        part = [sentence for sentence in select_page(sentences, page) if sentence.value in excluded]
        writer = ArticleWriter(store, index, node)
        return view_losses(writer, part, excluded, stated, inferred, shown)
    return view_thing_loss(
        Portrait(store, index, node, {*stated, *inferred}), excluded, stated, page
    )


def view_thing_loss(
    portrait: Portrait, excluded: Collection[str], stated: Lost, page: int
) -> Retraction:
    """Return the losses of a thing, from a portrait among the lost triples."""
    portrait.lines.lost = stated
    outgoing, incoming = find_quads(portrait.store, portrait.this)
    triples, drawn = (
        portrait.group_triples(outgoing, incoming),
        portrait.write_page(outgoing, incoming, page),
    )
    lines = chain.from_iterable((*group.stated, *group.inferred) for group in drawn.groups)
    explain_losses((*lines, *drawn.pointing), portrait.references, excluded)
    lost = sum(any(t in stated for t in same) for same in triples.values())
    return Retraction(sorted(excluded), lost, len(triples) - lost, drawn.groups, drawn.pointing)


def view_losses(
    writer: ArticleWriter,
    sentences: Collection[NamedNode],
    excluded: Collection[str],
    stated: Lost,
    inferred: Collection[Triple],
    shown: Iterable[Triple],
) -> Retraction:
    """Return the losses of the graph: those of sentences of an article, and some as lines."""
    writer.lines.lost, by_sentence = stated, {}
    for sentence, claims in writer.read_claims(sentences):
        lost = [claim for claim in claims if claim.triple in stated]
        kept = [claim for claim in claims if claim.triple not in stated]
        by_sentence[sentence.value] = (
            list(writer.lines.write_all(lost)),
            list(writer.lines.write_all(kept)),
        )
    triples = drop_repetitions(shown, writer.schema)
    lines = list(writer.lines.write_all(writer.claims.make_claims(triples)))
    own = chain.from_iterable(lost for lost, _ in by_sentence.values())
    explain_losses((*own, *lines), writer.references, excluded)
    return Retraction(
        sorted(excluded),
        len(stated),
        len(inferred),
        group_by_modality(lines),
        sentences=by_sentence,
    )


def drop_repetitions(triples: Iterable[Triple], schema: Schema) -> Equivalents:
    """Return the triples, of a triple and its inverse only the first."""
    kept: Equivalents = {}
    for triple in triples:
        if schema.invert(triple) not in kept:
            kept[triple] = [triple]
    return schema.drop_wider(kept)


def explain_losses(
    lines: Iterable[Line], references: References, excluded: Collection[str]
) -> None:
    """Write the reason of each lost line: the sources that alone stated it or its premises."""
    words = {
        source.number: source.words for source in references.list_all() if source.graph in excluded
    }
    for line in lines:
        if not line.follows:
            by = dict.fromkeys(words[q.number] for q in line.quotes if q.number in words)
            line.because = [f"only {' and '.join(merge_sentences(by))} said so"]
            continue
        premises_by_source: dict[str, dict[str, None]] = defaultdict(dict)
        for step in chain.from_iterable(map(list_statements, line.proofs)):
            if step.excluded:
                sources = " and ".join(merge_sentences(step.excluded))
                premises_by_source[sources][step.words["en"]] = None
        line.because = [
            f"only {by} said “{next(iter(premises))}”"
            + (f" and {len(premises) - 1} more that it needs" if len(premises) > 1 else "")
            for by, premises in islice(premises_by_source.items(), MOST_REASONS)
        ]


def list_statements(step: Step) -> Iterator[Step]:
    """Yield the steps of a proof that sources state."""
    if step.numbers:
        yield step
    for premise in step.because:
        yield from list_statements(premise)
