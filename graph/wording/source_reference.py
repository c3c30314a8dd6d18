"""References: the sources of a page, numbered by first use, each with the words quoted from it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import Store

from graph.wording.display_name import make_path
from graph.wording.quotation import (
    ELLIPSIS,
    Fragment,
    merge_fragments,
    quote_fragments,
)
from graph.wording.record import SelectedWords
from graph.wording.reference import name_place
from graph.wording.source import Bibliography, highlight_words
from graph.wording.text import clean_text, web_address
from graph.written_value import read_count
from ontology.namespace import BACKGROUND, BASE, EDITORIAL_GRAPH, LINKS
from ontology.terms import CPEC, DCTERMS, OA, SCHEMA

MOST_QUOTED: Final = 0.75
"""The share of a sentence that a page quotes at most: the text is its publisher's."""


@dataclass(slots=True)
class Reference:
    """A source as a page lists it.

    `words` say where it is found, `place` only where in its article; `by` is who the source has it
    from, where that is somebody else; `href` leads to the words at the publisher.
    """

    number: int
    graph: str
    words: str
    place: str
    path: str
    article: str = ""
    by: str = ""
    quotes: list[str] = field(default_factory=list)
    href: str = ""
    room: int = 0
    kind: str = "source"
    is_anchored: bool = False


class References:
    """Numbers the sources of a page by first use, and limits its quotes of each.

    `first` is the first number: an article numbers its own sentences from 0, the headline.
    """

    def __init__(self, store: Store, first: int = 1) -> None:
        self.evidence, self.next = Bibliography(store), first
        self.names = self.evidence.names
        self.by_graph: dict[str, Reference] = {}
        self.taken: dict[str, SelectedWords] = defaultdict(lambda: SelectedWords([], []))

    def __call__(self, graph: str) -> Reference:
        """Return the reference of a graph, a new one with the next number."""
        return self.by_graph.get(graph) or self.add(graph, self.next)

    def add(self, graph: str, number: int) -> Reference:
        """Return the reference of a graph, a new one with that number."""
        reference = self.by_graph[graph] = self.look_up(graph, number)
        self.next = max(self.next, number + 1)
        return reference

    def list_all(self) -> list[Reference]:
        """Return all references in the order of their numbers."""
        return list(self.by_graph.values())

    def look_up(self, graph: str, number: int) -> Reference:
        """Return the reference of a graph, looked up."""
        own, article = self.evidence.look_up(graph), self.evidence.find_article(graph)
        work = self.evidence.look_up(article or graph)
        is_anchored = work.first(CPEC.QUOTED_BY.value) == OA.RANGE_SELECTOR.value
        position = own.first(SCHEMA.POSITION.value) or ""
        is_limited = article and not is_anchored and position != "0"  # a title is not limited
        return Reference(
            number,
            graph,
            self.evidence.write_reference(graph),
            name_place(position).capitalize(),
            make_path(graph) if graph.startswith(BASE) else "",
            article,
            self.evidence.find_speaker(graph),
            href=web_address(work.first(DCTERMS.SOURCE.value) or ""),
            room=int(self.find_extent(graph)[1] * MOST_QUOTED) if is_limited else 1 << 30,
            kind=find_kind(graph, article),
            is_anchored=is_anchored,
        )

    def find_extent(self, sentence: str) -> tuple[int, int]:
        """Return where a sentence starts in the text of its article, and how long it is."""
        ends = [0, 0]
        for selector in self.evidence.look_up(sentence).get(OA.HAS_SELECTOR.value, ()):
            own = self.evidence.describe(selector)
            for place, predicate in enumerate((OA.START, OA.END)):
                end = read_count(own.first(predicate.value) or "")
                ends[place] = ends[place] if end is None else end
        return ends[0], max(0, ends[1] - ends[0])

    def take_quotes(self, source: Reference, words: SelectedWords) -> list[str]:
        """Return quotations and anchors of a statement, and add them to the ones of its source.

        A fragment that exceeds the room of the source is cut to its first words.
        """
        fragments = [self.take_fragment(source, fragment) for fragment in words.fragments]
        taken = self.taken[source.graph]
        located = merge_fragments([*taken.located, *words.located])
        taken = self.taken[source.graph] = taken._replace(located=located)
        source.quotes = list(map(clean_text, [*taken.quotes, *taken.anchors]))
        source.href = highlight_words(source.href, taken)
        return list(map(clean_text, [*quote_fragments(fragments), *words.anchors]))

    def take_fragment(self, source: Reference, fragment: Fragment) -> Fragment:
        """Return a fragment, and add it to those of its source if they have room for it."""
        taken = self.taken[source.graph]
        merged = merge_fragments([*taken.fragments, fragment])
        before, spent = (sum(len(f.words) for f in own) for own in (taken.fragments, merged))
        if source.room and spent > max(source.room, before):
            return Fragment(-1, f"{' '.join(fragment.words.split()[:3])} {ELLIPSIS}")
        self.taken[source.graph] = taken._replace(fragments=merged)
        return fragment


def find_kind(graph: str, article: str) -> str:
    """Return the kind of source of a graph, such as "sentence"."""
    if article:
        return "sentence"
    starts = {EDITORIAL_GRAPH: "editorial", LINKS: "links", BACKGROUND: "background"}
    return next((kind for start, kind in starts.items() if graph.startswith(start)), "source")
