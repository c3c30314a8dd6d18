"""The meta tags of a page with a reference: Highwire's and Dublin Core's."""

from __future__ import annotations

from collections.abc import Iterator

from server.reference.record import Record, write_day, write_name


def list_tags(record: Record) -> Iterator[tuple[str, str]]:
    """Yield the name and the content of each meta tag: Highwire's, then Dublin Core's.

    https://scholar.google.com/intl/en/scholar/inclusion.html#indexing,
    https://www.dublincore.org/specifications/dublin-core/dcq-html/
    """
    authors = list(map(write_name, record.get("author", ())))
    fields = [
        ("citation_title", "DC.title", record["title"]),
        *(("citation_author", "DC.creator", author) for author in authors),
        ("citation_publication_date", "DC.date", write_day(record, "issued", "-")),
        ("citation_publisher", "DC.publisher", record.get("publisher", "")),
        ("citation_journal_title", "", record.get("container-title", "")),
        ("citation_language", "DC.language", record.get("language", "")),
        ("citation_public_url", "DC.identifier", record.get("URL", "")),
        ("", "DC.relation", record["archive_location"]),
    ]
    for highwire, _, text in fields:
        if highwire and text:
            is_date = highwire == "citation_publication_date"
            yield highwire, text.replace("-", "/") if is_date else text
    for _, dublin_core, text in fields:
        if dublin_core and text:
            yield dublin_core, text
