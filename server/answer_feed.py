"""The feed of an answer as an Atom document (RFC 4287): an entry for each row that came or went."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

from graph.presenting.row import write_rows
from graph.publishing.dataset_quad import LICENCE
from graph.publishing.feed import NAMESPACE, add_texts
from graph.wording.display_name import make_path
from ontology.namespace import BASE
from queries.question import LABEL, Question

NEVER: Final = "1970-01-01T00:00:00Z"
"""The time of a feed without a change."""

ENTRIES: Final = 200
"""The entries of the document: the newest changes."""

SOURCES: Final = 5
"""The sources that an entry names where none is in its row."""

Row = Mapping[str, Mapping[str, str]]
"""A row in the form of SPARQL results JSON."""


def write_answer_feed(
    question: Question,
    parameters: Mapping[str, str],
    changes: Sequence[Mapping[str, Any]],
    page: str,
) -> bytes:
    """Return the changes of an answer, the oldest first, as the feed of its page, the newest first.

    A change has a write, its time, its sources, and the rows that came and went.
    """
    updated = changes[-1]["time"] if changes else NEVER
    own = page.replace("/questions/", "/feed/questions/", 1)
    feed = start_feed(question.summary, parameters, updated, own, page)
    entries = (
        (change, kind, row)
        for change in reversed(changes)
        for kind in ("came", "went")
        for row in change[kind]
    )
    for (change, kind, row), _ in zip(entries, range(ENTRIES), strict=False):
        add_change(feed, question, change, kind, row)
    return write_feed(feed)


def start_feed(
    title: str, parameters: Mapping[str, str], updated: str, own: str, page: str
) -> Element:
    """Return the feed of a page with parameters, which is `own` address, without entries."""
    feed = Element("feed", {"xmlns": NAMESPACE, "xml:lang": "en"})
    of = ", ".join(f"{name} {value}" for name, value in parameters.items() if value)
    texts = {"title": f"{title}{f' ({of})' if of else ''}", "id": f"{page}#changes"}
    add_texts(feed, **texts, updated=updated, rights=LICENCE)
    SubElement(SubElement(feed, "author"), "name").text = "cpec-graph"
    SubElement(feed, "link", rel="self", href=own, type="application/atom+xml")
    SubElement(feed, "link", rel="alternate", href=page, type="text/html")
    return feed


def write_feed(feed: Element) -> bytes:
    """Return a feed as a document."""
    document: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return document


def add_change(
    feed: Element, question: Question, change: Mapping[str, Any], kind: str, row: Row
) -> None:
    """Add the entry of a row that came or went, with the sentences by which it did."""
    entry, page = SubElement(feed, "entry"), feed.findtext("id", "").removesuffix("#changes")
    name = sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()[:16]
    words = "New" if kind == "came" else "Gone"
    title = f"{words}: {write_words(question, row)}"
    add_texts(entry, id=f"{page}#{change['write']}-{kind}-{name}", title=title)
    add_texts(entry, updated=change["time"])
    SubElement(entry, "link", rel="alternate", href=page, type="text/html")
    sources = dict(name_sources(row, change["sources"]))
    for iri in sources:
        if iri.startswith(BASE):
            root = page.partition("questions/")[0]
            SubElement(entry, "link", rel="related", href=root + make_path(iri))
    add_texts(entry, summary="; ".join(sources.values()))


def write_words(question: Question, row: Row) -> str:
    """Return a row as a sentence."""
    results = {"head": {"vars": list(row)}, "results": {"bindings": [row]}}
    solutions = parse_query_results(json.dumps(results).encode(), QueryResultsFormat.JSON)
    assert isinstance(solutions, QuerySolutions)  # noqa: S101 - a SELECT
    (words,) = write_rows(question, list(row), [list(solution) for solution in solutions])
    return words


def name_sources(row: Row, sources: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the sources of a change that the row names, or else its first sources, with names."""
    named = {cell["value"]: name for name, cell in row.items() if cell["value"] in sources}
    for source in named or dict.fromkeys(sources[:SOURCES]):
        label = row.get(f"{named[source]}{LABEL}") if named else None
        yield source, label["value"] if label else quote(source.removeprefix(BASE), safe="/")
