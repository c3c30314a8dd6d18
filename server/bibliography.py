"""An item of a bibliography: an answer, a row or a statement, as programs and people cite it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final

from graph.curating.reference import together
from graph.publishing.dataset_description import PUBLISHER
from graph.publishing.dataset_quad import LICENCE
from server.page.answer import Source

NAME: Final = "cpec-graph"
MOST_CITED: Final = 8
"""The sources that a citation names."""

LATEX: Final = str.maketrans(
    {
        **{sign: f"\\{sign}" for sign in "{}$&#_%"},
        "\\": r"\textbackslash{}",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
    }
)
"""The signs that mean something to LaTeX, as it prints them."""


@dataclass(frozen=True, slots=True)
class Item:
    """A part of the graph that is cited.

    `extent` says how much of it, "" where that goes without saying; `address` is the permalink,
    `record` where the item itself is read; `seen` is the day.
    """

    title: str
    extent: str
    sources: Sequence[Source]
    version: str
    address: str
    record: str
    seen: date

    @property
    def key(self) -> str:
        """The name of the item in a bibliography, another for each permalink."""
        return f"{NAME}-{sha256(self.address.encode()).hexdigest()[:12]}"

    @property
    def quotes(self) -> list[str]:
        """What the sources say in so many words, and where; of so many as a citation names."""
        return [
            " … ".join(f"“{quote}”" for quote in source.quotes) + f" ({source.words})"
            for source in self.sources[:MOST_CITED]
            if source.quotes
        ]


def text(item: Item) -> str:
    """Return an item in plain text."""
    after = "; ".join(references(item.sources))
    parts = [f"{NAME}, “{item.title}”", item.extent, after and f"after {after}"]
    return (
        f"{', '.join(filter(None, parts))}. Dataset version {item.version[:12]}, "
        f"{item.address}, CC BY 4.0."
    )


def references(sources: Sequence[Source]) -> list[str]:
    """Return where the sources are found, the sentences of one article together."""
    found = together(one.words for one in sources)
    more = len(found) - MOST_CITED
    return [*found[:MOST_CITED], f"{more} more"] if more > 0 else found


def titled(item: Item) -> str:
    """Return the title of an item with its extent."""
    return f"{item.title} ({item.extent})" if item.extent else item.title


def csl(item: Item) -> str:
    """Return an item as CSL-JSON (https://citeproc-js.readthedocs.io/en/latest/csl-json/)."""
    record = {
        "id": item.key,
        "type": "dataset",
        "title": titled(item),
        "author": [{"literal": PUBLISHER}],
        "container-title": NAME,
        "publisher": PUBLISHER,
        "version": item.version,
        "URL": item.address,
        "accessed": {"date-parts": [[item.seen.year, item.seen.month, item.seen.day]]},
        "note": "\n".join(item.quotes),
    }
    return written([{name: value for name, value in record.items() if value}])


def bibtex(item: Item) -> str:
    """Return an item for BibTeX and biblatex; an address stands in it as it is."""
    fields = {
        "author": f"{{{PUBLISHER}}}",
        "title": f"{{{titled(item).translate(LATEX)}}}",
        "publisher": PUBLISHER,
        "version": item.version,
        "url": item.address,
        "urldate": item.seen.isoformat(),
        "note": "; ".join(item.quotes).translate(LATEX),
    }
    lines = (f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{{item.key},\n" + ",\n".join(lines) + "\n}\n"


def ris(item: Item) -> str:
    """Return an item in RIS, a field a line."""
    fields = [
        ("TY", "DATA"),
        ("ID", item.key),
        ("AU", PUBLISHER),
        ("TI", titled(item)),
        ("PB", PUBLISHER),
        ("ET", item.version),
        ("UR", item.address),
        ("Y2", item.seen.strftime("%Y/%m/%d")),
        *(("N1", quote) for quote in item.quotes),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in fields)


def annotation(item: Item) -> str:
    """Return an item as a Web Annotation: the answer as the body, the quotes as its targets.

    https://www.w3.org/TR/annotation-model/
    """
    targets: list[Any] = [
        {
            "type": "SpecificResource",
            "source": source.article or source.graph,
            "selector": {"type": "TextQuoteSelector", "exact": quote},
        }
        for source in item.sources
        for quote in source.quotes
    ]
    targets += [source.graph for source in item.sources if not source.quotes]
    body: list[Mapping[str, str]] = [
        {"type": "TextualBody", "value": text(item), "format": "text/plain", "language": "en"},
        {"id": item.address, "type": "Dataset", "format": "text/html"},
    ]
    record = {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": f"{item.record}&format=annotation",
        "type": "Annotation",
        "motivation": "linking",
        "created": f"{item.seen.isoformat()}T00:00:00Z",
        "rights": LICENCE,
        "body": body,
        "target": targets or item.address,
    }
    return written(record)


def written(record: object) -> str:
    """Return a record as JSON."""
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"
