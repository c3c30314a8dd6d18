"""References for BibTeX and biblatex."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from server.reference.item import NAME, Item
from server.reference.record import Record, join_name, write_day

TYPES: Final = {"article-newspaper": "article", "webpage": "online", "dataset": "misc"}
"""The types of entries by the types of records."""

LATEX: Final = str.maketrans(
    {
        **{sign: f"\\{sign}" for sign in "{}$&#_%"},
        "\\": r"\textbackslash{}",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
    }
)
"""The special characters of LaTeX, escaped."""


def write_bibtex(item: Item) -> str:
    """Return an item for BibTeX and biblatex."""
    return "\n".join(map(write_entry, item.list_records()))


def write_entry(record: Record) -> str:
    """Return a record as an entry; url and eprint are verbatim in biblatex, so without escapes."""
    fields = {
        "author": " and ".join(map(escape_name, record.get("author", ()))),
        "title": f"{{{record['title'].translate(LATEX)}}}",
        "journal": record.get("container-title", "").translate(LATEX),
        "publisher": record.get("publisher", "").translate(LATEX),
        "date": write_day(record, "issued", "-"),
        "year": write_day(record, "issued", "-")[:4],
        "language": record.get("language", ""),
        "version": record.get("version", ""),
        "url": record.get("URL", ""),
        "urldate": write_day(record, "accessed", "-"),
        "eprinttype": NAME,
        "eprint": record["archive_location"],
        "note": "; ".join(record.get("note", "").split("\n")).translate(LATEX),
        "addendum": f"via {record['archive']}".translate(LATEX),
    }
    lines = (f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@{TYPES[record['type']]}{{{record['id']},\n" + ",\n".join(lines) + "\n}\n"


def escape_name(name: Mapping[str, str]) -> str:
    """Return a name for BibTeX, in braces if it is whole."""
    words = join_name(name).translate(LATEX)
    return words if "given" in name else f"{{{words}}}"
