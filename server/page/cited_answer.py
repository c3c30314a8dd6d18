"""A cited answer on a page: rows with footnotes, and sources with their quotes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pyoxigraph import NamedNode

from graph.answering.evaluation import Answer
from graph.presenting.elsewhere import RELATION_WORDS
from graph.publishing.resource import read_columns, read_rows
from graph.wording.display_name import DisplayName, make_name, make_path, read_text
from graph.wording.mark import (
    DAGGER,
    Marks,
    Segment,
    list_modalities,
    mark_citation,
    number_sources,
)
from graph.wording.quotation import BETWEEN, Fragment, split_quotation
from graph.wording.record import SelectedWords
from graph.wording.source import highlight_words
from graph.wording.text import clean_text, web_address
from ontology.namespace import BASE
from ontology.terms import CPEC, RdfTerm
from ontology.vocabulary import strongest_modality
from queries.question import LABEL
from server.page.language import first_language
from server.page.search_page import read_index as name_index
from server.receipt import name_rows

ROWS: Final = 80
"""The number of rows of one part."""

MOST_ARRANGED: Final = 1000
"""The rows that are sorted and filtered: the first ones of a longer answer."""

HEADS: Final = {
    "subject": "Who or what",
    "property": "does or is",
    "object": "what",
    "bound": "How exactly",
    "counted": "Of what",
    "by": "According to",
    "from": "From",
    "to": "Until",
    "seen": "Seen in",
    "notation": "Code",
    "detail": "What is missing",
}
"""The heads of columns whose names are no words for people."""

Cells = list[DisplayName | None]
"""The cells of a row, None for an unbound variable."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source of an answer: graph, mark, reference, quotes, page, and address at the publisher.

    If it `is_anchored`, its article may not be quoted, and its quotes are anchors.
    """

    graph: str
    mark: str
    words: str
    quotes: list[str]
    path: str
    href: str
    by: str = ""
    article: str = ""
    is_anchored: bool = False

    def select(self, words: str) -> Source:
        """Return the source with some of its words alone, and an address that leads to them."""
        quotes = split_words(words)
        phrases = [Fragment(-1, phrase) for quote in quotes for phrase in split_quotation(quote)]
        located = [Fragment.read_anchor("", anchor) for anchor in quotes]
        selected = SelectedWords([], located) if self.is_anchored else SelectedWords(phrases, [])
        return replace(self, quotes=quotes, href=highlight_words(self.href, selected))


@dataclass(frozen=True, slots=True)
class CitedRow:
    """A row: its cells, its citation in marks and words, its modality, its graphs, its name.

    `words` are the words of its own statements, by graph.
    `modality` is the local name of the strongest proof's; `meant` has all modalities, as JSON.
    """

    cells: Cells
    cited: list[Segment]
    modality: str
    meant: list[Mapping[str, Any]]
    graphs: frozenset[str] = frozenset()
    name: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    counts: bool = False
    """Whether it counts the members of a group, which may have several modalities."""
    sentence: str = ""
    """The row in words, "" for rows of any other query than a question."""

    def select_sources(self, sources: Iterable[Source]) -> list[Source]:
        """Return the sources of the row, each with the words of the row's own statements."""
        own = (source for source in sources if source.graph in self.graphs)
        return [
            source.select(self.words[source.graph]) if source.graph in self.words else source
            for source in own
        ]


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """One part of an answer on a page, and whether there is `more`; `columns` are its variables."""

    columns: Sequence[str]
    heads: Sequence[str]
    lines: list[CitedRow]
    sources: list[Source]
    own: bool
    """Whether the project's own names, types and bookkeeping are a source too."""
    absent: list[str]
    more: bool
    empty: Mapping[str, Any]
    """The causes of an empty answer, as JSON."""
    retracted: tuple[CitedRow, ...] = ()
    """The rows that only excluded sources gave."""
    boolean: bool | None = None
    """The truth value of an ASK, which has one row without cells."""

    def slice(self, part: int, size: int) -> ShownAnswer:
        """Return one part of the rows, from 1, with the sources of its rows."""
        lines = self.lines[(part - 1) * size : part * size]
        named = {piece.text for line in lines for piece in line.cited if piece.is_mark}
        sources = [source for source in self.sources if source.mark in named]
        return replace(self, lines=lines, sources=sources)


