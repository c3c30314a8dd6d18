"""A cited answer on a page: rows with footnotes, and sources with their quotes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
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
    mark_citation,
    name_modalities,
    number_sources,
)
from graph.wording.quotation import BETWEEN, Fragment, split_quotation
from graph.wording.source import SelectedWords, highlight_words
from graph.wording.text import clean_text, web_address
from ontology.namespace import BASE
from ontology.terms import CPEC, RdfTerm
from ontology.vocabulary import strongest_modality
from queries.question import LABEL
from server.page.language import first_language
from server.page.search_page import read_index as name_index
from server.receipt import name_rows

ROWS: Final = 100
"""The number of rows of one part."""


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
        selected = SelectedWords([], quotes) if self.is_anchored else SelectedWords(phrases, [])
        return replace(self, quotes=quotes, href=highlight_words(self.href, selected))


@dataclass(frozen=True, slots=True)
class CitedRow:
    """A row: its cells, its citation in marks and words, its modality, its graphs, its name.

    `words` are those of its own statements by graph.
    `modality` is the local name of the strongest proof's, `meant` has all modalities in words.
    """

    cells: list[DisplayName | None]
    cited: list[Segment]
    modality: str
    meant: str
    graphs: frozenset[str] = frozenset()
    name: str = ""
    words: Mapping[str, str] = field(default_factory=dict)

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

    columns: list[str]
    heads: list[str]
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


def show_answer(answer: Answer) -> ShownAnswer:
    """Return the part of a cited answer on the page of a question."""
    cited = json.loads(answer.body)
    sources = cited["sources"]
    citations, rows = cited["citations"][:ROWS], read_rows(answer)
    marks = number_sources(sources)
    heads = read_columns(answer)
    columns = [head for head in heads if not is_label(head, heads)]
    row_names = name_rows(answer.body, ROWS)
    return ShownAnswer(
        columns,
        [space_words(head) for head in columns],
        [
            show_row(label_cells(heads, row), citing, marks, name)
            for row, citing, name in zip(rows[:ROWS], citations, row_names, strict=True)
        ],
        [show_source(marks[g], g, sources[g]) for g in sources if marks[g] != DAGGER],
        DAGGER in marks.values(),
        list(dict.fromkeys(text for citing in citations for text in citing.get("absent", ()))),
        len(rows) > ROWS,
        answer.empty,
    )


def show_row(
    cells: list[DisplayName | None], citing: Mapping[str, Any], marks: Marks, name: str = ""
) -> CitedRow:
    """Return a row with its footnotes."""
    iris = (modality.get("iri", "") for modality in citing.get("modalities", ()))
    modality, meant = strongest_modality(iris).removeprefix(CPEC), name_modalities(citing)
    graphs = frozenset(citing.get("graphs", ()))
    words = citing.get("words", {})
    return CitedRow(cells, mark_citation(citing, marks), modality, meant, graphs, name, words)


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


def label_cells(heads: list[str], row: list[RdfTerm | None]) -> list[DisplayName | None]:
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


def space_words(head: str) -> str:
    """Return the name of a column as words.

    >>> space_words("otherValue")
    'Other value'
    """
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", head).lower()
    return words[:1].upper() + words[1:]
