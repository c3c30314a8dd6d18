"""Citations as Web Annotations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.publishing.dataset_quad import LICENCE
from graph.wording.quotation import ELLIPSIS, split_quotation
from server.reference.item import Item
from server.reference.record import write_json
from server.reference.styled_text import write_sentence


def write_annotation(item: Item) -> str:
    """Return an item as a Web Annotation: its body is the answer, its targets are the quotes.

    https://www.w3.org/TR/annotation-model/
    """
    targets: list[Any] = [
        {
            "type": "SpecificResource",
            "source": source.article or source.graph,
            "selector": select_anchor(phrase) if source.is_anchored else select_quote(phrase),
        }
        for source in item.sources
        for quote in source.quotes
        for phrase in ([quote] if source.is_anchored else split_quotation(quote))
    ]
    targets += [source.graph for source in item.sources if not source.quotes]
    body: list[Mapping[str, str]] = [
        {
            "type": "TextualBody",
            "value": f"{write_sentence('apa', item)} {item.address}",
            "format": "text/plain",
            "language": "en",
        },
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
    return write_json(record)


def select_quote(quote: str) -> dict[str, str]:
    """Return the selector of a quote: https://www.w3.org/TR/annotation-model/#text-quote-selector."""
    return {"type": "TextQuoteSelector", "exact": quote}


def select_anchor(anchor: str) -> dict[str, Any]:
    """Return the selector of an anchor: https://www.w3.org/TR/annotation-model/#range-selector.

    A range ends before its end selector, so that selects the place behind the last words.
    """
    first, *last = (words.strip() for words in anchor.split(ELLIPSIS))
    if not last:
        return select_quote(first)
    end = {"type": "TextQuoteSelector", "prefix": last[0], "exact": ""}
    return {"type": "RangeSelector", "startSelector": select_quote(first), "endSelector": end}
