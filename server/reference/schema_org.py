"""References in schema.org's words, as JSON-LD."""

from __future__ import annotations

from typing import Any, Final

from server.reference.record import Record, write_day, write_name

TYPES: Final = {
    "article-newspaper": "NewsArticle",
    "webpage": "WebPage",
    "dataset": "Dataset",
}
"""The classes of works by the types of records."""


def describe_record(record: Record) -> dict[str, Any]:
    """Return a record in schema.org's words, as JSON-LD."""
    publisher = record.get("publisher")
    described = {
        "@context": "https://schema.org",
        "@type": TYPES[record["type"]],
        "headline" if record["type"] != "dataset" else "name": record["title"],
        "author": [
            {"@type": "Person" if "family" in name else "Organization", "name": write_name(name)}
            for name in record.get("author", ())
        ],
        "publisher": publisher and {"@type": "Organization", "name": publisher},
        "datePublished": write_day(record, "issued", "-"),
        "inLanguage": record.get("language"),
        "version": record.get("version"),
        "url": record.get("URL"),
        "subjectOf": {"@type": "WebPage", "url": record["archive_location"]},
    }
    return {name: value for name, value in described.items() if value}
