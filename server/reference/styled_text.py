"""References as lines of text in a style, with what they are from."""

from __future__ import annotations

from server.reference.citation_style import set_reference
from server.reference.item import Item


def write_sentence(style: str, item: Item) -> str:
    """Return an item in a style, on one line, without the permalink."""
    lines = [set_reference(style, record) for record in item.list_records()]
    places = [cited.place for cited in item.works] or [""]
    works = [
        f"{line} {place[:1].upper()}{place[1:]}." if place else line
        for line, place in zip(lines, places, strict=True)
    ]
    return " ".join(" ".join([*works, item.last_sentence]).split())


def write_styled(style: str, item: Item) -> str:
    """Return an item in a style, with the permalink on a line of its own."""
    return f"{write_sentence(style, item)}\n{item.address}\n"
