"""An answer as a page shows it: rows with footnotes, and sources with their quotes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pyoxigraph import NamedNode

from graph.evaluation import Answer
from graph.explaining.term import Term, path_of, term, text_of
from graph.presenting.reference import UNLISTED, web
from graph.publishing.resource import Node, columns, rows
from ontology.namespace import BASE, CPEC, EDITORIAL_GRAPH, EVIDENCE_GRAPH
from ontology.vocabulary import strongest
from queries.question import LABEL
from server.page.frame import first_language
from server.page.search import index as name_index

ROWS: Final = 500
"""The rows of one part of an answer."""

QUOTED: Final = 180
"""The characters of a source's quotes that a page shows beside an answer."""

OURS: Final = UNLISTED | {EDITORIAL_GRAPH, EVIDENCE_GRAPH}
"""The graphs of our own word, which a page names only where a row has no other source."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source of an answer: its number, where it is found, in which words, and its pages."""

    number: int
    words: str
    quotes: list[str]
    path: str
    href: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its cells, the numbers of each proof's sources, how it is meant, what else to say."""

    cells: list[Term | None]
    proofs: list[list[int]]
    more: bool
    modality: str
    reason: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as a page shows it: one part of it, and whether there is `more`."""

    heads: list[str]
    lines: list[Line]
    sources: list[Source]
    absent: list[str]
    more: bool


def shown(answered: Answer) -> Shown:
    """Return what the page of a question shows of a cited answer."""
    cited = json.loads(answered.body)
    sources = cited["sources"]
    citations, found = cited["citations"][:ROWS], rows(answered)
    named = dict.fromkeys(graph for row in citations for graph in told(row["graphs"]))
    marks = {graph: number for number, graph in enumerate(filter(sources.__contains__, named), 1)}
    heads = columns(answered)
    return Shown(
        [spaced(head) for head in heads if not is_label(head, heads)],
        [
            line(labelled(heads, row), citing, marks)
            for row, citing in zip(found[:ROWS], citations, strict=True)
        ],
        [source(number, graph, sources[graph]) for graph, number in marks.items()],
        list(dict.fromkeys(one for row in citations for one in row.get("absent", ()))),
        len(found) > ROWS,
    )


def told(graphs: list[str]) -> list[str]:
    """Return the graphs of a proof that are named: our own labels and records go without saying."""
    others = [graph for graph in graphs if graph not in OURS]
    return others or graphs


def line(cells: list[Term | None], citing: Mapping[str, Any], marks: Mapping[str, int]) -> Line:
    """Return a row with its footnotes."""
    proofs = citing.get("proofs") or ([citing["graphs"]] if citing.get("reason") else [])
    numbers = [
        sorted({marks[graph] for graph in told(proof) if graph in marks}) for proof in proofs
    ]
    modality = strongest(citing.get("modalities", ())).removeprefix(CPEC)
    reason = f"{citing['status']}: {citing['reason']}" if citing.get("reason") else ""
    alike = list(map(list, dict.fromkeys(map(tuple, numbers))))
    return Line(cells, alike, "more" in citing, modality, reason)


def source(number: int, graph: str, said: Mapping[str, str]) -> Source:
    """Return a source of an answer, with as many of its quotes as there is room for."""
    words, _, by = said["words"].partition(": “")[0].partition(", according to ")
    quotes, room = list[str](), QUOTED
    for quote in filter(None, said.get("quote", "").split(" … ")):
        room -= len(quote)
        if room < 0 and quotes:
            break
        quotes.append(quote)
    path = path_of(graph) if graph.startswith(BASE) else ""
    return Source(number, words, quotes, path, web(said.get("href", "")), by)


def labelled(heads: list[str], row: list[Node | None]) -> list[Term | None]:
    """Return the cells of a row in words: a thing by its name in the language of the page."""
    cells = dict(zip(heads, row, strict=True))
    language = first_language()
    own = name_index().labels if language != "en" else {}
    words = {
        thing.value: own.get(thing.value, {}).get(language) or text_of(label)
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
