"""References in RIS."""

from __future__ import annotations

from typing import Final

from server.reference.item import Item
from server.reference.record import Record, join_name, write_day

TYPES: Final = {"article-newspaper": "NEWS", "webpage": "ELEC", "dataset": "DATA"}
"""The types of references by the types of records."""


def write_ris(item: Item) -> str:
    """Return an item in RIS, a tag a line."""
    return "".join(map(write_tags, item.list_records()))


def write_tags(record: Record) -> str:
    """Return a record in RIS; the second address is the permalink."""
    fields = [
        ("TY", TYPES[record["type"]]),
        ("ID", record["id"]),
        *(("AU", join_name(name)) for name in record.get("author", ())),
        ("TI", record["title"]),
        ("T2", record.get("container-title", "")),
        ("PB", record.get("publisher", "")),
        ("PY", write_day(record, "issued", "/")[:4]),
        ("DA", write_day(record, "issued", "/")),
        ("LA", record.get("language", "")),
        ("ET", record.get("version", "")),
        ("UR", record.get("URL", "")),
        ("UR", record["archive_location"]),
        ("DB", record["archive"]),
        ("Y2", write_day(record, "accessed", "/")),
        *(("N1", quote) for quote in record.get("note", "").split("\n")),
    ]
    lines = (f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in fields if value)
    return "".join(lines) + "ER  - \r\n"
