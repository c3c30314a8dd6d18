"""What falls with the sources that are struck, as lines, each with why it falls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final

from pyoxigraph import NamedNode, Store, Triple

from graph.citing.index import EvidenceIndex
from graph.curating.reference import together
from graph.explaining.named import Names
from graph.presenting.article import ArticleWriter, list_sentences, select_page
from graph.presenting.claim import Claims, Equivalents, Schema
from graph.presenting.line import Line, Lines, Lost, Step
from graph.presenting.reference import References
from graph.presenting.stake import find_lost_facts, has_own_property
from graph.presenting.thing import ModalityGroup, Portrait, find_quads, group_by_modality
from graph.striking.strike import Strike, read_sources
from ontology.namespace import ID

MOST_LINES: Final = 150
"""The statements that are told in words, and the inferences."""

MOST_REASONS: Final = 3
"""The sources that are named of an inference that falls."""


@dataclass(slots=True)
class Fallen:
    """What falls: how many statements and inferences, and those lines that are told.

    The numbers are those of the thing whose page it is, or of the whole graph. `gone` are the
    graphs that are struck; `sentences` those of an article, each with what falls of its statements
    and what others say too.
    """

    gone: list[str]
    lost: int
    fallen: int
    groups: list[ModalityGroup]
    pointing: list[Line] = field(default_factory=list)
    sentences: dict[str, tuple[list[Line], list[Line]]] = field(default_factory=dict)


def view_fallen(store: Store, index: EvidenceIndex, strike: Strike, this: str, page: int) -> Fallen:
    """Return what falls of a thing, or with "" or an article of the whole graph, for a page."""
    kernel, sources = index.kernel, read_sources(store)
    gone = strike.struck_graphs(sources)
    facts = find_lost_facts(kernel, sources, dict.fromkeys(gone, 1))
    asserting = {fact: kernel.names(kernel.asserting(fact)) for fact in facts}
    stated = {
        kernel.triple(fact): graphs
        for fact, graphs in asserting.items()
        if not gone.isdisjoint(graphs)
    }
    inferred = {
        kernel.triple(fact)
        for fact in facts
        if not kernel.stating(fact) and has_own_property(kernel, fact)
    }
    node = NamedNode(this or ID)
    if not this:
        return view_graph_loss(store, index, gone, stated, inferred)
    if sentences := list_sentences(store, node):
        part = [one for one in select_page(sentences, page) if one.value in gone]
        return view_article_loss(ArticleWriter(store, index, node), part, gone, stated, inferred)
    return view_thing_loss(Portrait(store, index, node, {*stated, *inferred}), gone, stated, page)


def view_thing_loss(portrait: Portrait, gone: Collection[str], stated: Lost, page: int) -> Fallen:
    """Return what falls of a thing, among which the portrait is drawn."""
    portrait.lines.lost = stated
    outgoing, incoming = find_quads(portrait.store, portrait.this)
    said, drawn = (
        portrait.group_triples(outgoing, incoming),
        portrait.write_page(outgoing, incoming, page),
    )
    lines = chain.from_iterable((*group.stated, *group.inferred) for group in drawn.groups)
    explain_losses((*lines, *drawn.pointing), portrait.references, gone)
    lost = sum(any(one in stated for one in same) for same in said.values())
    return Fallen(sorted(gone), lost, len(said) - lost, drawn.groups, drawn.pointing)


def view_article_loss(
    telling: ArticleWriter,
    sentences: Collection[NamedNode],
    gone: Collection[str],
    stated: Lost,
    inferred: Collection[Triple],
) -> Fallen:
    """Return what falls of some sentences of an article, and all that follows no more."""
    telling.lines.lost, found = stated, {}
    for sentence, claims in telling.read_claims(sentences):
        fell = [claim for claim in claims if claim.triple in stated]
        kept = [claim for claim in claims if claim.triple not in stated]
        found[sentence.value] = telling.lines.write_all(fell), telling.lines.write_all(kept)
    told = drop_repetitions(sorted(inferred, key=str)[:MOST_LINES], telling.schema)
    lines = telling.lines.write_all(telling.claims.make_claims(told))
    own = chain.from_iterable(fell for fell, _ in found.values())
    explain_losses((*own, *lines), telling.references, gone)
    return Fallen(
        sorted(gone), len(stated), len(inferred), group_by_modality(lines), sentences=found
    )


def view_graph_loss(
    store: Store,
    index: EvidenceIndex,
    gone: Collection[str],
    stated: Lost,
    inferred: Collection[Triple],
) -> Fallen:
    """Return what falls of the whole graph, the first of it as lines."""
    names, schema = Names(store), Schema(store)
    references, claims = References(store, names), Claims(store, index.kernel, schema)
    told = drop_repetitions(
        [*sorted(stated, key=str)[:MOST_LINES], *sorted(inferred, key=str)[:MOST_LINES]], schema
    )
    writing = Lines(names, references)
    writing.lost = stated
    lines = writing.write_all(claims.make_claims(told))
    explain_losses(lines, references, gone)
    return Fallen(sorted(gone), len(stated), len(inferred), group_by_modality(lines))


def drop_repetitions(triples: Iterable[Triple], schema: Schema) -> Equivalents:
    """Return some triples without those that an earlier one says in other words."""
    found: Equivalents = {}
    for triple in triples:
        if schema.invert(triple) not in found:
            found[triple] = [triple]
    return schema.drop_wider(found)


def explain_losses(lines: Iterable[Line], references: References, gone: Collection[str]) -> None:
    """Say of lines that fell why they did."""
    struck = {one.number: one.words for one in references.list_all() if one.graph in gone}
    for line in lines:
        if not line.follows:
            by = dict.fromkeys(struck[q.number] for q in line.quotes if q.number in struck)
            line.because = [f"only {' and '.join(together(by))} said so"]
            continue
        said: dict[str, dict[str, None]] = defaultdict(dict)
        for step in chain.from_iterable(map(list_statements, line.proofs)):
            if step.fell:
                said[" and ".join(together(step.fell))][step.words] = None
        line.because = [
            f"only {by} said “{next(iter(premises))}”"
            + (f" and {len(premises) - 1} more that it needs" if len(premises) > 1 else "")
            for by, premises in islice(said.items(), MOST_REASONS)
        ]


def list_statements(step: Step) -> Iterator[Step]:
    """Yield the statements of sources that a proof ends in."""
    if step.numbers:
        yield step
    for one in step.because:
        yield from list_statements(one)