def show_answer(answer: Answer, most: int = ROWS) -> ShownAnswer:
    """Return the first rows of a cited answer to a question."""
    heads, rows = read_columns(answer), read_rows(answer)
    columns = [head for head in heads if not is_label(head, heads)]
    cells = [label_cells(heads, row) for row in rows[:most]]
    names, cited = name_rows(answer.body, most), json.loads(answer.body)
    shown = show_rows(columns, cells, names, cited, answer.empty)
    return replace(shown, heads=list(map(write_head, columns)), more=len(rows) > most)


def show_rows(
    columns: Sequence[str],
    cells: Sequence[Cells],
    names: Sequence[str],
    cited: Mapping[str, Any],
    empty: Mapping[str, Any],
) -> ShownAnswer:
    """Return rows with the names in receipts, the citations and the sources of a cited answer."""
    citations, sources = cited["citations"][: len(cells)], cited["sources"]
    marks = number_sources(sources)
    return ShownAnswer(
        columns,
        columns,
        [
            show_row(row, citing, marks, name)
            for row, citing, name in zip(cells, citations, names, strict=False)
        ],
        [show_source(marks[g], g, sources[g]) for g in sources if marks[g] != DAGGER],
        DAGGER in marks.values(),
        list(dict.fromkeys(text for citing in citations for text in citing.get("absent", ()))),
        more=False,
        empty=empty,
    )


def show_row(cells: Cells, citing: Mapping[str, Any], marks: Marks, name: str) -> CitedRow:
    """Return a row with its footnotes."""
    iris = (modality.get("iri", "") for modality in citing.get("modalities", ()))
    modality, meant = strongest_modality(iris).removeprefix(CPEC), list_modalities(citing)
    cited, graphs = mark_citation(citing, marks), frozenset(citing.get("graphs", ()))
    words, counts = citing.get("words", {}), "basis" in citing
    return CitedRow(cells, cited, modality, meant, graphs, name, words, counts)


def show_source(mark: str, graph: str, record: Mapping[str, str]) -> Source:
    """Return a source of an answer."""
    place = record["words"].partition(": “")[0].partition(", anchor ")[0]
    words, _, by = map(clean_text, place.partition(", according to "))
    anchors = record.get("anchor", "")
    quotes = split_words(anchors or record.get("quote", ""))
    path = make_path(graph) if graph.startswith(BASE) else ""
    href, article = web_address(record.get("href", "")), record.get("article", "")
    return Source(graph, mark, words, quotes, path, href, by, article, bool(anchors))


def split_words(words: str) -> list[str]:
    """Return the quotations, or the anchors, that one text joins."""
    return list(filter(None, words.split(BETWEEN)))


def label_cells(heads: list[str], row: list[RdfTerm | None]) -> Cells:
    """Return the cells of a row, things by their names in the language of the page."""
    cells = dict(zip(heads, row, strict=True))
    language = first_language()
    own = name_index().labels if language != "en" else {}
    words = RELATION_WORDS | {
        thing.value: own.get(thing.value, {}).get(language) or clean_text(read_text(label))
        for head, thing in cells.items()
        if isinstance(thing, NamedNode) and (label := cells.get(head + LABEL))
    }
    own_cells = [cells[head] for head in cells if not is_label(head, heads)]
    names = [None if cell is None else make_name(cell, words) for cell in own_cells]
    return [
        replace(name, language=language) if name and language in own.get(name.iri, ()) else name
        for name in names
    ]


def is_label(head: str, heads: list[str]) -> bool:
    """Return whether a column holds the labels of another one."""
    return head.endswith(LABEL) and head.removesuffix(LABEL) in heads


def write_head(column: str) -> str:
    """Return the head of a column.

    >>> write_head("otherValue"), write_head("bound")
    ('Other value', 'How exactly')
    """
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column).lower()
    return HEADS.get(column, words[:1].upper() + words[1:])
