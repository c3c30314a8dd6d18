"""An answer as a page shows it: rows with footnotes, and sources with their quotes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pyoxigraph import NamedNode

from graph.answering.evaluation import Answer
from graph.explaining.mark import DAGGER, Marks, Segment, marks_of, modality_words, segments
from graph.explaining.named import shown as shown_text
from graph.explaining.term import Term, path_of, term, text_of
from graph.presenting.elsewhere import RELATION_WORDS
from graph.presenting.reference import web_address
from graph.publishing.resource import Node, read_columns, read_rows
from ontology.namespace import BASE
from ontology.terms import CPEC
from ontology.vocabulary import strongest_modality
from queries.question import LABEL
from server.page.frame import first_language
from server.page.search import read_index as name_index
from server.receipt import name_rows

ROWS: Final = 150
"""The rows of one part of an answer."""

QUOTED: Final = 180
"""The characters of a source's quotes that a page shows beside an answer."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source of an answer: its graph, its mark, where it is found, its words and its pages."""

    graph: str
    mark: str
    words: str
    quotes: list[str]
    path: str
    href: str
    by: str = ""
    article: str = ""


@dataclass(frozen=True, slots=True)
class CitedRow:
    """A row: its cells, its citation in marks and words, its modality, its graphs, its name.

    `modality` is the local name of the strongest of its proofs, `meant` the words for all of them.
    """

    cells: list[Term | None]
    cited: list[Segment]
    modality: str
    meant: str
    graphs: frozenset[str] = frozenset()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as a page shows it: one part of it, and whether there is `more`."""

    heads: list[str]
    lines: list[CitedRow]
    sources: list[Source]
    own: bool
    """Whether it rests on our own names, types and bookkeeping too."""
    absent: list[str]
    more: bool
    fallen: tuple[CitedRow, ...] = ()
    """The rows that there would be, had nothing been struck."""


def shown(answered: Answer) -> Shown:
    """Return what the page of a question shows of a cited answer."""
    cited = json.loads(answered.body)
    sources = cited["sources"]
    citations, found = cited["citations"][:ROWS], read_rows(answered)
    marks = marks_of(sources)
    heads = read_columns(answered)
    named = name_rows(answered.body, ROWS)
    return Shown(
        [spaced(head) for head in heads if not is_label(head, heads)],
        [
            line(labelled(heads, row), citing, marks, name)
            for row, citing, name in zip(found[:ROWS], citations, named, strict=True)
        ],
        [source(marks[one], one, sources[one]) for one in sources if marks[one] != DAGGER],
        DAGGER in marks.values(),
        list(dict.fromkeys(one for row in citations for one in row.get("absent", ()))),
        len(found) > ROWS,
    )


def line(
    cells: list[Term | None], citing: Mapping[str, Any], marks: Marks, name: str = ""
) -> CitedRow:
    """Return a row with its footnotes."""
    iris = (modality.get("iri", "") for modality in citing.get("modalities", ()))
    modality, meant = strongest_modality(iris).removeprefix(CPEC), modality_words(citing)
    graphs = frozenset(citing.get("graphs", ()))
    return CitedRow(cells, segments(citing, marks), modality, meant, graphs, name)


def source(mark: str, graph: str, said: Mapping[str, str]) -> Source:
    """Return a source of an answer, with as many of its quotes as there is room for."""
    words, _, by = map(shown_text, said["words"].partition(": “")[0].partition(", according to "))
    quotes, room = list[str](), QUOTED
    for quote in filter(None, said.get("quote", "").split(" … ")):
        room -= len(quote)
        if room < 0 and quotes:
            break
        quotes.append(quote)
    path = path_of(graph) if graph.startswith(BASE) else ""
    href, article = web_address(said.get("href", "")), said.get("article", "")
    return Source(graph, mark, words, quotes, path, href, by, article)


def labelled(heads: list[str], row: list[Node | None]) -> list[Term | None]:
    """Return the cells of a row in words: a thing by its name in the language of the page."""
    cells = dict(zip(heads, row, strict=True))
    language = first_language()
    own = name_index().labels if language != "en" else {}
    words = RELATION_WORDS | {
        thing.value: own.get(thing.value, {}).get(language) or shown_text(text_of(label))
        for head, thing in cells.items()
        if isinstance(thing, NamedNode) and (label := cells.get(head + LABEL))
    }
    found = {head: cell for head, cell in cells.items() if not is_label(head, heads)}
    return [None if cell is None else term(cell, words) for cell in found.values()]


def is_label(head: str, heads: list[str]) -> bool:
    """Return whether a column holds the labels of another one."""
    return head.endswith(LABEL) and head.removesuffix(LABEL) in heads


def spaced(head: str) -> str:
    """Return the name of a column as words.

    >>> spaced("otherValue")
    'Other value'
    """
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", head).lower()
    return words[:1].upper() + words[1:]
